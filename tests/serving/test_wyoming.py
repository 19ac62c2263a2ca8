"""Home Assistant's protocol, by the client of its own package."""

import asyncio
import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
import robots
from served import HOST, Gated, served

from ganspeech.serving import wyoming_events
from ganspeech.text.phonemes.front_ends import Plain
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.sentences import Silences
from ganspeech.text.spoken_text import SpokenText

pytest.importorskip("wyoming", reason="the protocol is that of this package")
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from ganspeech.serving.wyoming_info import voice_of

TEXT = "One two. Three! Four five six."


async def ask(server, *events, until):
    """All events that come until one of a type, or the end of the connection."""
    found = []
    async with AsyncTcpClient(HOST, server.wyoming) as client:
        for event in events:
            await client.write_event(event.event())
        while (event := await asyncio.wait_for(client.read_event(), 30)) is not None:
            found.append(event)
            if until.is_type(event.type):
                break
    return found


def audio(events):
    return np.frombuffer(b"".join(event.payload or b"" for event in events), "<i2")


def wanted(text, **settings):
    return np.round(robots.voice().say(text, **settings) * 32767).astype("i2")


def test_a_language_is_spoken_by_who_knows_it_if_anybody_does():
    unknown, english = dataclasses.replace(robots.voice(), text=SpokenText(Plain())), robots.voice()
    voices = {"unknown": unknown, "english": english}
    service = SimpleNamespace(voices=voices, first="unknown")
    found = {name: voice_of(service, SynthesizeVoice(language=name)) for name in ("en_GB", "de")}
    assert found == {"en_GB": "english", "de": "unknown"}


class Eventful:
    """An event as it is sent, right or wrong."""

    def __init__(self, event):
        self.event = lambda: event


class Ear:
    """A recognizer that tells what it was given."""

    sample_rate, about = 8000, "An ear."

    def __call__(self, given):
        return [SimpleNamespace(text=f"{len(given[0])} {given[0].max():.2f}")]


def test_what_is_there():
    async def main():
        voices = {"one": robots.voice(), "two": robots.voice(speakers=("ann", "bob"))}
        async with served(voices) as server:
            (event,) = await ask(server, Describe(), until=Info)
            (program,) = Info.from_event(event).tts
            assert [voice.name for voice in program.voices] == ["one", "two"]
            assert [speaker.name for speaker in program.voices[1].speakers] == ["ann", "bob"]
            assert program.voices[0].languages == ["en"] and program.supports_synthesize_streaming
            assert not Info.from_event(event).asr
        async with served(recognizer=Ear()) as server:
            (event,) = await ask(server, Describe(), until=Info)
            assert Info.from_event(event).asr[0].models[0].description == "An ear."

    asyncio.run(main())


def test_a_text_is_spoken_as_it_is_over_http():
    async def main():
        voices = {"one": robots.voice(), "two": robots.voice(speakers=("ann", "bob"))}
        async with served(voices) as server:
            found = await ask(server, Synthesize(text=TEXT), until=AudioStop)
            assert AudioStart.from_event(found[0]).rate == robots.RATE
            assert {event.type for event in found[1:-1]} == {"audio-chunk"}
            np.testing.assert_array_equal(audio(found), wanted(TEXT))
            bob = SynthesizeVoice(name="two", speaker="bob")
            louder = audio(await ask(server, Synthesize(text="One.", voice=bob), until=AudioStop))
            assert np.abs(louder).max() > 1.5 * np.abs(wanted("One.")).max()
            english = SynthesizeVoice(language="en_GB")
            found = await ask(server, Synthesize(text="One.", voice=english), until=AudioStop)
            np.testing.assert_array_equal(audio(found), wanted("One."))

    asyncio.run(main())


def test_a_dictation_is_spoken_while_it_goes_on():
    async def main():
        voice = Gated()
        voice.open()
        async with served({"robot": voice}) as server, AsyncTcpClient(HOST, server.wyoming) as it:
            await it.write_event(SynthesizeStart().event())
            for text in ("One ", "two. Thr", "ee! Four "):
                await it.write_event(SynthesizeChunk(text=text).event())
            assert AudioStart.is_type((await asyncio.wait_for(it.read_event(), 30)).type)
            async with asyncio.timeout(30):
                while voice.said != ["One two.", "Three!"]:
                    await asyncio.sleep(0.01)
            await it.write_event(SynthesizeChunk(text="five six.").event())
            await it.write_event(Synthesize(text=TEXT).event())  # the same, for older servers
            await it.write_event(SynthesizeStop().event())
            found = []
            while not SynthesizeStopped.is_type((event := await it.read_event()).type):
                found.append(event)
            assert AudioStop.is_type(found[-1].type)
            assert voice.said == ["One two.", "Three!", "Four five six."]
            assert sum(AudioStop.is_type(event.type) for event in found) == 1
            # Each part has its own draws, but all have the same lengths and pauses or nearly so.
            assert len(audio(found)) == pytest.approx(len(wanted(TEXT)), rel=0.4)

    asyncio.run(main())


def test_a_document_is_spoken_if_its_client_says_that_it_is_one():
    document = "<speak><s>One two.</s><break time='0.2s'/>Three. Four!</speak>"

    async def main():
        async with served() as server:
            found = await ask(server, Synthesize(document, text_format="ssml"), until=AudioStop)
            np.testing.assert_array_equal(audio(found), wanted(document, ssml=True))
            found = await ask(server, Synthesize(document), until=AudioStop)
            np.testing.assert_array_equal(audio(found), wanted(document))
            # One that is dictated is spoken when it has ended.
            chunks = (SynthesizeChunk(document[n : n + 20]) for n in range(0, len(document), 20))
            events = (SynthesizeStart(text_format="ssml"), *chunks, SynthesizeStop())
            found = await ask(server, *events, until=SynthesizeStopped)
            np.testing.assert_array_equal(audio(found[:-2]), wanted(document, ssml=True))

    asyncio.run(main())


def test_words_and_silences_of_the_server():
    words = Lexicon.from_words({"one": "six six"})
    defaults = {"lexicons": {"robot": words}, "silences": Silences(0.5, 1.25)}
    text = "One two. Three.\n\nFour."

    async def main():
        async with served(**defaults) as server:
            found = await ask(server, Synthesize(text), until=AudioStop)
            settings = {"lexicon": words, "sentence_silence": 0.5, "paragraph_silence": 1.25}
            np.testing.assert_array_equal(audio(found), wanted(text, **settings))
            chunks = ("One two. Three ", "six.\n\nFour ", "five.")
            events = (SynthesizeStart(), *map(SynthesizeChunk, chunks), SynthesizeStop())
            found = audio(await ask(server, *events, until=SynthesizeStopped))
            parts = [wanted(one, lexicon=words) for one in ("One two.", "Three six.", "Four five.")]
            silences = [np.zeros(round(s * robots.RATE), "<i2") for s in (0.5, 1.25)]
            one, two, three = parts
            np.testing.assert_array_equal(found, np.r_[one, silences[0], two, silences[1], three])

    asyncio.run(main())


def test_a_recording_is_transcribed():
    async def main():
        stereo = np.repeat(np.full(16_000, 16_384, "<i2"), 2).tobytes()
        chunks = [
            AudioChunk(rate=16_000, width=2, channels=2, audio=stereo[n : n + 8000])
            for n in range(0, len(stereo), 8000)
        ]
        start = AudioStart(rate=16_000, width=2, channels=2)
        events = (Transcribe(), start, *chunks, AudioStop())
        async with served(recognizer=Ear()) as server:
            found = await ask(server, *events, until=Transcript)
            heard, loudest = Transcript.from_event(found[0]).text.split()
            assert int(heard) == 8000 and float(loudest) > 0.45
            (refused,) = await ask(server, Transcribe(), start, AudioStop(), until=Error)
            assert "the recording has no audio" in refused.data["text"]

    asyncio.run(main())


def test_refusals_are_one_line():
    async def main():
        async with served(places=1) as server:
            for event, told in (
                (Synthesize(text=""), "nothing to say"),
                (Synthesize(text="a", voice=SynthesizeVoice(name="x")), "no voice 'x'"),
                (
                    Synthesize(text="a", voice=SynthesizeVoice(language="de")),
                    "no voice speaks 'de'",
                ),
                (Synthesize(text="a " * 10_001), "the text may have 20,000 characters"),
                (Synthesize(text="a", text_format="html"), "no text_format 'html': send text or"),
                (Synthesize(text="a", text_format="ssml"), "SSML line 1, column 1: syntax error"),
                (Transcribe(), "start it with --recognizer"),
            ):
                (refused,) = await ask(server, event, until=Error)
                assert told in Error.from_event(refused).text and "\n" not in refused.data["text"]
            with server.service.worker.place():
                (refused,) = await ask(server, Synthesize(text="a"), until=Error)
                assert Error.from_event(refused).code == "busy"

    asyncio.run(main())


@pytest.mark.parametrize(
    "event, told",
    [
        (Event("synthesize", {"text": 5}), "text must be a string, not 5"),
        (Event("synthesize", {"text": None}), "the event synthesize lacks 'text'"),
        (Event("synthesize", {"text": ["a"]}), 'text must be a string, not ["a"]'),
        (Event("synthesize", {"text": "a", "text_format": 5}), "text_format must be a string, not"),
        (Event("synthesize", {"text": "a", "voice": "b"}), 'voice must be an object, not "b"'),
        (Event("synthesize", {"text": "a", "voice": {"name": ["b"]}}), "voice.name must be a str"),
        (Event("synthesize-start", {"voice": {"language": 5}}), "voice.language must be a string"),
        (Event("synthesize-chunk", {"text": 5}), "text must be a string, not 5"),
    ],
)
def test_a_field_of_another_type_is_named(event, told, capsys):
    async def main():
        async with served() as server:
            before = [SynthesizeStart()] if SynthesizeChunk.is_type(event.type) else []
            (refused,) = await ask(server, *before, Eventful(event), until=Error)
            assert told in refused.data["text"] and refused.data["code"] == "refused"
            nulls = Event("synthesize", {"text": "One.", "text_format": None, "voice": None})
            found = await ask(server, Eventful(nulls), until=AudioStop)
            np.testing.assert_array_equal(audio(found), wanted("One."))

    asyncio.run(main())
    assert not capsys.readouterr().err


def test_what_is_no_event_ends_its_connection_alone(monkeypatch):
    monkeypatch.setattr(wyoming_events, "EVENT_SECONDS", 0.2)
    halves = (
        b'{"type": "synth',
        b'{"type": "synthesize", "data_length": 20}\n{"text":',
        b'{"type": "synthesize", "data_length": 99999999999}\n',
        b"[1]\n",
        b"no JSON\n",
        json.dumps({"type": "synthesize"}).encode() + b"\n",
    )

    async def main():
        async with served() as server:
            for half in halves:
                reader, writer = await asyncio.open_connection(HOST, server.wyoming)
                writer.write(half)
                got = await asyncio.wait_for(reader.read(), 20)
                assert not got or b"lacks 'text'" in got
                writer.close()
                await writer.wait_closed()
            assert len(await ask(server, Synthesize(text="One."), until=AudioStop)) > 2
            assert not server.service.worker.taken

    asyncio.run(main())


def test_a_client_that_leaves_stops_its_work():
    async def main():
        voice = Gated()
        async with served({"robot": voice}) as server:
            async with AsyncTcpClient(HOST, server.wyoming) as client:
                await client.write_event(Synthesize(text="Hello there. " * 50).event())
                voice.gate.release()
                assert AudioStart.is_type((await client.read_event()).type)
            await asyncio.sleep(0.1)
            voice.open()
            await server.idle()
            assert len(voice.said) <= 6

    asyncio.run(main())

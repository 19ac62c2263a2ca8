"""An author's controls through a warm server: SSML, lexicons and silences, for every client."""

import asyncio
import dataclasses
import json

import numpy as np
import pytest
import robots
from served import Gated, post, samples, served, wanted

from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.sentences import Silences
from ganspeech.text.spoken_text import ESPEAK

SSML = "<speak><s>One two.</s><break time='0.2s'/><s><sub alias='six'>6</sub> four.</s></speak>"
WORDS = {"One": "two two", "three": "four"}


def asked(*, voices=None, defaults=None, **fields):
    """Status, and samples or the error, of a request for a wav."""

    async def main():
        async with served(voices, **(defaults or {})) as server:
            fields.setdefault("response_format", "wav")
            status, _, body = await asyncio.to_thread(post, server.port, **fields)
            await server.idle()
            return status, samples(body) if status == 200 else json.loads(body)["error"]

    return asyncio.run(main())


@pytest.mark.parametrize(
    "fields, settings",
    [
        ({"ssml": True}, {"ssml": True}),
        ({"ssml": False}, {}),
        ({"lexicon": WORDS}, {"lexicon": Lexicon.from_words(WORDS)}),
        ({"lexicon": {}}, {}),
        ({"sentence_silence": 0}, {"sentence_silence": 0.0}),
        ({"ssml": True, "paragraph_silence": 1.5}, {"ssml": True, "paragraph_silence": 1.5}),
        ({"ssml": None, "lexicon": None, "sentence_silence": None}, {}),
    ],
)
def test_a_request_is_spoken_as_the_voice_speaks(fields, settings):
    text = SSML if "ssml" in fields else "One two. Three!\n\nFour."
    status, heard = asked(input=text, **fields)
    assert status == 200
    np.testing.assert_array_equal(heard, wanted(text, **settings))


def test_phonemes_of_a_request_are_spoken():
    voice = dataclasses.replace(robots.voice(), text=ESPEAK)
    given = {"GIF": "/dʒɪf/"}
    _, heard = asked(voices={"robot": voice}, input="A GIF.", lexicon=given)
    audio = voice.say("A GIF.", lexicon=Lexicon.from_words(given))
    np.testing.assert_array_equal(heard, np.round(audio * 32767).astype("i2"))
    assert not np.array_equal(audio, voice.say("A GIF."))


def test_what_the_server_was_started_with_holds_unless_a_request_says_otherwise():
    ours = Lexicon.from_words({"one": "six", "two": "seven"})
    defaults = {"lexicons": {"robot": ours}, "silences": Silences(0.5, 0.0)}
    text = "One two. Three.\n\nFour."
    _, heard = asked(defaults=defaults, input=text)
    usual = {"lexicon": ours, "sentence_silence": 0.5, "paragraph_silence": 0.0}
    np.testing.assert_array_equal(heard, wanted(text, **usual))
    fields = {"lexicon": {"ONE": "ten"}, "sentence_silence": 0.1}
    _, heard = asked(defaults=defaults, input=text, **fields)
    both = Lexicon.from_words({"one": "ten", "two": "seven"})
    wish = {"lexicon": both, "sentence_silence": 0.1, "paragraph_silence": 0.0}
    np.testing.assert_array_equal(heard, wanted(text, **wish))


@pytest.mark.parametrize(
    "fields, field, told",
    [
        ({"ssml": 1}, "ssml", "ssml must be true or false, not 1"),
        ({"ssml": True, "input": "One."}, "input", "SSML line 1, column 1: syntax error"),
        (
            {"ssml": True, "input": "<speak>One"},
            "input",
            "SSML line 1, column 11: no element found",
        ),
        (
            {"ssml": True, "input": "<speak>\n<break time='x'/></speak>"},
            "input",
            "SSML line 2, column 1: time must be such as 500ms",
        ),
        (
            {"ssml": True, "input": "<!DOCTYPE a><speak>a</speak>"},
            "input",
            "a DOCTYPE is not allowed",
        ),
        ({"ssml": True, "input": "<speak/>"}, "input", "nothing to say in the text '<speak/>'"),
        ({"lexicon": "words.tsv"}, "lexicon", "lexicon must be an object of words and their"),
        ({"lexicon": {"a": 1}}, "lexicon", "words of lexicon must have strings, but 'a' has 1"),
        ({"lexicon": {"a": " "}}, "lexicon", "lexicon, word 'a': write a word, and /IPA/ or"),
        ({"lexicon": {"a b": "c"}}, "lexicon", "lexicon, word 'a b': 'a b' is more than one word"),
        ({"lexicon": {"a": "/a"}}, "lexicon", "the phonemes '/a' must stand between / and /"),
        ({"lexicon": {"a": "/aQ/"}}, "lexicon", "'Q' in /aQ/ is not a symbol of IPA"),
        ({"lexicon": {"a": "b\nc"}}, "lexicon", "'b\\nc' must be one line without control"),
        ({"lexicon": {"a": "\ud800"}}, "lexicon", "must be one line without control characters"),
        ({"lexicon": {"A": "b", "a": "c"}}, "lexicon", "word 'a': it differs from 'A'"),
        ({"sentence_silence": "1"}, "sentence_silence", "sentence_silence must be a number"),
        (
            {"sentence_silence": 61},
            "sentence_silence",
            "sentence_silence must be from 0 to 60, not 61",
        ),
        (
            {"paragraph_silence": -1},
            "paragraph_silence",
            "paragraph_silence must be from 0 to 60, not -1",
        ),
    ],
)
def test_refusals_name_the_field(fields, field, told):
    status, error = asked(**{"input": "a", **fields})
    assert (status, error["param"]) == (400, field)
    assert told in error["message"] and "\n" not in error["message"]


def test_the_first_sentence_of_ssml_is_sent_before_the_second_is_made():
    async def main():
        voice = Gated()
        async with served({"robot": voice}) as server:
            connection = server.connect(input=SSML, ssml=True, response_format="wav")
            first = next(iter(robots.voice().stream(SSML, ssml=True))).audio
            voice.gate.release()
            got = b""
            while len(got.partition(b"data")[2]) < 2 * len(first):
                got += await asyncio.to_thread(connection.recv, 65536)
            assert voice.said == ["One two."]
            voice.open()
            connection.close()

    asyncio.run(main())


def test_what_is_not_supported_is_told_once_where_the_server_runs(capsys):
    document = "<speak><audio src='a'/>One. <audio src='b'/>Two. [[x]]</speak>"
    status, _ = asked(input=document, ssml=True, lexicon={"one": "/wʌn/"})
    assert status == 200
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == [
        "phonemes in the lexicon are not used (1 of its words): this voice reads letters",
        "SSML line 1: <audio> is not supported; its text is read as any other",
    ]
    assert sum("<audio>" in line for line in lines) == 1


def test_the_page_has_a_box_for_ssml():
    from ganspeech.serving.web import _page

    assert 'id="ssml"' in _page() and 'ssml: at("ssml").checked' in _page()


def test_stop_stays_off_once_it_was_pressed():
    from ganspeech.serving.web import _page

    after = _page().partition("} finally {")[2].partition("function stop()")[0]
    assert 'at("stop").disabled = context === null;' in after

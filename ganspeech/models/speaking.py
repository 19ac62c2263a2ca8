"""Synthesis of a script: utterance by utterance, each with its silence, manner and marks."""

import dataclasses
import sys
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ganspeech.audio.pieces import Audio
from ganspeech.models.speakers import weights_of
from ganspeech.models.voice_settings import SPEEDS, VoiceSettings
from ganspeech.process.messages import shown
from ganspeech.tasks.voices.padded_speech import LONGEST, TOKENS, decode_speech, plan_speech
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.script.reading import Stretch, read
from ganspeech.text.script.script import Manner, Script, Silence, Utterance, halved
from ganspeech.text.spoken_text import Spelled
from ganspeech.text.vocabulary import EmptyText

if TYPE_CHECKING:
    from ganspeech.models.voice import Voice


@dataclasses.dataclass(frozen=True)
class SpokenSentence:
    """Audio of one sentence, and its timing; a silence or a mark alone has no text."""

    text: str
    audio: Audio
    """In [-1, 1], with the silence after it."""
    symbols: tuple[str, ...]
    """Input symbols of the network, with the blanks between."""
    frames: tuple[int, ...]
    """Duration of each symbol in frames of the spec's hop."""
    places: tuple[int, ...] = ()
    """Index of each symbol in the phonemes of all stretches; -1 for blanks and end marks."""
    stretches: tuple[Stretch, ...] = ()
    """Its words, their phonemes, and marks; `Timings` makes times of them."""
    language: str | None = None
    """Language of its phonemes as espeak-ng names it; None: the voice's own."""


def speak(
    voice: "Voice", script: Script, settings: VoiceSettings, lexicon: Lexicon | None, text: str
) -> Iterator[SpokenSentence]:
    """Speaks a script, made of `text`; raises EmptyText if the voice can speak none of it."""
    waiting = deque(script.items)
    unknown: dict[str, None] = {}
    place = 0
    clipped = False
    manners = _Manners(voice, settings)
    while waiting:
        item = waiting.popleft()
        if isinstance(item, Silence):
            silence = np.zeros(round(item.seconds * voice.sample_rate), np.float32)
            yield SpokenSentence("", silence, (), ())
            continue
        reading = read(item, voice.text, lexicon)
        _report(reading.spelled, unknown)
        if not reading.spelled.ids:
            if any(stretch.marks for stretch in reading.stretches):
                nothing = np.zeros(0, np.float32)
                yield SpokenSentence("", nothing, (), (), (), reading.stretches)
            continue
        manner = manners.of(item.manner)
        made = spoken_symbols(voice, reading.spelled, manner, place)
        if made is None:
            waiting.extendleft(reversed(halved(item)))
            continue
        place += 1
        audio, frames = made
        if item.manner.volume != 1:
            audio = audio * np.float32(item.manner.volume)
            if np.abs(audio).max(initial=0) > 1 and not clipped:
                clipped = True
                print("louder than full scale: peaks are clipped", file=sys.stderr)
            audio = np.clip(audio, -1.0, 1.0)
        silence = np.zeros(_pause(item, manner, voice.sample_rate), np.float32)
        yield SpokenSentence(
            reading.text,
            np.concatenate([audio, silence]),
            reading.spelled.symbols,
            frames,
            reading.spelled.places,
            reading.stretches,
            item.manner.language,
        )
    if place == 0:
        names = ", ".join(map(repr, unknown))
        because = f": it has no symbols for {names}" if unknown else ""
        raise EmptyText(f"this voice cannot speak any of the text {shown(text)}{because}")


class _Manners:
    """Settings of each manner in a script."""

    def __init__(self, voice: "Voice", settings: VoiceSettings):
        self._voice, self._settings = voice, settings
        self._known: dict[tuple[float, str | None], VoiceSettings] = {(1.0, None): settings}

    def of(self, manner: Manner) -> VoiceSettings:
        key = manner.rate, manner.speaker
        if key not in self._known:
            speaker = self._settings.speaker
            if manner.speaker is not None:
                # The script was checked, and what is to be said about its speakers was said.
                speaker = weights_of(manner.speaker, self._voice.speakers, quiet=True)
            speed = min(max(self._settings.speed * manner.rate, SPEEDS[0]), SPEEDS[1])
            self._known[key] = dataclasses.replace(self._settings, speed=speed, speaker=speaker)
        return self._known[key]


def _pause(utterance: Utterance, settings: VoiceSettings, rate: int) -> int:
    """Samples of silence after an utterance."""
    sentence = utterance.sentence
    return round((sentence.pause if sentence.exact else sentence.pause / settings.speed) * rate)


def spoken_symbols(
    voice: "Voice", spelled: Spelled, settings: VoiceSettings, place: int
) -> tuple[Audio, tuple[int, ...]] | None:
    """Audio of some symbols, in [-1, 1], and the frames of each; None if too long for one piece.

    `place` is that of the utterance in what is said, which varies its draws.
    """
    if len(spelled.ids) > TOKENS[-1]:
        return None
    plan = plan_speech(
        voice.network,
        voice.ready,
        spelled.ids,
        voice.text.size,
        settings.speaker,
        settings.for_durations(place, len(spelled.ids)),
        voice.length_scale / settings.speed,
    )
    total = int(plan.frames.sum())
    if total > LONGEST:
        return None
    noise = settings.for_frames(place, total, voice.network.latent)
    audio = decode_speech(voice.network, voice.ready, plan, settings.speaker, noise, voice.spec)
    if not plan.frames.all() or not np.isfinite(audio).all():
        raise ValueError("the voice made NaN or infinite samples: its weights are damaged")
    return np.clip(audio, -1.0, 1.0), tuple(map(int, plan.frames))


def _report(spelled: Spelled, reported: dict[str, None]) -> None:
    """Reports symbols that the voice does not have, once each."""
    if new := [symbol for symbol in spelled.unknown if symbol not in reported]:
        reported |= dict.fromkeys(new)
        names = ", ".join(map(repr, new))
        print(f"left out, since the voice has no symbol for: {names}", file=sys.stderr)

"""What a server offers: its voices, a recognizer, and the worker that they share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ganspeech.models.voice import SpokenSentence, Voice
from ganspeech.serving.worker import Worker
from ganspeech.tasks.voices.padded_speech import (
    FRAMES,
    SILENT,
    TOKENS,
    SpeechPlan,
    decode_speech,
    plan_speech,
)
from ganspeech.text.phonemes.front_ends import Espeak, Gruut, Pinyin, Plain
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.sentences import USUAL, Silences

if TYPE_CHECKING:
    from ganspeech.models.recognizer import Recognizer

UNDETERMINED = "und"
"""Language of a voice that does not keep which it speaks (ISO 639-2)."""


@dataclass(frozen=True)
class Speech:
    """What is to be said, and how: the settings of `Voice.stream`."""

    text: str
    voice: str = ""
    """Name of a voice of the service; empty: its first."""
    speed: float = 1.0
    seed: int = 0
    speaker: str | None = None
    ssml: bool = False
    lexicon: Lexicon | None = None
    """Its own words, before those of the service."""
    sentence_silence: float | None = None
    """Seconds; None: those of the service."""
    paragraph_silence: float | None = None


@dataclass(frozen=True)
class Service:
    """Models that are served, and the limits."""

    voices: Mapping[str, Voice]
    """Voices by name; the first is the one that speaks unless another is named."""
    worker: Worker
    longest: int
    """Most characters of a text."""
    recognizer: "Recognizer | None" = None
    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)
    """Words of every text, by the name of the voice that says them."""
    silences: Silences = USUAL
    """Silences of every text that asks for no other."""

    @property
    def first(self) -> str:
        """Name of the voice that speaks unless another is named."""
        return next(iter(self.voices))

    def speak(self, speech: Speech) -> Iterator[SpokenSentence]:
        """Speaks sentence by sentence, in the thread that asks for them; see `Voice.stream`.

        Every setting of `Speech` is handed on here and nowhere else.
        """
        # A generator, so that cutting the text into sentences is left to that thread, too.
        name = speech.voice or self.first
        sentence, paragraph = speech.sentence_silence, speech.paragraph_silence
        yield from self.voices[name].stream(
            speech.text,
            speed=speech.speed,
            seed=speech.seed,
            speaker=speech.speaker,
            ssml=speech.ssml,
            lexicon=_joined(self.lexicons.get(name), speech.lexicon),
            sentence_silence=self.silences.sentence if sentence is None else sentence,
            paragraph_silence=self.silences.paragraph if paragraph is None else paragraph,
        )


def _joined(ours: Lexicon | None, theirs: Lexicon | None) -> Lexicon | None:
    """Words of two lexicons; the second has its way with those of both."""
    if ours is None or theirs is None:
        return theirs or ours
    return Lexicon({**ours.entries, **theirs.entries})


def warm_voice(voice: Voice) -> Iterator[int]:
    """Compiles each program that a voice may need, and loads its front end; counts programs.

    Raises ValueError if the package of its front end is missing.
    """
    voice.text.spell("Ready.")
    network, speaker = voice.network, voice.settings().speaker
    for count, length in enumerate(TOKENS, start=1):
        still = np.zeros((length, 2), np.float32)
        plan_speech(
            network, voice.ready, [0] * length, voice.text.size, speaker, still, voice.length_scale
        )
        yield count
    one = np.zeros((1, network.latent), np.float32)
    for count, length in enumerate(FRAMES, start=len(TOKENS) + 1):
        spoken = length - SILENT
        plan = SpeechPlan(one, one, np.array([spoken]))
        noise = np.zeros((spoken, network.latent), np.float32)
        decode_speech(network, voice.ready, plan, speaker, noise, voice.spec)
        yield count


def warm_recognizer(recognizer: "Recognizer") -> None:
    """Compiles each program that recognizes one utterance."""
    for seconds in recognizer.task.buckets:
        recognizer([np.zeros(round(seconds * recognizer.sample_rate), np.float32)])


def language(voice: Voice) -> str:
    """Language of a voice, as its front end names it (`en-us`, `de`), or `und`."""
    match voice.text.front:
        case Gruut(language=name) | Espeak(voice=name) | Plain(numbers=name):
            return name or UNDETERMINED
        case Pinyin():
            return "zh-cn"
    return UNDETERMINED

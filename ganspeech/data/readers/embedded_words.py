"""Single words spoken by espeak-ng's voices: many speakers without a download."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader
import numpy as np

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.readers.embedded import library_version, said
from ganspeech.data.readers.made import MadeSound, made_once
from ganspeech.data.readers.words import DIGITS, WordCorpus
from ganspeech.data.utterances import Utterances
from ganspeech.process.checks import require_least

# Incremented whenever words or the way they are spoken change, so that no old cache is used.
VERSION = 1
ACCENTS = ("en-us", "en-us", "en-gb-x-rp", "en-gb-scotland")
"""Languages of espeak-ng, half of the words American."""
PITCHES, SPEEDS = (20, 80), (110, 220)
"""Lowest and highest pitch of espeak-ng, 0 to 99, and words a minute."""
UNLIKE = (
    "whisper",
    "croak",
    "robo",
    "unirobot",
    "demonic",
    "klatt",
    "fast_test",
    "iven",
    "edward2",
)
"""Beginnings of the names of variants that are no voices of people, or not to be understood."""
QUIET = 10 ** (-40 / 20)
"""Share of the peak below which the ends of a word are cut off: espeak-ng adds pauses."""


@dataclass(frozen=True)
class EmbeddedWords(WordCorpus):
    """Words by all of espeak-ng's variants of voices, in three accents, made once in the cache.

    Pitch, speed and accent vary from word to word. Formant synthesis is no measure of people, but
    beside a few people it teaches what speakers differ in.
    """

    words: tuple[str, ...] = DIGITS
    """The words, each a class."""
    takes: int = 4
    """Number of times that each variant says each word."""
    held_out: int = 0
    """Number of the last utterances that are kept from training."""
    seed: int = 0
    """Seed of accents, pitches and speeds."""

    def __post_init__(self):
        require_least(self, "corpus", 1, "takes")
        require_least(self, "corpus", 0, "held_out")
        if not self.words or len(set(self.words)) < len(self.words):
            raise ValueError(f"corpus.words must be different words, not {self.words}")

    @property
    def classes(self) -> tuple[str, ...]:
        """The words."""
        return self.words

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All utterances sorted by id, take by take, spoken now if the cache lacks them.

        Raises `CorpusError` when espeak-ng does not run, or the cache cannot be written.
        """
        key = [VERSION, library_version(), self.words, self.takes, self.seed]
        return made_once("embeddedwords", key, self._speak, problems)

    def _speak(self) -> Iterator[MadeSound]:
        rng = random.Random(self.seed)
        speakers = variants()
        lines = [
            (f"{rng.choice(ACCENTS)}+{name}", word, rng.randint(*PITCHES), rng.randint(*SPEEDS))
            for _ in range(self.takes)
            for name in speakers
            for word in self.words
        ]
        for i, (audio, rate) in enumerate(said(lines)):
            voice, word, _, _ = lines[i]
            yield MadeSound(f"{i:06d}", word, voice.partition("+")[2], _trimmed(audio), rate)


def variants() -> Sequence[str]:
    """Names of espeak-ng's variants that sound like people; raises `CorpusError` for none."""
    folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
    found = sorted(path.name for path in folder.glob("*") if path.is_file())
    if not found:
        raise CorpusError(f"espeak-ng has no variants of voices in {folder}")
    return [name for name in found if not name.lower().startswith(UNLIKE)]


def _trimmed(audio: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(audio) > QUIET * np.abs(audio).max(initial=0.0))
    return audio[loud[0] : loud[-1] + 1] if len(loud) else audio

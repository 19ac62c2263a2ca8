"""Who tells whether a text is what was said: PocketSphinx, a Whisper, or a recognizer of ours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from jaxtyping import Float32
from rapidfuzz.distance import Levenshtein

from ganspeech.audio import resample
from ganspeech.corpora.sound.activity import RATE
from ganspeech.corpora.texts.sphinx import Sphinx
from ganspeech.evaluation.quality.intelligibility import hearer
from ganspeech.evaluation.recognition.pocketsphinx import NAME
from ganspeech.evaluation.recognition.whisper import whisper
from ganspeech.text.english.normalization import normalized

NONE = "none"
"""Name of no judge."""
WORST = 10.0
"""Misfit of a text that cannot be what was said."""

T = TypeVar("T")
Pair = tuple[T, T]
Audio = Float32[np.ndarray, " samples"]


class Fit(NamedTuple):
    """How badly a text fits a clip, from 0 to `WORST`."""

    misfit: float
    """By frame or by character, so that clips of any length compare."""
    total: float
    """The same not divided by anything, so that sums over clips compare."""


class Judge(Protocol):
    """Hears clips at 16 kHz, and tells how badly texts fit them."""

    @property
    def about(self) -> str:
        """Who it is, in words."""
        ...

    @property
    def writes(self) -> bool:
        """Whether what it hears may stand as a text where none is given."""
        ...

    def hear(self, clip: Audio, transcript: Sequence[str]) -> str:
        """What is said in a clip; `transcript` has the words among which that is, if known."""
        ...

    def fit(self, clip: Audio, heard: str, text: str) -> Fit:
        """How badly a text fits a clip in which something was heard."""
        ...

    def junction(self, clips: Pair[Audio], heard: Pair[str], words: Sequence[str]) -> int | None:
        """How many of the words said in two clips are said in the first; None for no idea."""
        ...


@dataclass(frozen=True)
class SphinxJudge:
    """Aligns each text with the clip (US English): the likelihood beside the best sounds."""

    sphinx: Sphinx
    about: str = "aligned by PocketSphinx, with its model of US English"
    writes: bool = False

    def hear(self, clip: Audio, transcript: Sequence[str]) -> str:
        """Words of the transcript, by a model of its trigrams; nothing without one."""
        return self.sphinx.hear(clip, transcript) if transcript else ""

    def fit(self, clip: Audio, heard: str, text: str) -> Fit:
        """Nats per frame of words by which the best sound is likelier than the text's."""
        found = self.sphinx.align(clip, normalized(text).split())
        if found is None:
            return Fit(WORST, WORST * len(clip) / RATE * 100)
        return Fit(min(found.per_frame, WORST), found.total)

    def junction(self, clips: Pair[Audio], heard: Pair[str], words: Sequence[str]) -> int | None:
        """Where the alignment with both clips together passes from one to the other."""
        seconds = len(clips[0]) / RATE
        return self.sphinx.said_before(np.concatenate(clips), words, seconds)


@dataclass(frozen=True)
class HearingJudge:
    """Compares each text with what a recognizer hears."""

    rate: int
    texts: Callable[[Sequence[Audio]], Sequence[str]]
    about: str
    writes: bool = True

    def hear(self, clip: Audio, transcript: Sequence[str]) -> str:
        """What the recognizer hears; it knows no transcript."""
        del transcript
        return self.texts([resample(clip, RATE, self.rate)])[0]

    def fit(self, clip: Audio, heard: str, text: str) -> Fit:
        """Edits between the text and what was heard, in characters, by those of the text."""
        said, got = normalized(text), normalized(heard)
        edits = Levenshtein.distance(said, got)
        return Fit(min(edits / max(len(said), 1), WORST), float(edits))

    def junction(self, clips: Pair[Audio], heard: Pair[str], words: Sequence[str]) -> int | None:
        """Where both parts together have the fewest edits from what was heard."""
        first, second = map(normalized, heard)

        def edits(place: int) -> int:
            return Levenshtein.distance(" ".join(words[:place]), first) + Levenshtein.distance(
                " ".join(words[place:]), second
            )

        return min(range(len(words) + 1), key=edits)


def judge(source: str) -> Judge | None:
    """The judge `pocketsphinx`, a folder of a Whisper, a recognizer of ours; None for `none`.

    Raises ValueError, naming it, for anything else, and for a package that is missing.
    """
    if source == NONE:
        return None
    if source == NAME:
        return SphinxJudge(Sphinx())
    if (Path(source) / "config.json").is_file():
        return HearingJudge(*whisper(source))
    found = hearer(source)
    return HearingJudge(found.rate, found.texts, found.about)

"""PocketSphinx with texts at hand: alignment, and recognition of what is in a transcript."""

import itertools
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32

from ganspeech.corpora.texts.pronunciation import pronounced
from ganspeech.evaluation.recognition.pocketsphinx import decoder_of, hears
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import write_arpa

ORDER = 3
FRAMES = 100
"""Frames a second."""
LEAST = 1e-300
"""Smallest likelihood of a word that is told apart from 0."""

Audio = Float32[np.ndarray, " samples"]


@dataclass
class _Sum:
    nats: float = 0.0
    frames: int = 0


class Aligned(NamedTuple):
    """A text aligned with a clip."""

    per_frame: float
    """Nats by which the best sound of a frame is likelier than the words': the mean over their
    frames, or over all frames if that is more."""
    total: float
    """Sum of it over all frames, silence too."""


class Sphinx:
    """PocketSphinx at 16 kHz; words that it does not list are spelled out by gruut."""

    def __init__(self) -> None:
        """Raises ValueError without its package."""
        self._aligner = _decoder(lm=None)
        self._listener: Any = None
        self._transcript: tuple[str, ...] = ()
        self._silent = set[str]()

    def align(self, clip: Audio, words: Sequence[str]) -> Aligned | None:
        """How well words fit a clip at their best timing; None where there is none by far."""
        known = self._listed(words)
        if not known or not _aligns(self._aligner, clip, " ".join(known)):
            return None
        spoken, silence = _Sum(), _Sum()
        for segment in self._aligner.seg():
            if segment.word != "</s>":  # of no length
                kind = silence if segment.word.startswith("<") else spoken
                kind.nats -= math.log(max(segment.ascore, LEAST))
                kind.frames += segment.end_frame - segment.start_frame + 1
        if not spoken.frames:
            return None
        total = spoken.nats + silence.nats
        of_all = total / (spoken.frames + silence.frames)
        return Aligned(max(spoken.nats / spoken.frames, of_all), total)

    def said_before(self, clip: Audio, words: Sequence[str], seconds: float) -> int | None:
        """How many of the words are said before a time of a clip; None where they do not fit."""
        known = self._listed(words)
        if len(known) < len(words) or not _aligns(self._aligner, clip, " ".join(words)):
            return None
        spoken = [one for one in self._aligner.seg() if not one.word.startswith("<")]
        frame = seconds * FRAMES
        return sum(one.start_frame + one.end_frame < 2 * frame for one in spoken)

    def hear(self, clip: Audio, transcript: Sequence[str]) -> str:
        """Words heard in a clip, among those of a transcript, in orders that are like its own."""
        if tuple(transcript) != self._transcript:
            self._listener, self._transcript = self._taught(transcript), tuple(transcript)
        if self._listener is None or not hears(self._listener, clip):
            return ""
        return self._listener.hyp().hypstr

    def _taught(self, transcript: Sequence[str]) -> Any:
        """A recognizer of a transcript's words alone: with all of English it loads for 10 s."""
        known = self._listed(transcript)
        if not known:
            return None
        with tempfile.TemporaryDirectory() as folder:
            words, model = Path(folder, "words.dict"), Path(folder, "transcript.lm")
            sounds = itertools.chain.from_iterable(map(self._sounds, sorted(set(known))))
            lines = (f"{name} {phones}\n" for name, phones in sounds)
            words.write_text("".join(lines), encoding="utf-8")
            write_arpa(model, learn_ngrams([known], ORDER))
            return _decoder(lm=str(model), dict=str(words))

    def _sounds(self, word: str) -> Iterator[tuple[str, str]]:
        """All pronunciations of a word that is listed, by the names that dictionaries give them."""
        for n in itertools.count(1):
            name = word if n == 1 else f"{word}({n})"
            phones = self._aligner.lookup_word(name)
            if phones is None:
                return
            yield name, phones

    def _listed(self, words: Sequence[str]) -> list[str]:
        """The words that have sounds, all of which are listed then."""
        for word in dict.fromkeys(words):
            if word in self._silent or self._aligner.lookup_word(word) is not None:
                continue
            if phones := pronounced(word):
                self._aligner.add_word(word, phones, True)
            else:
                self._silent.add(word)
        return [word for word in words if word not in self._silent]


def _decoder(**settings: Any) -> Any:
    # Dither would make it differ from call to call.
    return decoder_of(dither=False, **settings)


def _aligns(decoder: Any, clip: Audio, words: str) -> bool:
    """Whether the decoder gets through a clip in which only these words may be said."""
    decoder.set_align_text(words)
    return hears(decoder, clip)

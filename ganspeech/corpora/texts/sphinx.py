"""PocketSphinx with texts at hand: alignment, and recognition of what is in a transcript."""

import importlib.util
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32

from ganspeech.corpora.texts.pronunciation import pronounced
from ganspeech.evaluation.recognition.pocketsphinx import NAME, PEAK, RATE, SILENT
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import write_arpa

ORDER = 3
LEAST = 1e-300
"""Smallest likelihood of a word that is told apart from 0."""

Audio = Float32[np.ndarray, " samples"]


class Aligned(NamedTuple):
    """A text aligned with a clip."""

    per_frame: float
    """Nats by which the best sound of each frame is likelier than the words', mean over theirs."""
    total: float
    """Sum of it over all frames, silence too."""


class Sphinx:
    """PocketSphinx at 16 kHz; words that it does not list are spelled out by gruut."""

    def __init__(self) -> None:
        """Raises ValueError without its package."""
        if importlib.util.find_spec("pocketsphinx") is None:
            raise ValueError(f"{NAME} needs its package: pip install pocketsphinx")
        self._aligner = _decoder(lm=None)
        self._listener: Any = None
        self._transcript: tuple[str, ...] = ()
        self._silent = set[str]()

    def align(self, clip: Audio, words: Sequence[str]) -> Aligned | None:
        """The best timing of words in a clip; None where there is none by far."""
        known = self._listed(self._aligner, words)
        if not known or not _run(self._aligner, clip, " ".join(known)):
            return None
        total = spoken = frames = 0.0
        for segment in self._aligner.seg():
            if segment.word == "</s>":  # of no length
                continue
            nats = -math.log(max(segment.ascore, LEAST))
            total += nats
            if not segment.word.startswith("<"):
                spoken += nats
                frames += segment.end_frame - segment.start_frame + 1
        return Aligned(spoken / frames, total) if frames else None

    def hear(self, clip: Audio, transcript: Sequence[str]) -> str:
        """Words heard in a clip, among those of a transcript, in orders that are like its own."""
        if tuple(transcript) != self._transcript:
            self._listener, self._transcript = self._taught(transcript), tuple(transcript)
        if self._listener is None or not _run(self._listener, clip):
            return ""
        return self._listener.hyp().hypstr

    def _taught(self, transcript: Sequence[str]) -> Any:
        known = self._listed(self._aligner, transcript)
        if not known:
            return None
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "transcript.lm"
            write_arpa(path, learn_ngrams([known], ORDER))
            decoder = _decoder(lm=None)
            self._listed(decoder, known)  # before the model, which drops words without sounds
            decoder.add_lm_file("transcript", str(path))
            decoder.activate_search("transcript")
        return decoder

    def _listed(self, decoder: Any, words: Sequence[str]) -> list[str]:
        """The words that have sounds, all of which the decoder knows then."""
        for word in dict.fromkeys(words):
            if word in self._silent or decoder.lookup_word(word) is not None:
                continue
            if phones := pronounced(word):
                decoder.add_word(word, phones, True)
            else:
                self._silent.add(word)
        return [word for word in words if word not in self._silent]


def _decoder(**settings: Any) -> Any:
    from pocketsphinx import Decoder

    # Its log goes to standard error; dither would make it differ from call to call.
    return Decoder(samprate=RATE, loglevel="FATAL", dither=False, **settings)


def _run(decoder: Any, clip: Audio, words: str = "") -> bool:
    """Whether the decoder gets through a clip, in which only `words` may be said if there are."""
    peak = float(np.abs(clip).max(initial=0))
    if peak < SILENT:
        return False
    if words:
        decoder.set_align_text(words)
    decoder.start_utt()
    # The whole clip at once: means of its cepstra are then its own.
    decoder.process_raw((clip * (PEAK / peak * 32767)).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    return decoder.hyp() is not None

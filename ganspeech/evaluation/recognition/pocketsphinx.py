"""PocketSphinx as a recognizer: its wheel holds a model of US English, so that it hears offline."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ganspeech.evaluation.quality.metrics import Audio

NAME = "pocketsphinx"
"""Its name for `--recognizer`."""
RATE = 16000
"""Hz that its model hears at."""
ABOUT = (
    "Heard by PocketSphinx with its model of US English, a recognizer of the 2000s that errs often "
    "on recordings, too."
)
PEAK = 0.9
"""Peak that utterances are scaled to: quiet ones would be taken for silence."""
SILENT = 1e-4
"""A peak below which there is nothing to hear; it would make up a word."""


def pocketsphinx() -> Callable[[Sequence[Audio]], list[str]]:
    """Recognizes utterances at `RATE`; raises ValueError if the package is missing."""
    decoder = decoder_of()

    def text(audio: Audio) -> str:
        return decoder.hyp().hypstr if hears(decoder, audio) else ""

    return lambda audio: [text(one) for one in audio]


def decoder_of(**settings: Any) -> Any:
    """A decoder of the package at `RATE`; raises ValueError if it is missing."""
    if importlib.util.find_spec("pocketsphinx") is None:
        raise ValueError(f"{NAME} needs its package: pip install pocketsphinx")
    from pocketsphinx import Decoder

    # Its log goes to standard error, a page for each utterance.
    return Decoder(samprate=RATE, loglevel="FATAL", **settings)


def hears(decoder: Any, audio: Audio) -> bool:
    """Passes an utterance through a decoder; returns whether that has a hypothesis then."""
    peak = float(np.abs(audio).max(initial=0))
    if peak < SILENT:
        return False
    scaled = audio * (PEAK / peak)
    decoder.start_utt()
    # The whole utterance at once: means of its cepstra are then its own.
    decoder.process_raw((scaled * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    return decoder.hyp() is not None

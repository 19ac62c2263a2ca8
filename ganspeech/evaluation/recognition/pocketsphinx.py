"""PocketSphinx as a recognizer: its wheel holds a model of US English, so that it hears offline."""

import importlib.util
from collections.abc import Callable, Sequence

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
    if importlib.util.find_spec("pocketsphinx") is None:
        raise ValueError(f"{NAME} needs its package: pip install pocketsphinx")
    from pocketsphinx import Decoder

    # Its log goes to standard error, a page for each utterance.
    decoder = Decoder(samprate=RATE, loglevel="FATAL")

    def text(audio: Audio) -> str:
        peak = float(np.abs(audio).max(initial=0))
        if peak < SILENT:
            return ""
        scaled = audio * (PEAK / peak)
        decoder.start_utt()
        # The whole utterance at once: means of its cepstra are then its own.
        decoder.process_raw((scaled * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        return best.hypstr if best else ""

    return lambda audio: [text(one) for one in audio]

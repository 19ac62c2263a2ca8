"""PocketSphinx as a recognizer; its wheel includes a US English model, so it works offline."""

import importlib.util
from collections.abc import Callable, Sequence

import numpy as np

from ganspeech.evaluation.quality.metrics import Audio

NAME = "pocketsphinx"
"""Name for `--recognizer`."""
RATE = 16000
"""Sample rate of the model, in Hz."""
ABOUT = (
    "Recognized by PocketSphinx with its US English model, a recognizer from the 2000s that often "
    "errs on recordings, too."
)
PEAK = 0.9
"""Peak amplitude that utterances are scaled to; quiet ones would be taken for silence."""
SILENT = 1e-4
"""Peak amplitude below which audio is silent; the decoder would make up a word."""


def pocketsphinx() -> Callable[[Sequence[Audio]], list[str]]:
    """Returns a recognizer of audio at `RATE`; raises ValueError if the package is missing."""
    if importlib.util.find_spec("pocketsphinx") is None:
        raise ValueError(f"{NAME} is not installed: pip install pocketsphinx")
    from pocketsphinx import Decoder

    # By default it logs a page per utterance to standard error.
    decoder = Decoder(samprate=RATE, loglevel="FATAL")

    def text(audio: Audio) -> str:
        peak = float(np.abs(audio).max(initial=0))
        if peak < SILENT:
            return ""
        scaled = audio * (PEAK / peak)
        decoder.start_utt()
        # The whole utterance at once, so that cepstral means are its own.
        decoder.process_raw((scaled * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        return best.hypstr if best else ""

    return lambda audio: [text(one) for one in audio]

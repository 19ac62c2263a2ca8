"""Whisper (Radford et al. 2022) as a recognizer, from a folder as Hugging Face keeps it."""

import importlib.util
from collections.abc import Callable, Sequence

import numpy as np

from ganspeech.evaluation.quality.metrics import Audio

SECONDS = 30
"""Seconds of audio that Whisper takes at once."""
PACKAGES = ("transformers", "torch")


def whisper(folder: str) -> tuple[int, Callable[[Sequence[Audio]], list[str]], str]:
    """The rate that it hears at, what it hears in utterances at that rate, and a word about it.

    It answers with what is likeliest, symbol by symbol, in the language that it takes the audio to
    be in. `ValueError` if a package is missing, or the folder is no whole checkpoint.
    """
    if missing := [name for name in PACKAGES if importlib.util.find_spec(name) is None]:
        raise ValueError(f"Whisper needs {' and '.join(missing)}: pip install {' '.join(missing)}")
    import torch
    from transformers import WhisperForConditionalGeneration, WhisperProcessor
    from transformers.utils import logging

    # It warns of how it calls itself, and has a bar of its own.
    logging.set_verbosity_error()
    logging.disable_progress_bar()

    try:
        processor = WhisperProcessor.from_pretrained(folder, local_files_only=True)
        model = WhisperForConditionalGeneration.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # transformers raises many kinds
        reason = str(error).strip().splitlines()
        raise ValueError(f"{folder}: {reason[0] if reason else repr(error)}") from None
    model.eval()
    rate = processor.feature_extractor.sampling_rate

    def texts(audio: Sequence[Audio]) -> list[str]:
        pieces = [piece for one in audio for piece in _pieces(one, rate)]
        given = processor(
            pieces, sampling_rate=rate, return_tensors="pt", return_attention_mask=True
        )
        with torch.no_grad():
            ids = model.generate(
                given.input_features,
                attention_mask=given.attention_mask,
                do_sample=False,
                num_beams=1,
            )
        answers = iter(processor.batch_decode(ids, skip_special_tokens=True))
        return [" ".join(next(answers).strip() for _ in _pieces(one, rate)) for one in audio]

    about = f"Heard by the Whisper in {folder}, greedily, in the language that it finds."
    return rate, texts, about


def _pieces(audio: Audio, rate: int) -> list[Audio]:
    """The audio in pieces that it can hear, cut without regard to words."""
    return np.split(audio, range(SECONDS * rate, len(audio), SECONDS * rate))

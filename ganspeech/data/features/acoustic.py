"""Features that nothing was trained for: MFCCs and log-mels, of recordings of any length."""

import dataclasses
from collections.abc import Iterator
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ganspeech.audio import RECOGNITION_16K
from ganspeech.audio.mfcc import cosines, deltas
from ganspeech.audio.pieces import AudioPieces, log_mel_pieces
from ganspeech.data.cache import digest
from ganspeech.data.features.settings import FeatureSettings

Kind = Literal["mfcc", "logmel"]
Frames = Float[np.ndarray, "frames width"]

COEFFICIENTS, WIDTH, ORDERS = 13, 9, (1, 2)
"""Cepstral coefficients, frames that a delta is fitted to, and orders of deltas."""
SPECS = {"logmel": RECOGNITION_16K, "mfcc": dataclasses.replace(RECOGNITION_16K, log_floor=1e-10)}
"""Log-mels of 25 ms every 10 ms; coefficients are made of those with less of a floor."""
SAMPLE_RATE = RECOGNITION_16K.sample_rate
PIECE_FRAMES, ROUND_FRAMES = 4096, 256
"""Frames that are computed at once, and a number of frames of which it compiles multiples."""


def acoustic_settings(kind: Kind) -> FeatureSettings:
    """Settings of the features of a kind: 100 frames a second, made without labels."""
    spec = SPECS[kind]
    cepstral = [COEFFICIENTS, WIDTH, *ORDERS] if kind == "mfcc" else []
    return FeatureSettings(
        encoder=kind,
        layer=None,
        rate=SAMPLE_RATE / spec.hop_length,
        width=COEFFICIENTS * (1 + len(ORDERS)) if kind == "mfcc" else spec.n_mels,
        labeled=False,
        fingerprint=digest([kind, spec.to_json(), cepstral]),
    )


def acoustic_pieces(kind: Kind, audio: AudioPieces) -> Iterator[Frames]:
    """Yield the features of a recording, in bounded memory.

    logmel: natural logarithms of 80 mel bands of power. mfcc: 13 coefficients of these in decibels,
    and their first and second deltas, as in the first round of HuBERT (Hsu et al. 2021). Raises
    ValueError for a recording that is silent or too short for a frame.
    """
    if audio.peak == 0:
        raise ValueError("it is silent: all of its samples are 0")
    mels = log_mel_pieces(audio, SPECS[kind], frames=PIECE_FRAMES)
    if kind == "logmel":
        yield from mels
        return
    transform = cosines(SPECS[kind].n_mels, COEFFICIENTS) * np.float32(10 / np.log(10))
    yield from _with_deltas(np.concatenate([mel @ transform for mel in mels]))


def _with_deltas(cepstra: Float[np.ndarray, "frames coefficients"]) -> Iterator[Frames]:
    """Coefficients and their deltas, the frames at either end repeated beyond it."""
    margin = WIDTH // 2
    ends = (margin, margin + ROUND_FRAMES)
    around = np.pad(cepstra, (ends, (0, 0)), mode="edge")
    for start in range(0, len(cepstra), PIECE_FRAMES):
        count = min(PIECE_FRAMES, len(cepstra) - start)
        rounded = -(-count // ROUND_FRAMES) * ROUND_FRAMES
        piece = around[start : start + rounded + 2 * margin]
        yield np.asarray(_appended(piece))[margin : margin + count]


@jax.jit
def _appended(cepstra: jax.Array) -> jax.Array:
    slopes = [deltas(cepstra, width=WIDTH, order=order, mode="nearest") for order in ORDERS]
    return jnp.concatenate([cepstra, *slopes], axis=-1)

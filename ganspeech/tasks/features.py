"""Features of recognizers: log-mels or MFCCs, brought to a common scale."""

import dataclasses
import math
from typing import Literal

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ganspeech.audio import RECOGNITION_16K, AudioSpec, log_mel
from ganspeech.audio.mfcc import deltas, mfcc

MIDDLE, SPREAD = -7.5, 4.0
"""Mean and deviation of the natural logarithms of power in mel bands, in speech of peak 0.95."""
MIDDLE_DB, SPREAD_DB = -33.5, 11.0
"""Mean and deviation in decibels."""
SPREAD_OF_SHAPE = 20.0
"""Deviation of all cepstral coefficients but the first, which is the mean over bands."""
DELTA_WIDTH = 9
"""Frames of the regression window of deltas."""

ZERO_PADDED = dataclasses.replace(RECOGNITION_16K, pad_mode="constant")
"""10 ms frames at 16 kHz, with silence before and after the audio, as it is in a padded batch."""


@dataclasses.dataclass(frozen=True)
class Features:
    """Audio to features `[batch, frames, channels]` of about zero mean and unit variance.

    The scaling is one constant affine map for every utterance, so that tasks with the same settings
    share the same features. Silence after the audio changes none of its frames.
    """

    spec: AudioSpec = ZERO_PADDED
    """Audio spec of the spectrogram; its pad-mode must be constant."""
    kind: Literal["log-mel", "mfcc"] = "log-mel"
    """Logarithms of mel bands, or the first coefficients of their cosine transform, as librosa
    computes them."""
    coefficients: int = 13
    """Number of coefficients of mfcc."""
    deltas: int = 0
    """Number of time derivatives that are appended as channels: 0, 1 or 2."""

    def __post_init__(self):
        if self.spec.pad_mode != "constant":
            raise ValueError(
                "task.features.spec.pad_mode must be constant: batches are padded with zeros, and "
                f"with {self.spec.pad_mode!r} its last frames would depend on the bucket"
            )
        if self.kind == "mfcc" and not 1 <= self.coefficients <= self.spec.n_mels:
            raise ValueError(
                f"task.features.coefficients must be 1 to {self.spec.n_mels} (n_mels), "
                f"not {self.coefficients}"
            )
        if self.deltas not in (0, 1, 2):
            raise ValueError(f"task.features.deltas must be 0, 1 or 2, not {self.deltas}")

    @property
    def channels(self) -> int:
        """Number of values per frame."""
        base = self.spec.n_mels if self.kind == "log-mel" else self.coefficients
        return base * (1 + self.deltas)

    def frames(self, samples):
        """Number of frames of `samples`, an integer or an array."""
        return self.spec.frames(samples)

    def __call__(
        self, audio: Float[Array, "batch samples"]
    ) -> Float[Array, "batch frames channels"]:
        """Features of audio in [-1, 1], float32."""
        frames = self.spec.frames(audio.shape[1])
        if self.kind == "mfcc" or self.deltas:
            # After the end follows as much silence as any frame can see, whether or not the batch
            # holds more of it.
            after = self.spec.n_fft + DELTA_WIDTH // 2 * self.spec.hop_length
            audio = jnp.pad(audio, ((0, 0), (0, after)))
        if self.kind == "log-mel":
            x = (log_mel(audio, self.spec) - self._middle) / self._spread
        else:
            middle, spread = _coefficient_scale(self.coefficients, self.spec.n_mels)
            x = (mfcc(audio, self.spec, n_mfcc=self.coefficients) - middle) / spread
        orders = range(1, self.deltas + 1)
        slopes = [deltas(x, width=DELTA_WIDTH, order=n, mode="nearest") for n in orders]
        return jnp.concatenate([x, *slopes], axis=-1)[:, :frames]

    @property
    def _unit(self) -> float:
        """Natural logarithm of power, as a multiple of the spec's logarithm."""
        return self.spec.power / 2 / (1.0 if self.spec.log_base == "e" else math.log(10))

    @property
    def _middle(self) -> float:
        return MIDDLE * self._unit

    @property
    def _spread(self) -> float:
        return SPREAD * self._unit


def _coefficient_scale(
    count: int, mels: int
) -> tuple[Float[np.ndarray, "1 1 count"], Float[np.ndarray, "1 1 count"]]:
    """Mean and spread of each coefficient; the first is the sum of bands over root `mels`."""
    middle, spread = np.zeros(count), np.full(count, SPREAD_OF_SHAPE)
    middle[0], spread[0] = MIDDLE_DB * math.sqrt(mels), SPREAD_DB * math.sqrt(mels)
    return middle.astype("f4")[None, None], spread.astype("f4")[None, None]

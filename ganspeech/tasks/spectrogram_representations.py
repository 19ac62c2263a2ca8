"""Views of words as spectrograms: a small log-mel patch, and SpecGAN's log-magnitudes."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float32

from ganspeech.audio import (
    AudioSpec,
    griffin_lim,
    log_mel,
    magnitude,
    magnitude_from_log_mel,
    stft,
)
from ganspeech.data.corpus import Corpus
from ganspeech.data.examples import Examples, Scale
from ganspeech.tasks.representations import Waveform, in_pieces, spoken_examples

DEVIATIONS = 3.0
"""Deviations from a bin's mean at which spectrograms are clipped (Donahue et al. 2019)."""
ITERATIONS = 32
"""Iterations of Griffin-Lim in the conversion to audio."""


class _Standardized(ABC):
    """Words as transforms whose bins are standardized by the examples to train on."""

    @property
    @abstractmethod
    def clips(self) -> Waveform:
        """Audio of the same duration."""

    @abstractmethod
    def features(self, audio: jax.Array) -> jax.Array:
        """The transform `[batch, frames, bins]`, before it is scaled."""

    @abstractmethod
    def _sound(self, features: jax.Array) -> jax.Array:
        """Audio of features."""

    def examples(self, corpus: Corpus) -> Examples:
        """The words of a corpus, scaled by the statistics of those to train on."""
        return _scaled(spoken_examples(corpus, self.clips), self.features)

    def audio(self, values: np.ndarray, scale: Scale) -> Float32[np.ndarray, "n samples"]:
        """Audio of the examples, with phases by Griffin-Lim."""
        return in_pieces(jax.jit(self._sound), _unscaled(values, scale))

    def images(self, values: np.ndarray) -> np.ndarray:
        """The spectrograms, time from left to right."""
        return np.clip((values[..., 0] + 1) / 2, 0, 1).swapaxes(1, 2)[:, ::-1]


@dataclasses.dataclass(frozen=True)
class LogMelPatch(_Standardized):
    """A word's log-mel spectrogram as a small picture, every band standardized."""

    spec: AudioSpec = AudioSpec(
        sample_rate=16000, n_fft=1024, hop_length=512, win_length=1024, n_mels=32, fmax=8000.0
    )
    """Audio spec, whose frames are the rows and whose mel bands are the columns."""
    frames: int = 32
    """Number of rows."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Frames, mel bands, one channel."""
        return (self.frames, self.spec.n_mels, 1)

    @property
    def sample_rate(self) -> int:
        """Samples per second of the audio."""
        return self.spec.sample_rate

    @property
    def clips(self) -> Waveform:
        """Audio of the same duration."""
        return Waveform(self.spec.sample_rate, self.frames * self.spec.hop_length)

    def features(self, audio: jax.Array) -> jax.Array:
        """Log-mels `[batch, frames, mels]`, before they are scaled."""
        return log_mel(audio, self.spec)[:, : self.frames]

    def log_mels(self, values: np.ndarray, scale: Scale) -> Float32[np.ndarray, "n frames mels"]:
        """Log-mels of examples, as `ganspeech.audio.log_mel` makes them of audio."""
        return _unscaled(values, scale)

    def _sound(self, features: jax.Array) -> jax.Array:
        """Audio of features; magnitudes by the pseudo-inverse of the mel filters."""
        magnitudes = magnitude_from_log_mel(features, self.spec)
        return griffin_lim(magnitudes, self.spec, iterations=ITERATIONS)


@dataclasses.dataclass(frozen=True)
class LogSpectrum(_Standardized):
    """SpecGAN's view: 128 frames of 128 log-magnitudes, every bin standardized.

    Donahue et al. 2019: windows of 16 ms every 8 ms, the highest bin left out.
    """

    sample_rate: int = 16000
    """Samples per second."""
    size: int = 128
    """Number of frames, of bins, and of samples per hop."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Frames, bins, one channel."""
        return (self.size, self.size, 1)

    @property
    def clips(self) -> Waveform:
        """Audio of the same duration."""
        return Waveform(self.sample_rate, self.size * self.size)

    @property
    def spec(self) -> AudioSpec:
        """Audio spec of the transform; its mels are not used."""
        return AudioSpec(
            sample_rate=self.sample_rate,
            n_fft=2 * self.size,
            hop_length=self.size,
            win_length=2 * self.size,
            n_mels=self.size // 2,
            fmax=self.sample_rate / 2,
        )

    def features(self, audio: jax.Array) -> jax.Array:
        """Log-magnitudes `[batch, frames, bins]`, before they are scaled."""
        bins = magnitude(stft(audio, self.spec))[:, : self.size, : self.size]
        return jnp.log(bins + 1e-6)

    def _sound(self, features: jax.Array) -> jax.Array:
        """Audio of features; the highest bin is silent."""
        magnitudes = jnp.pad(jnp.exp(features), ((0, 0), (0, 0), (0, 1)))
        return griffin_lim(magnitudes, self.spec, iterations=ITERATIONS)


_PARTS = ("train", "held_out")


def _scaled(clips: Examples, features: Callable[[jax.Array], jax.Array]) -> Examples:
    transform = jax.jit(features)
    raw = {part: in_pieces(transform, getattr(clips, part).values) for part in _PARTS}
    seen = raw["train"]
    scale = Scale(seen.mean((0, 1)), np.maximum(seen.std((0, 1)), 1e-5))
    scaled = {
        part: dataclasses.replace(getattr(clips, part), values=_standardized(raw[part], scale))
        for part in _PARTS
        if len(raw[part])
    }
    return dataclasses.replace(clips, **scaled, scale=scale)


def _standardized(features: np.ndarray, scale: Scale) -> np.ndarray:
    standard = (features - scale.mean[None, None]) / (DEVIATIONS * scale.deviation[None, None])
    return np.clip(standard, -1, 1)[..., None].astype(np.float32)


def _unscaled(values: np.ndarray, scale: Scale) -> np.ndarray:
    spread = DEVIATIONS * scale.deviation[None, None]
    return np.asarray(values)[..., 0] * spread + scale.mean[None, None]

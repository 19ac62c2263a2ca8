"""Vocoding: a waveform from its mel spectrogram."""

import dataclasses

import jax
import jax.numpy as jnp
from flax import linen

from ganspeech.audio import AudioSpec, log_mel
from ganspeech.gan import Batch, Play, Tree
from ganspeech.losses.spectral import mel_l1, multi_resolution_stft


@dataclasses.dataclass(frozen=True)
class Vocoding:
    """Recordings are cut into segments; the generator sees their log-mels and gives them back."""

    spec: AudioSpec = AudioSpec()
    segment_frames: int = 32
    """Length of a training segment, in frames of the spec."""
    mel_weight: float = 45.0
    """Weight of the L1 distance between log-mels (Kong et al. 2020)."""
    stft_weight: float = 0.0
    """Weight of the multi-resolution STFT loss (Yamamoto et al. 2020)."""

    @property
    def segment_samples(self) -> int:
        """Length of a training segment in samples."""
        return self.segment_frames * self.spec.hop_length

    def example(self) -> tuple:
        """A silent log-mel of one segment, and the spec."""
        return jnp.zeros((1, self.segment_frames, self.spec.n_mels)), self.spec

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Vocodes `batch["audio"]`, float32 `[batch, segment_samples]` in [-1, 1]."""
        del keys  # nothing here is drawn
        real = batch["audio"]
        # A centred transform has one frame more than hops; generators give one hop per frame.
        mel = log_mel(real, self.spec)[:, : self.segment_frames]
        collections = [name for name in variables if name != "params"]
        fake, mutable = generator.apply(variables, mel, self.spec, mutable=collections)
        terms = {}
        if self.mel_weight:
            terms["mel"] = self.mel_weight * mel_l1(real, fake, self.spec)
        if self.stft_weight:
            terms["stft"] = self.stft_weight * multi_resolution_stft(real, fake)
        return Play(real, fake, mel, terms, mutable)

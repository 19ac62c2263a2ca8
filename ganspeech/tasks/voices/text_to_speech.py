"""Text to speech, learned from recordings and their texts."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen
from jaxtyping import Array, Float

from ganspeech.audio import log_mel, magnitude, stft
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.generators.vits.parts import Taught
from ganspeech.losses.spectral import mel_l1, multi_resolution_stft
from ganspeech.losses.vits import kl_divergence, mean_over
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import valid_places
from ganspeech.process.checks import require_least
from ganspeech.tasks.voices.spoken_texts import SpokenTexts, segments


@dataclasses.dataclass(frozen=True)
class TextToSpeech(SpokenTexts):
    """Training of VITS (Kim et al. 2021), whose discriminators see segments of recordings.

    The generator is a `ganspeech.generators.vits.network.VITS`, or is called like it.
    """

    mel_weight: float = 45.0
    """Weight of the L1 distance between the segments' log-mels."""
    stft_weight: float = 0.0
    """Weight of the multi-resolution STFT distance between the segments."""
    kl_weight: float = 1.0
    """Weight of the divergence between posterior and prior, in nats per frame."""

    def __post_init__(self):
        super().__post_init__()
        require_least(self, "task", 0, "mel_weight", "stft_weight", "kl_weight")

    def example(self) -> tuple:
        """Arguments of the network for one symbol and a silent segment."""
        one = jnp.ones((1,), jnp.int32)
        linear = jnp.zeros((1, self.segment_frames, self.spec.bins))
        return self._arguments(one[:, None] * 0, one, linear, one * self.segment_frames, one * 0)

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Plays segments of the batch's recordings."""
        collections = [name for name in variables if name != "params"]
        taught, mutable = generator.apply(
            variables,
            *self.arguments(batch),
            ends=self.ends(batch),
            mutable=collections,
            rngs={STREAM: common_key(keys)},
        )
        first = taught.starts * self.spec.hop_length
        real = segments(batch["audio"], first, self.segment_samples)
        return Play(real, taught.audio, None, self._terms(taught, real, batch), mutable)

    def arguments(self, batch: Batch) -> tuple:
        """Arguments of the network for a batch of `play`."""
        frames = batch["audio"].shape[1] // self.spec.hop_length
        # A centered transform has one frame more than hops; decoders give one hop per frame.
        linear = magnitude(stft(batch["audio"], self.spec))[:, :frames]
        lengths = self.frame_lengths(batch)
        labels, label_lengths = batch["labels"], batch["label_lengths"]
        return self._arguments(labels, label_lengths, linear, lengths, batch["speaker"])

    def _arguments(self, labels, label_lengths, linear, lengths, speaker) -> tuple:
        static = (self.text.size, self.spec, self.segment_frames)
        return labels, label_lengths, linear, lengths, self.one_hot(speaker), *static

    def _terms(self, taught: Taught, real: Array, batch: Batch) -> dict[str, Array]:
        lengths = self.frame_lengths(batch)
        terms = {}
        if self.mel_weight:
            terms["mel"] = self.mel_weight * mel_l1(real, taught.audio, self.spec)
        if self.stft_weight:
            terms["stft"] = self.stft_weight * multi_resolution_stft(real, taught.audio)
        if self.kl_weight:
            terms["kl"] = self.kl_weight * kl_divergence(
                taught.prior_latent,
                taught.posterior_log_std,
                taught.mean,
                taught.log_std,
                valid_places(lengths, taught.mean.shape[1]),
            )
        if self.duration_weight:
            durations = mean_over(taught.duration_loss, batch["label_lengths"])
            terms["duration"] = self.duration_weight * durations
        return terms

    def aligned(self, network: linen.Module, variables: Tree, batch: Tree) -> tuple[Array, Array]:
        """Log-mels of the recordings, and the likeliest path or that of known ends."""
        return align_batch(self, network, variables, batch)


@functools.partial(jax.jit, static_argnums=(0, 1))
def align_batch(
    task: TextToSpeech, network: linen.Module, variables: Tree, batch: Batch
) -> tuple[Float[Array, "batch frames mels"], Float[Array, "batch symbols frames"]]:
    """Log-mels of the recordings of `TextToSpeech.play`, and the path of their alignment."""
    taught: Any = network.apply(variables, *task.arguments(batch))
    return log_mel(batch["audio"], task.spec), taught.path

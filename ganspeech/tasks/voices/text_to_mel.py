"""Mels from text, learned from recordings and their texts, for a vocoder to speak."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen
from jaxtyping import Array, Float

from ganspeech.audio import log_mel
from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.labels.transcribed import Transcribed
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.generators.acoustic.fast_speech import TaughtMels
from ganspeech.losses.vits import mean_over
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import masked, valid_places
from ganspeech.process.checks import require_least
from ganspeech.tasks.batch_shapes import BatchShapes
from ganspeech.tasks.voices.spoken_texts import SpokenTexts, segments


@dataclasses.dataclass(frozen=True)
class TextToMel(SpokenTexts):
    """Training of a `FastSpeech`, whose discriminators see segments of log-mels (Yang et al. 2021).

    `durations` must be given, as in the papers; `ganspeech align` makes the file. Samples of a run
    are spoken by Griffin-Lim; the trained voice speaks through `vocoder`.
    """

    mel_weight: float = 10.0
    """Weight of the L1 distance between log-mels of whole recordings."""
    prosody_weight: float = 1.0
    """Weight of the squared error of the predicted prosody per symbol."""
    vocoder: str = "primed-16k"
    """Vocoder that the voice speaks through: a name, a file or a run, of the same spec; empty:
    Griffin-Lim."""

    def __post_init__(self):
        super().__post_init__()
        require_least(self, "task", 0, "mel_weight", "prosody_weight")

    def example(self) -> tuple:
        """Arguments of the network for one symbol and a silent segment."""
        one = jnp.ones((1,), jnp.int32)
        mels = jnp.zeros((1, self.segment_frames, self.spec.n_mels))
        frames = one * self.segment_frames
        return self._arguments(one[:, None] * 0, one, mels, frames, one * 0, frames[:, None] * 1.0)

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Plays segments of the log-mels of the batch's recordings."""
        collections = [name for name in variables if name != "params"]
        taught, mutable = generator.apply(
            variables,
            *self.arguments(batch),
            mutable=collections,
            rngs={STREAM: common_key(keys)},
        )
        mels = self.mels(batch)
        real, fake = (
            segments(x, taught.starts, self.segment_frames) for x in (mels, taught.log_mel)
        )
        return Play(real, fake, None, self._terms(taught, mels, batch), mutable)

    def mels(self, batch: Batch) -> Float[Array, "batch frames mels"]:
        """Log-mels of the batch's recordings, one frame a hop."""
        frames = batch["audio"].shape[1] // self.spec.hop_length
        return log_mel(batch["audio"], self.spec)[:, :frames]

    def arguments(self, batch: Batch) -> tuple:
        """Arguments of the network for a batch of `play`."""
        lengths = self.frame_lengths(batch)
        labels, counts, ends = batch["labels"], batch["label_lengths"], self.ends(batch)
        return self._arguments(labels, counts, self.mels(batch), lengths, batch["speaker"], ends)

    def _arguments(self, labels, label_lengths, mels, lengths, speaker, ends) -> tuple:
        static = (self.text.size, self.spec, self.segment_frames)
        return labels, label_lengths, mels, lengths, self.one_hot(speaker), *static, ends

    def recordings(self, corpus: Corpus) -> Transcribed:
        """Recordings whose symbols' ends are known; raises CorpusError where `durations` is empty.

        Further errors are those of all voices.
        """
        if not self.durations:
            raise CorpusError(
                "--task.durations: this voice learns from where the symbols of each recording end; "
                "`ganspeech align VOICE DIR durations.jsonl` finds out"
            )
        return super().recordings(corpus)

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` recordings in the longest bucket, ends of symbols too."""
        known = super().batch_shapes(size)
        return {**known, "ends": known["labels"]}

    def _terms(self, taught: TaughtMels, mels: Array, batch: Batch) -> dict[str, Array]:
        lengths = self.frame_lengths(batch)
        valid = valid_places(lengths, mels.shape[1])

        def per_frame(x: Array) -> Array:
            return mean_over(masked(x, valid).mean(axis=2).sum(axis=1), lengths)

        def per_symbol(x: Array) -> Array:
            return mean_over(x, batch["label_lengths"])

        terms = {
            "mel": (self.mel_weight, per_frame(jnp.abs(mels - taught.log_mel))),
            "prosody": (self.prosody_weight, per_symbol(taught.prosody_loss)),
            "duration": (self.duration_weight, per_symbol(taught.duration_loss)),
        }
        return {name: weight * loss for name, (weight, loss) in terms.items() if weight}

    def aligned(self, network: linen.Module, variables: Tree, batch: Tree) -> tuple[Array, Array]:
        """Log-mels as they are made anew from the text, and the path of the known ends."""
        return align_mels(self, network, variables, batch)


@functools.partial(jax.jit, static_argnums=(0, 1))
def align_mels(
    task: TextToMel, network: linen.Module, variables: Tree, batch: Batch
) -> tuple[Float[Array, "batch frames mels"], Float[Array, "batch symbols frames"]]:
    """Mels of the recordings of a batch, made anew from text, and the path of their alignment."""
    taught: Any = network.apply(variables, *task.arguments(batch))
    return taught.log_mel, taught.path

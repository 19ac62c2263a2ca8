"""Feature mapping: clean features from noisy ones, for recognizers."""

import dataclasses
import functools
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float, Int

from ganspeech.data.labels.transcribed import Transcribed
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.process.checks import require_least
from ganspeech.tasks.noisy_pairs import NoisyPairs
from ganspeech.tasks.trainable import Picture


@dataclasses.dataclass(frozen=True)
class FeatureEnhancement(NoisyPairs):
    """FSEGAN (Donahue et al. 2018): features close to the clean ones and like them.

    Discriminators see the noisy features as a condition. Without them it is regression.
    """

    distance_weight: float = 100.0
    """Weight of the L1 distance to the clean features, as in the paper."""

    def __post_init__(self):
        super().__post_init__()
        require_least(self, "task", 0, "distance_weight")

    def example(self) -> tuple:
        """Features of one utterance, and its number of frames."""
        return self.silence()

    def condition(self) -> jax.Array:
        """Features of one utterance."""
        return self.silence()[0]

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Enhances the noisy features of a `pair`."""
        clean, noisy, lengths = self.pair(batch)
        collections = [name for name in variables if name != "params"]
        fake, mutable = generator.apply(variables, noisy, lengths, mutable=collections)
        terms = {}
        if self.distance_weight:
            terms["distance"] = self.distance_weight * distance(clean, fake, lengths)
        return Play(clean, fake, noisy, terms, mutable)

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Transcribed
    ) -> Iterator[Picture]:
        """Noisy, enhanced and clean features of the first held-out recordings."""
        # Matplotlib is slow to import, and only runs draw.
        from ganspeech.tasks.pictures import picture_of_features

        for line, (clean, noisy, lengths) in self.shown(prepared):
            enhanced = _enhanced(generator, variables, noisy, lengths)
            rows = {"noisy": noisy, "enhanced": enhanced, "clean": clean}
            frames = int(lengths[0])
            shown = {name: np.asarray(values[0, :frames]) for name, values in rows.items()}
            yield Picture(line.recording.id, picture_of_features(shown, line.recording.text))


def distance(
    a: Float[Array, "batch frames channels"],
    b: Float[Array, "batch frames channels"],
    lengths: Int[Array, " batch"],
) -> Float[Array, ""]:
    """Mean absolute difference of features that are zero beyond `lengths`, in float32.

    Averaged over each utterance, then over the batch: all utterances have the same weight.
    """
    difference = jnp.abs(a.astype(jnp.float32) - b.astype(jnp.float32)).mean(2).sum(1)
    return jnp.mean(difference / jnp.maximum(lengths, 1))


@functools.partial(jax.jit, static_argnums=0)
def _enhanced(generator: linen.Module, variables: Tree, noisy: jax.Array, lengths: jax.Array):
    return generator.apply(variables, noisy, lengths)

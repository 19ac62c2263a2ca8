"""Noise synthesis: noisy features from clean ones, to train recognizers on."""

import dataclasses
import functools
from collections.abc import Iterator

import jax
import numpy as np
from flax import linen

from ganspeech.data.labels.transcribed import Transcribed
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.tasks.noisy_pairs import NoisyPairs
from ganspeech.tasks.trainable import Picture


@dataclasses.dataclass(frozen=True)
class NoiseSynthesis(NoisyPairs):
    """Conditional GAN that draws the noise (Mirza and Osindero 2014; for speech Hu et al. 2018).

    An utterance's noisy features are real, those that the generator makes from the clean ones are
    fake; discriminators see the clean ones as a condition.
    """

    def __post_init__(self):
        super().__post_init__()
        if self.features.kind != "log-mel":
            raise ValueError("task.features.kind must be log-mel: only energies of noise add up")

    def example(self) -> tuple:
        """Features of one utterance, its frames and its key."""
        return *self.silence(), jax.random.split(jax.random.PRNGKey(0), 1)

    def condition(self) -> jax.Array:
        """Features of one utterance."""
        return self.silence()[0]

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Adds noise to the clean features of a `pair`."""
        clean, noisy, lengths = self.pair(batch)
        collections = [name for name in variables if name != "params"]
        fake, mutable = generator.apply(variables, clean, lengths, keys, mutable=collections)
        return Play(noisy, fake, clean, {}, mutable)

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Transcribed
    ) -> Iterator[Picture]:
        """Clean, noisy and two generated versions of the first held-out recordings' features."""
        # Matplotlib is slow to import, and only runs draw.
        from ganspeech.tasks.pictures import picture_of_features

        for line, (clean, noisy, lengths) in self.shown(prepared):
            rows = {"clean": clean, "noisy": noisy}
            for seed in (1, 2):
                keys = jax.random.split(jax.random.PRNGKey(seed), 1)
                rows[f"drawn {seed}"] = _drawn(generator, variables, clean, lengths, keys)
            frames = int(lengths[0])
            shown = {name: np.asarray(values[0, :frames]) for name, values in rows.items()}
            yield Picture(line.recording.id, picture_of_features(shown, line.recording.text))


@functools.partial(jax.jit, static_argnums=0)
def _drawn(
    generator: linen.Module,
    variables: Tree,
    clean: jax.Array,
    lengths: jax.Array,
    keys: jax.Array,
):
    return generator.apply(variables, clean, lengths, keys)

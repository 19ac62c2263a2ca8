"""Feature generation: stretches of speech features from noise.

The goal is the discriminator: its feature maps are later a recognizer's input.
"""

import dataclasses
import functools
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jax import lax
from jaxtyping import Array, Float, Int, Key

from ganspeech.data.labels.transcribed import Transcribed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.process.checks import require_least
from ganspeech.tasks.noisy_pairs import SHOWN, NoisyPairs
from ganspeech.tasks.trainable import Picture


@dataclasses.dataclass(frozen=True)
class FeatureGeneration(NoisyPairs):
    """The minimax game on features, without a condition and without labels (Radford et al. 2016).

    Utterances are under the conditions; those of the recognizer are the best choice.
    """

    conditions: Conditions = Conditions()
    """Speeds, rooms and noise of utterances."""
    latent: int = 64
    """Size of the standard normal noise vector of a stretch."""
    frames: int = 48
    """Number of frames of a stretch."""

    def __post_init__(self):
        super().__post_init__()
        require_least(self, "task", 1, "latent")
        most = self.least_frames
        if not 1 <= self.frames <= most:
            raise ValueError(
                f"task.frames must be 1 to {most}, the frames of the shortest bucket, "
                f"not {self.frames}"
            )

    def example(self) -> tuple:
        """Noise of one stretch, its frames and its channels."""
        return jnp.zeros((1, self.latent)), self.frames, self.features.channels

    def condition(self) -> None:
        """None: the game is unconditional."""

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Plays stretches of `batch["audio"]`, whose first `batch["samples"]` are the utterance."""
        features = self.features(batch["audio"])
        lengths = self.features.frames(batch["samples"])
        latent_keys, place_keys = jax.vmap(jax.random.split, out_axes=1)(keys)
        real = jax.vmap(self._stretch)(place_keys, features, lengths)
        collections = [name for name in variables if name != "params"]
        inputs = self.draw(latent_keys), self.frames, self.features.channels
        fake, mutable = generator.apply(variables, *inputs, mutable=collections)
        return Play(real, fake, None, {}, mutable)

    def draw(self, keys: Key[Array, " n"]) -> Float[Array, "n latent"]:
        """Noise, one vector per key."""
        return jax.vmap(lambda key: jax.random.normal(key, (self.latent,)))(keys)

    def _stretch(
        self,
        key: Key[Array, ""],
        features: Float[Array, "all_frames channels"],
        length: Int[Array, ""],
    ) -> Float[Array, "frames channels"]:
        """Stretch at a random place of the utterance, or at its start if it is too short."""
        last = jnp.maximum(length - self.frames, 0)
        start = jax.random.randint(key, (), 0, last + 1)
        return lax.dynamic_slice_in_dim(features, start, self.frames, axis=0)

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Transcribed
    ) -> Iterator[Picture]:
        """Stretches from fixed noise, below the starts of held-out recordings."""
        # Matplotlib is slow to import, and only runs draw.
        from ganspeech.tasks.pictures import picture_of_features

        noise = self.draw(jax.random.split(jax.random.PRNGKey(0), SHOWN))
        generated = _stretches(generator, variables, noise, self.frames, self.features.channels)
        for place, (line, pair) in enumerate(self.shown(prepared)):
            rows = {"real": pair.clean[0, : self.frames], "generated": generated[place]}
            shown = {name: np.asarray(values) for name, values in rows.items()}
            yield Picture(f"generated-{place}", picture_of_features(shown, line.recording.text))


@functools.partial(jax.jit, static_argnums=(0, 3, 4))
def _stretches(
    generator: linen.Module, variables: Tree, noise: jax.Array, frames: int, channels: int
):
    return generator.apply(variables, noise, frames, channels)

"""Classification of pictures of words: supervised, by the same update as any game."""

import dataclasses

import jax
import jax.numpy as jnp
import optax
from flax import linen
from jax import lax
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float, Int

from ganspeech.game.contract import Batch, Play, Tree

EMPTY = -1.0
"""Value of an empty picture, and of silence."""

GRAIN = 0.1
"""Standard deviation of the noise floor."""


@dataclasses.dataclass(frozen=True)
class Classification:
    """Training of a network of features and logits on labels, by cross-entropy.

    Pictures are `[height, width]` in about [-1, 1], where -1 is empty. Each one is
    shifted, made louder or quieter and masked, at random each time it is used.
    """

    shape: tuple[int, int] = (32, 32)
    """Height and width of the pictures."""
    shift: tuple[int, int] = (2, 2)
    """Largest shift of a picture, in rows and columns; the gap is empty."""
    gain: float = 0.0
    """Largest offset, up or down, of a picture's values, never below the empty value."""
    mask: tuple[int, int] = (0, 0)
    """Most rows and columns that are masked, in one block each (Park et al. 2019)."""
    noise: float = 0.0
    """Highest level, above the empty value, of a noise floor that hides fainter values: in log
    spectrograms it acts as stationary noise."""
    warp: float = 0.0
    """Largest offset of each entry of the matrix, around the identity, by which a picture is
    rotated, stretched and sheared about its center."""

    def example(self) -> tuple:
        """Arguments of the network: an empty picture."""
        return (jnp.zeros((1, *self.shape)),)

    def condition(self) -> None:
        """None: there is no discriminator."""

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Learns int32 `batch["label"]` of `batch["picture"]` `[batch, height, width]`."""
        picture = jax.vmap(self._augmented)(keys, batch["picture"])
        collections = [name for name in variables if name != "params"]
        (_, logits), mutable = generator.apply(variables, picture, mutable=collections)
        return Play(
            real=picture,
            fake=None,
            condition=None,
            terms={"cross_entropy": cross_entropy(logits, batch["label"])},
            mutable=mutable,
        )

    def _augmented(
        self, key: jax.Array, picture: Float[Array, "height width"]
    ) -> Float[Array, "height width"]:
        key, gain_key = jax.random.split(key)
        gain = jax.random.uniform(gain_key, minval=-self.gain, maxval=self.gain)
        picture = jnp.maximum(picture + gain, EMPTY)
        if self.warp:
            key, warp_key = jax.random.split(key)
            picture = self._warped(warp_key, picture)
        picture = self._shifted(key, picture)
        if self.noise:
            picture = self._with_noise(jax.random.fold_in(key, 1), picture)
        return picture

    def _shifted(
        self, key: jax.Array, picture: Float[Array, "height width"]
    ) -> Float[Array, "height width"]:
        for axis, (shift, mask) in enumerate(zip(self.shift, self.mask, strict=True)):
            key, *keys = jax.random.split(key, 4)
            size = picture.shape[axis]
            padding = [(shift * (n == axis),) * 2 for n in range(2)]
            start = jax.random.randint(keys[0], (), 0, 2 * shift + 1)
            padded = jnp.pad(picture, padding, constant_values=EMPTY)
            picture = lax.dynamic_slice_in_dim(padded, start, size, axis)
            length = jax.random.randint(keys[1], (), 0, mask + 1)
            first = jax.random.randint(keys[2], (), 0, size - length + 1)
            place = jnp.arange(size) - first
            covered = jnp.expand_dims((place >= 0) & (place < length), 1 - axis)
            picture = jnp.where(covered, EMPTY, picture)
        return picture

    def _with_noise(
        self, key: jax.Array, picture: Float[Array, "height width"]
    ) -> Float[Array, "height width"]:
        level_key, grain_key = jax.random.split(key)
        level = EMPTY + jax.random.uniform(level_key, maxval=self.noise)
        ground = level + GRAIN * jax.random.normal(grain_key, picture.shape)
        return jnp.maximum(picture, ground)

    def _warped(
        self, key: jax.Array, picture: Float[Array, "height width"]
    ) -> Float[Array, "height width"]:
        matrix = jnp.eye(2) + jax.random.uniform(key, (2, 2), minval=-self.warp, maxval=self.warp)
        middle = (jnp.asarray(picture.shape) - 1) / 2
        places = jnp.stack(jnp.meshgrid(*map(jnp.arange, picture.shape), indexing="ij"))
        places = middle[:, None, None] + jnp.tensordot(
            matrix, places - middle[:, None, None], axes=1
        )
        return map_coordinates(picture, list(places), order=1, mode="constant", cval=EMPTY)


def cross_entropy(
    logits: Float[Array, "batch classes"], labels: Int[Array, " batch"]
) -> Float[Array, ""]:
    """Mean negative log-probability of the labels, in nats."""
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

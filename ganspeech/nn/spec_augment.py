"""SpecAugment: masks over parts of the features in training (Park et al. 2019)."""

import dataclasses

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.axis import example_keys
from ganspeech.nn.draws import STREAM


@dataclasses.dataclass(frozen=True)
class Masks:
    """Masks over frequency and time, with lengths drawn from 0 up."""

    frequency: int = 2
    """Number of frequency masks."""
    frequency_share: float = 0.33
    """Longest frequency mask, as a share of the channels."""
    time: int = 2
    """Number of time masks."""
    time_share: float = 0.1
    """Longest time mask, as a share of the utterance (Park et al. 2020)."""

    def __post_init__(self):
        for name in ("frequency", "time"):
            share = getattr(self, f"{name}_share")
            if getattr(self, name) < 0:
                raise ValueError(f"masks.{name} must not be negative, but is {getattr(self, name)}")
            if not 0 <= share <= 1:
                raise ValueError(f"masks.{name}_share must be from 0 to 1, not {share}")


NO_MASKS = Masks(frequency=0, time=0)


class SpecAugment(nn.Module):
    """Sets stretches of each example to zero, which must be the features' mean.

    It draws from the stream `draws`, with one key per example, and does nothing without it.
    """

    masks: Masks

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time channels"], lengths: Int[Array, " batch"]
    ) -> Float[Array, "batch time channels"]:
        """`x` with parts of its first `lengths` frames masked."""
        if not (self.masks.frequency or self.masks.time) or not self.has_rng(STREAM):
            return x
        keys = example_keys(self.make_rng(STREAM), len(x))
        kept = jax.vmap(lambda key, length: _kept(self.masks, key, length, x.shape[1:]))
        return jnp.where(kept(keys, lengths), x, jnp.zeros((), x.dtype))


def _kept(
    masks: Masks, key: Array, length: Int[Array, ""], shape: tuple[int, ...]
) -> Bool[Array, "time channels"]:
    time, channels = shape
    by_time, by_channel = jax.random.split(key)
    frames = _uncovered(by_time, masks.time, masks.time_share, length, time)
    bands = _uncovered(
        by_channel, masks.frequency, masks.frequency_share, jnp.asarray(channels), channels
    )
    return frames[:, None] & bands[None]


def _uncovered(
    key: Array, count: int, share: float, length: Int[Array, ""], size: int
) -> Bool[Array, " size"]:
    """True at the positions, of `size`, outside all stretches; these lie within `length`."""
    if not count:
        return jnp.ones(size, bool)
    draws = jax.random.uniform(key, (2, count))
    longest = jnp.floor(share * length)
    lengths = jnp.floor(draws[0] * (longest + 1))
    starts = jnp.floor(draws[1] * (length - lengths + 1))
    place = jnp.arange(size)[:, None]
    covered = (place >= starts[None]) & (place < (starts + lengths)[None])
    return ~covered.any(1)

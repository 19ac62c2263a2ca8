"""The policy that divides speech: where segments begin, by chance or as is most likely.

Tseng et al. 2024, "REBORN: Reinforcement-learned boundary segmentation with iterative training for
unsupervised ASR", whose policy sees frames alone. Here it also sees how far each is from those
before, which says something of boundaries between any phones.
"""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int, Key

from ganspeech.nn.convolution.unfolded import Unfolded1d
from ganspeech.nn.masked import masked, valid_places


class BoundaryPolicy(nn.Module):
    """Two convolutions from frames to the chance that a segment begins there."""

    width: int = 64
    """Channels between both."""
    kernel: int = 7
    """Taps of the first."""
    lags: int = 4
    """Frames before each one that it is compared with; 0: the policy sees frames alone."""

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch time width"], lengths: Int[Array, " batch"]
    ) -> Float[Array, "batch time"]:
        """Logits of a segment's beginning at every frame, in float32."""
        valid = valid_places(lengths, x.shape[1])
        x = masked(x, valid)
        if self.lags:
            x = jnp.concatenate([x, changes(x, valid, self.lags)], axis=-1)
        x = nn.gelu(Unfolded1d(self.width, self.kernel, name="near")(x))
        return Unfolded1d(1, 3, name="begins")(masked(x, valid))[..., 0].astype(jnp.float32)


def changes(
    x: Float[Array, "batch time width"], valid: Bool[Array, "batch time"], lags: int
) -> Float[Array, "batch time lags"]:
    """Squared distances of each frame from the 1 to `lags` frames before, relative to their mean.

    0 where there is no such frame.
    """
    time, found = x.shape[1], []
    for lag in range(1, lags + 1):
        both = valid & (jnp.arange(time) >= lag)[None]
        before = jnp.pad(x, ((0, 0), (lag, 0), (0, 0)))[:, :time]
        found.append(jnp.where(both, jnp.mean((x - before) ** 2, axis=-1), 0))
    distances = jnp.stack(found, axis=-1).astype(jnp.float32)
    count = jnp.maximum((distances > 0).sum((1, 2), keepdims=True), 1)
    return distances / jnp.maximum(distances.sum((1, 2), keepdims=True) / count, 1e-6)


def free_places(lengths: Int[Array, " batch"], time: int) -> Bool[Array, "batch time"]:
    """Frames at which there is a choice: all but the first, where a segment always begins."""
    return valid_places(lengths, time) & (jnp.arange(time) > 0)[None]


def drawn_starts(
    logits: Float[Array, "batch time"],
    lengths: Int[Array, " batch"],
    keys: Key[Array, " batch"],
    draws: int,
) -> Bool[Array, "batch draws time"]:
    """Frames at which segments begin, drawn `draws` times, each example by its own key."""
    time = logits.shape[1]
    chances = jax.vmap(lambda key: jax.random.uniform(key, (draws, time)))(keys)
    drawn = chances < jax.nn.sigmoid(logits)[:, None]
    return _with_first(drawn, jnp.broadcast_to(lengths[:, None], drawn.shape[:2]))


def likely_starts(
    logits: Float[Array, "batch time"], lengths: Int[Array, " batch"]
) -> Bool[Array, "batch time"]:
    """Frames at which a segment more likely begins than not."""
    return _with_first(logits > 0, lengths)


def _with_first(
    starts: Bool[Array, "*batch time"], lengths: Int[Array, "*batch"]
) -> Bool[Array, "*batch time"]:
    place = jnp.broadcast_to(jnp.arange(starts.shape[-1]), starts.shape)
    return (starts | (place == 0)) & (place < lengths[..., None])

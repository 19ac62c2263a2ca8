"""Generator of noisy features from clean ones, for harder training data."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int, Key

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.convnext import ConvNeXtBlock
from ganspeech.nn.dense import LayerNorm
from ganspeech.nn.masked import masked, valid_places


class NoiseMaker(nn.Module):
    """Draws the features of a noise and adds them to those of clean speech.

    Log-energies of two sounds add up to little more than the higher one, and so do the features
    here, by a soft maximum: the speech stays audible where the noise is fainter. Some of the
    random inputs hold for a whole utterance (which noise, how loud), the others for one frame.
    """

    width: int = 96
    """Channels of every layer."""
    blocks: int = 3
    """ConvNeXt blocks."""
    lasting: int = 16
    """Random inputs per utterance."""
    passing: int = 16
    """Random inputs per frame."""

    @nn.compact
    def __call__(
        self,
        features: Float[Array, "batch frames channels"],
        lengths: Int[Array, " batch"],
        keys: Key[Array, " batch"],
    ) -> Float[Array, "batch frames channels"]:
        """Noisy features of clean ones, with one key per example; zero beyond `lengths`."""
        drawn = jax.vmap(lambda key: self._draw(key, features.shape[1]))(keys)
        x = jnp.concatenate([features.astype(jnp.float32), drawn], axis=-1)
        x = Conv1d(self.width, 5, name="embed")(_inside(x, lengths))
        for n in range(self.blocks):
            x = ConvNeXtBlock(self.width, name=f"block_{n}")(_inside(x, lengths))
        x = _inside(LayerNorm(name="norm")(x), lengths)
        noise = Conv1d(features.shape[-1], 5, name="noise")(x).astype(jnp.float32)
        return _inside(features + jax.nn.softplus(noise - features), lengths)

    def _draw(self, key: Key[Array, ""], frames: int) -> Float[Array, "frames drawn"]:
        lasting_key, passing_key = jax.random.split(key)
        lasting = jax.random.normal(lasting_key, (1, self.lasting))
        # Frame by frame, so that an utterance's noise does not depend on how far it was padded.
        passing = jax.vmap(
            lambda place: jax.random.normal(jax.random.fold_in(passing_key, place), (self.passing,))
        )(jnp.arange(frames))
        return jnp.concatenate([jnp.repeat(lasting, frames, axis=0), passing], axis=-1)


def _inside(
    x: Float[Array, "batch time width"], lengths: Int[Array, " batch"]
) -> Float[Array, "batch time width"]:
    """`x` with zeros beyond each end, like a convolution's padding."""
    return masked(x, valid_places(lengths, x.shape[1]))

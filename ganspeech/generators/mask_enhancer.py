"""The enhancer of MetricGAN+ (Fu et al. 2021): a mask over the magnitudes of noisy speech."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec, istft, stft
from ganspeech.audio.stft import magnitude
from ganspeech.nn.dense import Dense
from ganspeech.nn.learnable_sigmoid import LearnableSigmoid


class MaskEnhancer(nn.Module):
    """Two bidirectional LSTMs and two dense layers that predict a gain per frame and bin.

    The phase stays that of the noisy speech. 1.9 million parameters at the paper's size with the
    257 bins of its spec.
    """

    width: int = 200
    """Width of each direction of an LSTM."""
    layers: int = 2
    """Bidirectional LSTMs."""
    dense: int = 300
    """Width of the dense layer."""
    ceiling: float = 1.2
    """Largest gain."""
    floor: float = 0.05
    """Smallest gain, so that residual noise does not warble."""

    @nn.compact
    def __call__(
        self, audio: Float[Array, "batch samples"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Enhanced `audio` in about [-1, 1], of the same length."""
        noisy = stft(audio, spec)
        x: Any = jnp.log1p(magnitude(noisy))
        for n in range(self.layers):
            forward, backward = (
                nn.RNN(nn.OptimizedLSTMCell(self.width), name=f"{way}_{n}")
                for way in ("forward", "backward")
            )
            x = nn.Bidirectional(forward, backward, name=f"lstm_{n}")(x)
        x = jax.nn.leaky_relu(Dense(self.dense, name="dense")(x), 0.3)
        x = Dense(noisy.shape[-1], name="gains")(x).astype(jnp.float32)
        gain = jnp.maximum(LearnableSigmoid(self.ceiling, name="sigmoid")(x), self.floor)
        return istft(gain * noisy, spec, audio.shape[-1])

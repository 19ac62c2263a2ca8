"""The phase-primed decoder: latent frames of a VITS to a waveform from a Griffin-Lim start.

The counterpart of `ganspeech.generators.primed` for frames of a posterior encoder (Kim et al.
2021): a network predicts log-magnitudes from them, a few iterations find phases, a second network
corrects both. Most of what a decoder of convolutions has to learn is there from the first step,
and all networks run at frame rate, so that a voice can be trained on a CPU.
"""

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.audio import AudioSpec
from ganspeech.generators.primed import FLOOR, LOUDEST, ConvNeXtStack, primed_audio
from ganspeech.nn.dense import Dense
from ganspeech.nn.masked import masked, valid_places

QUIET = -4.0
"""Initial log-magnitude of every bin, about that of speech."""


class PrimedDecoder(nn.Module):
    """Latent frames to waveform; 2.73 M parameters at 192 latent channels and an n_fft of 1,024."""

    width: int = 192
    """Channels of both stacks."""
    magnitude_blocks: int = 4
    """Blocks that predict log-magnitudes from latent frames."""
    blocks: int = 3
    """Blocks that correct magnitude and phase after the phase is estimated."""
    iterations: int = 8
    """Griffin-Lim iterations that prime the phase; 0 leaves the center-frequency start."""
    settling: int = 4
    """Iterations after the correction, inside the gradient."""

    @nn.compact
    def __call__(
        self,
        latent: Float[Array, "batch frames latent"],
        spec: AudioSpec,
        speaker: Float[Array, "batch speaker_width"] | None = None,
        lengths: Int[Array, " batch"] | None = None,
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32, not limited to [-1, 1].

        It may take a `speaker` embedding, and `lengths` in frames: what follows them is silent,
        and changes no sample before except, through the iterations, in the last few frames.
        """
        valid = None if lengths is None else valid_places(lengths, latent.shape[1])
        if speaker is not None:
            latent = latent + Dense(latent.shape[-1], name="speaker")(speaker)[:, None]
        latent = latent.astype(jnp.float32)
        magnitude = ConvNeXtStack(spec.bins, self.width, self.magnitude_blocks, name="magnitude")
        silence = jnp.log(FLOOR)
        level = jnp.clip(QUIET + magnitude(latent, valid), silence, LOUDEST)
        if valid is not None:
            latent, level = masked(latent, valid), masked(level - silence, valid) + silence
        stack = ConvNeXtStack(2 * spec.bins, self.width, self.blocks, name="correct")

        def correct(described: Float[Array, "batch frames all"]) -> Float[Array, "batch frames c"]:
            correction = stack(described, valid)
            return correction if valid is None else masked(correction, valid)

        return primed_audio(level, latent, correct, spec, self.iterations, self.settling)

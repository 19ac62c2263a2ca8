"""The two duration predictors of VITS (Kim et al. 2021).

Both take the text encoder's last layer and a speaker, and pass no gradient to either. Calling one
gives the logarithm of each token's frames; `loss` compares it with the frames of an alignment.
"""

import math
from typing import Literal

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.convolution.dilated_separable import DilatedSeparable
from ganspeech.nn.dense import LayerNorm, add_to_all_times
from ganspeech.nn.draws import Dropout
from ganspeech.nn.flows.splines import rational_quadratic
from ganspeech.nn.masked import masked, valid_places

Hidden = Float[Array, "batch tokens width"]
Valid = Bool[Array, "batch tokens"]
Speaker = Float[Array, "batch speaker_width"] | None
Noise = Float[Array, "batch tokens 2"]
PerToken = Float[Array, "batch tokens"]
Rounding = Literal["up", "nearest", "carried"]


def frames_of(
    log_durations: Float[Array, "batch tokens"],
    lengths: Int[Array, " batch"],
    length_scale: float | Float[Array, ""] = 1.0,
    *,
    rounding: Rounding = "up",
) -> Int[Array, "batch tokens"]:
    """Number of frames of each valid token, at least one, and 0 for the others.

    `length_scale` above 1 speaks slower. Fractions of frames are rounded up, to the nearest, or
    carried to the token after, so that tokens end where they should and the pace is kept. A
    duration that is NaN or infinite gives 0 frames.
    """
    frames = jnp.exp(log_durations) * length_scale
    if rounding != "carried":
        frames = jnp.ceil(frames) if rounding == "up" else jnp.round(frames)
    frames = jnp.maximum(frames, 1)
    # Cast to integers, these would differ from device to device and hide the error.
    frames = jnp.where(jnp.isfinite(frames), frames, 0)
    frames = masked(frames, valid_places(lengths, frames.shape[1]))
    if rounding == "carried":
        # Always up at one half: tokens of at least one frame then never lose their last one.
        ends = jnp.floor(jnp.cumsum(frames, axis=1) + 0.5)
        frames = jnp.diff(ends, axis=1, prepend=0)
    return frames.astype(jnp.int32)


class DeterministicDurations(nn.Module):
    """Two convolutions and one output per token, as in FastSpeech (Ren et al. 2019)."""

    width: int
    """Channels of the convolutions."""
    kernel: int
    """Taps of the convolutions."""
    dropout: float
    """Dropout rate."""
    of_mean: bool = False
    """Whether the best prediction is the mean duration, so that a voice keeps the pace of its
    recordings, or the shorter geometric mean, as published."""

    @nn.compact
    def __call__(
        self, hidden: Hidden, valid: Valid, speaker: Speaker, noise: Noise | None
    ) -> PerToken:
        """Logarithm of each token's frames, float32; `noise` is ignored."""
        x = lax.stop_gradient(hidden)
        if speaker is not None:
            project = Conv1d(x.shape[-1], 1, name="speaker")
            x = add_to_all_times(x, project(lax.stop_gradient(speaker)[:, None]))
        for n in range(2):
            x = Conv1d(self.width, self.kernel, name=f"layer_{n}")(masked(x, valid))
            x = LayerNorm(1e-5, name=f"norm_{n}")(jax.nn.relu(x))
            x = Dropout(self.dropout, name=f"dropout_{n}")(x)
        x = Conv1d(1, 1, name="leave")(masked(x, valid))
        return masked(x[..., 0].astype(jnp.float32), valid)

    def loss(
        self, hidden: Hidden, valid: Valid, speaker: Speaker, frames: PerToken, noise: Noise
    ) -> Float[Array, " batch"]:
        """Loss of each token's `frames`, at least one, summed over tokens.

        Squared errors of the logarithm; `of_mean`, deviances of exponential distributions, which
        are close to those where they are small.
        """
        error = self(hidden, valid, speaker, None) - jnp.log(jnp.maximum(frames, 1))
        each = 2 * (jnp.exp(-error) - 1 + error) if self.of_mean else error**2
        return jnp.sum(masked(each, valid), axis=1)


class StochasticDurations(nn.Module):
    """Flow of splines that draws durations as varied as a speaker's.

    Whole durations are made continuous by variational dequantization, and given a second channel by
    variational augmentation, both drawn from a posterior that is a flow too.
    """

    width: int
    """Channels of the convolutions, those of the text encoder."""
    kernel: int
    """Taps of the convolutions."""
    flows: int
    """Spline couplings, and as many again of the posterior."""
    layers: int
    """Dilated layers of each stack of convolutions."""
    bins: int
    """Pieces of each spline."""
    bound: float
    """End of the splines, on either side of zero."""
    dropout: float
    """Dropout rate outside of the couplings."""

    def setup(self):
        """Create the layers, for both directions."""

        def couplings() -> list[SplineCoupling]:
            size = (self.width, self.kernel, self.layers, self.bins, self.bound)
            return [SplineCoupling(*size) for _ in range(self.flows)]

        self.enter, self.leave = Conv1d(self.width, 1), Conv1d(self.width, 1)
        self.convolutions = DilatedSeparable(self.layers, self.kernel, self.dropout)
        self.affine, self.coupling = Affine(), couplings()
        self.speaker = Conv1d(self.width, 1)
        self.posterior_enter, self.posterior_leave = Conv1d(self.width, 1), Conv1d(self.width, 1)
        self.posterior_convolutions = DilatedSeparable(self.layers, self.kernel, self.dropout)
        self.posterior_affine, self.posterior_coupling = Affine(), couplings()

    def __call__(self, hidden: Hidden, valid: Valid, speaker: Speaker, noise: Noise) -> PerToken:
        """Logarithm of each token's frames, float32, from normal `noise`."""
        condition = self._condition(hidden, valid, speaker)
        x = masked(noise.astype(jnp.float32), valid)
        # The first coupling moves only the second channel, which is dropped in the end.
        for coupling in reversed(self.coupling[1:]):
            x, _ = coupling(x[..., ::-1], condition, valid, inverse=True)
        return self.affine(x[..., ::-1], valid, inverse=True)[0][..., 0]

    def loss(
        self, hidden: Hidden, valid: Valid, speaker: Speaker, frames: PerToken, noise: Noise
    ) -> Float[Array, " batch"]:
        """Upper bound on each utterance's negative log-likelihood of `frames`, by one draw.

        Summed over tokens. `noise` is standard normal.
        """
        condition = self._condition(hidden, valid, speaker)
        encoded = self.posterior_enter(frames[..., None])
        encoded = self.posterior_convolutions(encoded, valid)
        encoded = masked(self.posterior_leave(encoded), valid)
        noise = masked(noise.astype(jnp.float32), valid)
        drawn, stretch = _through(
            noise, self.posterior_affine, self.posterior_coupling, condition + encoded, valid
        )
        # Subtracting a fraction of a frame makes a duration continuous.
        fraction, second = drawn[..., 0], drawn[..., 1]
        slope = jax.nn.log_sigmoid(fraction) + jax.nn.log_sigmoid(-fraction)
        stretch = stretch + jnp.sum(masked(slope, valid), axis=1)
        posterior = _log_normal(noise, valid) - stretch
        continuous = jnp.maximum(frames - jax.nn.sigmoid(fraction), 1e-5)
        logarithm = masked(jnp.log(continuous), valid)
        x = jnp.stack([logarithm, second], axis=-1)
        x, stretch = _through(x, self.affine, self.coupling, condition, valid)
        prior = _log_normal(x, valid) + stretch - jnp.sum(logarithm, axis=1)
        return posterior - prior

    def _condition(self, hidden: Hidden, valid: Valid, speaker: Speaker) -> Hidden:
        x = self.enter(lax.stop_gradient(hidden))
        if speaker is not None:
            x = add_to_all_times(x, self.speaker(lax.stop_gradient(speaker)[:, None]))
        return masked(self.leave(self.convolutions(x, valid)), valid)


class SplineCoupling(nn.Module):
    """Coupling that maps the second of two channels by a spline, conditioned on the first."""

    width: int
    """Channels of the convolutions."""
    kernel: int
    """Taps of the convolutions."""
    layers: int
    """Number of layers."""
    bins: int
    """Pieces of the spline."""
    bound: float
    """End of the spline, on either side of zero."""

    @nn.compact
    def __call__(
        self, x: Noise, condition: Hidden, valid: Valid, *, inverse: bool = False
    ) -> tuple[Noise, Float[Array, " batch"]]:
        """Map `x` forward or back; return also the log-determinant, summed over tokens."""
        kept, moved = x[..., 0], x[..., 1]
        y = Conv1d(self.width, 1, name="enter")(kept[..., None]) + condition
        y = DilatedSeparable(self.layers, self.kernel, name="convolutions")(y, valid)
        shape = Conv1d(3 * self.bins - 1, 1, stddev=0.0, name="leave")(y).astype(jnp.float32)
        widths, heights, slopes = jnp.split(shape, (self.bins, 2 * self.bins), axis=-1)
        scale = 1 / math.sqrt(self.width)
        moved, log_slope = rational_quadratic(
            moved, widths * scale, heights * scale, slopes, bound=self.bound, inverse=inverse
        )
        x = masked(jnp.stack([kept, moved], axis=-1), valid)
        return x, jnp.sum(masked(log_slope, valid), axis=1)


class Affine(nn.Module):
    """Learned scale and shift of each of two channels."""

    @nn.compact
    def __call__(
        self, x: Noise, valid: Valid, *, inverse: bool = False
    ) -> tuple[Noise, Float[Array, " batch"]]:
        """Map `x` forward or back; return also the log-determinant, summed over tokens."""
        shift = self.param("shift", nn.initializers.zeros, (2,)).astype(jnp.float32)[None, None]
        log_scale = self.param("log_scale", nn.initializers.zeros, (2,)).astype(jnp.float32)
        stretch = jnp.sum(log_scale) * jnp.sum(valid, axis=1)
        if inverse:
            return masked((x - shift) * jnp.exp(-log_scale)[None, None], valid), -stretch
        return masked(shift + jnp.exp(log_scale)[None, None] * x, valid), stretch


def _through(
    x: Noise, affine: Affine, couplings: list[SplineCoupling], condition: Hidden, valid: Valid
) -> tuple[Noise, Float[Array, " batch"]]:
    """Map `x` through a whole flow; return also the log-determinant, summed over tokens."""
    x, stretch = affine(x, valid)
    for coupling in couplings:
        x, more = coupling(x, condition, valid)
        x, stretch = x[..., ::-1], stretch + more
    return x, stretch


def _log_normal(x: Noise, valid: Valid) -> Float[Array, " batch"]:
    """Logarithm of the standard normal density, summed over tokens."""
    return jnp.sum(masked(-0.5 * (math.log(2 * math.pi) + x**2), valid), axis=(1, 2))

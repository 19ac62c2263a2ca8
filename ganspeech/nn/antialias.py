"""Snake activations without aliasing (Lee et al. 2023): applied at twice the rate, then low-passed.

A nonlinearity makes harmonics above half the rate, which fold back as inharmonic noise. So the
signal is upsampled by two, activated, low-passed and downsampled. Every channel has
the same fixed filter: both rate changes are sums of shifted copies, kept as the two phases
(even and odd samples) of the doubled rate, which are never interleaved.
"""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.nn.dense import per_channel

TAPS = 12


def kaiser_sinc() -> Float[np.ndarray, " taps"]:
    """The low-pass filter of BigVGAN: 12 taps of sum 1 that pass half the band, in float64.

    A sinc under a Kaiser window, whose shape follows Kaiser's rule for 6 taps and a transition of
    0.6 of the rate, as in the authors' code.
    """
    attenuation = 2.285 * (TAPS // 2 - 1) * 2 * math.pi * 0.6 + 7.95
    window = np.kaiser(TAPS, 0.1102 * (attenuation - 8.7))
    filter = np.sinc((np.arange(TAPS) - (TAPS - 1) / 2) / 2) * window
    return filter / filter.sum()


_FILTER = tuple(kaiser_sinc().tolist())


class AntiAliasedSnake(nn.Module):
    """`x + sin(alpha x)^2 / beta` of each channel (Ziyin et al. 2020) at twice the rate."""

    beta: bool = True
    """Whether to learn beta separately; without it, beta is alpha."""
    log_scale: bool = True
    """Learn logarithms of alpha and beta."""

    @nn.compact
    def __call__(self, x: Float[Array, "batch time width"]) -> Float[Array, "batch time width"]:
        """Activate `x`, in the dtype of the weights; the output has its shape."""
        init = nn.initializers.zeros if self.log_scale else nn.initializers.ones
        names = ("alpha", "beta") if self.beta else ("alpha",)
        weights = [self.param(name, init, (x.shape[-1],)) for name in names]
        scales = [jnp.exp(w) if self.log_scale else w for w in (w.astype("f4") for w in weights)]
        activate = partial(snake, alpha=scales[0], amplitude=1 / (scales[-1] + 1e-9))
        even, odd = upsample(x.astype(weights[0].dtype))
        return downsample(activate(even), activate(odd))


def upsample(
    x: Float[Array, "batch time width"],
) -> tuple[Float[Array, "batch time width"], Float[Array, "batch time width"]]:
    """Even and odd samples of `x` at twice its rate; edge samples are repeated."""
    # Not by jnp.pad, whose "edge" mode cannot be exported to ONNX for any number of frames.
    x = jnp.concatenate([x[:, :1]] * 3 + [x] + [x[:, -1:]] * 3, axis=1)
    taps = tuple(2 * tap for tap in reversed(_FILTER))
    return filtered(x[:, :-1], taps[0::2]), filtered(x[:, 1:], taps[1::2])


def downsample(
    even: Float[Array, "batch time width"], odd: Float[Array, "batch time width"]
) -> Float[Array, "batch time width"]:
    """Low-pass a signal given as its even and odd samples, and keep every second sample."""
    before, after = [even[:, :1]] * 3, [odd[:, -1:]] * 3
    even = jnp.concatenate([*before[1:], even, *after], axis=1)
    odd = jnp.concatenate([*before, odd, *after[1:]], axis=1)
    return filtered(even, _FILTER[1::2]) + filtered(odd, _FILTER[0::2])


@partial(jax.custom_vjp, nondiff_argnums=(1,))
def filtered(
    x: Float[Array, "batch long_time width"], taps: tuple[float, ...]
) -> Float[Array, "batch time width"]:
    """Correlate every channel with `taps`; the output is `len(taps) - 1` samples shorter.

    Its own gradient is a filter again, instead of one padded copy for each tap.
    """
    time = x.shape[1] - len(taps) + 1
    # Without the barrier XLA pads and activates again for each tap inside the sum.
    x = jax.lax.optimization_barrier(x)
    return sum(
        (x[:, n : n + time] * jnp.asarray(tap, x.dtype) for n, tap in enumerate(taps)),
        start=jnp.zeros((), x.dtype),
    )


def _filtered_forward(x: Array, taps: tuple[float, ...]):
    return filtered(x, taps), None


def _filtered_backward(taps: tuple[float, ...], _: None, gradient: Array):
    rest = len(taps) - 1
    return (filtered(jnp.pad(gradient, ((0, 0), (rest, rest), (0, 0))), taps[::-1]),)


filtered.defvjp(_filtered_forward, _filtered_backward)


@jax.custom_vjp
def snake(
    x: Float[Array, "batch time width"],
    alpha: Float[Array, " width"],
    amplitude: Float[Array, " width"],
) -> Float[Array, "batch time width"]:
    """`x + amplitude * sin(alpha x)^2` of each channel, computed in float32, in `x`'s dtype."""
    sine, _ = _half_turn(x, alpha)
    y = x.astype(jnp.float32) + per_channel(amplitude, x) * sine**2
    return y.astype(x.dtype)


def _snake_forward(x: Array, alpha: Array, amplitude: Array):
    return snake(x, alpha, amplitude), (x, alpha, amplitude)


def _snake_backward(residuals: tuple[Array, Array, Array], gradient: Array):
    x, alpha, amplitude = residuals
    sine, cosine = _half_turn(x, alpha)
    gradient = gradient.astype(jnp.float32)
    axes = tuple(range(x.ndim - 1))
    by_amplitude = jnp.sum(gradient * sine**2, axes)
    slope = gradient * (2 * sine * cosine)
    by_alpha = amplitude * jnp.sum(slope * x, axes)
    by_x = gradient + per_channel(alpha * amplitude, x) * slope
    return by_x.astype(x.dtype), by_alpha, by_amplitude


snake.defvjp(_snake_forward, _snake_backward)


def _half_turn(x: Array, alpha: Array) -> tuple[Array, Array]:
    """Sine and cosine of `alpha x`, both of the opposite sign after every other half turn.

    Squares and their product do not see that sign, which saves most of the work. XLA calls a scalar
    function for each sine on a CPU, which took 36 times as long as these polynomials.
    """
    angle = x.astype(jnp.float32) * per_channel(alpha, x)
    turns = jnp.round(angle * (1 / math.pi))
    # Pi is split in two parts; products with the first are exact.
    angle = (angle - turns * 3.140625) - turns * (math.pi - 3.140625)
    square = angle**2
    sine = angle * _polynomial(square, _SINE)
    return sine, _polynomial(square, _COSINE)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    y = coefficients[-1] * x
    for coefficient in reversed(coefficients[1:-1]):
        y = (y + coefficient) * x
    return y + coefficients[0]


_SINE = tuple((-1) ** n / math.factorial(2 * n + 1) for n in range(7))
_COSINE = tuple((-1) ** n / math.factorial(2 * n) for n in range(8))
"""Taylor series in the square of an angle within a quarter turn, to float32's precision."""

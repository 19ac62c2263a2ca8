"""Minimal filtering: convolutions over time with a third to a half of the products.

Winograd 1980, "Arithmetic complexity of computations"; Lavin and Gray 2016, "Fast algorithms for
convolutional neural networks", https://arxiv.org/abs/1509.09308. Four outputs in a row are the
values of a product of polynomials, found at as many points as it has coefficients: `taps + 3`
products in place of `4 * taps`. What leads there and back costs less than the products save where
channels are many.
"""

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

OUTPUTS = 4
"""Outputs in a row that are computed together."""
POINTS = tuple(map(Fraction, ("0", "1", "-1", "1/2", "-2", "-1/2", "2", "3/4", "-4/3")))
"""Where polynomials are evaluated, besides infinity: near 1 and each beside its negative inverse,
so that rounding errors stay near 1e-5 of the outputs."""
MOST_TAPS = len(POINTS) + 2 - OUTPUTS
"""Most taps for which there are points enough."""


class _Transforms(NamedTuple):
    """Matrices of one number of taps."""

    inputs: Float[np.ndarray, "points points"]
    kernel: Float[np.ndarray, "points taps"]
    outputs: Float[np.ndarray, "outputs points"]


def transformed(
    kernel: Float[np.ndarray, "taps inputs outputs"],
) -> Float[np.ndarray, "points inputs outputs"]:
    """A kernel of 2 to `MOST_TAPS` taps as `convolve_minimal` takes it; done once, not per call."""
    exact = np.einsum("pt,tio->pio", _transforms(len(kernel)).kernel, kernel)
    return exact.astype(kernel.dtype)


def convolve_minimal(
    x: Float[Array, "batch time inputs"],
    kernel: Float[Array, "points inputs outputs"],
    *,
    padding: tuple[int, int],
    dilation: int = 1,
) -> Float[Array, "batch out_time outputs"]:
    """Cross-correlation of `x` with a `transformed` kernel of `points - 3` taps, and no stride."""
    batch, time, inputs = x.shape
    points, _, outputs = kernel.shape
    taps = points + 1 - OUTPUTS
    length = time + sum(padding) - (taps - 1) * dilation
    tiles = -(-length // (OUTPUTS * dilation))
    covered = tiles * OUTPUTS * dilation
    spare = covered + (points - 1) * dilation - padding[0] - time
    x = jnp.pad(x, ((0, 0), (padding[0], spare), (0, 0)))
    # A dilated convolution is `dilation` interleaved ones: neighbors in time are neighbors in rows.
    near = [
        x[:, n * dilation : n * dilation + covered]
        .reshape(batch, tiles, OUTPUTS, dilation, inputs)[:, :, 0]
        .reshape(-1)
        for n in range(points)
    ]
    transforms = _transforms(taps)
    # As products of matrices, since sums of slices take long to compile and save little.
    values = (transforms.inputs.astype(x.dtype) @ jnp.stack(near)).reshape(points, -1, inputs)
    products = (values @ kernel).reshape(points, -1)
    parts = transforms.outputs.astype(x.dtype) @ products
    parts = parts.reshape(OUTPUTS, batch, tiles, dilation, outputs)
    return jnp.moveaxis(parts, 0, 2).reshape(batch, covered, outputs)[:, :length]


@functools.cache
def _transforms(taps: int) -> _Transforms:
    """Matrices by the method of Cook and Toom, exact before they are rounded."""
    if not 2 <= taps <= MOST_TAPS:
        raise ValueError(f"minimal filtering needs 2 to {MOST_TAPS} taps, not {taps}")
    points = POINTS[: taps + OUTPUTS - 2]
    bases = [_through_zero_at([other for other in points if other != one]) for one in points]
    scales = [sum(c * one**n for n, c in enumerate(base)) for one, base in zip(points, bases)]
    last = [Fraction(0)] * (taps - 1) + [Fraction(1)]
    kernel = [[one**n / scale for n in range(taps)] for one, scale in zip(points, scales)] + [last]
    inputs = [[*base, Fraction(0)] for base in bases] + [_through_zero_at(points)]
    outputs = [[*(one**n for one in points), int(n == OUTPUTS - 1)] for n in range(OUTPUTS)]
    return _Transforms(*(np.array(part, np.float64) for part in (inputs, kernel, outputs)))


def _through_zero_at(points: Sequence[Fraction]) -> list[Fraction]:
    """Coefficients, lowest power first, of the product of all `x - point`."""
    product = [Fraction(1)]
    for point in points:
        higher, lower = [Fraction(0), *product], [*product, Fraction(0)]
        product = [a - point * b for a, b in zip(higher, lower)]
    return product

"""Convolutions over any number of axes, channels last, in the form that is fast on each platform.

XLA is slow on CPU at the gradients of strided convolutions (through an input dilated with zeros),
of transposed and of grouped ones, at few channels, whose matrix products are too narrow, and at
input gradients of large kernels. The forms here are made of ordinary convolutions and matrix
products and are many times faster there; GPUs and TPUs get the plain operation. Values are the
same, and so are reverse-mode derivatives of any order.
"""

import math
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

Padding = tuple[tuple[int, int], ...]
"""Zeros before and after, for each spatial axis."""


def same_padding(kernel: tuple[int, ...], dilation: tuple[int, ...]) -> Padding:
    """Padding that gives `ceil(length / stride)` outputs, split evenly, the odd zero after."""
    spans = [(size - 1) * step for size, step in zip(kernel, dilation)]
    return tuple((span // 2, span - span // 2) for span in spans)


def convolve(
    x: Float[Array, "batch *space inputs"],
    kernel: Float[Array, "*taps group_inputs outputs"],
    *,
    strides: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    groups: int = 1,
) -> Float[Array, "batch *out_space outputs"]:
    """Cross-correlation of `x` with `kernel`; group `i` reads block `i` of inputs."""
    plain = partial(_plain, strides=strides, padding=padding, dilation=dilation, groups=groups)
    undilated, strided = math.prod(dilation) == 1, math.prod(strides) > 1
    if groups > 1:

        def cpu(x: Array, kernel: Array) -> Array:
            xs, kernels = jnp.split(x, groups, axis=-1), jnp.split(kernel, groups, axis=-1)
            one = partial(_plain, strides=strides, padding=padding, dilation=dilation)
            if strided and undilated:
                one = partial(_strided, strides=strides, padding=padding)
            return jnp.concatenate([one(a, b) for a, b in zip(xs, kernels)], axis=-1)

    elif strided and _is_dilated_over_first(strides, dilation):
        cpu = partial(_interleaved, strides=strides, padding=padding, dilation=dilation[0])
    elif undilated and _is_wide(kernel):
        cpu = partial(_as_product, stride=strides[0], padding=padding[0])
    elif undilated and strided:
        cpu = partial(_strided, strides=strides, padding=padding)
    elif not strided and _is_narrow(x, kernel):
        cpu = partial(_packed, padding=padding[0], dilation=dilation[0])
    else:
        return plain(x, kernel)
    return lax.platform_dependent(x, kernel, cpu=cpu, default=plain)


def convolve_transposed(
    x: Float[Array, "batch *space inputs"],
    kernel: Float[Array, "*taps inputs outputs"],
    *,
    strides: tuple[int, ...],
    crop: Padding,
) -> Float[Array, "batch *out_space outputs"]:
    """Transposed convolution: each input adds a scaled copy of `kernel`, `strides` apart.

    An axis of `n` inputs and `k` taps gives `(n - 1) * stride + k` outputs; `crop` is
    cut off at both ends (negative values add zeros); PyTorch's `padding=p` is `crop=(p, p)`.
    """
    cpu = partial(_subpixel, strides=strides, crop=crop)
    default = partial(_dilated, strides=strides, crop=crop)
    return lax.platform_dependent(x, kernel, cpu=cpu, default=default)


def _dilated(x: Array, kernel: Array, *, strides: tuple[int, ...], crop: Padding) -> Array:
    """Transposed convolution as libraries of GPUs know it: a convolution of an input with gaps."""
    axes = range(len(strides))
    padding = tuple(
        (kernel.shape[n] - 1 - low, kernel.shape[n] - 1 - high)
        for n, (low, high) in enumerate(crop)
    )
    return lax.conv_general_dilated(
        x,
        jnp.flip(kernel, axes),
        (1,) * len(strides),
        padding,
        lhs_dilation=strides,
        dimension_numbers=_channels_last(len(strides)),
    )


def _subpixel(x: Array, kernel: Array, *, strides: tuple[int, ...], crop: Padding) -> Array:
    return _transposed(x, kernel, strides, crop)


@partial(jax.custom_vjp, nondiff_argnums=(2, 3))
def _transposed(x: Array, kernel: Array, strides: tuple[int, ...], crop: Padding) -> Array:
    """Sub-pixel form (Shi et al. 2016) of a transposed convolution.

    The output at `q * stride + r` sees only every `stride`-th tap from `r` on, so an ordinary
    convolution makes the `stride` outputs of each `q` as channels, and a reshape interleaves
    them. Its gradients are those of the strided convolution that it transposes: XLA on CPU takes up
    to 60 times longer for the weight gradient of the sub-pixel form itself.
    """
    axes = len(strides)
    *sizes, inputs, outputs = kernel.shape
    taps = [-(-size // stride) for size, stride in zip(sizes, strides)]
    fill = [(0, t * s - size) for t, s, size in zip(taps, strides, sizes)]
    kernel = jnp.pad(kernel, [*fill, (0, 0), (0, 0)])
    split = [n for pair in zip(taps, strides) for n in pair]
    kernel = kernel.reshape(*split, inputs, outputs)
    kernel = jnp.flip(kernel, range(0, 2 * axes, 2))
    taps_first = [*range(0, 2 * axes, 2), 2 * axes, *range(1, 2 * axes, 2), 2 * axes + 1]
    kernel = kernel.transpose(taps_first).reshape(*taps, inputs, math.prod(strides) * outputs)

    ones = (1,) * axes
    full = tuple((t - 1, t - 1) for t in taps)
    y = _plain(x, kernel, strides=ones, padding=full, dilation=ones)
    batch, *space = y.shape[:-1]
    y = y.reshape(batch, *space, *strides, outputs)
    interleave = [n for axis in range(axes) for n in (1 + axis, 1 + axes + axis)]
    y = y.transpose(0, *interleave, 1 + 2 * axes)
    y = y.reshape(batch, *(n * s for n, s in zip(space, strides)), outputs)
    # The zeros that filled the kernel up to whole strides are cut off as well.
    cut = [(-low, -high - extra, 0) for (low, high), (_, extra) in zip(crop, fill)]
    return lax.pad(y, jnp.zeros((), y.dtype), [(0, 0, 0), *cut, (0, 0, 0)])


def _transposed_forward(x: Array, kernel: Array, strides: tuple[int, ...], crop: Padding):
    return _transposed(x, kernel, strides, crop), (x, kernel)


def _transposed_backward(strides: tuple[int, ...], crop: Padding, residuals, gradient: Array):
    x, kernel = residuals
    swapped = jnp.swapaxes(kernel, -1, -2)
    x_gradient, pull = jax.vjp(lambda k: _strided(gradient, k, strides, crop), swapped)
    return x_gradient, jnp.swapaxes(pull(x)[0], -1, -2)


_transposed.defvjp(_transposed_forward, _transposed_backward)


def _plain(
    x: Array,
    kernel: Array,
    *,
    strides: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    groups: int = 1,
) -> Array:
    return lax.conv_general_dilated(
        x,
        kernel,
        strides,
        padding,
        rhs_dilation=dilation,
        dimension_numbers=_channels_last(len(strides)),
        feature_group_count=groups,
    )


def _channels_last(axes: int) -> tuple[str, str, str]:
    space = "DHW"[-axes:]
    return f"N{space}C", f"{space}IO", f"N{space}C"


def _is_wide(kernel: Array) -> bool:
    """True if `_as_product` is the faster form: many channels, few taps along a single axis."""
    return kernel.ndim == 3 and min(kernel.shape[1:]) >= 512 and kernel.shape[0] <= 5


def _as_product(x: Array, kernel: Array, *, stride: int, padding: tuple[int, int]) -> Array:
    """A convolution over time as one matrix product with the inputs of all taps side by side.

    Its input gradient reads the kernel as it lies; XLA's first transposes it, which takes as long
    as the products where the kernel is as large as the input.
    """
    taps, inputs, outputs = kernel.shape
    x = jnp.pad(x, ((0, 0), padding, (0, 0)))
    span = x.shape[1] - taps + 1
    columns = [x[:, tap : tap + span : stride] for tap in range(taps)]
    return jnp.concatenate(columns, axis=-1) @ kernel.reshape(taps * inputs, outputs)


def _is_narrow(x: Array, kernel: Array) -> bool:
    """True if `_packed` is the faster form: few channels, a single long axis."""
    # A length that jax.export leaves symbolic is not an int.
    is_long = isinstance(x.shape[1], int) and x.shape[1] >= 1024
    return kernel.ndim == 3 and max(kernel.shape[-2:]) <= 8 and is_long


def _packed(x: Array, kernel: Array, *, padding: tuple[int, int], dilation: int) -> Array:
    """A convolution over time that computes several steps at once, as channels of one step.

    `block` outputs in a row see `block + taps - 1` inputs in a row: with rows cut into steps of
    `block` times as many channels this is a convolution whose kernel holds `block` shifted
    copies of the given one. Dilated taps are neighbors once every `dilation`-th step is an
    example of its own.
    """
    (batch, time, inputs), (taps, _, outputs) = x.shape, kernel.shape
    block = min(16, 32 // outputs)
    reach = -(-(block + taps - 1) // block)
    copies = [
        jnp.pad(kernel, ((shift, reach * block - taps - shift), (0, 0), (0, 0)))
        for shift in range(block)
    ]
    wide = jnp.stack(copies, axis=2).reshape(reach, block * inputs, block * outputs)

    length = time + sum(padding) - (taps - 1) * dilation
    blocks = -(-length // (dilation * block))
    steps = (blocks + reach - 1) * block
    low, missing = padding[0], steps * dilation - padding[0] - time
    x = lax.pad(x, jnp.zeros((), x.dtype), [(0, 0, 0), (low, missing, 0), (0, 0, 0)])
    x = x.reshape(batch, steps, dilation, inputs).swapaxes(1, 2)
    x = x.reshape(batch * dilation, blocks + reach - 1, block * inputs)
    y = _plain(x, wide, strides=(1,), padding=((0, 0),), dilation=(1,))
    y = y.reshape(batch, dilation, blocks * block, outputs).swapaxes(1, 2)
    return y.reshape(batch, -1, outputs)[:, :length]


def _is_dilated_over_first(strides: tuple[int, ...], dilation: tuple[int, ...]) -> bool:
    """True if `_interleaved` applies: only the first axis is dilated, and it has no stride."""
    return strides[0] == 1 < dilation[0] and math.prod(dilation[1:]) == 1


def _interleaved(
    x: Array, kernel: Array, *, strides: tuple[int, ...], padding: Padding, dilation: int
) -> Array:
    """A convolution dilated over its first axis: every `dilation`-th row is an example's row.

    Rows `dilation` apart are convolved without dilation, and with a stride over other axes whose
    gradient is fast on a CPU.
    """
    (low, high), *other = padding
    length = x.shape[1] + low + high - (kernel.shape[0] - 1) * dilation
    fill = -(x.shape[1] + low + high) % dilation
    x = jnp.pad(x, ((0, 0), (low, high + fill), *((0, 0) for _ in x.shape[2:])))
    batch, rows, *inner = x.shape
    x = x.reshape(batch, -1, dilation, *inner).swapaxes(1, 2)
    x = x.reshape(batch * dilation, rows // dilation, *inner)
    y = _strided(x, kernel, strides, ((0, 0), *other))
    y = y.reshape(batch, dilation, *y.shape[1:]).swapaxes(1, 2)
    return y.reshape(batch, -1, *y.shape[3:])[:, :length]


@partial(jax.custom_vjp, nondiff_argnums=(2, 3))
def _strided(x: Array, kernel: Array, strides: tuple[int, ...], padding: Padding) -> Array:
    """A strided convolution whose input gradient is the sub-pixel form."""
    return _plain(x, kernel, strides=strides, padding=padding, dilation=(1,) * len(strides))


def _strided_forward(x: Array, kernel: Array, strides: tuple[int, ...], padding: Padding):
    return _strided(x, kernel, strides, padding), (x, kernel)


def _strided_backward(strides: tuple[int, ...], padding: Padding, residuals, gradient: Array):
    x, kernel = residuals
    # Inputs at the far end of an axis that no window reads get a gradient of zero.
    crop = tuple(
        (low, (count - 1) * stride + size - low - length)
        for (low, _), count, stride, size, length in zip(
            padding, gradient.shape[1:-1], strides, kernel.shape[:-2], x.shape[1:-1]
        )
    )
    swapped = jnp.swapaxes(kernel, -1, -2)
    x_gradient = _transposed(gradient, swapped, strides, crop)
    _, pull_kernel = jax.vjp(lambda k: _strided.fun(x, k, strides, padding), kernel)
    return x_gradient, pull_kernel(gradient)[0]


_strided.defvjp(_strided_forward, _strided_backward)

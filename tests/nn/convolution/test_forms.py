"""The fast forms of convolution equal the plain ones, in value and in two orders of derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from ganspeech.nn.convolution.forms import convolve, convolve_transposed, same_padding

pytestmark = pytest.mark.accelerator


def plain(x, kernel, strides, padding, dilation, groups):
    space = "HW"[-len(strides) :]
    numbers = (f"N{space}C", f"{space}IO", f"N{space}C")
    return lax.conv_general_dilated(
        x, kernel, strides, padding, None, dilation, numbers, feature_group_count=groups
    )


def normal(seed, *shape):
    return jax.random.normal(jax.random.key(seed), shape)


def assert_close(got, want, tolerance=1e-5):
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(want), strict=True):
        scale = float(jnp.max(jnp.abs(b))) + 1e-12
        np.testing.assert_allclose(np.asarray(a) / scale, np.asarray(b) / scale, atol=tolerance)


CASES = {
    "period": ((3, 23, 4), (5, 4, 6), (3,), ((2, 2),), (1,), 1),
    "grouped": ((2, 30, 8), (41, 2, 8), (4,), ((20, 20),), (1,), 4),
    "grouped, stride 1": ((2, 11, 6), (3, 3, 4), (1,), ((1, 1),), (1,), 2),
    "unread end": ((2, 12, 3), (2, 3, 4), (5,), ((0, 0),), (1,), 1),
    "kernel below stride": ((2, 12, 3), (2, 3, 4), (3,), ((0, 1),), (1,), 1),
    "dilated": ((2, 21, 3), (3, 3, 4), (2,), ((2, 2),), (2,), 1),
    "wide": ((2, 11, 512), (3, 512, 513), (1,), ((1, 1),), (1,), 1),
    "wide, strided": ((1, 14, 512), (5, 512, 512), (3,), ((2, 2),), (1,), 1),
    "narrow": ((1, 1025, 3), (3, 3, 8), (1,), ((1, 1),), (1,), 1),
    "narrow, dilated": ((2, 1031, 8), (7, 8, 8), (1,), ((9, 9),), (3,), 1),
    "one output": ((1, 1030, 4), (7, 4, 1), (1,), ((3, 3),), (1,), 1),
    "narrow, uneven": ((1, 1026, 2), (4, 2, 5), (1,), ((0, 11),), (2,), 1),
    "spectrogram": ((2, 7, 17, 3), (3, 9, 3, 4), (1, 2), ((1, 1), (4, 4)), (1, 1), 1),
    "dilated frames": ((2, 11, 15, 2), (3, 9, 2, 3), (1, 2), ((4, 4), (4, 4)), (4, 1), 1),
    "dilated, no padding": ((1, 12, 9, 2), (3, 4, 2, 3), (1, 3), ((0, 1), (0, 2)), (5, 1), 1),
    "both axes": ((2, 8, 15, 2), (4, 5, 2, 3), (2, 3), ((1, 2), (2, 2)), (1, 1), 1),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_value_and_derivatives_equal_the_plain_form(case):
    x_shape, kernel_shape, strides, padding, dilation, groups = case
    x = normal(0, *x_shape)
    kernel = normal(1, *kernel_shape) / np.sqrt(np.prod(kernel_shape[:-1]))

    def fast(x, kernel):
        return convolve(
            x, kernel, strides=strides, padding=padding, dilation=dilation, groups=groups
        )

    def slow(x, kernel):
        return plain(x, kernel, strides, padding, dilation, groups)

    def derivatives(form):
        def value(x, kernel):
            return jnp.sum(jnp.sin(form(x, kernel)))

        def penalty(x, kernel):
            return jnp.sum(jax.grad(value)(x, kernel) ** 2)

        return (
            form(x, kernel),
            jax.grad(value, (0, 1))(x, kernel),
            jax.grad(penalty, (0, 1))(x, kernel),
        )

    assert_close(
        jax.jit(derivatives, static_argnums=0)(fast), jax.jit(derivatives, static_argnums=0)(slow)
    )


@pytest.mark.parametrize(
    ("size", "stride", "low", "high"), [(16, 8, 4, 4), (4, 2, 1, 1), (7, 3, 2, 2), (2, 3, 0, -1)]
)
def test_transposed_form_is_the_definition(size, stride, low, high):
    x, kernel = normal(0, 2, 5, 3), normal(1, size, 3, 4)
    want = np.zeros((2, 4 * stride + size + 8, 4))
    for frame in range(5):
        copies = np.einsum("bi,kio->bko", x[:, frame], kernel)
        want[:, frame * stride : frame * stride + size] += copies
    want = want[:, low : 4 * stride + size - high]
    got = convolve_transposed(x, kernel, strides=(stride,), crop=((low, high),))
    np.testing.assert_allclose(got, want, atol=1e-5)


@pytest.mark.parametrize(
    ("x_shape", "kernel_shape", "strides", "crop"),
    [
        ((2, 5, 3), (6, 3, 4), (2,), ((2, 2),)),
        ((2, 5, 3), (2, 3, 4), (3,), ((0, -1),)),
        ((2, 4, 5, 3), (4, 5, 3, 2), (2, 3), ((1, 1), (1, 0))),
    ],
)
def test_transposed_derivatives_equal_those_of_a_dilated_input(
    x_shape, kernel_shape, strides, crop
):
    x, kernel = normal(0, *x_shape), normal(1, *kernel_shape)
    space = "HW"[: len(strides)]
    padding = [(n - 1 - low, n - 1 - high) for n, (low, high) in zip(kernel_shape, crop)]

    def slow(x, kernel):
        flipped = jnp.flip(kernel, range(len(strides)))
        numbers = (f"N{space}C", f"{space}IO", f"N{space}C")
        ones = (1,) * len(strides)
        return lax.conv_general_dilated(x, flipped, ones, padding, strides, None, numbers)

    def fast(x, kernel):
        return convolve_transposed(x, kernel, strides=strides, crop=crop)

    def derivatives(form):
        def value(x, kernel):
            return jnp.sum(jnp.sin(form(x, kernel)))

        def penalty(x, kernel):
            return jnp.sum(jax.grad(value)(x, kernel) ** 2)

        return form(x, kernel), *(jax.grad(f, (0, 1))(x, kernel) for f in (value, penalty))

    assert_close(derivatives(fast), derivatives(slow))


@pytest.mark.parametrize("length", [9, 10, 11, 12])
def test_same_padding_gives_one_output_per_stride(length):
    (padding,) = same_padding((5,), (1,))
    y = convolve(
        normal(0, 1, length, 1), normal(1, 5, 1, 1), strides=(3,), padding=(padding,), dilation=(1,)
    )
    assert y.shape[1] == -(-length // 3)


@pytest.mark.parametrize("groups", [1, 2])
def test_second_derivative_under_pmap(groups):
    kernel = normal(1, 5, 4 // groups, 4)

    def penalty(kernel, x):
        def judge(x):
            y = convolve(x, kernel, strides=(3,), padding=((2, 2),), dilation=(1,), groups=groups)
            return jnp.sum(jnp.sin(y))

        return jnp.sum(jax.grad(judge)(x) ** 2)

    x = normal(0, 1, 2, 17, 4)
    sharded = jax.pmap(
        lambda kernel, x: lax.pmean(jax.grad(penalty)(kernel, x), "devices"),
        axis_name="devices",
        in_axes=(None, 0),
        out_axes=None,
    )(kernel, x)
    np.testing.assert_allclose(sharded, jax.grad(penalty)(kernel, x[0]), rtol=1e-4, atol=1e-5)

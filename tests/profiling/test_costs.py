"""Operations and bytes of small programs: as XLA counts them, or as can be said by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from ganspeech.profiling.costs import flops
from ganspeech.profiling.operations import flatten
from ganspeech.profiling.parts import Work, by_part

FLOAT = 4


def array(*shape, dtype=np.float32):
    return jax.ShapeDtypeStruct(shape, dtype)


def flat(function, *arguments, platform="cpu"):
    return flatten(jax.make_jaxpr(function)(*arguments), platform)


def work(function, *arguments, platform="cpu") -> Work:
    return by_part(flat(function, *arguments, platform=platform), lambda scope: "all")["all"]


def counted(function, *arguments) -> float:
    return jax.jit(function).lower(*arguments).cost_analysis()["flops"]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("spread", [1, 2])
@pytest.mark.parametrize("dilation", [1, 3])
@pytest.mark.parametrize("padding", [(0, 0), (4, 2)])
def test_convolutions_are_counted_within_their_padding(stride, spread, dilation, padding):
    def convolve(x, kernel):
        return lax.conv_general_dilated(
            x, kernel, (stride,), (padding,), (spread,), (dilation,), ("NWC", "WIO", "NWC")
        )

    shapes = array(2, 30, 4), array(5, 4, 6)
    assert work(convolve, *shapes).flops == counted(convolve, *shapes)


def test_gradients_of_grouped_strided_convolutions_are_counted():
    def loss(x, kernel):
        y = lax.conv_general_dilated(
            x, kernel, (2, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=2,
        )  # fmt: skip
        return jnp.sum(y * y)

    shapes = array(2, 16, 8, 4), array(3, 3, 2, 8)
    gradient = jax.grad(loss, (0, 1))
    assert work(gradient, *shapes).flops == pytest.approx(counted(gradient, *shapes), rel=0.1)


def test_products_and_transforms():
    assert work(jnp.matmul, array(3, 5, 7), array(7, 2)).flops == 2 * 3 * 5 * 7 * 2
    (transform,) = flat(jnp.fft.rfft, array(6, 8)).operations
    assert flops(transform) == 6 * 5 * 8 * 3 / 2


def test_16_bit_operations_are_told_apart():
    half, full = array(8, 8, dtype=jnp.bfloat16), array(8, 8)

    def both(a, b):
        return (a @ a).astype(jnp.float32) + b @ b

    found = work(both, half, full)
    assert found.half == 2 * 8**3 and found.full == 2 * 8**3 + 8**2


def test_chains_pass_memory_once():
    chain = work(lambda x: jnp.tanh(2 * x + 1) - 3, array(10, 10))
    assert chain.bytes == 2 * 100 * FLOAT and chain.flops == 4 * 100
    # The sum is read for the product and made from the product before it.
    product = work(lambda x, y: ((x @ y) + 1) @ y, array(10, 10), array(10, 10))
    assert product.bytes == (3 + 2 + 3) * 100 * FLOAT


def test_values_are_kept_for_the_gradient():
    def loss(x, y):
        return jnp.sum(jnp.sin(jnp.cos(x @ y)))

    forward, both = (
        work(loss, array(10, 10), array(10, 10)),
        work(jax.grad(loss), array(10, 10), array(10, 10)),
    )
    assert both.bytes > 2 * forward.bytes


def test_loops_count_their_turns():
    def repeated(x, y):
        return lax.scan(lambda carry, _: (carry @ y, None), x, None, length=7)[0]

    shapes = array(4, 4), array(4, 4)
    once = work(jnp.matmul, *shapes)
    found = work(repeated, *shapes)
    assert found.flops == 7 * once.flops and found.bytes == 7 * once.bytes
    counted_once = flat(
        lambda x: lax.while_loop(lambda y: y.sum() < 9, lambda y: y @ y, x), shapes[0]
    )
    assert counted_once.open_loops == 1
    assert [o.name for o in counted_once.operations].count("dot_general") == 1


def test_what_nothing_depends_on_is_left_out():
    assert work(lambda x: (x @ x, x + 1)[1], array(4, 4)).flops == 16


def test_the_form_of_the_platform_is_counted():
    def chosen(x):
        return lax.platform_dependent(x, cpu=lambda x: x @ x @ x, default=lambda x: x @ x)

    on_cpu, on_gpu = (work(chosen, array(4, 4), platform=name) for name in ("cpu", "cuda"))
    assert on_cpu.flops == 2 * on_gpu.flops == 2 * 2 * 4**3

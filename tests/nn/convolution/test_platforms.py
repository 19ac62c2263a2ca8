"""Forms of convolution that CPUs get, and that no other platform gets."""

import re

import jax
import jax.numpy as jnp
import pytest

from ganspeech.nn.convolution.forms import convolve, convolve_transposed


def convolutions(function, *inputs, platform):
    """Convolutions of a program for a platform, as lines of its text; other operations' names."""
    arrays = [jax.ShapeDtypeStruct(shape, jnp.bfloat16) for shape in inputs]
    lowered = jax.jit(function).trace(*arrays).lower(lowering_platforms=(platform,))
    text = lowered.as_text()
    found = [line for line in text.splitlines() if "stablehlo.convolution(" in line]
    return found, set(re.findall(r"stablehlo\.(\w+)", text))


def transposed(x, kernel):
    return convolve_transposed(x, kernel, strides=(4,), crop=((2, 2),))


FORMS = {
    "grouped": ((2, 30, 8), (41, 2, 8), (4,), ((20, 20),), (1,), 4),
    "strided": ((3, 23, 4), (5, 4, 6), (3,), ((2, 2),), (1,), 1),
    "wide": ((2, 11, 512), (3, 512, 512), (1,), ((1, 1),), (1,), 1),
    "narrow": ((1, 1025, 3), (3, 3, 8), (1,), ((1, 1),), (1,), 1),
    "dilated frames": ((2, 11, 15, 2), (3, 9, 2, 3), (1, 2), ((4, 4), (4, 4)), (4, 1), 1),
}


@pytest.mark.parametrize("case", FORMS.values(), ids=FORMS.keys())
def test_gpus_and_tpus_get_one_plain_convolution(case):
    x, kernel, strides, padding, dilation, groups = case

    def form(x, kernel):
        return convolve(
            x, kernel, strides=strides, padding=padding, dilation=dilation, groups=groups
        )

    for platform in ("cuda", "tpu"):
        found, names = convolutions(form, x, kernel, platform=platform)
        assert len(found) == 1 and f"feature_group_count = {groups}" in found[0]
        assert not names & {"transpose", "concatenate", "dot_general", "slice"}


def test_gpus_and_tpus_get_one_transposed_convolution_and_its_usual_gradients():
    shapes = (2, 9, 6), (8, 6, 3)

    def gradients(x, kernel):
        return jax.grad(lambda *both: jnp.sum(jnp.square(transposed(*both))), (0, 1))(x, kernel)

    for platform in ("cuda", "tpu"):
        (only,), names = convolutions(transposed, *shapes, platform=platform)
        assert "lhs_dilate = [4]" in only
        assert not names & {"transpose", "reshape", "pad", "slice"}
        found, _ = convolutions(gradients, *shapes, platform=platform)
        assert [line.count("bf16") for line in found] == [3, 3, 3]


def test_cpus_get_no_convolution_of_an_input_with_gaps():
    found, _ = convolutions(transposed, (2, 9, 6), (8, 6, 3), platform="cpu")
    assert all("lhs_dilate = [1]" in line for line in found)

"""What stays in float32 while networks compute in bfloat16, in every experiment's update."""

import functools
import math
from collections.abc import Iterator

import jax
import numpy as np
import pytest
from jax.extend import core
from small_experiments import small

from ganspeech import experiments
from ganspeech.config.experiment import Experiment
from ganspeech.game.state import create_state
from ganspeech.runs.folder import abstract_state
from ganspeech.tasks.batch_shapes import made_batch
from ganspeech.training.parallel import ParallelUpdate

VITS_AGAIN = {"tts_distilled", "tts_finetune", "tts_speakers", "tts_vits"}
"""Experiments whose networks and terms `tts_small`, `tts_posterior` and `tts_mel` have, too."""
NAMES = [
    pytest.param(name, marks=pytest.mark.slow) if name in VITS_AGAIN else name
    for name in experiments.names()
]
FEW = 16
"""Terms that bfloat16 may add up: with its 8 bits, more of them lose a digit."""
SUMS = {"reduce_sum", "cumsum", "cumlogsumexp", "reduce_window_sum", "scatter-add", "psum"}
PRODUCTS = {"conv_general_dilated", "dot_general"}

RUN = (
    "dcgan_words",
    pytest.param("enhancement_digits", marks=pytest.mark.slow),
    "recognition_digits",
    "unpaired_codes",
    pytest.param("vocoder_vocos", marks=pytest.mark.slow),
    pytest.param("enhancement_metricgan", marks=pytest.mark.slow),
    pytest.param("vocoder_hifigan_v1", marks=pytest.mark.slow),
    pytest.param("wavegan_digits", marks=pytest.mark.slow),
    pytest.param("tts_small", marks=pytest.mark.slow),
    pytest.param("tts_vits", marks=pytest.mark.slow),
    pytest.param("enhancement_cmgan", marks=pytest.mark.slow),
    pytest.param("vocoder_bigvgan", marks=pytest.mark.slow),
)
"""One of each kind of network; tracing checks the others."""


@functools.cache
def program(name: str) -> core.ClosedJaxpr:
    """The traced update of a small experiment in bfloat16, over one device."""
    experiment = small(name, "bfloat16")
    update = ParallelUpdate(experiment, 10)
    return update.traced(
        abstract_state(experiment), [made_batch(experiment.task.batch_shapes(2))]
    ).jaxpr


def operations(jaxpr: core.Jaxpr) -> Iterator[core.JaxprEqn]:
    """All operations of a program on an accelerator, those of inner programs too."""
    for equation in jaxpr.eqns:
        yield equation
        parameters = dict(equation.params)
        if platforms := parameters.get("branches_platforms"):
            parameters["branches"] = parameters["branches"][list(platforms).index(None)]
        for inner in jax.tree.leaves(list(parameters.values()), is_leaf=_is_program):
            if _is_program(inner):
                yield from operations(getattr(inner, "jaxpr", inner))


def _is_program(value: object) -> bool:
    return isinstance(value, core.Jaxpr | core.ClosedJaxpr)


def is_half(variable) -> bool:
    return str(getattr(variable.aval, "dtype", "")) == "bfloat16"


def terms(equation: core.JaxprEqn) -> int:
    """How many numbers a sum adds up for each of its results."""
    shape = equation.invars[0].aval.shape
    if "axes" in equation.params:
        return math.prod(shape[axis] for axis in equation.params["axes"] if axis < len(shape))
    if "window_dimensions" in equation.params:
        return math.prod(equation.params["window_dimensions"])
    return max(shape, default=1)


@pytest.mark.parametrize("name", NAMES)
def test_no_long_sum_is_in_bfloat16(name):
    for equation in operations(program(name).jaxpr):
        if equation.primitive.name in SUMS and is_half(equation.invars[0]):
            assert terms(equation) <= FEW, f"{equation.source_info.traceback}\n{equation}"


@pytest.mark.parametrize("name", NAMES)
def test_networks_compute_in_bfloat16_and_all_that_is_learned_or_reported_is_float32(name):
    traced = program(name)
    products = [eqn for eqn in operations(traced.jaxpr) if eqn.primitive.name in PRODUCTS]
    assert sum(map(is_half, (eqn.invars[0] for eqn in products))) > len(products) / 5
    for equation in products:
        assert is_half(equation.invars[0]) == is_half(equation.invars[1]), equation
    assert not any(is_half(variable) for variable in traced.jaxpr.outvars)


def updated(experiment: Experiment) -> dict[str, np.ndarray]:
    """Metrics of one update."""
    update = ParallelUpdate(experiment, 10)
    state = jax.jit(lambda key: create_state(experiment, key, 10))(jax.random.PRNGKey(0))
    _, metrics = update(update.place(state), [made_batch(experiment.task.batch_shapes(2))])
    return jax.device_get(metrics)


@pytest.mark.parametrize("name", RUN)
def test_losses_of_an_update_in_bfloat16_are_near_those_in_float32(name):
    full, half = (updated(small(name, precision)) for precision in ("float32", "bfloat16"))
    assert full.keys() == half.keys()
    for metric, values in half.items():
        assert values.dtype == np.float32 and np.isfinite(values).all(), metric
        # Logits start around zero: their means have no scale of their own.
        absolute = 0.05 if metric.endswith(("real", "fake", "adversarial")) else 1e-3
        relative = 0.2 if metric.endswith("gradient_norm") else 0.05
        np.testing.assert_allclose(values, full[metric], relative, absolute, err_msg=metric)

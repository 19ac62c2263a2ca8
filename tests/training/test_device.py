"""One update of each task on the accelerator and on the CPU, in float32."""

import functools

import jax
import numpy as np
import pytest
from small_experiments import small

from ganspeech import experiments
from ganspeech.game.state import create_state
from ganspeech.game.update import make_update
from ganspeech.nn.axis import AXIS
from ganspeech.tasks.batch_shapes import made_batch

NAMES = (
    "vocoder_vocos",
    "vocoder_demo",
    "enhancement_cmgan",
    "enhancement_digits",
    "feature_gan_digits",
    "invariance_digits",
    "noise_maker_digits",
    "recognition_digits",
    "dcgan_mnist",
    "specgan_digits",
    "asgan_digits",
    "wavegan_digits",
    "tts_small",
    "tts_mel",
    "unpaired_codes",
    "pseudo_labels_codes",
    "boundaries_codes",
)
EXAMPLES = 2


def first_metrics(experiment, device):
    """Losses and gradient norms of the first update there, from a state made on the CPU."""
    make = jax.jit(functools.partial(create_state, experiment), static_argnums=1)
    with jax.default_device(jax.devices("cpu")[0]):
        state = jax.device_get(make(jax.random.PRNGKey(0), 100))
    turns = [
        made_batch(experiment.task.batch_shapes(EXAMPLES), n)
        for n in range(experiment.rules.critic_steps)
    ]
    batch = jax.tree.map(lambda *arrays: np.stack(arrays)[None], *turns)
    update = jax.vmap(make_update(experiment, 100), in_axes=(None, 0), axis_name=AXIS)
    with jax.default_device(device):
        _, metrics = jax.jit(update)(state, batch)
    return {metric: float(value[0]) for metric, value in jax.device_get(metrics).items()}


@pytest.mark.accelerator
@pytest.mark.parametrize("name", NAMES)
def test_an_update_is_that_of_the_cpu(name):
    device = jax.devices()[0]
    if device.platform == "cpu":
        pytest.skip("there is no accelerator to compare with the CPU")
    experiment = small(name)
    here = first_metrics(experiment, device)
    there = first_metrics(experiment, jax.devices("cpu")[0])
    assert here == pytest.approx(there, rel=2e-3, abs=1e-5)


def test_small_experiments_are_of_every_registered_task():
    every = {type(experiments.load(name).task) for name in experiments.names()}
    assert {type(small(name).task) for name in NAMES} == every

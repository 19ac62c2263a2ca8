"""Made-up batches are those that training takes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech import experiments
from ganspeech.game.contract import Play
from ganspeech.nn.axis import AXIS
from ganspeech.runs.folder import abstract_state
from ganspeech.tasks.classification import Classification
from ganspeech.tasks.made_batches import made_batch

ONE_OF_EACH_TASK = (
    "vocoder_demo",
    "enhancement_metricgan",
    "enhancement_digits",
    "feature_gan_digits",
    "noise_maker_digits",
    "recognition_digits",
    "invariance_digits",
    "dcgan_mnist",
    "wavegan_digits",
    "tts_small",
)


@pytest.mark.parametrize("name", ONE_OF_EACH_TASK)
def test_every_task_plays_a_made_up_batch(name):
    experiment = experiments.load(name)
    batch = made_batch(experiment.task, 2, seed=1)
    assert {len(array) for array in batch.values()} == {2}
    variables = abstract_state(experiment).generator.variables
    keys = jax.eval_shape(lambda: jax.random.split(jax.random.key(0), 2))

    def play(variables, batch, keys):
        made = experiment.task.play(experiment.generator, variables, batch, keys)
        return made._replace(rated=None)

    over_devices = jax.vmap(play, in_axes=(None, 0, None), axis_name=AXIS)
    shares = jax.tree.map(lambda array: array[None], batch)
    played = jax.eval_shape(over_devices, variables, shares, keys)
    assert isinstance(played, Play)
    assert {term.dtype for term in played.terms.values()} <= {jnp.dtype("float32")}
    again = made_batch(experiment.task, 2, seed=1)
    jax.tree.map(np.testing.assert_array_equal, batch, again)


def test_a_task_without_any_is_named():
    with pytest.raises(ValueError, match="no made-up batches of Classification"):
        made_batch(Classification(), 2)

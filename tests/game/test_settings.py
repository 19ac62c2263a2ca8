"""Settings of a game as arrays: which they are, and that each acts as a number would."""

import dataclasses

import jax
import jax.numpy as jnp
import pytest
from flax import linen as nn

from ganspeech import experiments
from ganspeech.game.contract import Play
from ganspeech.game.losses import Draws, discriminator_loss, generator_loss
from ganspeech.game.rules import Rules
from ganspeech.game.settings import counts, may_differ, with_settings
from ganspeech.losses.adversarial import NonSaturating, Wasserstein
from ganspeech.nn.axis import AXIS

GAME = experiments.load("unpaired_codes")
KEYS = jax.random.split(jax.random.key(0), 4)
PLAY = Play(
    real=jax.random.normal(jax.random.key(1), (4, 3)),
    fake=jax.random.normal(jax.random.key(2), (4, 3)),
    condition=None,
    terms={},
    mutable={},
)


class Listens(nn.Module):
    """A linear judge, whose slope is its weights."""

    @nn.compact
    def __call__(self, x, condition):
        return [[x @ self.param("kernel", nn.initializers.constant(2.0), (3, 1))]]


def game(**rules):
    rules = Rules(feature_matching=0.0, ema=0.0, **rules)
    changed = dataclasses.replace(GAME, discriminators=(Listens(),), rules=rules)
    return dataclasses.replace(changed, objective=NonSaturating())


def logs_of(game, loss=discriminator_loss):
    """Weighted losses, and the discriminator's gradient if it is its turn."""
    params = ({"kernel": jnp.full((3, 1), 2.0)},)
    draws = Draws.from_key(jax.random.key(3), jnp.zeros(()))

    def of_params(params, _):
        if loss is generator_loss:
            return generator_loss(game, PLAY, ({"params": params[0]},), draws, KEYS)
        total, (logs, _) = discriminator_loss(game, params, ({},), PLAY, draws, KEYS)
        return total, logs

    over_devices = jax.vmap(of_params, in_axes=(None, 0), axis_name=AXIS)
    return jax.tree.map(lambda x: float(x[0]), over_devices(params, jnp.zeros(1))[1])


def test_a_gradient_penalty_acts_under_any_objective():
    expected = (12**0.5 - 1) ** 2  # the slope's norm is that of the weights
    logs = logs_of(game(gradient_penalty=1.5))
    assert logs["discriminator/gradient_penalty"] == pytest.approx(1.5 * expected, rel=1e-5)
    assert "discriminator/gradient_penalty" not in logs_of(game())
    own = dataclasses.replace(game(), objective=Wasserstein(gradient_penalty=2.0))
    assert logs_of(own)["discriminator/gradient_penalty"] == pytest.approx(2 * expected, rel=1e-5)


@pytest.mark.parametrize("name", ["gradient_penalty", "r1"])
def test_an_array_weighs_like_a_number(name):
    number = logs_of(game(**{name: 1.5}))
    array = logs_of(with_settings(game(), {f"rules.{name}": jnp.float32(1.5)}))
    assert array == pytest.approx(number)
    # Zero is a weight like others where it is an array.
    none = logs_of(with_settings(game(), {f"rules.{name}": jnp.float32(0.0)}))
    assert none[f"discriminator/{name}"] == 0.0


def test_the_adversarial_weight_may_be_an_array():
    number = logs_of(game(adversarial=0.25), generator_loss)
    changed = with_settings(game(), {"rules.adversarial": jnp.float32(0.25)})
    assert logs_of(changed, generator_loss) == pytest.approx(number)


def test_only_what_is_named_is_replaced_and_the_game_stays_as_it_was():
    values = {"task.smoothness": 3.0, "generator_optimizer.learning_rate": 0.5}
    changed = with_settings(GAME, values)
    assert changed.task.smoothness == 3.0 and GAME.task.smoothness == 0.0
    assert changed.generator_optimizer.learning_rate == 0.5
    assert changed.task == dataclasses.replace(GAME.task, smoothness=3.0)
    assert changed.discriminator_optimizer is GAME.discriminator_optimizer
    assert with_settings(GAME, {}) is GAME


def test_a_tasks_own_weights_may_differ():
    names = may_differ(GAME)
    assert {"task.smoothness", "task.diversity", "task.cluster_weight"} <= names
    assert "rules.gradient_penalty" in names and "task.width" not in names
    assert not any(name.startswith("task.") for name in may_differ(experiments.load("dcgan_mnist")))


def test_a_weight_counts_unless_it_is_the_number_zero():
    assert counts(0.5) and not counts(0.0) and counts(jnp.zeros(()))

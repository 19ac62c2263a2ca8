"""A few updates of a small game, as a script: `play.py RESULT COORDINATOR PROCESSES PROCESS`.

Everything that could depend on how a batch is spread is in it: batch statistics, draws for every
example, several discriminator steps. (Not parts of a batch: these have statistics of their own.)
"""

import dataclasses
import sys
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn

from ganspeech.game.augmentation import Augmentation
from ganspeech.game.contract import Play
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.losses.adversarial import Wasserstein
from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import Dropout
from ganspeech.training.parallel import ParallelUpdate
from ganspeech.training.processes import Distributed, highest, require_same_start

BATCH, WIDTH = 16, 4


class Speaks(nn.Module):
    @nn.compact
    def __call__(self, x):
        statistics = not self.is_mutable_collection("batch_stats")
        # A bias before the mean is taken away has no gradient, of which Adam makes noise.
        x = nn.BatchNorm(statistics, axis_name=AXIS)(nn.Dense(WIDTH, use_bias=False)(x))
        return nn.Dense(WIDTH)(nn.tanh(x))


class Listens(nn.Module):
    @nn.compact
    def __call__(self, x, condition=None):
        hidden = Dropout(0.3)(nn.tanh(nn.Dense(WIDTH)(x)))
        return [[hidden, nn.Dense(1)(hidden)]]


@dataclasses.dataclass(frozen=True)
class FromNoise:
    """Noise becomes something like the recordings."""

    size: float = 1.0

    def loss_weights(self):
        return ("size",)

    def example(self):
        return (jnp.zeros((1, WIDTH)),)

    def condition(self):
        return None

    def play(self, generator, variables, batch, keys):
        noise = jax.vmap(lambda key: jax.random.normal(key, (WIDTH,)))(keys)
        collections = [name for name in variables if name != "params"]
        fake, mutable = generator.apply(variables, noise, mutable=collections)
        return Play(batch["real"], fake, None, {"size": self.size * jnp.mean(fake**2)}, mutable)


GAME = Game(
    task=FromNoise(),
    generator=Speaks(),
    discriminators=(Listens(),),
    objective=Wasserstein(),
    rules=Rules(critic_steps=2),
    generator_optimizer=Optimizer(),
    discriminator_optimizer=Optimizer(),
    augmentation=Augmentation(("gain", "polarity"), probability=0.5),
)


def material(updates: int) -> Iterator[list[dict[str, np.ndarray]]]:
    """This process's share of the batches of every update."""
    rng = np.random.default_rng(0)
    share = BATCH // jax.process_count()
    mine = slice(jax.process_index() * share, (jax.process_index() + 1) * share)
    for _ in range(updates):
        batches = [rng.normal(size=(BATCH, WIDTH)).astype(np.float32) for _ in range(2)]
        yield [{"real": batch[mine]} for batch in batches]


def play() -> np.ndarray:
    """Three updates; all that they changed and said, in one array."""
    update = ParallelUpdate(GAME, 10)
    state = update.place(create_state(GAME, jax.random.PRNGKey(0), 10))
    for batches in material(3):
        state, metrics = update(state, batches)
    players = state.generator, state.discriminator
    kept = [(player.params, player.mutable) for player in players], state.ema, metrics
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(kept)])


if __name__ == "__main__":
    result, coordinator, processes, process = sys.argv[1:]
    with Distributed(coordinator, int(processes), int(process)).joined():
        played = play()
        assert highest(jax.process_index(), 7 - jax.process_index()) == (jax.process_count() - 1, 7)
        require_same_start(5, "0123456789abcdef")
        if jax.process_count() > 1:
            try:
                require_same_start(4 * jax.process_index(), "0123456789abcdef")
            except ValueError as error:
                assert "processes start at different steps [0, 4]" in str(error)
            else:
                raise AssertionError("processes at different steps must not go on")
        np.save(result, np.append(played, jax.device_count()))

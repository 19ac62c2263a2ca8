"""Four members of a small game in one program and each alone: `play_together.py WAY…`.

They differ in seeds, weights of losses and step sizes.
"""

import dataclasses
import sys
from pathlib import Path

import jax
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from play import BATCH, WIDTH, FromNoise, Listens, Speaks

from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.training.parallel import ParallelUpdate, PopulationUpdate, check_way

MEMBERS, UPDATES, CRITIC_STEPS, TOTAL = 4, 3, 2, 10

GAME = Game(
    task=FromNoise(),
    generator=Speaks(),
    discriminators=(Listens(),),
    objective=LeastSquares(),
    rules=Rules(critic_steps=CRITIC_STEPS, gradient_penalty=1.0),
    generator_optimizer=Optimizer(),
    discriminator_optimizer=Optimizer(),
)
SETTINGS = {
    "rules.gradient_penalty": (1.0, 0.3) * 2,
    "task.size": (1.0, 4.0) * 2,
    "generator_optimizer.learning_rate": (2e-4, 1e-3) * 2,
    "discriminator_optimizer.learning_rate": (2e-4, 3e-3) * 2,
}
"""By member, each twice, since every game that is played alone compiles."""


def game(seed):
    """The game of one member, with its own numbers."""
    own = {name: values[seed] for name, values in SETTINGS.items()}
    task = dataclasses.replace(GAME.task, size=own["task.size"])
    rules = dataclasses.replace(GAME.rules, gradient_penalty=own["rules.gradient_penalty"])
    optimizers = {
        player: Optimizer(learning_rate=own[f"{player}.learning_rate"])
        for player in ("generator_optimizer", "discriminator_optimizer")
    }
    return dataclasses.replace(GAME, task=task, rules=rules, **optimizers)


def material(seed):
    """Batches of a member's updates: `CRITIC_STEPS` for each."""
    rng = np.random.default_rng(seed)
    draw = lambda: {"real": rng.normal(size=(BATCH, WIDTH)).astype(np.float32)}  # noqa: E731
    return [[draw() for _ in range(CRITIC_STEPS)] for _ in range(UPDATES)]


FIRST = jax.jit(lambda key: create_state(GAME, key, TOTAL))


def first(seed):
    return FIRST(jax.random.PRNGKey(seed))


def alone():
    updates = [ParallelUpdate(game(seed), TOTAL) for seed in range(2)]
    for seed in range(MEMBERS):
        update = updates[seed % 2]
        state = update.place(first(seed))
        for batches in material(seed):
            state, metrics = update(state, batches)
        yield jax.device_get((state, metrics))


def together(way):
    check_way(way, MEMBERS, BATCH, 1)
    update = PopulationUpdate(GAME, TOTAL, MEMBERS, way, SETTINGS)
    state = update.place([first(seed) for seed in range(MEMBERS)])
    for batches in zip(*map(material, range(MEMBERS))):
        state, metrics = update(state, batches)
    return list(zip(update.separate(state), update.separate(metrics)))


def compare(ways):
    """Asserts that members end in the same states and with the same metrics."""
    wanted = list(alone())
    for way in ways:
        for ours, theirs in zip(together(way), wanted):
            jax.tree.map(
                lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6), ours, theirs
            )


if __name__ == "__main__":
    compare(sys.argv[1:])

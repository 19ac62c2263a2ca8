"""Losses of both players, as functions of one play.

Each takes a game and arrays and no state of an update, so tests and notebooks can call it alone.
Logs are the weighted terms whose sum is the loss, by metric name.
"""

from collections.abc import Iterable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Key

from ganspeech.game.contract import Metrics, Play, Rated, Tree
from ganspeech.game.rules import Game
from ganspeech.game.settings import counts
from ganspeech.game.state import join
from ganspeech.losses.adversarial import LeastSquares, Wasserstein
from ganspeech.losses.feature_matching import feature_matching
from ganspeech.losses.penalties import gradient_penalty, r1_penalty
from ganspeech.nn.draws import STREAM

DISCRIMINATOR = "discriminator_"
"""Scope of names of a discriminator in programs and profiles; its index follows."""
_DRAWS = 2**31
"""Distinct from the indices of examples, which are folded into the same keys."""


class Draws(NamedTuple):
    """Randomness of one turn, in addition to the keys of the examples."""

    on_real: jax.Array
    """Key of a discriminator's draws (dropout, phase shuffle) for real examples."""
    on_fake: jax.Array
    """The same for fake ones."""
    augmentation: jax.Array
    """Probability of each change before a discriminator."""

    @classmethod
    def from_key(cls, key: Key[Array, ""], augmentation: Float[Array, ""]) -> "Draws":
        """Draws of a turn from its key."""
        on_real, on_fake = jax.random.split(jax.random.fold_in(key, _DRAWS))
        return cls(on_real, on_fake, augmentation)


def discriminator_loss(
    game: Game, params: Tree, mutable: Tree, play: Play, draws: Draws, keys: Key[Array, " batch"]
) -> tuple[Float[Array, ""], tuple[Metrics, Tree]]:
    """Loss of all discriminators, their logs, and their mutable collections afterwards.

    `params` and `mutable` are tuples, one of each discriminator; `keys` are those of the examples.
    No gradient flows into the play. Raises ValueError for a play without a fake, and for ratings
    under another objective than least squares.
    """
    rules, objective = game.rules, game.objective
    if play.rated is not None and not isinstance(objective, LeastSquares):
        raise ValueError("ratings are learned by least squares: --objective least-squares")
    real = _augmented(game, lax.stop_gradient(play.real), keys, 1, draws)
    condition = lax.stop_gradient(play.condition)
    rated = lax.stop_gradient(play.rated or Rated(_fake_of(play), condition, jnp.zeros(())))
    fake = _augmented(game, rated.fake, keys, 2, draws)
    cast_params = cast(params, rules.precision)
    on_real, mutable = discriminate(
        game, join(cast_params, mutable), real, condition, draws.on_real
    )
    on_fake, mutable = discriminate(
        game, join(cast_params, mutable), fake, rated.condition, draws.on_fake
    )
    logs = {
        "discriminator/adversarial": _mean(
            # Squared distance to the rating: least squares draws the difference to 0.
            objective.discriminator_loss(r[-1], _above(f[-1], rated.rating))
            for r, f in zip(on_real, on_fake)
        )
    }

    def logits(x: jax.Array) -> list[jax.Array]:
        variables = join(params, mutable)
        maps, _ = discriminate(game, variables, x, condition, draws.on_real)
        return [each[-1] for each in maps]

    if counts(rules.r1):
        logs["discriminator/r1"] = rules.r1 * r1_penalty(logits, real)
    weight = rules.gradient_penalty
    if isinstance(objective, Wasserstein):
        weight = objective.gradient_penalty
    if isinstance(objective, Wasserstein) or counts(weight):
        penalty = gradient_penalty(logits, real, fake, keys)
        logs["discriminator/gradient_penalty"] = weight * penalty
    loss = sum(logs.values(), jnp.zeros(()))
    logs["discriminator/real"] = _mean(maps[-1].mean() for maps in on_real)
    logs["discriminator/fake"] = _mean(maps[-1].mean() for maps in on_fake)
    if game.augmentation.adaptive and (boundary := objective.boundary()) is not None:
        sides = (jnp.sign(maps[-1] - boundary).mean() for maps in on_real)
        logs["discriminator/overfitting"] = _mean(sides)
    return loss, (logs, mutable)


def generator_loss(
    game: Game,
    play: Play,
    discriminators: tuple[Tree, ...],
    draws: Draws,
    keys: Key[Array, " batch"],
) -> tuple[Float[Array, ""], Metrics]:
    """Loss of the generator that made the play, and its logs.

    `discriminators` are the variables of each; without any, only the task's own terms count.
    Raises ValueError if there is nothing to minimize.
    """
    rules = game.rules
    logs = {f"generator/{name}": term for name, term in play.terms.items()}
    if discriminators:
        fake = _augmented(game, _fake_of(play), keys, 3, draws)
        on_fake, _ = discriminate(game, discriminators, fake, play.condition, draws.on_fake)
        logs["generator/adversarial"] = rules.adversarial * _mean(
            game.objective.generator_loss(maps[-1]) for maps in on_fake
        )
        if counts(rules.feature_matching):
            # Augmented like the fake, or the distance would measure the augmentation.
            real = _augmented(game, play.real, keys, 3, draws)
            on_real, _ = discriminate(game, discriminators, real, play.condition, draws.on_fake)
            distance = feature_matching(lax.stop_gradient(on_real), on_fake)
            logs["generator/feature_matching"] = rules.feature_matching * distance
    if not logs:
        raise ValueError(
            "the generator has nothing to minimize: the task's weights are all 0, and no "
            "discriminator plays (yet)"
        )
    return sum(logs.values(), jnp.zeros(())), logs


def discriminate(
    game: Game,
    variables: tuple[Tree, ...],
    x: Float[Array, "batch ..."],
    condition: Array | None,
    draws: Key[Array, ""],
) -> tuple[list[list[Array]], tuple[Tree, ...]]:
    """Feature maps of every sub-discriminator, float32 logits last, and mutable collections."""
    panel: list[list[Array]] = []
    mutable = []
    players = zip(game.discriminators, variables, strict=True)
    for index, (discriminator, collections) in enumerate(players):
        names = [name for name in collections if name != "params"]
        with jax.named_scope(f"{DISCRIMINATOR}{index}"):
            maps, changed = discriminator.apply(
                collections, x, condition, mutable=names, rngs={STREAM: draws}
            )
        # Losses subtract from logits, which would round in the discriminator's own precision.
        panel += [[*features, logits.astype(jnp.float32)] for *features, logits in maps]
        mutable.append(changed)
    return panel, tuple(mutable)


def cast(params: Tree, precision: str) -> Tree:
    """Casts parameters to the compute type: layers follow the type of their weights."""
    return jax.tree.map(lambda p: p.astype(precision), params)


def _augmented(game: Game, x: Array, keys: Key[Array, " batch"], salt: int, draws: Draws) -> Array:
    own = jax.vmap(lambda key: jax.random.fold_in(key, salt))(keys)
    return game.augmentation(x, own, draws.augmentation)


def _fake_of(play: Play) -> Array:
    if play.fake is None:
        raise ValueError("this task generates nothing to discriminate: use --discriminators none")
    return play.fake


def _above(logits: Array, rating: Array) -> Array:
    return logits - rating.reshape(rating.shape + (1,) * (logits.ndim - rating.ndim))


def _mean(values: Iterable[Array]) -> Array:
    every = list(values)
    return sum(every, jnp.zeros(())) / len(every)

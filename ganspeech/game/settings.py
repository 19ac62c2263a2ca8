"""Settings of a game as arrays, so that members with different ones share a program."""

import copy
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

import jax

from ganspeech.game.rules import Game

NUMBERS = frozenset(
    {
        "rules.adversarial",
        "rules.feature_matching",
        "rules.r1",
        "rules.gradient_penalty",
        "objective.gradient_penalty",
        "generator_optimizer.learning_rate",
        "discriminator_optimizer.learning_rate",
    }
)
"""Settings with which the program only computes: neither shapes nor data depend on them."""


@runtime_checkable
class Weighing(Protocol):
    """A task with losses of its own."""

    def loss_weights(self) -> tuple[str, ...]:
        """Names of the fields that only weigh losses."""


AnyGame = TypeVar("AnyGame", bound=Game)


def with_settings(game: AnyGame, settings: Mapping[str, jax.Array]) -> AnyGame:
    """The game with these values, such as `{"rules.adversarial": array}`, in place of its own.

    They are not checked, since the values of traced arrays are unknown.
    """
    changed = game
    for path, value in settings.items():
        changed = _replaced(changed, path.split("."), value)
    return changed


def _replaced(part: Any, path: list[str], value: Any) -> Any:
    name, *rest = path
    changed = copy.copy(part)
    inner = _replaced(getattr(part, name), rest, value) if rest else value
    # `dataclasses.replace` would check the value.
    object.__setattr__(changed, name, inner)
    return changed


def may_differ(game: Game) -> frozenset[str]:
    """Names of the settings in which members that share a program may differ."""
    own = game.task.loss_weights() if isinstance(game.task, Weighing) else ()
    return NUMBERS | {f"task.{name}" for name in own}


def counts(weight: float | jax.Array) -> bool:
    """Returns whether a weight may be other than 0; an array's always may."""
    return isinstance(weight, jax.Array) or bool(weight)

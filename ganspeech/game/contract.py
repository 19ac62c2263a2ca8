"""Contract of the game: what a task and an objective give, and the types that go between."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
from flax import linen

Tree = Any
"""Nested containers of arrays: parameters, states, batches."""
Batch = dict[str, jax.Array]
Metrics = dict[str, jax.Array]


class Rated(NamedTuple):
    """Answers of earlier generators and what they were worth, as measured on the host."""

    fake: jax.Array
    """Answers, like `Play.fake`."""
    condition: jax.Array | None
    """Conditions, like `Play.condition`."""
    rating: jax.Array
    """Ratings that discriminators should predict, `[batch]`; that of real ones is 1."""


class Play(NamedTuple):
    """One play: a task's batch as both players see it."""

    real: jax.Array
    """Real examples, `[batch, ...]`."""
    fake: jax.Array | None
    """The generator's answer, of the same shape; None in plain supervised training."""
    condition: jax.Array | None
    """Condition that conditional discriminators see beside it."""
    terms: Metrics
    """The task's own losses, already weighted; the generator minimizes their sum."""
    mutable: Tree
    """The generator's mutable collections after the play."""
    rated: Rated | None = None
    """Rated answers, from which discriminators learn instead of the fake (Fu et al. 2019)."""


@runtime_checkable
class Task(Protocol):
    """A task: what is generated from what."""

    def example(self) -> tuple:
        """Arguments of the generator, batch of one, from which parameters are initialized."""

    def condition(self) -> jax.Array | None:
        """Condition of conditional discriminators, batch of one."""

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Generates from a batch; `keys` holds one PRNG key per example of the batch."""


@runtime_checkable
class Objective(Protocol):
    """A pair of losses on one array of logits, such as those of `losses.adversarial`."""

    # Methods alone: tyro reads the fields of no part behind a protocol that has others.

    def boundary(self) -> float | None:
        """The logit at which real and fake are as likely; None where there is none."""

    def discriminator_loss(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Loss of a discriminator."""

    def generator_loss(self, fake: jax.Array) -> jax.Array:
        """Adversarial loss of the generator."""

"""Contract of the game: what tasks and objectives provide, and the types they exchange."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
from flax import linen

Tree = Any
"""Nested containers of arrays: parameters, states, batches."""
Batch = dict[str, jax.Array]
Metrics = dict[str, jax.Array]


class Rated(NamedTuple):
    """Outputs of earlier generators and their scores, as measured on the host."""

    fake: jax.Array
    """Outputs, like `Play.fake`."""
    condition: jax.Array | None
    """Conditions, like `Play.condition`."""
    rating: jax.Array
    """Ratings that discriminators should predict, `[batch]`; real examples have 1."""


class Play(NamedTuple):
    """One play: a task's batch as both players see it."""

    real: jax.Array
    """Real examples, `[batch, ...]`."""
    fake: jax.Array | None
    """Generator output, of the same shape; None in plain supervised training."""
    condition: jax.Array | None
    """Extra input of conditional discriminators."""
    terms: Metrics
    """The task's own losses, already weighted; the generator minimizes their sum."""
    mutable: Tree
    """The generator's mutable collections after the play."""
    rated: Rated | None = None
    """Rated outputs, from which discriminators learn instead of the fake (Fu et al. 2019)."""


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

    # Methods only: tyro cannot read fields of a part whose protocol has attributes.

    def boundary(self) -> float | None:
        """Logit at which real and fake are equally likely; None if there is none."""

    def discriminator_loss(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Loss of a discriminator."""

    def generator_loss(self, fake: jax.Array) -> jax.Array:
        """Adversarial loss of the generator."""

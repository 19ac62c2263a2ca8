"""Policy gradients: losses whose slope is that of an expected reward of random decisions."""

import jax
import jax.numpy as jnp
import optax
from jax import lax
from jaxtyping import Array, Bool, Float

from ganspeech.nn.masked import masked


def reinforced(
    logits: Float[Array, "batch time"],
    decisions: Bool[Array, "batch draws time"],
    advantages: Float[Array, "batch draws"],
    free: Bool[Array, "batch time"],
) -> Float[Array, ""]:
    """A loss of which only the slope matters: the mean over examples and draws (Williams 1992).

    Where `decisions` were drawn with the probabilities `sigmoid(logits)`, at the places that are
    `free`, its expected slope is that of minus the expected advantage, divided by the number of
    places: it does not grow with lengths.
    """
    each = optax.sigmoid_binary_cross_entropy(logits[:, None], decisions.astype(jnp.float32))
    surprise = jnp.where(free[:, None], each, 0).mean(-1)
    return jnp.mean(surprise * lax.stop_gradient(advantages))


def cloned(
    logits: Float[Array, "batch time"],
    decisions: Bool[Array, "batch time"],
    free: Bool[Array, "batch time"],
) -> Float[Array, " batch"]:
    """Cross-entropy of given decisions, in nats, of each example: a policy learns to repeat them.

    Divided by the number of places, as in `reinforced`.
    """
    each = optax.sigmoid_binary_cross_entropy(logits, decisions.astype(jnp.float32))
    return masked(each, free).mean(-1)


def advantages(
    rewards: dict[str, Float[Array, "batch draws"]], *, epsilon: float = 1e-4
) -> dict[str, Float[Array, "batch draws"]]:
    """Parts of the advantage of each draw over others of the same example.

    The sum of all parts has mean zero and unit variance over the draws of an example; equal
    rewards of all draws have no advantage.
    """
    total = sum(rewards.values(), jnp.zeros((1, 1)))
    deviation = jnp.std(total, axis=-1, keepdims=True) + epsilon
    return jax.tree.map(
        lambda part: (part - part.mean(axis=-1, keepdims=True)) / deviation, rewards
    )

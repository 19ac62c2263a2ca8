"""Losses of a generator that reads speech, beside the game (Baevski et al. 2021; Liu et al. 2022).

All are means in float32, so that weights do not depend on the batch or on lengths.
"""

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.masked import masked


def smoothness(
    logits: Float[Array, "batch steps phones"], valid: Bool[Array, "batch steps"]
) -> Float[Array, ""]:
    """Mean squared difference of neighbors' logits: phones change slower than segments."""
    both = valid[:, 1:] & valid[:, :-1]
    difference = masked(logits[:, 1:] - logits[:, :-1], both).astype(jnp.float32)
    return jnp.sum(difference**2) / jnp.maximum(both.sum() * logits.shape[-1], 1)


def unused_phones(
    logits: Float[Array, "batch steps phones"], valid: Bool[Array, "batch steps"]
) -> Float[Array, ""]:
    """Share of the inventory that is unused, from 0 to 1: 1 - perplexity / phones.

    The perplexity is that of the mean distribution over all steps of the batch.
    """
    probabilities = masked(jax.nn.softmax(logits.astype(jnp.float32)), valid)
    mean = probabilities.sum((0, 1)) / jnp.maximum(valid.sum(), 1)
    entropy = -jnp.sum(mean * jnp.log(mean + 1e-7))
    return 1 - jnp.exp(entropy) / logits.shape[-1]


def cluster_loss(
    logits: Float[Array, "batch time clusters"],
    clusters: Int[Array, "batch time"],
    valid: Bool[Array, "batch time"],
) -> Float[Array, ""]:
    """Cross-entropy of each input's cluster, in nats: what is read must say how it sounded."""
    each = optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), clusters)
    return jnp.sum(jnp.where(valid, each, 0)) / jnp.maximum(valid.sum(), 1)

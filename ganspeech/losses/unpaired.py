"""Losses of a generator that reads speech, beside the game.

Baevski et al. 2021, "Unsupervised speech recognition"; Liu et al. 2022, "Towards end-to-end
unsupervised speech recognition"; Wang et al. 2023, "Unsupervised speech recognition with
n-skipgram and positional unigram matching". All are in float32, and do not grow with the batch or
with lengths.
"""

import jax
import jax.numpy as jnp
import optax
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.axis import AXIS
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


def skipgram_distance(
    read: Float[Array, "batch steps phones"],
    text: Float[Array, "batch steps phones"],
    skips: int,
) -> Float[Array, ""]:
    """Distance between how often phones, and pairs of them, occur in what is read and in text.

    The L1 distance of the distributions of phones, and of pairs that are 1 to `skips` steps apart,
    summed: from 0 to 2 for each. Rows are probabilities, those of padding zero. Frequencies are of
    the batches of all devices.
    """
    pairs = zip(_frequencies(read, skips), _frequencies(text, skips))
    return sum((jnp.abs(a - b).sum() for a, b in pairs), jnp.zeros(()))


def _frequencies(x: Float[Array, "batch steps phones"], skips: int) -> list[Array]:
    x = x.astype(jnp.float32)
    counts = [x.sum((0, 1))] + [
        jnp.einsum("btp,btq->pq", x[:, :-skip], x[:, skip:]) for skip in range(1, skips + 1)
    ]
    totals = [lax.psum(count, AXIS) for count in counts]
    return [total / jnp.maximum(total.sum(), 1) for total in totals]

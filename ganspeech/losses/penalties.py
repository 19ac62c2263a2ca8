"""Penalties on a discriminator's gradient with respect to its input.

A discriminator maps examples to a list of logits, one array for each sub-discriminator. The
gradient is that of an example's mean logit, averaged over sub-discriminators like the objective.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

Discriminator = Callable[[Float[Array, "batch ..."]], list[Float[Array, "batch ..."]]]


def r1_penalty(discriminator: Discriminator, real: Float[Array, "batch ..."]) -> Float[Array, ""]:
    """Mean squared norm of the gradient at real examples (Mescheder et al. 2018).

    The paper weights it by half of its gamma.
    """
    return jnp.mean(_squared_gradient_norms(discriminator, real))


def gradient_penalty(
    discriminator: Discriminator,
    real: Float[Array, "batch ..."],
    fake: Float[Array, "batch ..."],
    keys: Key[Array, " batch"],
) -> Float[Array, ""]:
    """Mean squared distance of the gradient's norm from 1 (Gulrajani et al. 2017).

    The gradient is taken at a random point between each pair of examples, drawn with that example's
    own key, so that the number of devices does not change it.
    """
    mix = jax.vmap(lambda key, a, b: b + jax.random.uniform(key) * (a - b))(keys, real, fake)
    # The norm has no derivative at zero.
    norms = jnp.sqrt(_squared_gradient_norms(discriminator, mix) + 1e-12)
    return jnp.mean(jnp.square(norms - 1))


def _squared_gradient_norms(
    discriminator: Discriminator, x: Float[Array, "batch ..."]
) -> Float[Array, " batch"]:
    def score(x: Array) -> Array:
        means = [
            jnp.mean(y.astype(jnp.float32).reshape(len(x), -1), axis=1) for y in discriminator(x)
        ]
        # An example's logits depend on no other example, so the sum over examples gives every
        # example's gradient at once.
        return jnp.sum(jnp.stack(means)) / len(means)

    gradients = jax.grad(score)(x.astype(jnp.float32))
    return jnp.sum(jnp.square(gradients.reshape(len(x), -1)), axis=1)

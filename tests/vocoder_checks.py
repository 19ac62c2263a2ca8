"""What every generator of audio from log-mels must do."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen

from ganspeech.audio import AudioSpec

Tree = Any


def initial(generator: linen.Module, mel: jax.Array, spec: AudioSpec, seed: int = 0) -> Tree:
    """Variables before any training."""
    return jax.jit(generator.init, static_argnums=2)(jax.random.key(seed), mel, spec)


def check_precisions(
    generator: linen.Module,
    variables: Tree,
    mel: jax.Array,
    spec: AudioSpec,
    within_one: float | None = None,
) -> None:
    """Audio of the right length that is float32, and nearly the same with bfloat16 weights.

    Samples may differ by 5 % of the largest; `within_one`, for audio in [-1, 1], is how much they
    may differ in its place.
    """
    apply = jax.jit(generator.apply, static_argnums=2)
    audio = apply(variables, mel, spec)
    assert audio.shape == (len(mel), mel.shape[1] * spec.hop_length)
    assert audio.dtype == jnp.float32
    largest = float(jnp.max(jnp.abs(audio)))
    assert 0 < largest < np.inf and (within_one is None or largest <= 1)
    half = apply(jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), variables), mel, spec)
    assert half.dtype == jnp.float32
    np.testing.assert_allclose(half, audio, atol=within_one or 0.05 * largest)


def check_gradients(
    generator: linen.Module, variables: Tree, mel: jax.Array, spec: AudioSpec
) -> None:
    """Every weight gets a finite gradient that is not all zero."""

    def loss(variables: Tree) -> jax.Array:
        return jnp.sum(generator.apply(variables, mel, spec) ** 2)

    gradients = jax.jit(jax.grad(loss))(variables)
    assert all(np.any(g != 0) and np.all(np.isfinite(g)) for g in jax.tree.leaves(gradients))

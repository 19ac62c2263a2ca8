"""A vocoder as a program of one input, what artifacts for other runtimes are made of."""

import json
from collections.abc import Callable
from typing import Any, Literal

import jax
import jax.numpy as jnp
from jax import export

from ganspeech.config import serialize
from ganspeech.models.files import weights_as
from ganspeech.models.vocoder import Vocoder

Generate = Callable[[jax.Array], jax.Array]


def generate(model: Vocoder, dtype: Literal["float16", "float32"]) -> Generate:
    """Log-mel to audio with the weights inside, kept in `dtype` and used in float32.

    `ValueError` names a weight that is NaN, infinite or too large for float16.
    """
    # As JAX's arrays, since those of numpy would be converted before they are part of a program.
    stored = jax.tree.map(jnp.asarray, weights_as(model.variables, dtype))
    apply: Callable[..., Any] = model.generator.apply

    def call(log_mel: jax.Array) -> jax.Array:
        weights = jax.tree.map(lambda w: w.astype(jnp.float32), stored)
        return apply(weights, log_mel, model.spec)

    return call


def open_shape(model: Vocoder) -> jax.ShapeDtypeStruct:
    """`[batch, frames, mels]` of any batch, and any frames from `least_frames` on.

    `ValueError`, of the generator itself, when it cannot serve the model's spec.
    """
    least = least_frames(model)
    fixed = jax.ShapeDtypeStruct((1, least, model.spec.n_mels), jnp.float32)
    jax.eval_shape(lambda mel: model.generator.apply(model.variables, mel, model.spec), fixed)
    batch, frames = export.symbolic_shape("batch, frames", constraints=[f"frames >= {least}"])
    return jax.ShapeDtypeStruct((batch, frames, model.spec.n_mels), jnp.float32)


def least_frames(model: Vocoder) -> int:
    """Frames that fill an STFT window and its padding, which some generators need."""
    return model.spec.n_fft // model.spec.hop_length + 2


def description(model: Vocoder) -> dict[str, str]:
    """Facts a user of the artifact needs, as texts; `audio_spec` is the spec's JSON."""
    spec = model.spec
    return {
        "audio_spec": spec.to_json(),
        "input": f"log_mel: float32 [batch, frames, {spec.n_mels}], "
        f"{least_frames(model)} frames or more",
        "output": f"audio: float32 [batch, frames * {spec.hop_length}], {spec.sample_rate} Hz",
        "generator": json.dumps(json.loads(serialize.dumps(model.generator))),
        "about": model.about,
    }

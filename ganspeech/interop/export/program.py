"""A vocoder as a program of one input, the base of artifacts for other runtimes."""

import json
from collections.abc import Callable
from typing import Any, Literal

import jax
import jax.numpy as jnp
from jax import export

from ganspeech.audio import AudioSpec
from ganspeech.config import serialize
from ganspeech.game.contract import Tree
from ganspeech.models.files import Precision, weights_as
from ganspeech.models.vocoder import Vocoder

Generate = Callable[[jax.Array], jax.Array]


def generate(model: Vocoder, dtype: Literal["float16", "float32"]) -> Generate:
    """Returns a function from log-mel to audio, its weights kept in `dtype` and used in float32.

    Raises ValueError, naming a weight that is NaN, infinite or too large for float16.
    """
    weights = stored(model.variables, dtype)
    apply: Callable[..., Any] = model.generator.apply
    return lambda log_mel: apply(weights(), log_mel, model.spec)


def stored(variables: Tree, dtype: Precision) -> Callable[[], Tree]:
    """Returns a function that gives weights in float32, which a program keeps in `dtype`.

    Raises ValueError, naming a weight that is NaN, infinite or too large for float16.
    """
    # JAX arrays, since NumPy arrays would be converted before they become part of a program.
    kept = jax.tree.map(jnp.asarray, weights_as(variables, dtype))
    return lambda: jax.tree.map(lambda w: w.astype(jnp.float32), kept)


def open_shape(model: Vocoder) -> jax.ShapeDtypeStruct:
    """Returns the shape `[batch, frames, mels]` for any batch and at least `least_frames` frames.

    Raises the generator's own ValueError if it does not support the model's spec.
    """
    least = least_frames(model.spec)
    fixed = jax.ShapeDtypeStruct((1, least, model.spec.n_mels), jnp.float32)
    jax.eval_shape(lambda mel: model.generator.apply(model.variables, mel, model.spec), fixed)
    batch, frames = export.symbolic_shape("batch, frames", constraints=[f"frames >= {least}"])
    return jax.ShapeDtypeStruct((batch, frames, model.spec.n_mels), jnp.float32)


def least_frames(spec: AudioSpec) -> int:
    """Returns the number of frames that fill an STFT window and its padding, the least allowed."""
    return spec.n_fft // spec.hop_length + 2


def description(model: Vocoder) -> dict[str, str]:
    """Describes the artifact for its users, as strings; `audio_spec` is the spec's JSON."""
    spec = model.spec
    return {
        "audio_spec": spec.to_json(),
        "input": f"log_mel: float32 [batch, frames, {spec.n_mels}], "
        f"{least_frames(model.spec)} frames or more",
        "output": f"audio: float32 [batch, frames * {spec.hop_length}], {spec.sample_rate} Hz",
        "generator": json.dumps(json.loads(serialize.dumps(model.generator))),
        "about": model.about,
    }

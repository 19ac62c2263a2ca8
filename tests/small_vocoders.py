"""Vocoders whose weights are drawn and not trained."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.models.vocoder import Vocoder

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)


def make_model(generator, spec=SPEC) -> Vocoder:
    """A generator with weights drawn without compiling its own initialization."""
    mel = jnp.zeros((1, 9, spec.n_mels))
    shapes = jax.eval_shape(lambda: generator.init(jax.random.PRNGKey(0), mel, spec))
    random = np.random.default_rng(0)

    def draw(path, leaf):
        around = 1.0 if path[-1].key in ("gain", "scale") else 0.0
        return random.normal(around, 0.03, leaf.shape).astype(np.float32)

    variables = jax.tree_util.tree_map_with_path(draw, shapes)
    return Vocoder(generator, variables, spec, "Made for a test.")

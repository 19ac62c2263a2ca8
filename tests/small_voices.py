"""Voices with drawn weights, of every kind of network."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util
from piper_files import NETWORK, SYMBOLS

from ganspeech.audio import AudioSpec
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.models.voice import Voice
from ganspeech.text.phonemes.front_ends import Plain
from ganspeech.text.spoken_text import SpokenText

SPEC = AudioSpec(sample_rate=8000, n_fft=16, win_length=16, hop_length=8, n_mels=8, fmax=4000.0)
POSTERIOR = [
    f"posterior_{name}"
    for name in ("enter", "leave", "convolutions", "affine", "coupling_0", "coupling_1")
]
CERTAIN = {"stochastic": False, "duration_flows": 4, "duration_layers": 3}
KINDS = {
    "stochastic": {},
    "deterministic": CERTAIN | {"duration_width": 10},
    "speakers": {"speaker_width": 3},
    "deterministic-speakers": CERTAIN | {"speaker_width": 3},
    "other": {
        "decoder": HiFiGAN((8,), (8,), 8, "1", (3,), ((1, 3),)),
        "dilation_rate": 2,
        "posterior_layers": 2,
        "window": 1,
        "heads": 4,
        "duration_bins": 4,
        "duration_kernel": 5,
    },
}


def shapes_of(network, speakers):
    """Of all variables, those that only training needs included."""
    inputs = jnp.zeros((1, 8), jnp.int32), jnp.ones(1, jnp.int32), jnp.zeros((1, 8, SPEC.bins))
    one_hot = jnp.zeros((1, speakers)) if speakers else None

    def init():
        return network.init(jax.random.key(0), *inputs, inputs[1], one_hot, SYMBOLS, SPEC, 8)

    return jax.eval_shape(init)


def voice(**changes):
    """A voice with random weights, all of them."""
    network = dataclasses.replace(NETWORK, **changes)
    speakers = ("ann", "1") if network.speaker_width else ()
    rng = np.random.default_rng(0)
    variables = jax.tree.map(
        lambda leaf: rng.normal(0.1, 0.3, leaf.shape).astype("f4"),
        shapes_of(network, len(speakers)),
    )
    text = SpokenText(Plain(), tuple("_^$abc"))
    return Voice(network, variables, text, SPEC, speakers, 0.5, 0.7, 1.25, "Made for a test.")


def of_speaking(model):
    """The same without the parts that Piper's voices do not have."""
    flat = traverse_util.flatten_dict(model.variables["params"])
    dropped = [("duration_predictor", name) for name in ("coupling_0", *POSTERIOR)]
    kept = {
        path: leaf
        for path, leaf in flat.items()
        if path[0] != "posterior_encoder" and path[:2] not in dropped
    }
    return dataclasses.replace(model, variables={"params": traverse_util.unflatten_dict(kept)})

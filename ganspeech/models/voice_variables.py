"""Variables that a voice needs for speaking, and those that only training needs."""

import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util

from ganspeech.game.contract import Tree
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.acoustic.vocoded import Vocoded
from ganspeech.models.fit import require_shapes
from ganspeech.nn.convolution.laid_out import laid_out
from ganspeech.nn.normalization.weight_norm import folded
from ganspeech.tasks.voices.padded_speech import Speaking

if TYPE_CHECKING:
    from ganspeech.models.voice import Voice

DECIDING = ("network", "text", "spec", "speakers")
"""Header entries of a voice file that determine which weights fit."""


def require_speaks(voice: "Voice") -> None:
    """Raises ValueError unless the network can speak with the variables.

    Any that only training needs may be missing. ValueErrors of the network itself, about its sizes
    or the spec, pass through.
    """
    wanted, given = _wanted(voice), traverse_util.flatten_dict(voice.variables)
    if given.keys() - wanted.keys():
        learns = _wanted(voice, to_learn=True)
        wanted |= {path: leaf for path, leaf in learns.items() if path in given}
    require_shapes(traverse_util.unflatten_dict(wanted), voice.variables, ValueError)


def speaking_part(voice: "Voice") -> Tree:
    """Variables without those that only training needs."""
    wanted = _wanted(voice)
    given = traverse_util.flatten_dict(voice.variables)
    needed = {path: leaf for path, leaf in given.items() if path in wanted}
    return traverse_util.unflatten_dict(needed)


def divided(voice: "Voice") -> tuple[FastSpeech, Tree, Tree]:
    """Network of a voice that makes mels, its variables, and those of its vocoder."""
    network = voice.network
    assert isinstance(network, Vocoded)  # or no vocoder would be named
    ours, theirs = (
        {name: tree[part] for name, tree in voice.variables.items() if part in tree}
        for part in ("acoustic", "vocoder")
    )
    return network.acoustic, ours, theirs


def converting_part(voice: "Voice") -> Tree:
    """Variables for speaking and for converting recordings: the posterior encoder too."""
    name, needed = "posterior_encoder", speaking_part(voice)
    return needed | {"params": needed["params"] | {name: voice.variables["params"][name]}}


def ready_to_speak(voice: "Voice") -> Tree:
    """Variables on the device, prepared once for all sentences: weights folded and laid out."""
    return jax.device_put(laid_out(folded(voice.variables), functools.partial(_spoken, voice)))


def _spoken(voice: "Voice", variables: Tree) -> Any:
    """What speaking calls, with a few symbols and frames."""
    speakers = jnp.zeros((1, len(voice.speakers))) if voice.speakers else None
    tokens, lengths = jnp.zeros((1, 8), jnp.int32), jnp.full((1,), 8)

    def run(method: str, *arguments: Any) -> Any:
        return voice.network.apply(variables, *arguments, method=method)

    encoded = run("encode", tokens, lengths, speakers, voice.text.size)
    durations = run("durations", encoded.hidden, lengths, speakers, jnp.zeros((1, 8, 2)))
    return durations, run("decode_drawn", encoded.mean, lengths, speakers, voice.spec)


def digest(header: dict[str, str], variables: Tree) -> str:
    """Digest of everything that determines whether weights fit: header, names and shapes."""
    leaves = traverse_util.flatten_dict(variables, sep=".")
    shapes = sorted((name, list(np.shape(leaf))) for name, leaf in leaves.items())
    entries = [header.get(name) for name in DECIDING]
    return hashlib.sha256(json.dumps([entries, shapes]).encode()).hexdigest()[:16]


def _wanted(voice: "Voice", to_learn: bool = False) -> dict[tuple[str, ...], Any]:
    """Shapes of the variables that speaking, or training, initializes."""
    network, spec, symbols = voice.network, voice.spec, voice.text.size
    speakers = jax.ShapeDtypeStruct((1, len(voice.speakers)), np.float32)
    one_hot = speakers if voice.speakers else None
    tokens = jax.ShapeDtypeStruct((1, 8), np.int32)
    lengths = jax.ShapeDtypeStruct((1,), np.int32)

    def speak(module: Speaking, tokens: Any, lengths: Any, one_hot: Any) -> None:
        encoded = module.encode(tokens, lengths, one_hot, symbols)
        module.durations(encoded.hidden, lengths, one_hot, jnp.zeros((1, 8, 2)))
        module.decode_drawn(encoded.mean, lengths, one_hot, spec)

    def learn(module: Speaking, tokens: Any, lengths: Any, one_hot: Any) -> None:
        acoustic = module.acoustic if isinstance(module, Vocoded) else module
        if isinstance(acoustic, FastSpeech):
            mels = jnp.zeros((1, 8, spec.n_mels))
            ends = jnp.zeros(tokens.shape)
            acoustic(tokens, lengths, mels, lengths, one_hot, symbols, spec, 8, ends)
        else:
            linear = jnp.zeros((1, 8, spec.bins))
            acoustic(tokens, lengths, linear, lengths, one_hot, symbols, spec, 8)

    def init(*inputs: Any) -> Tree:
        return network.init(jax.random.key(0), *inputs, method=learn if to_learn else speak)

    return traverse_util.flatten_dict(jax.eval_shape(init, tokens, lengths, one_hot))

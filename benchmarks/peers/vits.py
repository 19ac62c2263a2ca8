"""Our VITS with noise from outside, as its peers are asked in comparisons."""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ganspeech.game.contract import Tree
from ganspeech.generators.vits.durations import frames_of
from ganspeech.generators.vits.parts import Encoded
from ganspeech.models.voice import Voice


class Spoken(NamedTuple):
    """What one text sounds like."""

    frames: Int[np.ndarray, " symbols"]
    audio: Float[np.ndarray, " samples"]


def speak(
    model: Voice,
    ids: Int[np.ndarray, " symbols"],
    *,
    duration_noise: Float[np.ndarray, "symbols 2"],
    noise: Float[np.ndarray, "frames latent"],
    speaker: int = 0,
    padding: int = 0,
) -> Spoken:
    """Frames and audio of scaled noise, of which as many frames are used as durations ask for.

    `padding` symbols and frames follow in the network's batch, and are taken off.
    """
    network, symbols, spec = model.network, model.text.size, model.spec
    tokens = jnp.asarray(np.pad(ids, (0, padding)), jnp.int32)[None]
    lengths = jnp.array([len(ids)], jnp.int32)
    one_hot = jax.nn.one_hot(jnp.array([speaker]), len(model.speakers)) if model.speakers else None
    drawn = np.pad(duration_noise, ((0, padding), (0, 0)))[None]

    @jax.jit
    def plan(variables: Tree, drawn: Array) -> tuple[Encoded, Array]:
        bound = network.bind(variables)
        encoded = bound.encode(tokens, lengths, one_hot, symbols)
        logarithms = bound.durations(encoded.hidden, lengths, one_hot, drawn)
        return encoded, frames_of(logarithms, lengths, model.length_scale)

    encoded, frames = plan(model.variables, drawn)
    total = int(frames.sum())
    drawn = np.pad(noise[:total], ((0, padding), (0, 0)))[None]
    decode = jax.jit(functools.partial(network.apply, spec=spec, method=network.decode))
    audio = decode(model.variables, encoded.mean, encoded.log_std, frames, one_hot, drawn)
    samples = total * spec.hop_length
    return Spoken(np.asarray(frames[0, : len(ids)]), np.asarray(audio[0, :samples]))

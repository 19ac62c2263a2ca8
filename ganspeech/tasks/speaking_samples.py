"""What a voice in training says, and how it explains a recording."""

import functools
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float, Float32, Int

from ganspeech.audio import AudioSpec
from ganspeech.game import Tree
from ganspeech.generators.vits import VITS
from ganspeech.generators.vits_parts import frames_of

NOISE, DURATION_NOISE = 0.667, 0.8
"""Deviations of what latent frames and durations are drawn from, as in the paper."""
ROUND_FRAMES, ROUND_SYMBOLS = 64, 32
"""Lengths are rounded up to these, so that few of them need a program of their own."""
TIMES_LONGER = 2
"""How much longer than its recording a text may get, while durations are not learnt yet."""


class Said(NamedTuple):
    """A text as the network gets it."""

    symbols: int
    """How many there are in the vocabulary."""
    ids: tuple[int, ...]
    """Those of the text."""
    speakers: Float[Array, "1 speakers"] | None
    """Who says it, one-hot."""


def padded(ids: tuple[int, ...]) -> Int[np.ndarray, "1 symbols"]:
    """Symbols of one text, followed by zeros."""
    return np.pad(np.array([ids], np.int32), ((0, 0), (0, -len(ids) % ROUND_SYMBOLS)))


def spoken(
    network: VITS, variables: Tree, said: Said, spec: AudioSpec, reference_frames: int
) -> Float32[np.ndarray, " samples"]:
    """A text spoken with the same draws every time, cut where it gets absurdly long."""
    tokens, lengths = padded(said.ids), np.array([len(said.ids)], np.int32)
    for_durations, for_frames = jax.random.split(jax.random.key(0))
    noise = DURATION_NOISE * jax.random.normal(for_durations, (1, tokens.shape[1], 2))
    mean, log_std, frames = _planned(
        network, variables, tokens, lengths, said.speakers, noise, said.symbols
    )
    most = TIMES_LONGER * reference_frames
    frames = np.minimum(np.asarray(frames), most)
    total = min(int(frames.sum()), most)
    rounded = -(-total // ROUND_FRAMES) * ROUND_FRAMES
    noise = NOISE * jax.random.normal(for_frames, (1, rounded, network.latent))
    audio = _decoded(network, variables, mean, log_std, frames, said.speakers, noise, spec)
    return np.asarray(audio[0, : total * spec.hop_length])


@functools.partial(jax.jit, static_argnums=(0, 6))
def _planned(
    network: VITS,
    variables: Tree,
    tokens: Int[Array, "1 symbols"],
    lengths: Int[Array, " 1"],
    speakers: Float[Array, "1 speakers"] | None,
    noise: Float[Array, "1 symbols 2"],
    symbols: int,
) -> tuple[Array, Array, Array]:
    """The prior's mean and deviation of each symbol, and its frames."""
    arguments = (tokens, lengths, speakers, symbols)
    hidden, mean, log_std = network.apply(variables, *arguments, method="encode")
    arguments = (hidden, lengths, speakers, noise)
    log_durations = network.apply(variables, *arguments, method="durations")
    return mean, log_std, frames_of(log_durations, lengths)


@functools.partial(jax.jit, static_argnums=(0, 7))
def _decoded(
    network: VITS,
    variables: Tree,
    mean: Float[Array, "1 symbols latent"],
    log_std: Float[Array, "1 symbols latent"],
    frames: Int[Array, "1 symbols"],
    speakers: Float[Array, "1 speakers"] | None,
    noise: Float[Array, "1 frames latent"],
    spec: AudioSpec,
) -> Float[Array, "1 samples"]:
    arguments = (mean, log_std, frames, speakers, noise, spec)
    return network.apply(variables, *arguments, method="decode")

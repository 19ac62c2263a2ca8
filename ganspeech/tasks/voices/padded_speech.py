"""Inference of a voice's network at few padded lengths, so that few programs are compiled."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Float, Float32, Int

from ganspeech.audio import AudioSpec
from ganspeech.game.contract import Tree
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.acoustic.vocoded import Vocoded
from ganspeech.generators.vits.durations import frames_of
from ganspeech.generators.vits.network import VITS

TOKENS = (32, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
"""Lengths that symbols are padded to."""
FRAMES = (
    *range(64, 256, 16), *range(256, 512, 32), *range(512, 1024, 64), *range(1024, 2049, 256),
)  # fmt: skip
"""Lengths that frames are padded to: a finer grid wastes less but compiles more programs."""
SILENT = 2
"""Frames of silence behind every utterance, so that its end sounds the same whatever the padding:
windows of a decoder that ends in an inverse STFT reach beyond it."""
LONGEST = FRAMES[-1] - SILENT
"""Most frames of an utterance."""
PROGRAMS = len(TOKENS) + len(FRAMES)
"""Most programs that one network compiles."""

Speaking = VITS | FastSpeech | Vocoded
"""Networks that voices speak with."""
Speaker = Float[Array | np.ndarray, "1 speakers"] | None


@dataclass(frozen=True)
class SpeechPlan:
    """Plan of an utterance, by symbol."""

    mean: Float32[np.ndarray, "symbols latent"]
    """Mean of the normal distribution that each of its frames is drawn from."""
    log_std: Float32[np.ndarray, "symbols latent"]
    frames: Int[np.ndarray, " symbols"]
    """Number of frames, at least one; 0 if its duration is NaN or infinite."""


def plan_speech(
    network: Speaking,
    variables: Tree,
    ids: Sequence[int],
    symbols: int,
    speaker: Speaker,
    noise: Float32[np.ndarray, "ids 2"],
    length_scale: float,
) -> SpeechPlan:
    """Plans how long each symbol lasts, and the distribution of its frames.

    `ids` are at most `TOKENS[-1]` ids below `symbols`; `noise` has the desired deviation of
    durations, and `length_scale` above 1 speaks slower.
    """
    count = len(ids)
    length = bucket(count, TOKENS)
    planned = _planned(
        network,
        variables,
        _padded(np.array(ids, np.int32), length),
        np.array([count], np.int32),
        speaker,
        _padded(noise, length),
        np.float32(length_scale),
        symbols,
    )
    return SpeechPlan(*(np.asarray(part)[0, :count] for part in planned))


def decode_speech(
    network: Speaking,
    variables: Tree,
    plan: SpeechPlan,
    speaker: Speaker,
    noise: Float32[np.ndarray, "frames latent"],
    spec: AudioSpec,
) -> Float32[np.ndarray, " samples"]:
    """Synthesizes a plan of at most `LONGEST` frames: the spec's hop for each of them.

    `noise`, of the desired deviation, has as many frames as the plan.
    """
    total = len(noise)
    length = bucket(total + SILENT, FRAMES)
    # Repeated here, not in the program, which would be compiled for each number of symbols.
    mean, log_std = (part.repeat(plan.frames, axis=0) for part in (plan.mean, plan.log_std))
    drawn = mean + noise * np.exp(log_std)
    audio = _decoded(
        network, variables, _padded(drawn, length), np.array([total], np.int32), speaker, spec
    )
    return np.asarray(audio)[0, : total * spec.hop_length]


def bucket(count: int, lengths: Sequence[int]) -> int:
    """Smallest of ascending `lengths` that holds `count`; raises ValueError beyond the last."""
    for length in lengths:
        if count <= length:
            return length
    raise ValueError(f"{count} exceeds the longest length, {lengths[-1]}")


def _padded(x: np.ndarray, length: int) -> np.ndarray:
    """Batch of one, zero-padded."""
    return np.pad(x, ((0, length - len(x)), *((0, 0),) * (x.ndim - 1)))[None]


@functools.partial(jax.jit, static_argnums=(0, 7))
def _planned(
    network: Speaking,
    variables: Tree,
    tokens: Int[Array, "1 tokens"],
    lengths: Int[Array, " 1"],
    speaker: Speaker,
    noise: Float[Array, "1 tokens 2"],
    length_scale: Float[Array, ""],
    symbols: int,
) -> tuple[Array, Array, Array]:
    def run(method: str, *arguments: Any) -> Any:
        return network.apply(variables, *arguments, method=method)

    hidden, mean, log_std = run("encode", tokens, lengths, speaker, symbols)
    log_durations = run("durations", hidden, lengths, speaker, noise)
    frames = frames_of(log_durations, lengths, length_scale, rounding=network.rounding)
    return mean, log_std, frames


@functools.partial(jax.jit, static_argnums=(0, 5))
def _decoded(
    network: Speaking,
    variables: Tree,
    drawn: Float[Array, "1 frames latent"],
    lengths: Int[Array, " 1"],
    speaker: Speaker,
    spec: AudioSpec,
) -> Float[Array, "1 samples"]:
    audio: Any = network.apply(variables, drawn, lengths, speaker, spec, method="decode_drawn")
    return audio

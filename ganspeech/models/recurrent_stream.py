"""Streaming by generators that go on from a state: each frame is computed once.

The frames of an utterance pass through one program, one by one, however many come at once, so that
chunks of any sizes give exactly the same audio.
"""

import functools
from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jax import lax
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec
from ganspeech.audio.pieces import Audio, LogMel
from ganspeech.game.contract import Tree
from ganspeech.models.stream import Foresight, require_mel
from ganspeech.nn.past import COLLECTION

LARGEST = 32
"""Most frames of one call; the rest of a chunk takes a call for each frame."""


@runtime_checkable
class Recurrent(Protocol):
    """A generator that goes on where the call before ended, if the collection "past" is mutable.

    It begins with a past of zeros.
    """

    def delay(self, spec: AudioSpec) -> int:
        """Samples that a stream begins with before the audio of its first frame."""

    def ended(self, past: Tree, spec: AudioSpec) -> Float[Array, "batch samples"]:
        """Rest of the audio of a stream with this past."""


def foresight(generator: Recurrent, spec: AudioSpec) -> Foresight:
    """As many future frames as the delay has hops, even begun ones."""
    return Foresight(future=-(-generator.delay(spec) // spec.hop_length))


class RecurrentStream:
    """Vocodes one utterance while its features arrive: `feed` chunks, then `finish`."""

    def __init__(
        self, generator: linen.Module, variables: Tree, spec: AudioSpec, chunk_frames: int = 32
    ):
        """`chunk_frames`, at most 32, are computed by one call where so many come at once.

        Raises ValueError for less than one.
        """
        if chunk_frames < 1:
            raise ValueError(f"chunk_frames must be at least 1, not {chunk_frames}")
        assert isinstance(generator, Recurrent)
        self._generator, self._variables, self._spec = generator, variables, spec
        self._chunk = min(chunk_frames, LARGEST)
        self._past = _nothing(generator, variables, spec)
        self._early = generator.delay(spec)  # samples before the first frame's that are to come
        self._frames = self._samples = 0
        self._finished = False

    def feed(self, mel: LogMel) -> Audio:
        """Takes any number of frames; returns all audio they complete, possibly none."""
        self._require_open()
        mel = require_mel(mel, self._spec)
        whole = len(mel) // self._chunk * self._chunk
        sizes = [self._chunk] * (whole // self._chunk) + [1] * (len(mel) - whole)
        made, start = [np.zeros(0, np.float32)], 0
        for size in sizes:
            part = mel[None, start : start + size]
            audio, self._past = _go_on(
                self._generator, self._variables, self._past, part, self._spec
            )
            made.append(np.asarray(audio)[0])
            start += size
        self._frames += len(mel)
        audio = self._late(np.concatenate(made))
        self._samples += len(audio)
        return audio

    def finish(self) -> Audio:
        """Ends the stream; returns the rest of the audio."""
        self._require_open()
        self._finished = True
        rest = self._late(np.asarray(_end(self._generator, self._past, self._spec))[0])
        return rest[: self._frames * self._spec.hop_length - self._samples]

    def _late(self, audio: Audio) -> Audio:
        """Drops what comes before the first frame's audio."""
        dropped = min(self._early, len(audio))
        self._early -= dropped
        return audio[dropped:]

    def _require_open(self) -> None:
        if self._finished:
            raise ValueError("this stream is finished; use a new one for the next utterance")


def _nothing(generator: linen.Module, variables: Tree, spec: AudioSpec) -> Tree:
    """The past of a stream that has not begun."""
    mel = jnp.zeros((1, 1, spec.n_mels))
    shapes = jax.eval_shape(functools.partial(_part, generator, spec), variables, {}, mel)[1]
    return jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)


def _part(generator: linen.Module, spec: AudioSpec, variables: Tree, past: Tree, mel: jax.Array):
    return generator.apply(variables | past, mel, spec, mutable=[COLLECTION])


@functools.partial(jax.jit, static_argnums=(0, 4))
def _go_on(generator: linen.Module, variables: Tree, past: Tree, mel: jax.Array, spec: AudioSpec):
    """Audio of frames, one after the other, and the past that they leave."""

    def step(past, frame):
        audio, past = _part(generator, spec, variables, past, frame[:, None])
        return past, audio

    past, audio = lax.scan(step, past, jnp.moveaxis(mel, 1, 0))
    return jnp.moveaxis(audio, 0, 1).reshape(mel.shape[0], -1), past


@functools.partial(jax.jit, static_argnums=(0, 2))
def _end(generator: Recurrent, past: Tree, spec: AudioSpec):
    return generator.ended(past[COLLECTION], spec)

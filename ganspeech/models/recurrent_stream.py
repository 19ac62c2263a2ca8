"""Streaming by generators that go on from a state: each frame is computed once.

The frames of an utterance pass through one program, one by one, however many come at once, so that
chunks of any sizes give exactly the same audio: iterations amplify rounding, which differs between
programs. Not in a loop of its own: XLA's products are several times slower in loops on CPU.
"""

import functools
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec
from ganspeech.audio.pieces import Audio, LogMel
from ganspeech.game.contract import Tree
from ganspeech.models.stream import Foresight, OneUtterance, require_mel
from ganspeech.nn.past import COLLECTION


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


class RecurrentStream(OneUtterance):
    """Vocodes one utterance while its features arrive: `feed` chunks, then `finish`."""

    def __init__(self, generator: linen.Module, variables: Tree, spec: AudioSpec):
        """Begins with silence before the first frame."""
        assert isinstance(generator, Recurrent)
        self._generator, self._variables, self._spec = generator, variables, spec
        self._go_on = _program(generator, spec)
        self._past = _nothing(generator, variables, spec)
        self._early = generator.delay(spec)  # samples before the first frame's that are to come
        self._frames = self._samples = 0

    def feed(self, mel: LogMel) -> Audio:
        """Takes any number of frames; returns all audio they complete, possibly none."""
        self._require_open()
        mel = require_mel(mel, self._spec)
        made = [np.zeros(0, np.float32)]
        for frame in mel[:, None, None]:
            hop, self._past = self._go_on(self._variables, self._past, frame)
            made.append(np.asarray(hop)[0])
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


@functools.partial(jax.jit, static_argnums=(0, 2))
def _nothing(generator: linen.Module, variables: Tree, spec: AudioSpec) -> Tree:
    """The past of a stream that has not begun."""
    # Compiled, since to find its shapes takes as long as a second of audio.
    mel = jnp.zeros((1, 1, spec.n_mels))
    shapes = jax.eval_shape(functools.partial(_part, generator, spec), variables, {}, mel)[1]
    return jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)


def _part(generator: linen.Module, spec: AudioSpec, variables: Tree, past: Tree, mel: jax.Array):
    """Audio of the next frames, and the past that they leave."""
    return generator.apply(variables | past, mel, spec, mutable=[COLLECTION])


@functools.lru_cache(maxsize=16)
def _program(generator: linen.Module, spec: AudioSpec) -> Callable[..., tuple[jax.Array, Tree]]:
    # Kept, since to look a generator up takes as long as half a frame.
    return jax.jit(functools.partial(_part, generator, spec))


@functools.partial(jax.jit, static_argnums=(0, 2))
def _end(generator: Recurrent, past: Tree, spec: AudioSpec):
    return generator.ended(past[COLLECTION], spec)

"""Streaming vocoding: chunks in, audio out, the same as all at once.

Nearly every generator has a finite receptive field, so a window with enough frames on both sides
gives the audio in its middle exactly (the others: `ganspeech.models.recurrent_stream`). The number
of frames is not declared but measured: a NaN in one frame reaches exactly the audio that depends on
that frame.
"""

import dataclasses
import functools
import math
from collections.abc import Callable

import jax
import numpy as np
from flax import linen
from jaxtyping import Float

from ganspeech.audio import AudioSpec
from ganspeech.game.contract import Tree
from ganspeech.tasks.vocoding import rounded

Generate = Callable[[Float[np.ndarray, "1 frames mels"]], Float[np.ndarray, "1 samples"]]

_PROBES = (64, 256, 1024, 4096)
"""Lengths, in frames, at which the reach is measured."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Foresight:
    """Future frames on which a frame's audio depends."""

    future: int

    def latency(self, spec: AudioSpec) -> float:
        """Seconds from a frame's arrival to the end of its audio on an infinitely fast machine.

        Includes its own hop and future frames, but not the latency of the features themselves:
        half a window, unless another network generates them.
        """
        return (1 + self.future) * spec.hop_length / spec.sample_rate


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reach(Foresight):
    """Receptive field: past and future frames on which a frame's audio depends."""

    past: int
    period: int
    """Windows must start at a multiple of this many frames: 1 for most generators; those that start
    from phases at the bins' frequencies repeat when hops and n_fft line up."""


def measure_reach(generator: linen.Module, variables: Tree, spec: AudioSpec) -> Reach:
    """Measures the reach of a generator with a NaN in one frame and a shift by one frame.

    Raises ValueError if the audio depends on the whole utterance, or is not finite.
    """
    apply = jax.jit(functools.partial(_apply, generator, spec))
    for frames in _PROBES:
        noise = np.random.default_rng(0).uniform(size=(1, frames + 1, spec.n_mels))
        mel = (spec.silence * noise).astype(np.float32)
        if reach := reach_within(lambda x: apply(variables, x), mel, spec):
            return reach
    raise ValueError(
        f"{type(generator).__name__} cannot be streamed: each of {_PROBES[-1]} frames of audio "
        "depends on all of its features, or is not finite"
    )


def reach_within(
    generate: Generate, features: Float[np.ndarray, "1 frames+1 features"], spec: AudioSpec
) -> Reach | None:
    """Reach of what makes a hop of audio a frame, if it is shorter than half of the `features`.

    `generate` is called with one frame less, three times.
    """
    frames, hop = features.shape[1] - 1, spec.hop_length
    spoiled = features[:, :-1].copy()
    middle = frames // 2
    spoiled[:, middle] = np.nan
    with jax.debug_nans(False):
        audio = np.asarray(generate(spoiled)).reshape(frames, hop)
    touched = np.flatnonzero(np.isnan(audio).any(axis=1))
    if not touched.size or touched[0] == 0 or touched[-1] == frames - 1:
        return None
    past, future = int(touched[-1]) - middle, middle - int(touched[0])
    here, moved = (np.asarray(generate(x))[0] for x in (features[:, :-1], features[:, 1:]))
    common = slice(past * hop, -(future + 1) * hop)
    change = np.abs(here[hop:][common] - moved[:-hop][common]).max()
    free = change <= 1e-3 * np.abs(here).max()
    repeat = spec.n_fft // math.gcd(spec.n_fft, hop)
    return Reach(past=past, future=future, period=1 if free else repeat)


def require_mel(
    mel: Float[np.ndarray, "frames mels"], spec: AudioSpec
) -> Float[np.ndarray, "frames mels"]:
    """Log-mels in float32; raises ValueError for other shapes, NaN and infinite values."""
    mel = np.asarray(mel, np.float32)
    if mel.ndim != 2 or mel.shape[1] != spec.n_mels:
        raise ValueError(f"log-mels must be [frames, {spec.n_mels}], not {[*mel.shape]}")
    if not np.isfinite(mel).all():
        raise ValueError("the log-mels have NaN or infinite values")
    return mel


def _apply(generator: linen.Module, spec: AudioSpec, variables: Tree, mel: jax.Array):
    return generator.apply(variables, mel, spec)


class OneUtterance:
    """A stream that ends once."""

    _finished = False

    def _require_open(self) -> None:
        if self._finished:
            raise ValueError("this stream is finished; use a new one for the next utterance")


class Stream(OneUtterance):
    """Vocodes one utterance while its features arrive.

    The concatenated audio of `feed` and `finish` equals that of the whole utterance, padded with
    silence to `rounded` frames as whole utterances are.
    """

    def __init__(self, generate: Generate, spec: AudioSpec, reach: Reach, chunk_frames: int = 32):
        """`generate` makes audio of log-mels `[1, frames, mels]`, without padding.

        It is called with windows of one length, except possibly for the last.
        `chunk_frames`, the usual size of a chunk, sets that length.
        """
        if chunk_frames < 1:
            raise ValueError(f"chunk_frames must be at least 1, not {chunk_frames}")
        self._generate, self._spec, self._reach = generate, spec, reach
        enough = reach.past + chunk_frames + reach.future + reach.period - 1
        self.window = -(-enough // reach.period) * reach.period
        """Frames in one call of `generate`."""
        self._kept = np.zeros((0, spec.n_mels), np.float32)
        self._start = 0  # the frame that _kept begins with
        self._made = 0  # frames whose audio is out

    def feed(self, mel: Float[np.ndarray, "frames mels"]) -> Float[np.ndarray, " samples"]:
        """Takes any number of frames; returns all audio they complete, possibly none."""
        self._require_open()
        self._take(require_mel(mel, self._spec))
        audio = self._settle(self._available - self._reach.future)
        # First frame of the next window, or of the last one if the utterance ends now.
        next_first = self._aligned(self._made - self._reach.past)
        last_first = self._aligned(self._available - self.window)
        needed = max(min(next_first, last_first), self._start)
        self._kept, self._start = self._kept[needed - self._start :], needed
        return audio

    def finish(self) -> Float[np.ndarray, " samples"]:
        """Ends the stream; returns the rest of the audio."""
        self._require_open()
        end, self._finished = self._available, True
        whole = rounded(end)
        silence = np.full((whole - end, self._spec.n_mels), self._spec.silence, np.float32)
        self._take(silence)
        settled = self._settle(min(end, whole - self._reach.future))
        if self._made == end:
            return settled
        # The last window ends where the utterance does, since generators see that end.
        first = self._aligned(whole - self.window)
        return np.concatenate([settled, self._run(first, whole, upto=end)])

    @property
    def _available(self) -> int:
        return self._start + len(self._kept)

    def _take(self, mel: Float[np.ndarray, "frames mels"]) -> None:
        self._kept = np.concatenate([self._kept, mel])

    def _settle(self, settled: int) -> Float[np.ndarray, " samples"]:
        """Audio up to the frame `settled`, which no future frame can change."""
        pieces = [np.zeros(0, np.float32)]
        while self._made < settled:
            first = self._aligned(self._made - self._reach.past)
            upto = min(settled, first + self.window - self._reach.future)
            pieces.append(self._run(first, first + self.window, upto))
        return np.concatenate(pieces)

    def _run(self, first: int, last: int, upto: int) -> Float[np.ndarray, " samples"]:
        """Audio of a window from the next frame up to `upto`; frames that have not arrived are
        silence, which reaches no frame before `upto`.
        """
        mel = self._kept[first - self._start : last - self._start]
        mel = np.pad(
            mel, ((0, last - first - len(mel)), (0, 0)), constant_values=self._spec.silence
        )
        audio = self._generate(mel[None])[0]
        hop, begin = self._spec.hop_length, self._made
        self._made = upto
        return audio[(begin - first) * hop : (upto - first) * hop]

    def _aligned(self, frame: int) -> int:
        return max(0, frame) // self._reach.period * self._reach.period

"""Encoder: `encoder = read_encoder("hubert-base"); encoder(audio, layer=9)`."""

import dataclasses
import functools
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.audio.pieces import Audio
from ganspeech.game.contract import Tree
from ganspeech.models.windows import Frames, in_windows, padded
from ganspeech.recognizers.encoders.encoder import SpeechEncoder

SAMPLE_RATE = 16000
"""Rate in Hz of the audio that all encoders take."""
LEAST_VARIANCE = 1e-7
"""Added to the variance that a recording is divided by."""


class Scale(NamedTuple):
    """What is subtracted from a recording's samples, and what they are divided by."""

    middle: float
    spread: float


@dataclasses.dataclass(frozen=True)
class Encoder:
    """A trained encoder of speech, called with audio."""

    network: SpeechEncoder
    variables: Tree = dataclasses.field(repr=False)
    """The collection `params`, float32."""
    normalize: bool
    """Bring each recording to zero mean and unit variance first."""
    labeled: bool
    """Whether it was trained with transcripts or other labels, not with audio alone."""
    name: str = ""
    fingerprint: str = ""
    """Short digest of all that decides what it makes of audio."""

    @property
    def rate(self) -> float:
        """Frames in a second."""
        return SAMPLE_RATE / self.network.hop

    def require_layer(self, layer: int) -> None:
        """Raises ValueError for a layer that there is not."""
        if not 0 <= layer <= self.network.layers:
            raise ValueError(
                f"layer must be from 0 to {self.network.layers}, the layers of {self.name}, "
                f"not {layer}"
            )

    def __call__(self, audio: Audio, *, layer: int) -> Frames:
        """Hidden states of a layer; `audio` is at 16 kHz, in about [-1, 1], of any length.

        Raises ValueError for a layer that there is not, and as `pieces` does.
        """
        return np.concatenate(list(self.pieces([audio], layer=layer)))

    def pieces(self, audio: Iterable[Audio], *, layer: int) -> Iterator[Frames]:
        """Yield the hidden states of one recording, in bounded memory.

        `audio` are its pieces, gone through twice. A recording beyond 30 seconds is seen in
        windows (`ganspeech.models.windows`), normalized by the mean and variance of all of it.
        Raises ValueError for one that is silent or too short for a frame.
        """
        self.require_layer(layer)
        scale = self._scale(audio)
        scaled = ((piece - scale.middle) / scale.spread for piece in audio)

        def frames(window: Audio) -> Frames:
            count = self.network.frames(len(window))
            whole = padded(np.asarray(window, np.float32), SAMPLE_RATE)
            lengths = jnp.array([len(window)])
            states = _hidden(self.network, self._placed, jnp.asarray(whole)[None], lengths, layer)
            return np.asarray(states[0, :count])

        yield from in_windows(scaled, frames, rate=SAMPLE_RATE, hop=self.network.hop)

    def _scale(self, audio: Iterable[Audio]) -> Scale:
        samples, total, square, low, high = 0, 0.0, 0.0, math.inf, -math.inf
        for piece in audio:
            samples += len(piece)
            total += piece.sum(dtype=np.float64)
            square += float(np.sum(piece.astype(np.float64) ** 2))
            low, high = min(low, piece.min()), max(high, piece.max())
        if samples < self.network.span:
            raise ValueError(
                f"{samples} samples at {SAMPLE_RATE} Hz are too short: a frame takes "
                f"{self.network.span}"
            )
        if low == high:
            raise ValueError(f"it is silent: all of its {samples} samples are {low:g}")
        if not self.normalize:
            return Scale(0.0, 1.0)
        mean = total / samples
        return Scale(mean, math.sqrt(max(square / samples - mean**2, 0) + LEAST_VARIANCE))

    @functools.cached_property
    def _placed(self) -> Tree:
        return jax.device_put(self.variables)


@functools.partial(jax.jit, static_argnums=(0, 4))
def _hidden(
    network: SpeechEncoder, variables: Tree, audio: jax.Array, lengths: jax.Array, layer: int
):
    return network.apply(variables, audio, lengths, layer)

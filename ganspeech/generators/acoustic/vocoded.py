"""Speech of a network that makes mels, by a vocoder: one network for a voice to call."""

from typing import ClassVar

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.vits.durations import Rounding
from ganspeech.generators.vits.network import Lengths, Speakers, Tokens
from ganspeech.generators.vits.parts import Encoded
from ganspeech.nn.masked import masked, valid_places

TAIL = 32
"""Silent frames behind an utterance, so that it ends alike whatever its padding: about as many as
a vocoder's convolutions reach."""


class Vocoded(nn.Module):
    """A `FastSpeech` and the vocoder of its mels; a voice calls it like a `VITS`."""

    acoustic: FastSpeech
    """Network that makes mels from text."""
    vocoder: nn.Module
    """Generator of audio from them."""

    rounding: ClassVar[Rounding] = "carried"
    stochastic: ClassVar[bool] = False

    @property
    def latent(self) -> int:
        """Channels of what each frame is decoded from."""
        return self.acoustic.latent

    @property
    def speaker_width(self) -> int:
        """Width of the speaker embedding; 0: a single speaker."""
        return self.acoustic.speaker_width

    def encode(
        self, tokens: Tokens, lengths: Lengths, speakers: Speakers | None, symbols: int
    ) -> Encoded:
        """What each of `lengths` valid tokens of each text is decoded from, by its `mean`."""
        return self.acoustic.encode(tokens, lengths, speakers, symbols)

    def durations(
        self,
        hidden: Float[Array, "batch tokens width"],
        lengths: Lengths,
        speakers: Speakers | None,
        noise: Float[Array, "batch tokens 2"],
    ) -> Float[Array, "batch tokens"]:
        """Logarithm of each token's frames, float32; `noise` is ignored."""
        return self.acoustic.durations(hidden, lengths, speakers, noise)

    def decode_drawn(
        self,
        drawn: Float[Array, "batch frames width"],
        lengths: Lengths,
        speakers: Speakers | None,
        spec: AudioSpec,
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, silent beyond `lengths` frames."""
        mels = self.acoustic.decode_mels(drawn, lengths, spec)
        mels = jnp.pad(mels, ((0, 0), (0, TAIL), (0, 0)), constant_values=spec.silence)
        audio = self.vocoder(mels, spec)[:, : drawn.shape[1] * spec.hop_length]
        return masked(audio, valid_places(lengths * spec.hop_length, audio.shape[1]))

"""Mels from text in one pass, for a vocoder to speak: FastSpeech 2 with GANSpeech's game.

After Ren et al. 2021 (https://arxiv.org/abs/2006.04558) a text encoder's tokens are repeated for
their durations and decoded to log-mels. As in GANSpeech (Yang et al. 2021,
https://arxiv.org/abs/2106.15153) discriminators see the mels. Prosody needs no pitch tracker: a
reference encoder sums up what the recording does with each token in a few numbers, which the
decoder is told, and which a predictor learns from the text, as in AdaSpeech (Chen et al. 2021,
https://arxiv.org/abs/2103.00993).
"""

from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int

from ganspeech.audio import AudioSpec
from ganspeech.audio.phases.griffin_lim import griffin_lim, magnitude_from_log_mel
from ganspeech.generators.acoustic.layers import TYPICAL, Convolutions, MelDecoder
from ganspeech.generators.vits.alignment import expand_to_frames, path_of
from ganspeech.generators.vits.draws import draw
from ganspeech.generators.vits.durations import DeterministicDurations, Rounding
from ganspeech.generators.vits.encoders import TextEncoder
from ganspeech.generators.vits.network import Lengths, Speakers, Tokens
from ganspeech.generators.vits.parts import Encoded
from ganspeech.generators.vits.sizes import require_encoder, require_speakers
from ganspeech.nn.dense import Dense, add_to_all_times
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import masked, valid_places

COUNTS = (
    "width",
    "hidden",
    "heads",
    "layers",
    "kernel",
    "prosody",
    "predictor_width",
    "decoder_width",
    "blocks",
    "mels",
)
"""Fields that must be at least 1."""
SHARES = ("dropout", "predictor_dropout")
"""Fields that must be from 0 to below 1."""
CERTAIN = -100.0
"""Log standard deviation of what is not drawn."""


class TaughtMels(NamedTuple):
    """Output of training on recordings and their texts, as the losses need it; float32."""

    log_mel: Float[Array, "batch frames mels"]
    """Mels of the recordings, made from their texts, durations and prosody."""
    starts: Int[Array, " batch"]
    """First frame of the segment of each that discriminators see."""
    prosody_loss: Float[Array, " batch"]
    """Squared errors of each utterance's predicted prosody, summed over its tokens."""
    duration_loss: Float[Array, " batch"]
    """Loss of the durations of each utterance, summed over its tokens."""
    path: Float[Array, "batch tokens frames"]
    """Alignment of frames to tokens: one 1 in each valid frame."""


class FastSpeech(nn.Module):
    """Text to log-mels; 4.5 M parameters, 4.3 M of them to speak with.

    It speaks by Griffin-Lim, and inside of a `Vocoded` by a vocoder. A voice calls both like a
    `VITS`; `speakers` are one-hot vectors, or blends of them, if and only if `speaker_width` is not
    0. It draws nothing: noise changes nothing.
    """

    width: int = 160
    """Channels between the layers of the text encoder."""
    hidden: int = 384
    """Channels inside its feed-forward layers."""
    heads: int = 2
    """Heads of its attention."""
    layers: int = 4
    """Its layers."""
    kernel: int = 3
    """Taps of its feed-forward layers."""
    window: int = 4
    """Tokens on either side that have a distance embedding."""
    dropout: float = 0.1
    """Dropout rate of the text encoder."""
    prosody: int = 4
    """Numbers that sum up how a token is said."""
    predictor_width: int = 192
    """Channels of the predictors of prosody and durations."""
    predictor_dropout: float = 0.3
    """Their dropout rate."""
    decoder_width: int = 192
    """Channels of the decoder."""
    blocks: int = 8
    """ConvNeXt blocks of the decoder."""
    mels: int = 80
    """Bands of the spec."""
    speaker_width: int = 0
    """Width of the speaker embedding; 0: a single speaker."""

    rounding: ClassVar[Rounding] = "carried"
    stochastic: ClassVar[bool] = False

    @property
    def latent(self) -> int:
        """Channels of what each frame is decoded from."""
        return self.width

    def setup(self):
        """Create the parts; raises `ValueError`, naming the field of an impossible size."""
        require_encoder(self, COUNTS, SHARES)
        self.text_encoder = TextEncoder(
            self.width,
            self.hidden,
            self.heads,
            self.layers,
            self.kernel,
            self.window,
            self.dropout,
            latent=0,
        )
        self.reference_encoder = Convolutions(self.predictor_width, 3, self.prosody)
        self.prosody_predictor = Convolutions(
            self.predictor_width, 5, self.prosody, self.predictor_dropout
        )
        self.prosody_embedding = Dense(self.width)
        self.duration_predictor = DeterministicDurations(
            self.predictor_width, 3, self.predictor_dropout, of_mean=True
        )
        self.decoder = MelDecoder(self.decoder_width, self.blocks, self.mels)
        self.speaker_embedding = Dense(self.speaker_width, stddev=1.0, bias=False)
        # At first all speakers are the one of a voice that training may start from.
        self.speaker_projection = Dense(self.width, stddev=0.0, bias=False)

    def encode(
        self, tokens: Tokens, lengths: Lengths, speakers: Speakers | None, symbols: int
    ) -> Encoded:
        """What each of `lengths` valid tokens of each text is decoded from, by its `mean`.

        Tokens are below `symbols` (static).
        """
        valid = valid_places(lengths, tokens.shape[1])
        hidden = self._hidden(tokens, lengths, speakers, symbols)
        told = self._told(hidden, jnp.tanh(self.prosody_predictor(hidden, valid)), valid)
        return Encoded(hidden, told, jnp.full_like(told, CERTAIN))

    def durations(
        self,
        hidden: Float[Array, "batch tokens width"],
        lengths: Lengths,
        speakers: Speakers | None,
        noise: Float[Array, "batch tokens 2"],
    ) -> Float[Array, "batch tokens"]:
        """Logarithm of each token's frames, float32; `noise` is ignored.

        `hidden` is that of the `speakers`.
        """
        valid = valid_places(lengths, hidden.shape[1])
        return self.duration_predictor(hidden, valid, None, noise)

    def decode_mels(
        self, drawn: Float[Array, "batch frames width"], lengths: Lengths, spec: AudioSpec
    ) -> Float[Array, "batch frames mels"]:
        """Log-mels of tokens repeated for their durations; silent beyond `lengths` frames."""
        spec.require_bands(self.mels)
        valid = valid_places(lengths, drawn.shape[1])
        return masked(self.decoder(drawn, valid) - spec.silence, valid) + spec.silence

    def decode_drawn(
        self,
        drawn: Float[Array, "batch frames width"],
        lengths: Lengths,
        speakers: Speakers | None,
        spec: AudioSpec,
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples by Griffin-Lim, silent beyond `lengths`."""
        magnitude = magnitude_from_log_mel(self.decode_mels(drawn, lengths, spec), spec)
        audio = griffin_lim(magnitude, spec, length=drawn.shape[1] * spec.hop_length)
        return masked(audio, valid_places(lengths * spec.hop_length, audio.shape[1]))

    def __call__(
        self,
        tokens: Tokens,
        lengths: Lengths,
        log_mel: Float[Array, "batch frames mels"],
        frame_lengths: Lengths,
        speakers: Speakers | None,
        symbols: int,
        spec: AudioSpec,
        segment: int,
        ends: Float[Array, "batch tokens"],
    ) -> TaughtMels:
        """Make the mels of recordings anew from their texts, for training.

        `log_mel` are those of recordings, of which `frame_lengths` frames are valid; tokens end at
        `ends`, in frames. `symbols`, `spec` and `segment` are static. Without the stream `draws`
        segments start with the recording. Raises `ValueError` for a `spec` of another number of
        bands than `mels`.
        """
        spec.require_bands(self.mels)
        token_valid = valid_places(lengths, tokens.shape[1])
        valid = valid_places(frame_lengths, log_mel.shape[1])
        hidden = self._hidden(tokens, lengths, speakers, symbols)
        path = path_of(ends, lengths, frame_lengths, log_mel.shape[1])
        frames = jnp.sum(path, axis=2)
        duration_loss = self.duration_predictor.loss(
            hidden, token_valid, None, frames, jnp.zeros((*tokens.shape, 2))
        )
        described = self.reference_encoder(log_mel - TYPICAL, valid)
        summed = jnp.einsum("bnt,btp->bnp", path, described)
        heard = jnp.tanh(summed / jnp.maximum(frames, 1)[..., None])
        predicted = jnp.tanh(self.prosody_predictor(hidden, token_valid))
        error = jnp.square(predicted - jax.lax.stop_gradient(heard)).sum(axis=2)
        told = expand_to_frames(path, self._told(hidden, heard, token_valid))
        key = self.make_rng(STREAM) if self.has_rng(STREAM) else None
        *_, starts = draw(key, (len(tokens), 1, 1), 1, frame_lengths, segment)
        return TaughtMels(
            log_mel=self.decode_mels(told, frame_lengths, spec),
            starts=starts,
            prosody_loss=masked(error, token_valid).sum(axis=1),
            duration_loss=duration_loss,
            path=path,
        )

    def _hidden(
        self, tokens: Tokens, lengths: Lengths, speakers: Speakers | None, symbols: int
    ) -> Float[Array, "batch tokens width"]:
        """Tokens in their context, and who says them."""
        require_speakers(self.speaker_width, speakers)
        hidden = self.text_encoder(tokens, lengths, symbols).hidden
        if speakers is None:
            return hidden
        speaker = self.speaker_projection(self.speaker_embedding(speakers))
        return masked(
            add_to_all_times(hidden, speaker[:, None]), valid_places(lengths, tokens.shape[1])
        )

    def _told(
        self,
        hidden: Float[Array, "batch tokens width"],
        prosody: Float[Array, "batch tokens prosody"],
        valid: Bool[Array, "batch tokens"],
    ) -> Float[Array, "batch tokens width"]:
        """What the decoder is told of each token: its context, and how it is said."""
        return masked((hidden + self.prosody_embedding(prosody)).astype(jnp.float32), valid)

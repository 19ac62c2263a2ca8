"""VITS: speech from text, end to end (Kim et al. 2021).

"Conditional variational autoencoder with adversarial learning for end-to-end text-to-speech": a
posterior encoder maps a recording to latent frames, from which a vocoder reconstructs it; a text
encoder gives the latent frames' prior, which a normalizing flow refines; monotonic alignment search
assigns frames to tokens, and a duration predictor learns the durations.
"""

import dataclasses
import math

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Float, Int

from ganspeech.audio.spec import AudioSpec
from ganspeech.generators.hifigan import HIFIGAN_V1, HIFIGAN_V3
from ganspeech.generators.istftnet import ISTFTNet
from ganspeech.generators.primed_decoder import PrimedDecoder
from ganspeech.generators.vits import durations as predictors
from ganspeech.generators.vits.alignment import align, expand_to_frames, spread
from ganspeech.generators.vits.draws import draw
from ganspeech.generators.vits.encoders import PosteriorEncoder, TextEncoder
from ganspeech.generators.vits.parts import Encoded, Taught
from ganspeech.generators.vits.sizes import require_sizes, require_speakers
from ganspeech.nn.dense import Dense
from ganspeech.nn.draws import STREAM
from ganspeech.nn.flows.coupling import CouplingFlow
from ganspeech.nn.masked import masked, valid_places

NOISE_SCALE, DURATION_NOISE = 0.667, 0.8
"""Standard deviations of the noise of latent frames and durations, as in the paper."""

Tokens = Int[Array, "batch tokens"]
Lengths = Int[Array, " batch"]
Speakers = Float[Array, "batch speakers"]


class VITS(nn.Module):
    """The whole network; the defaults are the paper's, of one speaker.

    Synthesis takes `encode`, `durations` and `decode`; calling the module is training. Speakers are
    one-hot vectors, if and only if `speaker_width` is not 0. Padding beyond an end changes nothing
    before it, except the last half window of a decoder that ends in an inverse STFT.
    """

    width: int = 192
    """Channels between layers, of all parts but the decoder."""
    hidden: int = 768
    """Channels inside the text encoder's feed-forward layers."""
    heads: int = 2
    """Heads of the text encoder's attention."""
    layers: int = 6
    """Layers of the text encoder."""
    kernel: int = 3
    """Taps of the text encoder's feed-forward layers."""
    window: int = 4
    """Tokens on either side that have a distance embedding."""
    dropout: float = 0.1
    """Dropout rate of the text encoder."""
    latent: int = 192
    """Channels of a latent frame; even."""
    flows: int = 4
    """Couplings of the flow between the posterior's latent and the prior's."""
    flow_layers: int = 4
    """WaveNet layers per coupling."""
    flow_kernel: int = 5
    """Taps of the couplings' WaveNet layers."""
    posterior_layers: int = 16
    """WaveNet layers of the posterior encoder."""
    posterior_kernel: int = 5
    """Taps of the posterior encoder's layers."""
    dilation_rate: int = 1
    """Ratio of a WaveNet layer's dilation to that of the layer before, in flow and posterior."""
    stochastic: bool = True
    """Whether durations are drawn from a flow, as in the paper, or predicted."""
    duration_width: int = 256
    """Channels of the deterministic duration predictor; the stochastic one has `width`."""
    duration_kernel: int = 3
    """Taps of the duration predictor's convolutions."""
    duration_flows: int = 4
    """Spline couplings of the stochastic predictor, and as many again of its posterior."""
    duration_layers: int = 3
    """Dilated layers of each of the stochastic predictor's stacks of convolutions."""
    duration_bins: int = 10
    """Pieces of each spline."""
    duration_bound: float = 5.0
    """End of the splines, on either side of zero."""
    duration_dropout: float = 0.5
    """Dropout rate of the duration predictor."""
    round_up: bool = True
    """Whether durations are rounded up to whole frames, as in the paper, or to the nearest.

    The stochastic predictor learns what remains after a fraction is subtracted, so that rounding up
    is right. The deterministic one learns the mean of logarithms, which is too short, of whole
    durations, which rounding up makes too long; to the nearest, it learns their mean."""
    speaker_width: int = 0
    """Width of the speaker embedding; 0: a single speaker."""
    decoder: nn.Module = HIFIGAN_V1
    """Decoder of latent frames to audio: a HiFiGAN, an ISTFTNet or a PrimedDecoder."""

    @property
    def rounding(self) -> predictors.Rounding:
        """How fractions of frames become whole ones."""
        return "up" if self.round_up else "nearest"

    def setup(self):
        """Create the parts; raises `ValueError`, naming the field of an impossible size."""
        require_sizes(self)
        self.text_encoder = TextEncoder(
            self.width,
            self.hidden,
            self.heads,
            self.layers,
            self.kernel,
            self.window,
            self.dropout,
            self.latent,
        )
        self.posterior_encoder = PosteriorEncoder(
            self.width,
            self.posterior_layers,
            self.posterior_kernel,
            self.dilation_rate,
            self.latent,
        )
        self.flow = CouplingFlow(
            self.width, self.flows, self.flow_layers, self.flow_kernel, self.dilation_rate
        )
        self.duration_predictor: predictors.StochasticDurations | predictors.DeterministicDurations
        if self.stochastic:
            self.duration_predictor = predictors.StochasticDurations(
                self.width,
                self.duration_kernel,
                self.duration_flows,
                self.duration_layers,
                self.duration_bins,
                self.duration_bound,
                self.duration_dropout,
            )
        else:
            self.duration_predictor = predictors.DeterministicDurations(
                self.duration_width,
                self.duration_kernel,
                self.duration_dropout,
                of_mean=not self.round_up,
            )
        self.speaker_embedding = Dense(self.speaker_width, stddev=1.0, bias=False)

    def encode(
        self, tokens: Tokens, lengths: Lengths, speakers: Speakers | None, symbols: int
    ) -> Encoded:
        """Prior of `lengths` valid tokens of each text, all below `symbols` (static).

        The text encoder is the same for all `speakers`.
        """
        return self.text_encoder(tokens, lengths, symbols)

    def durations(
        self,
        hidden: Float[Array, "batch tokens width"],
        lengths: Lengths,
        speakers: Speakers | None,
        noise: Float[Array, "batch tokens 2"],
    ) -> Float[Array, "batch tokens"]:
        """Logarithm of each token's frames, float32; `frames_of` makes whole ones.

        `noise` is normal (of deviation 0.8 in the paper); a deterministic predictor ignores it.
        """
        valid = valid_places(lengths, hidden.shape[1])
        return self.duration_predictor(hidden, valid, self._speaker(speakers), noise)

    def decode(
        self,
        mean: Float[Array, "batch tokens latent"],
        log_std: Float[Array, "batch tokens latent"],
        frames: Int[Array, "batch tokens"],
        speakers: Speakers | None,
        noise: Float[Array, "batch total_frames latent"],
        spec: AudioSpec,
    ) -> Float[Array, "batch samples"]:
        """Audio of `total_frames * spec.hop_length` samples, float32.

        Each token of the prior from `encode` lasts as many `frames` as given; the rest of
        `total_frames` is silent, and frames beyond are cut. `noise` is normal (of deviation 0.667
        in the paper).
        """
        total = noise.shape[1]
        lengths = jnp.minimum(jnp.sum(frames, axis=1), total)
        drawn = spread(mean, frames, total)
        drawn = drawn + noise * jnp.exp(spread(log_std, frames, total))
        return self.decode_drawn(drawn, lengths, speakers, spec)

    def decode_drawn(
        self,
        drawn: Float[Array, "batch total_frames latent"],
        lengths: Lengths,
        speakers: Speakers | None,
        spec: AudioSpec,
    ) -> Float[Array, "batch samples"]:
        """Audio of frames drawn from the prior, the first `lengths` of which are valid."""
        speaker = self._speaker(speakers)
        valid = valid_places(lengths, drawn.shape[1])
        latent = self.flow(drawn, valid, speaker, inverse=True)
        audio = self.decoder(latent, self._latent_spec(spec), speaker, lengths)
        return masked(audio, valid_places(lengths * spec.hop_length, audio.shape[1]))

    def __call__(
        self,
        tokens: Tokens,
        lengths: Lengths,
        linear: Float[Array, "batch frames bins"],
        frame_lengths: Lengths,
        speakers: Speakers | None,
        symbols: int,
        spec: AudioSpec,
        segment: int,
        ends: Float[Array, "batch tokens"] | None = None,
    ) -> Taught:
        """Reconstruct recordings and align them with their texts, for training.

        `linear` are magnitudes of their STFT, of which `frame_lengths` frames are valid. The
        decoder gets a random segment of `segment` frames of each. `ends` of tokens, in frames, are
        their alignment where they are known. `symbols`, `spec` and `segment`
        are static. Without the stream `draws` every draw is its mean, and segments start with the
        recording.
        """
        if segment > linear.shape[1]:
            raise ValueError(
                f"segments of {segment} frames do not fit into recordings of {linear.shape[1]}"
            )
        speaker = self._speaker(speakers)
        token_valid = valid_places(lengths, tokens.shape[1])
        valid = valid_places(frame_lengths, linear.shape[1])
        key = self.make_rng(STREAM) if self.has_rng(STREAM) else None
        shape = (len(linear), linear.shape[1], self.latent)
        noise, duration_noise, starts = draw(key, shape, tokens.shape[1], frame_lengths, segment)

        encoded = self.text_encoder(tokens, lengths, symbols)
        posterior_mean, posterior_log_std = self.posterior_encoder(linear, valid, speaker)
        latent = masked(posterior_mean + noise * jnp.exp(posterior_log_std), valid)
        prior_latent = self.flow(latent, valid, speaker)
        path = align(encoded, prior_latent, lengths, frame_lengths, ends)
        duration_loss = self.duration_predictor.loss(
            encoded.hidden, token_valid, speaker, jnp.sum(path, axis=2), duration_noise
        )

        def cut(frames: Array, start: Array) -> Array:
            return lax.dynamic_slice_in_dim(frames, start, segment)

        audio = self.decoder(jax.vmap(cut)(latent, starts), self._latent_spec(spec), speaker)
        return Taught(
            audio=audio,
            starts=starts,
            prior_latent=prior_latent,
            mean=expand_to_frames(path, encoded.mean),
            log_std=expand_to_frames(path, encoded.log_std),
            posterior_log_std=posterior_log_std,
            duration_loss=duration_loss,
            path=path,
        )

    def _speaker(self, speakers: Speakers | None) -> Float[Array, "batch speaker_width"] | None:
        """Embedding of a speaker for all parts but the text encoder."""
        require_speakers(self.speaker_width, speakers)
        return None if speakers is None else self.speaker_embedding(speakers)

    def _latent_spec(self, spec: AudioSpec) -> AudioSpec:
        """Spec of features that are latent frames."""
        return dataclasses.replace(spec, n_mels=self.latent)


VITS_PAPER = VITS()
"""36.3 million parameters, for a hop of 256 samples; also the size of MMS-TTS."""
VITS_MEDIUM = VITS(decoder=HIFIGAN_V3)
"""The size of Piper's voices of medium quality, which are also those of low quality."""
VITS_ISTFT = VITS(decoder=ISTFTNet(phase_limit=math.pi))
"""The paper's size but for its decoder, that of iSTFT-VITS (Kawamura et al. 2023)."""
VITS_SMALL = VITS(
    width=160,
    hidden=384,
    layers=3,
    latent=128,
    flows=3,
    flow_layers=2,
    flow_kernel=3,
    posterior_layers=8,
    stochastic=False,
    duration_width=192,
    round_up=False,
    decoder=PrimedDecoder(),
)
"""A voice that a CPU can train, with a phase-primed decoder; 5.6 million parameters to speak."""

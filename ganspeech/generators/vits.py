"""VITS: speech from text, end to end (Kim et al. 2021).

"Conditional variational autoencoder with adversarial learning for end-to-end text-to-speech": a
posterior encoder hears a recording as latent frames, from which a vocoder makes the recording
again; a text encoder gives the latent frames' prior, which a normalising flow makes rich; monotonic
alignment search finds which frame belongs to which token, and a duration predictor learns it.
"""

from flax import linen as nn
from jaxtyping import Array, Float, Int

from ganspeech.audio.spec import AudioSpec
from ganspeech.generators.hifigan import HIFIGAN_V1, HiFiGAN
from ganspeech.generators.istftnet import ISTFTNet
from ganspeech.generators.vits_parts import Encoded, Taught

Tokens = Int[Array, "batch tokens"]
Lengths = Int[Array, " batch"]
Speakers = Float[Array, "batch speakers"]


class VITS(nn.Module):
    """The whole network; the defaults are the paper's, of one speaker.

    Speaking takes :meth:`encode`, :meth:`durations` and :meth:`decode`, and nothing of the
    posterior encoder; calling the module is training. Speakers are one-hot vectors, to be given if
    and only if ``speaker_width`` is not 0. What lies beyond a text's or a recording's end changes
    nothing before it.
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
    """Taps of its feed-forward layers."""
    window: int = 4
    """Tokens to either side whose distance attention knows."""
    dropout: float = 0.1
    """Share of the text encoder's values that is dropped while training."""
    latent: int = 192
    """Numbers in a latent frame; even."""
    flows: int = 4
    """Couplings of the flow between the posterior's latent and the prior's."""
    flow_layers: int = 4
    """WaveNet layers of each."""
    flow_kernel: int = 5
    """Taps of these."""
    posterior_layers: int = 16
    """WaveNet layers of the posterior encoder."""
    posterior_kernel: int = 5
    """Taps of these."""
    dilation_rate: int = 1
    """Dilation of a WaveNet layer over that of the one before, of the flow and the posterior."""
    stochastic: bool = True
    """Whether durations are drawn from a flow, as in the paper, or predicted."""
    duration_width: int = 256
    """Channels of the deterministic duration predictor; the stochastic one has ``width``."""
    duration_kernel: int = 3
    """Taps of the duration predictor's convolutions."""
    duration_flows: int = 4
    """Spline couplings of the stochastic one, and as many again of its posterior."""
    duration_layers: int = 3
    """Dilated layers of each of its convolutional stacks."""
    duration_bins: int = 10
    """Pieces of each spline."""
    duration_bound: float = 5.0
    """Where the splines end, on either side of zero."""
    duration_dropout: float = 0.5
    """Share of the duration predictor's values that is dropped while training."""
    speaker_width: int = 0
    """Numbers by which all parts know a speaker; 0: there is only one."""
    decoder: HiFiGAN | ISTFTNet = HIFIGAN_V1
    """What makes audio of latent frames."""

    def encode(
        self, tokens: Tokens, lengths: Lengths, speakers: Speakers | None, symbols: int
    ) -> Encoded:
        """The prior of ``lengths`` valid tokens of each text, numbers below ``symbols`` (static).

        The text encoder is the same for all ``speakers``.
        """
        raise NotImplementedError

    def durations(
        self,
        hidden: Float[Array, "batch tokens width"],
        lengths: Lengths,
        speakers: Speakers | None,
        noise: Float[Array, "batch tokens 2"],
    ) -> Float[Array, "batch tokens"]:
        """The logarithm of each token's frames, float32; :func:`frames_of` makes whole ones.

        ``noise`` is normal, of the deviation that is wanted (the paper speaks with 0.8); a
        deterministic predictor does without.
        """
        raise NotImplementedError

    def decode(
        self,
        mean: Float[Array, "batch tokens latent"],
        log_std: Float[Array, "batch tokens latent"],
        frames: Int[Array, "batch tokens"],
        speakers: Speakers | None,
        noise: Float[Array, "batch total_frames latent"],
        spec: AudioSpec,
    ) -> Float[Array, "batch samples"]:
        """Audio of ``total_frames * spec.hop_length`` samples, float32.

        Each token of :meth:`encode`'s prior lasts as many of the ``frames`` as given; what they
        leave of ``total_frames`` is silent, what goes beyond is cut. ``noise`` is normal, of the
        deviation that is wanted (the paper speaks with 0.667), for each latent number of a frame.
        """
        raise NotImplementedError

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
    ) -> Taught:
        """Hear recordings, and explain what was heard by their texts.

        ``linear`` are magnitudes of their STFT, of which ``frame_lengths`` frames are valid. The
        decoder hears ``segment`` frames of each, beginning where it may. ``symbols``, ``spec`` and
        ``segment`` are static. Without the stream ``draws`` every draw is its mean, and segments
        begin with the recording.
        """
        raise NotImplementedError

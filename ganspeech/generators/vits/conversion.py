"""Voice conversion by VITS (Kim et al. 2021): the same speech by another of its speakers."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ganspeech.audio.spec import AudioSpec
from ganspeech.generators.vits.network import VITS, Lengths, Speakers
from ganspeech.nn.masked import masked, valid_places


def convert(
    network: VITS,
    linear: Float[Array, "batch frames bins"],
    lengths: Lengths,
    source: Speakers,
    target: Speakers,
    noise: Float[Array, "batch frames latent"],
    spec: AudioSpec,
) -> Float[Array, "batch samples"]:
    """Audio of recordings by `source` as `target` would say them: `frames * spec.hop_length`.

    A method for `network.apply`. The posterior encoder and the flow, told who speaks, map a
    recording to latent frames of the prior, which knows no speaker; the flow back and the decoder
    are told another one. `linear` are magnitudes of the STFT, of which `lengths` frames are valid;
    the rest is silent. `source` and `target` are weights of speakers that sum to 1. Normal `noise`
    of deviation 1 is a draw of the posterior, zeros are its mean.
    """
    ours = network.speaker_embedding(source)
    valid = valid_places(lengths, linear.shape[1])
    mean, log_std = network.posterior_encoder(linear, valid, ours)
    latent = masked(mean + noise * jnp.exp(log_std), valid)
    return network.decode_drawn(network.flow(latent, valid, ours), lengths, target, spec)

"""Values that the parts of VITS hand to each other and to training (Kim et al. 2021)."""

from typing import NamedTuple

from jaxtyping import Array, Float, Int


class Encoded(NamedTuple):
    """A text as the prior of its sound; zeros beyond its end."""

    hidden: Float[Array, "batch tokens width"]
    """The encoder's last layer, from which durations are predicted."""
    mean: Float[Array, "batch tokens latent"]
    """Mean of the normal distribution that each frame of a token is drawn from; float32."""
    log_std: Float[Array, "batch tokens latent"]
    """The logarithm of its deviation; float32."""


class Taught(NamedTuple):
    """Output of training on recordings and their texts, with all that the losses need; float32.

    Frames beyond a recording's end are zeros, in which no loss is taken.
    """

    audio: Float[Array, "batch samples"]
    """A segment of each recording, decoded from its own latent: `segment * spec.hop_length`."""
    starts: Int[Array, " batch"]
    """The frame with which each segment begins."""
    prior_latent: Float[Array, "batch frames latent"]
    """The posterior's sample, sent through the flow: what the prior has to explain."""
    mean: Float[Array, "batch frames latent"]
    """The prior's mean of each frame, that of the token it is aligned to."""
    log_std: Float[Array, "batch frames latent"]
    """The logarithm of the prior's deviation, alike."""
    posterior_log_std: Float[Array, "batch frames latent"]
    """The logarithm of the posterior's deviation."""
    duration_loss: Float[Array, " batch"]
    """Loss of each utterance, summed over its tokens: a bound on the negative log-likelihood of its
    durations (stochastic), or their squared errors in the logarithm (deterministic)."""
    path: Float[Array, "batch tokens frames"]
    """Alignment of frames to tokens: one 1 in each valid frame; no gradient."""

"""Values that the parts of VITS pass to each other and to training (Kim et al. 2021)."""

from typing import NamedTuple

from jaxtyping import Array, Float, Int


class Encoded(NamedTuple):
    """A text as the prior of its sound; zeros beyond its end."""

    hidden: Float[Array, "batch tokens width"]
    """Last layer of the encoder, from which durations are predicted."""
    mean: Float[Array, "batch tokens latent"]
    """Mean of the normal distribution that each frame of a token is drawn from; float32."""
    log_std: Float[Array, "batch tokens latent"]
    """Log standard deviation of that distribution; float32."""


class Taught(NamedTuple):
    """Output of training on recordings and their texts, as the losses need it; float32.

    Frames beyond a recording's end are zeros, in which no loss is taken.
    """

    audio: Float[Array, "batch samples"]
    """A segment of each recording, decoded from its own latent: `segment * spec.hop_length`."""
    starts: Int[Array, " batch"]
    """First frame of each segment."""
    prior_latent: Float[Array, "batch frames latent"]
    """Sample of the posterior, mapped by the flow to the space of the prior."""
    mean: Float[Array, "batch frames latent"]
    """Mean of the prior of each frame, that of the token it is aligned to."""
    log_std: Float[Array, "batch frames latent"]
    """Log standard deviation of the prior of each frame, likewise."""
    posterior_log_std: Float[Array, "batch frames latent"]
    """Log standard deviation of the posterior."""
    duration_loss: Float[Array, " batch"]
    """Loss of each utterance, summed over its tokens: a bound on the negative log-likelihood of its
    durations (stochastic), or their squared errors in the logarithm (deterministic)."""
    path: Float[Array, "batch tokens frames"]
    """Alignment of frames to tokens: one 1 in each valid frame; no gradient."""

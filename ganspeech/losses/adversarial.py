"""Objectives of the adversarial game, each a pair of losses on one array of logits.

A logit is a discriminator's score before any squashing, higher for what looks real. Logits may have
any shape; every loss is a mean over all of them, in float32.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Logits = Float[Array, "..."]
Scalar = Float[Array, ""]


@dataclass(frozen=True)
class Minimax:
    """The zero-sum game of Goodfellow et al. (2014), with `D = sigmoid(logit)`.

    The generator's loss is the mean of `log(1 - D(fake))`, whose gradient vanishes while the
    discriminator wins; `NonSaturating` is the usual cure.
    """

    def boundary(self) -> float:
        """Logit at which real and fake are equally likely."""
        return 0.0

    def discriminator_loss(self, real: Logits, fake: Logits) -> Scalar:
        """Cross-entropy of real against fake."""
        return _mean(jax.nn.softplus, -real) + _mean(jax.nn.softplus, fake)

    def generator_loss(self, fake: Logits) -> Scalar:
        """Mean of `log(1 - D(fake))`, at most zero."""
        return -_mean(jax.nn.softplus, fake)


@dataclass(frozen=True)
class NonSaturating:
    """The same discriminator, but the generator maximizes `log D(fake)` (Goodfellow 2014)."""

    def boundary(self) -> float:
        """Logit at which real and fake are equally likely."""
        return 0.0

    def discriminator_loss(self, real: Logits, fake: Logits) -> Scalar:
        """Cross-entropy of real against fake."""
        return Minimax().discriminator_loss(real, fake)

    def generator_loss(self, fake: Logits) -> Scalar:
        """Mean of `-log D(fake)`."""
        return _mean(jax.nn.softplus, -fake)


@dataclass(frozen=True)
class LeastSquares:
    """Squared distance to 1 for real and to 0 for fake (Mao et al. 2017); HiFi-GAN's choice."""

    def boundary(self) -> float:
        """Logit at which real and fake are equally likely."""
        return 0.5

    def discriminator_loss(self, real: Logits, fake: Logits) -> Scalar:
        """Pull real logits to 1 and fake ones to 0."""
        return _mean(jnp.square, real - 1) + _mean(jnp.square, fake)

    def generator_loss(self, fake: Logits) -> Scalar:
        """Pull fake logits to 1."""
        return _mean(jnp.square, fake - 1)


@dataclass(frozen=True)
class Hinge:
    """Margins of 1 on either side of zero (Lim and Ye 2017); MelGAN's and Vocos's choice."""

    def boundary(self) -> float:
        """Logit at which real and fake are equally likely."""
        return 0.0

    def discriminator_loss(self, real: Logits, fake: Logits) -> Scalar:
        """Distance of real logits below 1, and of fake ones above -1."""
        return _mean(jax.nn.relu, 1 - real) + _mean(jax.nn.relu, 1 + fake)

    def generator_loss(self, fake: Logits) -> Scalar:
        """Push fake logits up without bound."""
        return -_mean(_same, fake)


@dataclass(frozen=True)
class Wasserstein:
    """Difference of mean scores under a Lipschitz critic (Arjovsky 2017; Gulrajani et al. 2017)."""

    gradient_penalty: float = 10.0
    """Weight of `ganspeech.losses.penalties.gradient_penalty` in the critic's loss."""

    def boundary(self) -> float | None:
        """None: scores have no zero."""
        return None

    def discriminator_loss(self, real: Logits, fake: Logits) -> Scalar:
        """Push fake scores down and real ones up; the update adds the penalty."""
        return _mean(_same, fake) - _mean(_same, real)

    def generator_loss(self, fake: Logits) -> Scalar:
        """Push fake scores up."""
        return -_mean(_same, fake)


def _same(x: Array) -> Array:
    return x


def _mean(function, logits: Array) -> Scalar:
    return jnp.mean(function(logits.astype(jnp.float32)))

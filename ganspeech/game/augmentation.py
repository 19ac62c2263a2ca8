"""Augmentation: random changes of the examples that discriminators see, and their frequency.

A discriminator with few examples memorizes them. Random changes to all examples, real and
generated, prevent that (Karras et al. 2020; Zhao et al. 2020). Their probability adapts to how
strongly the discriminator overfits the real examples.
"""

import dataclasses
from typing import Literal, get_args

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ganspeech.audio import spectrogram_augmentation, waveform_augmentation
from ganspeech.process.checks import require_least, require_share

Operation = Literal["shift", "gain", "polarity", "filter", "noise", "mask"]


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Random changes to all examples that discriminators see."""

    operations: tuple[Operation, ...] = ()
    """Changes, in this order; each is applied to each example independently. Spectrograms and
    pictures have no polarity."""
    probability: float = 0.0
    """Initial probability of each change, 0 to 1. Below 0.8 generators do not learn to produce the
    changes themselves."""
    target: float = 0.6
    """Target of adaptation, the mean sign of the logits at real examples: 0 without overfitting, 1
    when all of them are memorized."""
    adapt_over: int = 0
    """Real examples over which the probability may go from 0 to 1; 0: fixed probability. The paper
    uses 500,000."""

    def __post_init__(self):
        for name in self.operations:
            if name not in get_args(Operation):
                raise ValueError(
                    f"augmentation.operations has no {name!r}; it has "
                    f"{', '.join(get_args(Operation))}"
                )
        if len(set(self.operations)) < len(self.operations):
            raise ValueError(f"augmentation.operations repeats an operation: {self.operations}")
        require_share(self, "augmentation", "probability")
        if not -1 <= self.target <= 1:
            raise ValueError(f"augmentation.target must be -1 to 1, not {self.target}")
        require_least(self, "augmentation", 0, "adapt_over")

    @property
    def adaptive(self) -> bool:
        """Whether the probability changes during a run."""
        return self.adapt_over > 0

    def start(self) -> Float[Array, ""]:
        """The probability before the first update."""
        return jnp.asarray(self.probability, jnp.float32)

    def __call__(
        self,
        x: Float[Array, "batch ..."],
        keys: Key[Array, " batch"],
        probability: Float[Array, ""],
    ) -> Float[Array, "batch ..."]:
        """Changes waveforms `[batch, samples]` or pictures `[batch, time, bins, channels]`.

        Each example is changed by its own key alone, so real and generated examples, and any
        number of devices, may share a batch. Returns float32; with probability 0, or without
        operations, the input. Raises ValueError for other shapes and for polarity of pictures.
        """
        if not self.operations:
            return x
        changes = self._changes(x)

        def one(example: Array, key: Array) -> Array:
            for change, own in zip(changes, jax.random.split(key, len(changes)), strict=True):
                chance, draw = jax.random.split(own)
                chosen = jax.random.bernoulli(chance, probability)
                example = jnp.where(chosen, change(example, draw), example)
            return example

        return jax.vmap(one)(x.astype(jnp.float32), keys)

    def adapt(
        self, probability: Float[Array, ""], overfitting: Float[Array, ""], examples: int
    ) -> Float[Array, ""]:
        """The next probability, after a discriminator has seen `examples` real ones.

        `overfitting` is the mean sign of its logits at them: r_t of Karras et al. 2020. The
        probability rises above the target and falls below it, by `examples / adapt_over`.
        """
        if not self.adaptive:
            return probability
        step = jnp.sign(overfitting - self.target) * (examples / self.adapt_over)
        return jnp.clip(probability + step, 0.0, 1.0)

    def _changes(self, x: Array) -> list:
        if x.ndim == 2:
            return [waveform_augmentation.CHANGES[name] for name in self.operations]
        if x.ndim != 4:
            raise ValueError(
                f"augmentation takes waveforms [batch, samples] and pictures [batch, time, bins, "
                f"channels], not {list(x.shape)}"
            )
        if "polarity" in self.operations:
            raise ValueError(
                "augmentation.operations: polarity does not exist for spectrograms and pictures; "
                "leave it out"
            )
        return [spectrogram_augmentation.CHANGES[name] for name in self.operations]


NONE = Augmentation()

ADAPTIVE = Augmentation(operations=get_args(Operation), adapt_over=500_000)
"""All changes of waveforms, from none at the start (Karras et al. 2020)."""

ADAPTIVE_SPECTROGRAM = dataclasses.replace(
    ADAPTIVE, operations=("shift", "gain", "filter", "noise", "mask")
)

DIFF_AUGMENT = Augmentation(operations=("shift", "gain", "mask"), probability=1.0)
"""Translation, brightness and cutout, always (Zhao et al. 2020)."""

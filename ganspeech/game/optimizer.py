"""Optimizer settings, and the Optax transformation they describe."""

import dataclasses
from typing import Literal

import optax


@dataclasses.dataclass(frozen=True)
class Optimizer:
    """Adam with decoupled weight decay, a clipped global norm and a schedule over the steps."""

    learning_rate: float = 2e-4
    """Peak step size."""
    b1: float = 0.8
    """Decay of the first moment."""
    b2: float = 0.99
    """Decay of the second moment."""
    weight_decay: float = 0.0
    """Decoupled weight decay (AdamW)."""
    clip: float = 0.0
    """Largest global norm of a gradient; 0 leaves gradients as they are."""
    warmup: int = 0
    """Steps over which the step size rises linearly from zero."""
    schedule: Literal["constant", "cosine", "exponential"] = "constant"
    """Schedule after the warm-up: flat, half a cosine to `final`, or an exponential to `final`."""
    final: float = 0.0
    """Final step size as a share of the peak (cosine, exponential)."""

    def __post_init__(self):
        if self.schedule == "exponential" and self.final <= 0:
            raise ValueError("an exponential schedule needs final > 0, the share left at the end")

    def steps(self, total: int) -> optax.Schedule:
        """The step size as a function of the update's number, over `total` updates."""
        rest = max(total - self.warmup, 1)
        match self.schedule:
            case "constant":
                after = optax.constant_schedule(self.learning_rate)
            case "cosine":
                after = optax.cosine_decay_schedule(self.learning_rate, rest, self.final)
            case "exponential":
                after = optax.exponential_decay(self.learning_rate, rest, self.final)
        if not self.warmup:
            return after
        rise = optax.linear_schedule(0.0, self.learning_rate, self.warmup)
        return optax.join_schedules([rise, after], [self.warmup])

    def transformation(self, total: int) -> optax.GradientTransformation:
        """The Optax transformation for a run of `total` updates."""
        adam = optax.adamw(self.steps(total), self.b1, self.b2, weight_decay=self.weight_decay)
        return optax.chain(optax.clip_by_global_norm(self.clip), adam) if self.clip else adam

"""Rules of the game, and the game itself: who plays, for what, and how it is scored."""

import dataclasses
from typing import Literal

from flax import linen

from ganspeech.game.augmentation import Augmentation
from ganspeech.game.contract import Objective, Task
from ganspeech.game.optimizer import Optimizer
from ganspeech.process.checks import require_least


@dataclasses.dataclass(frozen=True)
class Rules:
    """Rules of the game: weights of losses, schedule and precision."""

    adversarial: float = 1.0
    """Weight of the generator's adversarial loss (mean over sub-discriminators)."""
    feature_matching: float = 2.0
    """Weight of the L1 distance between feature maps of real and fake; 0 leaves it out."""
    r1: float = 0.0
    """Weight of the R1 penalty on the discriminators' slope at recordings; 0 leaves it out."""
    gradient_penalty: float = 0.0
    """Weight of the penalty on slopes other than 1 between real and fake; 0 leaves it out. The
    objective Wasserstein has a weight of its own."""
    critic_steps: int = 1
    """Discriminator updates per generator update, each on a batch of its own."""
    accumulate: int = 1
    """Number of parts of a batch, whose gradients are averaged before each update. Batch
    normalization sees one part at a time; dropout masks are the same for all."""
    adversary_from: int = 0
    """First steps, in which the generator learns from the task's own losses alone."""
    ema: float = 0.999
    """Decay of the generator's moving average, which inference uses; 0: no average."""
    frozen: tuple[str, ...] = ()
    """Parts of the generator that are not trained, by parameter name, such as `text_encoder` or
    `flow` of a voice; their dropout stays active. Errors for unknown names list the known ones."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Compute type of the networks; parameters, losses and transforms stay float32."""

    def __post_init__(self):
        require_least(self, "rules", 1, "critic_steps", "accumulate")
        weights = ("adversarial", "feature_matching", "r1", "gradient_penalty")
        require_least(self, "rules", 0, *weights, "adversary_from")
        if not 0 <= self.ema < 1:
            raise ValueError(f"rules.ema must be from 0 to below 1, not {self.ema}")


@dataclasses.dataclass(frozen=True)
class Game:
    """Who plays, for what, by which rules."""

    task: Task
    generator: linen.Module
    discriminators: tuple[linen.Module, ...]
    objective: Objective
    rules: Rules
    generator_optimizer: Optimizer
    discriminator_optimizer: Optimizer
    augmentation: Augmentation = Augmentation()
    """Random changes to real and fake alike before discriminators see them."""

    def __post_init__(self):
        if self.augmentation.adaptive and self.objective.boundary() is None:
            raise ValueError(
                f"augmentation cannot adapt under {type(self.objective).__name__}: its logits have "
                "no value at which real and fake are as likely; set augmentation.adapt-over to 0 "
                "and augmentation.probability"
            )

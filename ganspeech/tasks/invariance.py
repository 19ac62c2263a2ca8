"""Invariance: a recognizer that represents noisy speech as it does clean speech."""

import dataclasses

import jax.numpy as jnp
from flax import linen
from jaxtyping import Array

from ganspeech.data.noise.conditions import Conditions
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.nn.masked import valid_places
from ganspeech.process.checks import require_least
from ganspeech.recognizers.ctc_output import steps_of
from ganspeech.tasks.feature_enhancement import distance
from ganspeech.tasks.recognition import Recognition, ctc


@dataclasses.dataclass(frozen=True)
class Invariance(Recognition):
    """Recognition of every utterance both clean and noisy (Sriram et al. 2017).

    A critic discriminates the representations: those of clean speech are real, those of the same
    utterances under the conditions fake. The paper's own baseline is a distance between the two.
    """

    conditions: Conditions = Conditions(noisy=1.0)
    """Speeds, rooms and noise of the noisy utterances."""
    distance_weight: float = 0.0
    """Weight of the mean absolute difference of the two representations."""

    def __post_init__(self):
        super().__post_init__()
        require_least(self, "task", 0, "distance_weight")

    def condition(self) -> Array:
        """Mask of one utterance: `[1, steps]`, 1 before its end."""
        frames = self.example()[0].shape[1]
        return jnp.ones((1, steps_of(frames, self.stride)))

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Recognizes `batch["clean"]` and `batch["audio"]`; all else as in `Recognition`."""
        samples = batch["samples"]
        clean, mutable = self.recognize(
            generator, variables, self.learned_from(batch["clean"], keys), samples, keys
        )
        # The same keys, so that dropout and masks are the same for both.
        noisy, mutable = self.recognize(
            generator, variables | mutable, self.learned_from(batch["audio"], keys), samples, keys
        )
        labels = batch["labels"], batch["label_lengths"]
        terms = {"ctc_clean": ctc(clean, *labels) / 2, "ctc_noisy": ctc(noisy, *labels) / 2}
        if self.distance_weight:
            difference = distance(clean.representation, noisy.representation, clean.lengths)
            terms["distance"] = self.distance_weight * difference
        inside = valid_places(clean.lengths, clean.representation.shape[1])
        return Play(
            real=clean.representation,
            fake=noisy.representation,
            condition=inside.astype(jnp.float32),
            terms=terms,
            mutable=mutable,
        )

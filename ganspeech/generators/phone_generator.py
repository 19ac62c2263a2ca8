"""The generator that reads speech: features to phones, with no label to learn from.

Baevski et al. 2021, "Unsupervised speech recognition", and, with a stride, a normalized input and
clusters to predict, Liu et al. 2022, "Towards end-to-end unsupervised speech recognition".
"""

from typing import NamedTuple

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Bool, Float, Int

from ganspeech.nn.convolution.unfolded import Unfolded1d
from ganspeech.nn.dense import Dense
from ganspeech.nn.draws import Dropout
from ganspeech.nn.masked import MaskedBatchNorm, masked, valid_places
from ganspeech.nn.runs import means_of_runs
from ganspeech.text.vocabulary import BLANK


class PhoneLogits(NamedTuple):
    """Scores of phones at every step."""

    logits: Float[Array, "batch steps phones"]
    """In float32."""
    lengths: Int[Array, " batch"]
    """Steps of each utterance; the others are padding."""
    clusters: Float[Array, "batch time clusters"] | None
    """Scores of each input's cluster, for the auxiliary loss."""


class PhoneGenerator(nn.Module):
    """One convolution from features to phones."""

    kernel: int = 4
    """Taps."""
    stride: int = 1
    """Inputs per step."""
    dropout: float = 0.1
    """Dropout rate of the features."""
    gain: float = 0.0
    """Scale of batch-normalized features; 0: features are not normalized."""
    residual: bool = False
    """Whether a linear layer adds to the features, from which clusters are predicted, too."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch time width"],
        lengths: Int[Array, " batch"],
        phones: int,
        clusters: int = 0,
    ) -> PhoneLogits:
        """Scores of `phones` at every step, and of `clusters` at every input if there are any."""
        valid = valid_places(lengths, x.shape[1])
        if self.gain:
            x = self.gain * MaskedBatchNorm(name="normalize")(x, valid)
        x = Dropout(self.dropout, name="dropout")(masked(x, valid))
        of_clusters = None
        if self.residual or clusters:
            inner = Dense(x.shape[-1], name="inner")(x)
            of_clusters = Dense(clusters, name="clusters")(inner) if clusters else None
            x = masked(x + inner, valid) if self.residual else x
        logits = Unfolded1d(phones, self.kernel, self.stride, name="read")(x)
        return PhoneLogits(logits.astype(jnp.float32), -(-lengths // self.stride), of_clusters)


PHONES = PhoneGenerator()
"""Of segments, as published for wav2vec-U."""
PHONES_STRIDED = PhoneGenerator(kernel=9, stride=3, gain=30.0, residual=True)
"""Of frames, as published for wav2vec-U 2.0."""


def mean_of_runs(
    logits: Float[Array, "batch steps phones"], lengths: Int[Array, " batch"]
) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
    """Mean logits of neighbors with the same best phone, in the first places, and their number.

    A phone is said once however many segments it lasts, as in text.
    """
    valid = valid_places(lengths, logits.shape[1])
    best = jnp.argmax(logits, axis=-1)
    return means_of_runs(logits, _starts(best, valid), valid)


def best_phones(
    logits: Float[Array, "batch steps phones"], lengths: Int[Array, " batch"]
) -> tuple[Int[Array, "batch steps"], Int[Array, " batch"]]:
    """Best phones, each run once and without silence, in the first places, and their number.

    Beyond the last, there is silence.
    """
    valid = valid_places(lengths, logits.shape[1])
    best = jnp.argmax(logits, axis=-1)
    kept = _starts(best, valid) & (best != BLANK)
    order = jnp.argsort(~kept, axis=1, stable=True)
    phones = jnp.take_along_axis(jnp.where(kept, best, BLANK), order, axis=1)
    return phones, kept.sum(1)


def _starts(
    best: Int[Array, "batch steps"], valid: Bool[Array, "batch steps"]
) -> Bool[Array, "batch steps"]:
    """Whether a run of one best phone begins at a step."""
    return jnp.concatenate([valid[:, :1], (best[:, 1:] != best[:, :-1]) & valid[:, 1:]], axis=1)

"""Self-training: CTC on phones that an earlier model read, which averages its errors out."""

import dataclasses
from collections.abc import Iterator
from typing import Literal

import jax
from flax import linen
from jaxtyping import Array, Float, Int

from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.unlabeled.pseudo_labels import PseudoLabels, labeled_batches, with_labels
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.recognizers.ctc_output import CTCOutput, steps_of
from ganspeech.tasks.batch_shapes import BatchShapes, floats, integers
from ganspeech.tasks.recognition import ctc
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading


@dataclasses.dataclass(frozen=True)
class PseudoLabeled(PhoneReading):
    """Training of a recognizer on the segments of speech without labels, by CTC.

    Its labels are what a model read that had none (Kahn et al. 2020, "Self-training for end-to-end
    speech recognition"; Baevski et al. 2021 do it with Kaldi). Silence is CTC's blank.
    """

    labels: str = ""
    """File of lines ID PHONES, as `ganspeech unpaired-labels` writes it."""
    longest: int = 128
    """Segments of the longest utterance; longer ones are skipped."""
    stride: Literal[1, 2, 4] = 1
    """Segments per output step; CTC needs at least one step per phone."""

    def __post_init__(self):
        super().__post_init__()
        if self.stride not in (1, 2, 4):
            raise ValueError(f"task.stride must be 1, 2 or 4, not {self.stride}")

    def example(self) -> tuple:
        """Features of one utterance of one segment, and the numbers of phones and stride."""
        return *self.one_utterance(), self.phones, self.stride

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Reads `batch["features"]`, of which the first `batch["lengths"]` segments count.

        The first `batch["label_lengths"]` of `batch["labels"]` are what it should read.
        """
        collections = [name for name in variables if name != "params"]
        output, mutable = generator.apply(
            variables,
            batch["features"],
            batch["lengths"],
            self.phones,
            self.stride,
            mutable=collections,
            rngs={STREAM: common_key(keys)},
        )
        terms = {"ctc": ctc(output, batch["labels"], batch["label_lengths"])}
        return Play(batch["features"], None, None, terms, mutable)

    def recordings(self, corpus: Corpus) -> PseudoLabels:
        """Speech with labels; raises `CorpusError` for a corpus of other sizes and bad labels."""
        if not self.labels:
            raise CorpusError(
                "no labels; name a file of `ganspeech unpaired-labels` with --task.labels"
            )
        return with_labels(
            self.matching(corpus),
            self.labels,
            longest=self.longest,
            steps_of=lambda count: steps_of(count, self.stride),
        )

    def batches(self, prepared: PseudoLabels, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `play`."""
        return labeled_batches(prepared, feed, self.longest)

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` utterances."""
        return {
            "features": floats(size, self.longest, self.width),
            "lengths": integers(size),
            "labels": integers(size, self.longest),
            "label_lengths": integers(size),
        }

    def log_probabilities(
        self,
        generator: linen.Module,
        variables: Tree,
        features: Float[Array, "batch time width"],
        lengths: Int[Array, " batch"],
    ) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
        """Log-probabilities of phones at every step, and the number of steps."""
        read = CTCOutput(*generator.apply(variables, features, lengths, self.phones, self.stride))
        return jax.nn.log_softmax(read.logits), read.lengths

"""Recognition without labels: phones of speech, from the game against phones of other sentences."""

import dataclasses
from collections.abc import Iterator

import jax
import jax.numpy as jnp
from flax import linen
from jaxtyping import Array, Float, Int

from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.unlabeled.unpaired import Unpaired, unpaired_batches
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.game.settings import counts
from ganspeech.generators.phone_generator import PhoneGenerator, PhoneLogits, mean_of_runs
from ganspeech.losses.unpaired import cluster_loss, skipgram_distance, smoothness, unused_phones
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import masked, valid_places
from ganspeech.process.checks import require_least
from ganspeech.tasks.batch_shapes import BatchShapes, floats, integers
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading


@dataclasses.dataclass(frozen=True)
class UnpairedRecognition(PhoneReading):
    """The game between what a generator reads in speech, and text of other sentences."""

    longest: int = 128
    """Segments of an utterance, and phones of a sentence; longer ones are cut at random places."""
    clusters: int = 0
    """Clusters that the generator predicts in addition; 0: none."""
    smoothness: float = 0.5
    """Weight of the squared difference between neighbors' logits."""
    diversity: float = 2.0
    """Weight of the unused share of the phones."""
    cluster_weight: float = 0.5
    """Weight of the clusters' cross-entropy."""
    skipgram_weight: float = 0.0
    """Weight of the distance between the frequencies of pairs of phones, read and in text."""
    skips: int = 4
    """Largest distance of the phones of a pair."""

    def __post_init__(self):
        super().__post_init__()
        require_least(self, "task", 1, "skips")
        require_least(self, "task", 0, "clusters", *self.loss_weights())

    def loss_weights(self) -> tuple[str, ...]:
        """Names of the fields that only weigh losses."""
        return "smoothness", "diversity", "cluster_weight", "skipgram_weight"

    def example(self) -> tuple:
        """Features of one utterance of one segment, and the numbers of phones and clusters."""
        return *self.one_utterance(), self.phones, self.clusters

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Plays what is read in `batch["features"]` against the phones `batch["labels"]`.

        The first `batch["lengths"]` segments are the utterance, and the first
        `batch["label_lengths"]` labels a sentence that has nothing to do with it. Examples are
        probabilities of phones, `[batch, longest, phones]`; rows beyond the end are zero.
        """
        collections = [name for name in variables if name != "params"]
        read, mutable = generator.apply(
            variables,
            batch["features"],
            batch["lengths"],
            self.phones,
            self.clusters,
            mutable=collections,
            rngs={STREAM: common_key(keys)},
        )
        fake = self._all_steps(probabilities(read))
        real = jax.nn.one_hot(batch["labels"], self.phones)
        real = self._all_steps(masked(real, valid_places(batch["label_lengths"], real.shape[1])))
        terms = self._terms(read, batch)
        if counts(self.skipgram_weight):
            distance = skipgram_distance(fake, real, self.skips)
            terms["skipgrams"] = self.skipgram_weight * distance
        return Play(real, fake, None, terms, mutable)

    def _all_steps(
        self, x: Float[Array, "batch steps phones"]
    ) -> Float[Array, "batch longest phones"]:
        return jnp.pad(x, ((0, 0), (0, self.longest - x.shape[1]), (0, 0)))

    def _terms(self, read: PhoneLogits, batch: Batch) -> dict[str, Array]:
        valid = valid_places(read.lengths, read.logits.shape[1])
        terms = {
            "smoothness": self.smoothness * smoothness(read.logits, valid),
            "diversity": self.diversity * unused_phones(read.logits, valid),
        }
        if read.clusters is not None:
            inside = valid_places(batch["lengths"], read.clusters.shape[1])
            loss = cluster_loss(read.clusters, batch["clusters"], inside)
            terms["clusters"] = self.cluster_weight * loss
        return terms

    def recordings(self, corpus: Corpus) -> Unpaired:
        """Speech and text of a corpus; raises `CorpusError` for one of other sizes."""
        data = self.matching(corpus)
        if self.clusters not in (0, data.clusters):
            raise CorpusError(
                f"the corpus has {data.clusters} clusters: add --task.clusters {data.clusters}"
            )
        return data

    def batches(self, prepared: Unpaired, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `play`."""
        return unpaired_batches(prepared, feed, self.longest, self.longest)

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` utterances beside as many sentences."""
        return {
            "features": floats(size, self.longest, self.width),
            "lengths": integers(size),
            "clusters": integers(size, self.longest),
            "labels": integers(size, self.longest),
            "label_lengths": integers(size),
        }

    def segments_a_step(self, generator: linen.Module) -> int:
        """The generator's stride."""
        assert isinstance(generator, PhoneGenerator)
        return generator.stride

    def log_probabilities(
        self,
        generator: linen.Module,
        variables: Tree,
        features: Float[Array, "batch time width"],
        lengths: Int[Array, " batch"],
    ) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
        """Log-probabilities of phones at every step, and the number of steps."""
        read = PhoneLogits(
            *generator.apply(variables, features, lengths, self.phones, self.clusters)
        )
        return jax.nn.log_softmax(read.logits), read.lengths


def probabilities(read: PhoneLogits) -> Float[Array, "batch steps phones"]:
    """Probabilities of the phones that were read, a row for each; zero beyond the last."""
    logits, count = mean_of_runs(read.logits, read.lengths)
    return masked(jax.nn.softmax(logits), valid_places(count, logits.shape[1]))

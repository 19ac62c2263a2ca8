"""Recognition without labels: phones of speech, from the game against phones of other sentences."""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float, Int

from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.unlabeled.unpaired import (
    SILENCE,
    Segments,
    Unpaired,
    UnpairedCorpus,
    unpaired_batches,
)
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.game.settings import counts
from ganspeech.generators.phone_generator import PhoneLogits, mean_of_runs
from ganspeech.losses.unpaired import cluster_loss, skipgram_distance, smoothness, unused_phones
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import masked, valid_places
from ganspeech.process.checks import require_least
from ganspeech.tasks.batch_shapes import BatchShapes, floats, integers
from ganspeech.tasks.trainable import Picture

SHOWN = 4
"""Number of held-out utterances shown during a run."""
AT_ONCE = 64
"""Utterances that are read at once."""


@dataclasses.dataclass(frozen=True)
class UnpairedRecognition:
    """The game between what a generator reads in speech, and text of other sentences.

    Sizes that a corpus has, too, are fields: a run must know them without it.
    """

    width: int = 32
    """Features of a segment."""
    phones: int = 40
    """Phones of the inventory, silence included."""
    clusters: int = 0
    """Clusters that the generator predicts in addition; 0: none."""
    longest: int = 128
    """Segments of an utterance, and phones of a sentence; longer ones are cut at random places."""
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
        require_least(self, "task", 1, "width", "longest", "skips")
        require_least(self, "task", 2, "phones")
        require_least(self, "task", 0, "clusters", *self.loss_weights())

    def loss_weights(self) -> tuple[str, ...]:
        """Names of the fields that only weigh losses."""
        return "smoothness", "diversity", "cluster_weight", "skipgram_weight"

    def audio_spec(self) -> None:
        """None: the corpus has features."""
        return None

    def mixed(self) -> bool:
        """False: all batches have one shape."""
        return False

    def example(self) -> tuple:
        """Features of one utterance of one segment, and the numbers of phones and clusters."""
        features = jnp.zeros((1, self.longest, self.width))
        return features, jnp.ones((1,), jnp.int32), self.phones, self.clusters

    def condition(self) -> None:
        """None: discriminators see phones alone."""

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
        data = matching(self, corpus)
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

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Unpaired
    ) -> Iterator[Picture]:
        """Features, probabilities and phones of the first held-out utterances."""
        return shown(self, generator, variables, prepared)

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


class ReadsPhones(Protocol):
    """A task whose networks read phones in segments; frozen."""

    @property
    def width(self) -> int:
        """Features of a segment."""

    @property
    def phones(self) -> int:
        """Phones of the inventory, silence included."""

    @property
    def longest(self) -> int:
        """Segments that a batch is padded to."""

    def log_probabilities(
        self,
        generator: linen.Module,
        variables: Tree,
        features: Float[Array, "batch time width"],
        lengths: Int[Array, " batch"],
    ) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
        """Log-probabilities of phones at every step, and the number of steps."""


def matching(task: ReadsPhones, corpus: Corpus) -> Unpaired:
    """Speech and text of a corpus; raises `CorpusError` for one of another kind or other sizes."""
    if not isinstance(corpus, UnpairedCorpus):
        raise CorpusError(
            f"{type(corpus).__name__} has recordings, not unpaired speech and text: choose "
            "another with --corpus"
        )
    data = corpus.unpaired()
    for name, found in (("width", data.width), ("phones", len(data.phones))):
        if found != getattr(task, name):
            raise CorpusError(f"the corpus has {found} {name}: add --task.{name} {found}")
    return data


def shown(
    task: ReadsPhones, generator: linen.Module, variables: Tree, prepared: Unpaired
) -> Iterator[Picture]:
    """Features, probabilities and phones of the first held-out utterances."""
    # Matplotlib is slow to import, and only runs draw.
    from ganspeech.tasks.pictures import picture_of_probabilities

    some = prepared.held_out[:SHOWN]
    for one, read in zip(some, read_phones(task, generator, variables, some)):
        said = "unknown" if one.phones is None else _spaced(prepared.phones, one.phones)
        title = f"said: {said}\nread: {_spaced(prepared.phones, greedy_phones(read))}"
        yield Picture(one.id, picture_of_probabilities(one.features, read, title))


def _spaced(names: Sequence[str], phones: Iterable[int]) -> str:
    return " ".join(names[phone] for phone in phones)


def probabilities(read: PhoneLogits) -> Float[Array, "batch steps phones"]:
    """Probabilities of the phones that were read, a row for each; zero beyond the last."""
    logits, count = mean_of_runs(read.logits, read.lengths)
    return masked(jax.nn.softmax(logits), valid_places(count, logits.shape[1]))


def read_phones(
    task: ReadsPhones,
    generator: linen.Module,
    variables: Tree,
    utterances: Sequence[Segments],
) -> Iterator[Float[np.ndarray, "steps phones"]]:
    """Log-probabilities of phones at every step of utterances of any length, in their order.

    Lengths are padded to multiples of `task.longest`, for few programs.
    """
    for start in range(0, len(utterances), AT_ONCE):
        part = utterances[start : start + AT_ONCE]
        lengths = np.array([len(one.features) for one in part], np.int32)
        most = -(-lengths.max() // task.longest) * task.longest
        features = np.zeros((AT_ONCE, most, task.width), np.float32)
        for row, one in zip(features, part):
            row[: len(one.features)] = one.features
        padded = np.pad(lengths, (0, AT_ONCE - len(part)), constant_values=1)
        found, steps = _log_probabilities(task, generator, variables, features, padded)
        yield from (row[:count] for row, count in zip(np.asarray(found), steps[: len(part)]))


@functools.partial(jax.jit, static_argnums=(0, 1))
def _log_probabilities(
    task: ReadsPhones,
    generator: linen.Module,
    variables: Tree,
    features: Float[Array, "batch time width"],
    lengths: Int[Array, " batch"],
) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
    return task.log_probabilities(generator, variables, features, lengths)


def greedy_phones(log_probabilities: Float[np.ndarray, "steps phones"]) -> list[int]:
    """Best phones, each run once, without silence."""
    best = np.argmax(log_probabilities, axis=-1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    return [int(phone) for phone in best[starts] if phone != SILENCE]

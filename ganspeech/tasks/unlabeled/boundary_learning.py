"""Boundaries by reinforcement: a policy divides speech so that a fixed reader reads likely text."""

import dataclasses
import functools
from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ganspeech.data.corpus import Corpus
from ganspeech.data.feed import Feed
from ganspeech.data.unlabeled.divided import Divided, divided, divided_batches
from ganspeech.data.unlabeled.unpaired import Segments, UnpairedCorpus
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.game.settings import counts
from ganspeech.generators.phone_generator import PhoneLogits, best_phones
from ganspeech.losses.policy_gradient import advantages, cloned, reinforced
from ganspeech.process.checks import require_least
from ganspeech.recognizers.boundary_policy import drawn_starts, free_places, likely_starts
from ganspeech.recognizers.divided_reader import DividedReader
from ganspeech.tasks.batch_shapes import BatchShapes, floats, integers
from ganspeech.tasks.unlabeled.boundary_rewards import Rewards, Transcripts, rewards
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading, padded_parts


@dataclasses.dataclass(frozen=True)
class BoundaryLearning(PhoneReading):
    """Training of a policy that divides frames into segments, without labels.

    It begins by cloning the segments of the corpus. Then it draws some divisions of each utterance,
    which are rewarded by what a fixed reader reads in them (Tseng et al. 2024, "REBORN").
    """

    longest: int = 256
    """Frames of an utterance; longer ones are cut at random places."""
    draws: int = 8
    """Divisions of an utterance that are compared, at least 2."""
    cloning: int = 8000
    """Utterances of the first updates, from whose given segments the policy learns."""
    likelihood: float = 1.0
    """Weight of the gain in the likelihood of what is read."""
    edits: float = 0.2
    """Weight of the edits from what is read in the given segments."""
    length: float = 0.2
    """Weight of the difference of its length."""

    def __post_init__(self):
        super().__post_init__()
        require_least(self, "task", 2, "draws")
        require_least(self, "task", 0, "cloning", *self.loss_weights())

    def loss_weights(self) -> tuple[str, ...]:
        """Names of the fields that only weigh losses."""
        return Rewards._fields

    def example(self) -> tuple:
        """Features of one utterance of one frame, and the number of phones."""
        return *self.one_utterance(), self.phones

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Divides `batch["features"]`, of which the first `batch["lengths"]` frames count.

        Given segments begin at `batch["starts"]`. Where `batch["cloning"]` is 1 the policy learns
        from them, elsewhere from rewards. The terms of rewards have the values of minus their
        weighted means, and the slopes of their parts of the policy's gradient.
        """
        assert isinstance(generator, DividedReader)
        frames, lengths = batch["features"], batch["lengths"]
        given = batch["starts"].astype(bool)
        logits = generator.chances(variables, frames, lengths)
        free = free_places(lengths, frames.shape[1])
        drawn = drawn_starts(logits, lengths, keys, self.draws)
        each = self._rewards(generator, variables, frames, lengths, given, drawn)
        weighed = {
            name: getattr(self, name) * reward
            for name, reward in each.items()
            if counts(getattr(self, name))
        }
        cloning = batch["cloning"]
        terms = {"cloning": jnp.mean(cloning * cloned(logits, given, free))}
        for name, part in advantages(weighed).items():
            loss = reinforced(logits, drawn, (1 - cloning)[:, None] * part, free)
            terms[name] = loss - lax.stop_gradient(loss) - weighed[name].mean()
        unchanged = {name: tree for name, tree in variables.items() if name != "params"}
        return Play(frames, None, None, terms, unchanged)

    def _rewards(
        self,
        generator: DividedReader,
        variables: Tree,
        frames: Float[Array, "batch time width"],
        lengths: Int[Array, " batch"],
        given: Bool[Array, "batch time"],
        drawn: Bool[Array, "batch draws time"],
    ) -> dict[str, Float[Array, "batch draws"]]:
        """Rewards of each division, by name."""
        frozen = lax.stop_gradient(variables["frozen"])

        def transcripts(starts: Array, frames: Array, lengths: Array) -> Transcripts:
            read = generator.read(frozen["weights"], frames, starts, lengths, self.phones)
            return Transcripts(*best_phones(read.logits, read.lengths))

        def repeated(x: Array) -> Array:
            return jnp.repeat(x, drawn.shape[1], axis=0)

        before = transcripts(given, frames, lengths)
        starts = drawn.reshape(-1, drawn.shape[-1])
        found = transcripts(starts, repeated(frames), repeated(lengths))
        each = rewards(frozen["language"], found, Transcripts(*map(repeated, before)))
        return {name: x.reshape(drawn.shape[:2]) for name, x in each._asdict().items()}

    def recordings(self, corpus: Corpus) -> Divided:
        """Frames and segments of a corpus; raises `CorpusError` for one of other sizes."""
        segments = self.matching(corpus)
        assert isinstance(corpus, UnpairedCorpus)
        return divided(corpus, segments)

    def batches(self, prepared: Divided, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `play`."""
        return divided_batches(prepared, feed, self.longest, self.cloning)

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` utterances."""
        return {
            "features": floats(size, self.longest, self.width),
            "lengths": integers(size),
            "starts": integers(size, self.longest),
            "cloning": floats(size),
        }

    def heard(
        self, generator: linen.Module, variables: Tree, utterances: Sequence[Segments]
    ) -> Sequence[Segments]:
        """Utterances in the most likely segments."""
        assert isinstance(generator, DividedReader)
        rows: list[np.ndarray] = []
        for count, frames, lengths in padded_parts(self, utterances):
            rows += [*np.asarray(_likely(generator, variables, frames, lengths))[:count]]
        return [_divided(one, np.flatnonzero(row)) for one, row in zip(utterances, rows)]

    def segments_a_step(self, generator: linen.Module) -> int:
        """The reader's stride."""
        assert isinstance(generator, DividedReader)
        return generator.reader.stride

    def log_probabilities(
        self,
        generator: linen.Module,
        variables: Tree,
        features: Float[Array, "batch time width"],
        lengths: Int[Array, " batch"],
    ) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
        """Log-probabilities of phones at every step, and the number of steps."""
        read = PhoneLogits(*generator.apply(variables, features, lengths, self.phones))
        return jax.nn.log_softmax(read.logits), read.lengths


def _divided(one: Segments, starts: Int[np.ndarray, " segments"]) -> Segments:
    """An utterance of frames in segments."""
    ends = np.append(starts[1:], len(one.features)).astype(np.int32)
    means = np.add.reduceat(one.features, starts) / np.diff(starts, append=ends[-1])[:, None]
    return dataclasses.replace(one, features=means, clusters=None, ends=ends)


@functools.partial(jax.jit, static_argnums=0)
def _likely(
    generator: DividedReader, variables: Tree, frames: Array, lengths: Array
) -> Bool[Array, "batch time"]:
    return likely_starts(generator.chances(variables, frames, lengths), lengths)

"""Reading of phones in segments of speech: what tasks without labels share."""

import abc
import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float, Int

from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.unlabeled.boundary_files import Ends
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired, UnpairedCorpus
from ganspeech.game.contract import Tree
from ganspeech.process.checks import require_least
from ganspeech.recognizers.decoding import best_path
from ganspeech.tasks.trainable import Picture

SHOWN = 4
"""Number of held-out utterances shown during a run."""
COLLAPSED = 0.5
"""Share of the inventory below which a reader has collapsed: some hundred utterances of any
language use more."""
LOOKED_AT = 200
"""Utterances of which a sign of collapse is looked for."""
AT_ONCE = 64
"""Utterances that are read at once."""


@dataclasses.dataclass(frozen=True)
class PhoneReading(abc.ABC):
    """A task whose network reads phones in segments.

    Sizes that a corpus has, too, are fields: a run must know them without it.
    """

    width: int = 32
    """Features of a segment."""
    phones: int = 40
    """Phones of the inventory, silence included."""
    longest: int = 128
    """Segments that an utterance is padded to."""

    def __post_init__(self):
        require_least(self, "task", 1, "width", "longest")
        require_least(self, "task", 2, "phones")

    def audio_spec(self) -> None:
        """None: the corpus has features."""
        return None

    def mixed(self) -> bool:
        """False: all batches have one shape."""
        return False

    def condition(self) -> None:
        """None: discriminators, if any, see phones alone."""
        return None

    @abc.abstractmethod
    def log_probabilities(
        self,
        generator: linen.Module,
        variables: Tree,
        features: Float[Array, "batch time width"],
        lengths: Int[Array, " batch"],
    ) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
        """Log-probabilities of phones at every step, and the number of steps."""

    def heard(
        self, generator: linen.Module, variables: Tree, utterances: Sequence[Segments]
    ) -> Sequence[Segments]:
        """Utterances in the segments that are read; others where the network divides them."""
        return utterances

    def segments_a_step(self, generator: linen.Module) -> int | None:
        """Segments that are read in one step; None if steps tell no place, as those of CTC."""
        return None

    def one_utterance(self) -> tuple[Float[Array, "1 longest width"], Int[Array, "1"]]:
        """Features and length of an utterance of one segment."""
        return jnp.zeros((1, self.longest, self.width)), jnp.ones((1,), jnp.int32)

    def matching(self, corpus: Corpus) -> Unpaired:
        """Speech and text of a corpus; raises `CorpusError` for one of another kind or sizes."""
        if not isinstance(corpus, UnpairedCorpus):
            raise CorpusError(
                f"{type(corpus).__name__} has recordings, not unpaired speech and text: choose "
                "another with --corpus"
            )
        data = corpus.unpaired()
        for name, found in (("width", data.width), ("phones", len(data.phones))):
            if found != getattr(self, name):
                raise CorpusError(f"the corpus has {found} {name}: add --task.{name} {found}")
        return data

    def collapse(self, generator: linen.Module, variables: Tree, prepared: Unpaired) -> str:
        """Sign of a collapse: few phones of the inventory are read; empty without one."""
        some = (*prepared.held_out, *prepared.train)[:LOOKED_AT]
        heard = self.heard(generator, variables, some)
        rows = read_phones(self, generator, variables, heard)
        used = {phone for row in rows for phone in greedy_phones(row)}
        of = len(prepared.phones) - 1  # without silence
        return f"{len(used)} of {of} phones are read" if collapsed(len(used) / of) else ""

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Unpaired
    ) -> Iterator[Picture]:
        """Features, probabilities and phones of the first held-out utterances."""
        # Matplotlib is slow to import, and only runs draw.
        from ganspeech.tasks.pictures import picture_of_probabilities

        some = prepared.held_out[:SHOWN]
        for one, read in zip(some, read_phones(self, generator, variables, some)):
            said = "unknown" if one.phones is None else _spaced(prepared.phones, one.phones)
            title = f"said: {said}\nread: {_spaced(prepared.phones, greedy_phones(read))}"
            yield Picture(one.id, picture_of_probabilities(one.features, read, title))


def collapsed(phones_used: float) -> bool:
    """Whether a share of the inventory, without silence, is below `COLLAPSED`."""
    return phones_used < COLLAPSED


def _spaced(names: Sequence[str], phones: Iterable[int]) -> str:
    return " ".join(names[phone] for phone in phones)


def read_phones(
    task: PhoneReading,
    generator: linen.Module,
    variables: Tree,
    utterances: Sequence[Segments],
) -> Iterator[Float[np.ndarray, "steps phones"]]:
    """Log-probabilities of phones at every step of utterances of any length, in their order."""
    for count, features, lengths in padded_parts(task, utterances):
        found, steps = _log_probabilities(task, generator, variables, features, lengths)
        yield from (row[:last] for row, last in zip(np.asarray(found), steps[:count]))


def padded_parts(
    task: PhoneReading, utterances: Sequence[Segments]
) -> Iterator[tuple[int, Float[np.ndarray, "batch time width"], Int[np.ndarray, " batch"]]]:
    """Some utterances at a time: their number, and features and lengths of `AT_ONCE`.

    Lengths are padded to multiples of `task.longest`, for few programs.
    """
    for start in range(0, len(utterances), AT_ONCE):
        part = utterances[start : start + AT_ONCE]
        lengths = np.array([len(one.features) for one in part], np.int32)
        most = -(-lengths.max() // task.longest) * task.longest
        features = np.zeros((AT_ONCE, most, task.width), np.float32)
        for row, one in zip(features, part):
            row[: len(one.features)] = one.features
        yield len(part), features, np.pad(lengths, (0, AT_ONCE - len(part)), constant_values=1)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _log_probabilities(
    task: PhoneReading,
    generator: linen.Module,
    variables: Tree,
    features: Float[Array, "batch time width"],
    lengths: Int[Array, " batch"],
) -> tuple[Float[Array, "batch steps phones"], Int[Array, " batch"]]:
    return task.log_probabilities(generator, variables, features, lengths)


def step_ends(ends: Ends, segments: int) -> Ends:
    """Ends of steps of so many segments each; the last may have fewer."""
    return np.append(ends[segments - 1 : -1 : segments], ends[-1])


def joined_ends(ends: Ends, log_probabilities: Float[np.ndarray, "steps phones"]) -> Ends:
    """Ends of steps that are left when neighbors with the same best phone are joined."""
    best = log_probabilities.argmax(axis=1)
    return ends[np.append(best[1:] != best[:-1], True)]


def greedy_phones(log_probabilities: Float[np.ndarray, "steps phones"]) -> list[int]:
    """Best phones, each run once, without silence, which is what CTC's blank is."""
    return best_path(log_probabilities)

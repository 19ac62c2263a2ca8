"""Boundaries by reinforcement: batches, rewards, and a policy that finds better boundaries."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.feed import Feed
from ganspeech.data.unlabeled.boundaries import boundary_scores
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired, UnpairedCorpus
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.game.state import create_state
from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.nn.axis import AXIS
from ganspeech.recognizers.boundary_policy import BoundaryPolicy, drawn_starts
from ganspeech.recognizers.divided_reader import DividedReader
from ganspeech.recognizers.phone_decoding import phone_model
from ganspeech.recognizers.phone_language import language_table
from ganspeech.tasks.unlabeled.boundary_learning import BoundaryLearning
from ganspeech.tasks.unlabeled.phone_reading import greedy_phones, read_phones
from ganspeech.training.parallel import ParallelUpdate

NAMES = ("<SIL>", *"abcdef")
WIDTH, NOISE = 8, 0.9
CODES = np.random.default_rng(5).normal(size=(len(NAMES), WIDTH)).astype(np.float32)
NETWORK = DividedReader(BoundaryPolicy(16, 5), PhoneGenerator(kernel=1), order=3)
TASK = BoundaryLearning(
    WIDTH, len(NAMES), longest=48, draws=8, cloning=32 * 60, edits=0.0, length=0.2
)


@dataclasses.dataclass(frozen=True)
class Codes(UnpairedCorpus):
    """Ten phones an utterance, two to four noisy frames each; segments are two frames long."""

    held_out: int = 40
    frames: bool = False

    def of_frames(self):
        return dataclasses.replace(self, frames=True)

    def unpaired(self):
        rng = np.random.default_rng(0)
        made = []
        for n in range(240):
            said = sentence(rng)
            lengths = rng.integers(2, 5, len(said))
            heard = CODES[said].repeat(lengths, axis=0)
            heard = (heard + NOISE * rng.normal(size=heard.shape)).astype(np.float32)
            ends = np.arange(1 if self.frames else 2, len(heard), 1 if self.frames else 2)
            ends = np.append(ends, len(heard)).astype(np.int32)
            starts = np.append(0, ends[:-1])
            means = np.add.reduceat(heard, starts) / np.diff(starts, append=len(heard))[:, None]
            true = np.cumsum(lengths, dtype=np.int32)
            made.append(Segments(f"u{n}", means.astype(np.float32), None, said, ends, true))
        texts = [sentence(rng) for _ in range(400)]
        return Unpaired(made[:200], made[200:], texts, NAMES, str(self.frames), Problems())


def sentence(rng):
    """Phones of which each is followed by one of two others."""
    row = [int(rng.integers(1, 7))]
    for _ in range(9):
        row.append((row[-1] + int(rng.choice([1, 3])) - 1) % 6 + 1)
    return np.array(row, np.int32)


def reader():
    """A generator that says whose code is nearest."""
    bias = -(CODES**2).sum(1) / 2
    return {"params": {"read": {"kernel": CODES.T[None], "bias": bias}}}


def started(experiment):
    state = jax.jit(create_state, static_argnums=(0, 2))(experiment, jax.random.PRNGKey(0), 100)
    data = Codes().unpaired()
    table = language_table(phone_model(data.texts, NAMES, 3), NAMES)
    made = NETWORK.with_reader(state.generator.variables, reader(), table)
    generator = dataclasses.replace(state.generator, mutable={"frozen": made["frozen"]})
    return dataclasses.replace(state, generator=generator)


EXPERIMENT = Experiment(
    task=TASK,
    corpus=Codes(),
    generator=NETWORK,
    discriminators=(),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, ema=0.0),
    generator_optimizer=Optimizer(learning_rate=5e-3, b1=0.9, clip=1.0),
    discriminator_optimizer=Optimizer(),
    budget=Budget(steps=400, batch_size=32),
)


def f1(variables, utterances):
    heard = TASK.heard(NETWORK, variables, utterances)
    found, true = (
        [row[:-1].tolist() for row in rows]
        for rows in ([one.ends for one in heard], [one.true_ends for one in heard])
    )
    return boundary_scores(found, true, 0).f1


def errors(variables, utterances):
    read = read_phones(TASK, NETWORK, variables, utterances)
    wrong = [Levenshtein.distance(one.phones, greedy_phones(x)) for one, x in zip(utterances, read)]
    return sum(wrong) / sum(len(one.phones) for one in utterances)


def test_a_policy_finds_better_boundaries_than_it_was_given():
    data = TASK.recordings(Codes())
    update = ParallelUpdate(EXPERIMENT, 300)
    state = update.place(started(EXPERIMENT))
    batches, found = TASK.batches(data, Feed(32)), []
    for count in (60, 240):
        for _ in range(count):
            state, metrics = update(state, [next(batches)], adversary=False)
        found.append(jax.device_get(state).generator.variables)
    assert set(metrics) - {"generator/gradient_norm"} == {
        "generator/cloning", "generator/likelihood", "generator/length",
    }  # fmt: skip
    cloned, learned = found
    jax.tree.map(np.testing.assert_array_equal, cloned["frozen"], learned["frozen"])
    # Segments of two frames, of phones of two to four.
    assert f1(cloned, data.held_out) < 0.45 and f1(learned, data.held_out) > 0.6
    assert errors(learned, data.held_out) < 0.8 * errors(cloned, data.held_out)


def played(task, variables, batch):
    keys = jax.random.split(jax.random.key(1), len(batch["lengths"]))

    def play(batch):
        return task.play(NETWORK, variables, batch, keys)[3:5]

    shares = jax.tree.map(lambda array: jnp.asarray(array)[None], batch)
    return jax.tree.map(lambda x: np.asarray(x[0]), jax.vmap(play, axis_name=AXIS)(shares))


def test_batches_begin_with_cloning_and_hold_the_given_segments():
    data = TASK.recordings(Codes())
    task = dataclasses.replace(TASK, cloning=12)
    batches = task.batches(data, Feed(8, seed=3))
    batch, second = next(batches), next(batches)
    shapes = task.batch_shapes(8)
    assert {name: (x.shape, x.dtype) for name, x in batch.items()} == {
        name: (shape.shape, shape.dtype) for name, shape in shapes.items()
    }
    assert batch["cloning"].tolist() == [1] * 8 and second["cloning"].tolist() == [1] * 4 + [0] * 4
    # A resumed run goes on from there.
    again = next(task.batches(data, Feed(8, seed=3, start=8)))
    jax.tree.map(np.testing.assert_array_equal, second, again)
    for features, count, starts in zip(batch["features"], batch["lengths"], batch["starts"]):
        (one,) = (one for one in data.train if np.array_equal(one.features, features[:count]))
        assert np.flatnonzero(starts).tolist() == [0, *data.given[one.id][:-1]]
        assert not features[count:].any()


def test_long_utterances_are_cut_and_begin_with_a_segment():
    task = dataclasses.replace(TASK, longest=9)
    batch = next(task.batches(task.recordings(Codes()), Feed(32)))
    assert set(batch["lengths"]) == {9} and batch["starts"][:, 0].all()
    assert 0.4 < batch["starts"][:, 1:].mean() < 0.6 and len(set(batch["starts"][:, 1])) == 2


def test_terms_are_minus_weighted_rewards_and_nothing_frozen_changes():
    task = dataclasses.replace(TASK, edits=0.3)
    variables = started(EXPERIMENT).generator.variables
    batch = next(task.batches(task.recordings(Codes()), Feed(8)))
    terms, mutable = played(task, variables, batch)
    assert set(terms) == {"cloning", "likelihood", "edits", "length"}
    jax.tree.map(np.testing.assert_array_equal, mutable["frozen"], variables["frozen"])
    double = dataclasses.replace(task, likelihood=2.0, edits=0.6, length=0.4)
    twice, _ = played(double, variables, batch)
    for name in ("likelihood", "edits", "length"):
        assert twice[name] == pytest.approx(2 * terms[name], rel=1e-4)
    assert terms["edits"] > 0 > terms["length"] >= -0.2
    silent = dataclasses.replace(task, likelihood=0.0, edits=0.0, length=0.0)
    assert set(played(silent, variables, batch)[0]) == {"cloning"}


def test_the_given_segments_have_no_edits():
    """A policy that is sure of them earns what they do."""
    task = dataclasses.replace(TASK, edits=1.0)
    batch = next(task.batches(task.recordings(Codes()), Feed(4)))
    variables = started(EXPERIMENT).generator.variables
    sure = jnp.where(batch["starts"] == 1, 50.0, -50.0)
    lengths = jnp.asarray(batch["lengths"])
    drawn = drawn_starts(sure, lengths, jax.random.split(jax.random.key(0), 4), 2)
    frames, given = jnp.asarray(batch["features"]), jnp.asarray(batch["starts"]).astype(bool)
    found = task._rewards(NETWORK, variables, frames, lengths, given, drawn)
    assert not found["edits"].any() and not found["likelihood"].any()
    assert (found["length"] == 1).all()


def test_what_does_not_fit_is_told():
    with pytest.raises(CorpusError, match=r"the corpus has 8 width: add --task\.width 8"):
        dataclasses.replace(TASK, width=9).recordings(Codes())
    with pytest.raises(CorpusError, match="every frame of the corpus is a segment: choose segment"):
        TASK.recordings(Codes(frames=True))
    with pytest.raises(ValueError, match=r"task\.draws must be at least 2, not 1"):
        dataclasses.replace(TASK, draws=1)
    with pytest.raises(ValueError, match=r"task\.edits must be at least 0"):
        dataclasses.replace(TASK, edits=-1.0)


def test_held_out_utterances_are_shown():
    data = TASK.recordings(Codes())
    variables = started(EXPERIMENT).generator.variables
    pictures = list(TASK.samples(NETWORK, variables, data))
    assert [picture.id for picture in pictures] == ["u200", "u201", "u202", "u203"]

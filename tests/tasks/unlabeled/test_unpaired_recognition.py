"""Recognition without labels: batches, what plays, and what does not fit."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.feed import Feed
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired, UnpairedCorpus
from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.nn.axis import AXIS
from ganspeech.tasks.batch_shapes import made_batch
from ganspeech.tasks.unlabeled.phone_reading import AT_ONCE, greedy_phones, read_phones
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition

WIDTH, CLUSTERS = 4, 3
NAMES = ("<SIL>", "a", "b", "c", "d")
TASK = UnpairedRecognition(width=WIDTH, phones=len(NAMES), clusters=CLUSTERS, longest=12)
GENERATOR = PhoneGenerator(kernel=3, stride=2, gain=1.0, residual=True)
SIZE = 4


@dataclasses.dataclass(frozen=True)
class Made(UnpairedCorpus):
    """Utterances of 5 to 13 segments, and sentences of 3 to 20 phones."""

    held_out: int = 2

    def unpaired(self):
        rng = np.random.default_rng(0)
        made = [utterance(rng, 5 + n, f"u{n}") for n in range(9)]
        texts = [rng.integers(1, len(NAMES), 3 + n).astype(np.int32) for n in range(18)]
        return Unpaired(made, made[:2], texts, NAMES, "x", Problems(), CLUSTERS)


def utterance(rng, count, id="u"):
    features = rng.normal(size=(count, WIDTH)).astype(np.float32)
    return Segments(id, features, rng.integers(0, CLUSTERS, count).astype(np.int32))


@pytest.fixture(scope="module")
def variables():
    return jax.jit(GENERATOR.init, static_argnums=(3, 4))(jax.random.key(0), *TASK.example())


@pytest.fixture
def data():
    """Without the longest utterance."""
    data = TASK.recordings(Made())
    return dataclasses.replace(data, train=data.train[:8])


def played(task, variables, batch):
    keys = jax.random.split(jax.random.key(1), SIZE)

    def play(batch):
        made = task.play(GENERATOR, variables, batch, keys)
        return made.real, made.fake, made.terms

    shares = jax.tree.map(lambda array: jnp.asarray(array)[None], batch)
    return jax.tree.map(lambda x: np.asarray(x[0]), jax.vmap(play, axis_name=AXIS)(shares))


def test_batches_pair_utterances_with_sentences_at_random(data):
    assert [one.id for one in data.train] == [f"u{n}" for n in range(8)]
    batches = TASK.batches(data, Feed(SIZE, seed=3))
    batch, again = next(batches), next(TASK.batches(data, Feed(SIZE, seed=3)))
    jax.tree.map(np.testing.assert_array_equal, batch, again)
    shapes = TASK.batch_shapes(SIZE)
    assert {name: (x.shape, x.dtype) for name, x in batch.items()} == {
        name: (shape.shape, shape.dtype) for name, shape in shapes.items()
    }
    by_length = {len(one.features): one for one in data.train}
    for row in range(SIZE):
        count, said = int(batch["lengths"][row]), int(batch["label_lengths"][row])
        one = by_length[count]
        np.testing.assert_array_equal(batch["features"][row, :count], one.features)
        np.testing.assert_array_equal(batch["clusters"][row, :count], one.clusters)
        assert not batch["features"][row, count:].any() and not batch["labels"][row, said:].any()
        assert 3 <= said <= TASK.longest and (batch["labels"][row, :said] > 0).all()


def test_long_utterances_are_cut_anywhere():
    data = TASK.recordings(Made())
    (long,) = (one for one in data.train if len(one.features) > TASK.longest)
    batch = next(TASK.batches(dataclasses.replace(data, train=[long]), Feed(32)))
    assert set(batch["lengths"]) == {12}
    firsts = {0: 0, 1: 0}
    for features, clusters in zip(batch["features"], batch["clusters"]):
        (start,) = (n for n in (0, 1) if (features[0] == long.features[n]).all())
        np.testing.assert_array_equal(features, long.features[start : start + 12])
        np.testing.assert_array_equal(clusters, long.clusters[start : start + 12])
        firsts[start] += 1
    assert min(firsts.values()) > 5


def test_long_sentences_are_cut_anywhere(data):
    texts = [np.arange(1, 31, dtype=np.int32)]
    data = dataclasses.replace(data, texts=texts)
    batch = next(TASK.batches(data, Feed(32)))
    firsts = batch["labels"][:, 0]
    assert set(batch["label_lengths"]) == {12} and firsts.min() < 5 and firsts.max() > 14
    np.testing.assert_array_equal(batch["labels"], firsts[:, None] + np.arange(12))


def test_probabilities_play_against_phones_and_padding_is_zero(data, variables):
    batch = next(TASK.batches(data, Feed(SIZE)))
    real, fake, terms = played(TASK, variables, batch)
    assert real.shape == fake.shape == (SIZE, TASK.longest, len(NAMES))
    for row in range(SIZE):
        said = int(batch["label_lengths"][row])
        np.testing.assert_array_equal(real[row].argmax(-1)[:said], batch["labels"][row, :said])
        np.testing.assert_array_equal(real[row].sum(-1), np.arange(12) < said)
        sums = fake[row].sum(-1)
        count = int((sums > 0).sum())
        assert 1 <= count <= -(-int(batch["lengths"][row]) // 2)
        np.testing.assert_allclose(sums, np.arange(12) < count, atol=1e-5)
    assert set(terms) == {"smoothness", "diversity", "clusters"}


def test_weights_weigh_their_terms(data, variables):
    batch = next(TASK.batches(data, Feed(SIZE)))
    double = {name: 2 * getattr(TASK, name) for name in TASK.loss_weights()}
    once, twice = (
        played(task, variables, batch)[2] for task in (TASK, dataclasses.replace(TASK, **double))
    )
    assert {name: float(twice[name] / once[name]) for name in once} == pytest.approx(
        dict.fromkeys(once, 2.0)
    )
    plain = dataclasses.replace(TASK, clusters=0)
    assert set(played(plain, variables, made_batch(plain.batch_shapes(SIZE)))[2]) == {
        "smoothness", "diversity",
    }  # fmt: skip


@pytest.mark.parametrize(
    "task, message",
    [
        ({"width": 5}, r"the corpus has 4 width: add --task\.width 4"),
        ({"phones": 40}, r"the corpus has 5 phones: add --task\.phones 5"),
        ({"clusters": 8}, r"the corpus has 3 clusters: add --task\.clusters 3"),
    ],
)
def test_a_corpus_of_other_sizes_is_refused(task, message):
    with pytest.raises(CorpusError, match=message):
        dataclasses.replace(TASK, **task).recordings(Made())


def test_a_corpus_of_recordings_is_refused():
    with pytest.raises(CorpusError, match="AudioFolder has recordings, not unpaired speech and te"):
        TASK.recordings(AudioFolder("x"))


@pytest.mark.parametrize(
    "name, value",
    [("width", 0), ("longest", 0), ("phones", 1), ("clusters", -1), ("smoothness", -1.0)],
)
def test_impossible_settings_are_named(name, value):
    with pytest.raises(ValueError, match=rf"task\.{name} must be at least"):
        dataclasses.replace(TASK, **{name: value})


def test_what_is_read_depends_on_no_other_utterance(variables):
    rng = np.random.default_rng(1)
    lengths = [5, 40, 1, 12, 13, *[7] * AT_ONCE]
    utterances = [utterance(rng, count) for count in lengths]
    together = list(read_phones(TASK, GENERATOR, variables, utterances))
    assert [len(one) for one in together] == [-(-count // 2) for count in lengths]
    for place in (0, 1, 2, 4, len(lengths) - 1):
        (alone,) = read_phones(TASK, GENERATOR, variables, [utterances[place]])
        np.testing.assert_allclose(together[place], alone, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(np.exp(alone).sum(-1), 1, rtol=1e-5)
    assert list(read_phones(TASK, GENERATOR, variables, [])) == []


def test_the_best_phones_are_runs_without_silence():
    path = [0, 1, 1, 0, 1, 2, 2, 0, 0, 3]
    assert greedy_phones(np.log(np.eye(5)[path] + 1e-9)) == [1, 1, 2, 3]
    assert greedy_phones(np.log(np.eye(5)[[0, 0]] + 1e-9)) == []


def test_held_out_utterances_are_shown(data, variables):
    pictures = list(TASK.samples(GENERATOR, variables, data))
    assert [picture.id for picture in pictures] == ["u0", "u1"]


def test_a_reader_of_few_phones_has_collapsed(variables, data):
    assert TASK.collapse(GENERATOR, variables, data) == ""
    still = jax.tree.map(jnp.zeros_like, variables)
    assert TASK.collapse(GENERATOR, still, data) == "0 of 4 phones are read"

"""Self-training: a recognizer ends with fewer errors than its labels have."""

import dataclasses

import jax
import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from ganspeech import experiments
from ganspeech.config.experiment import Budget
from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.feed import Feed
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired, UnpairedCorpus
from ganspeech.nn.spec_augment import NO_MASKS
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import abstract_state
from ganspeech.tasks.unlabeled.phone_reading import greedy_phones, read_phones
from ganspeech.tasks.unlabeled.pseudo_labeled import PseudoLabeled
from ganspeech.training.loop import train

NAMES = ("<SIL>", *"abcdef")
WIDTH = 8


@dataclasses.dataclass(frozen=True)
class Codes(UnpairedCorpus):
    """Twelve phones an utterance, each a noisy vector, once or twice, between silence."""

    held_out: int = 20

    def unpaired(self):
        rng = np.random.default_rng(0)
        codes = rng.normal(size=(len(NAMES), WIDTH))
        made = []
        for n in range(140):
            # No phone follows itself: nobody could tell it from a longer one.
            said = 1 + np.cumsum(rng.integers(1, 6, 12), dtype=np.int32) % 6
            steps = np.repeat([0, *said, 0], rng.integers(1, 3, 14))
            heard = codes[steps] + 0.1 * rng.normal(size=(len(steps), WIDTH))
            made.append(Segments(f"u{n:03d}", heard.astype(np.float32), phones=said))
        texts = [one.phones for one in made]
        return Unpaired(made[:120], made[120:], texts, NAMES, "x", Problems())


def errors(said, read):
    return sum(map(Levenshtein.distance, said, read)) / sum(map(len, said))


@pytest.fixture
def labels(tmp_path):
    """A file in which three of ten phones are others, and their share of errors."""
    data, rng = Codes().unpaired(), np.random.default_rng(1)
    read = []
    for one in data.train:
        wrong = rng.random(len(one.phones)) < 0.3
        other = 1 + (one.phones - 1 + rng.integers(1, 6, len(wrong))) % 6
        read.append(np.where(wrong, other, one.phones))
    lines = [
        " ".join([one.id, *(NAMES[phone] for phone in row)]) for one, row in zip(data.train, read)
    ]
    (tmp_path / "labels.txt").write_text("\n".join(lines))
    share = errors([one.phones.tolist() for one in data.train], [row.tolist() for row in read])
    return str(tmp_path / "labels.txt"), share


def test_it_makes_fewer_errors_than_its_labels(labels, tmp_path):
    file, share = labels
    assert 0.2 < share < 0.35
    recipe = experiments.load("pseudo_labels_codes")
    experiment = dataclasses.replace(
        recipe,
        corpus=Codes(),
        task=PseudoLabeled(WIDTH, len(NAMES), longest=32, labels=file),
        generator=ConvolutionalRecognizer(width=24, blocks=1, kernel=3, masks=NO_MASKS),
        rules=dataclasses.replace(recipe.rules, ema=0.0),
        generator_optimizer=dataclasses.replace(
            recipe.generator_optimizer, learning_rate=1e-2, warmup=10
        ),
        budget=Budget(steps=120, batch_size=24, sample_every=0, save_every=120),
    )
    assert train(experiment, tmp_path / "run") == 0
    checkpoints = Checkpoints(tmp_path / "run" / "checkpoints")
    variables = checkpoints.restore(abstract_state(experiment))[0].generator.variables
    data = Codes().unpaired()
    for part in (data.train, data.held_out):
        read = read_phones(experiment.task, experiment.generator, variables, part)
        found = errors([one.phones.tolist() for one in part], map(greedy_phones, read))
        assert found < 0.7 * share


def test_a_batch_is_what_a_corpus_gives_and_samples_are_shown(labels, tmp_path):
    task = PseudoLabeled(WIDTH, len(NAMES), longest=32, labels=labels[0])
    data = task.recordings(Codes())
    batch = next(task.batches(data, Feed(4)))
    shapes = task.batch_shapes(4)
    assert {name: (x.shape, x.dtype) for name, x in batch.items()} == {
        name: (shape.shape, shape.dtype) for name, shape in shapes.items()
    }
    network = ConvolutionalRecognizer(width=8, blocks=1)
    variables = jax.jit(network.init, static_argnums=(3, 4))(jax.random.key(0), *task.example())
    assert [one.id for one in task.samples(network, variables, data)] == [
        f"u{n}" for n in range(120, 124)
    ]


def test_what_does_not_fit_is_told(labels):
    task = PseudoLabeled(WIDTH, len(NAMES), longest=32, labels=labels[0])
    with pytest.raises(CorpusError, match=r"no labels; name a file .* with --task\.labels"):
        dataclasses.replace(task, labels="").recordings(Codes())
    with pytest.raises(CorpusError, match=r"the corpus has 8 width: add --task\.width 8"):
        dataclasses.replace(task, width=9).recordings(Codes())
    with pytest.raises(CorpusError, match="AudioFolder has recordings, not unpaired"):
        task.recordings(AudioFolder("x"))
    with pytest.raises(ValueError, match=r"task\.stride must be 1, 2 or 4, not 3"):
        dataclasses.replace(task, stride=3)

"""Shapes of batches that no corpus is needed for are those that a corpus gives."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import spoken_tones

from ganspeech import experiments
from ganspeech.audio import AudioSpec
from ganspeech.data.corpus import Problems
from ganspeech.data.examples import Examples, Labeled
from ganspeech.data.feed import Feed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.game.contract import Play
from ganspeech.nn.axis import AXIS
from ganspeech.runs.folder import abstract_state
from ganspeech.tasks.batch_shapes import made_batch
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.features import Features
from ganspeech.tasks.invariance import Invariance
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.speech_enhancement import SpeechEnhancement
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.text.vocabulary import Characters
from ganspeech.training.ratings import Ratings

SIZE = 4
HEARD = AudioSpec(
    sample_rate=8000, n_fft=128, hop_length=80, win_length=128, n_mels=12, fmax=4000,
    power=2.0, padding="center", pad_mode="constant",
)  # fmt: skip
FEATURES = {"features": Features(HEARD), "buckets": (0.5,)}
TASKS = (
    Vocoding(spec=spoken_tones.SPEC, segment_frames=16),
    SpeechEnhancement(spec=spoken_tones.SPEC, seconds=0.1),
    FeatureEnhancement(**FEATURES),
    Recognition(**FEATURES, vocabulary=Characters(), stride=1),
    Invariance(**FEATURES, vocabulary=Characters(), stride=1, conditions=Conditions(noisy=0.5)),
    dataclasses.replace(spoken_tones.TASK, buckets=(0.5,)),
)


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_has_shapes(name):
    shapes = experiments.load(name).task.batch_shapes(SIZE)
    assert shapes and all(shape.shape[0] == SIZE for shape in shapes.values())


@pytest.fixture
def corpus(tmp_path, monkeypatch) -> LJSpeech:
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "corpus").mkdir()
    spoken_tones.write_ljspeech(tmp_path / "corpus")
    return LJSpeech(str(tmp_path / "corpus"), held_out=4)


def require_same(shapes, batch):
    """Checks that a batch has the shapes, but for the number of labels."""
    assert shapes.keys() == batch.keys()
    for name, array in batch.items():
        expected = shapes[name]
        assert array.dtype == expected.dtype, name
        if name == "labels":
            assert array.shape[0] == expected.shape[0]
        else:
            assert array.shape == expected.shape, name


@pytest.mark.parametrize("task", TASKS, ids=lambda task: type(task).__name__)
def test_the_shapes_are_those_of_a_first_batch(task, corpus):
    batches = task.batches(task.recordings(corpus), Feed(batch_size=SIZE))
    require_same(task.batch_shapes(SIZE), next(batches))


@pytest.mark.parametrize(
    "name", ["asgan_digits", "dcgan_mnist", "dcgan_words", "specgan_digits", "wavegan_digits"]
)
def test_the_shapes_are_those_of_examples(name):
    task = experiments.load(name).task
    values = np.zeros((SIZE, *task.view.shape), np.float32)
    some = Labeled(values, np.zeros(SIZE, np.int32), tuple("abcd"))
    prepared = Examples(some, some, ("only",), "", Problems())
    batches = task.batches(prepared, Feed(batch_size=SIZE))
    require_same(task.batch_shapes(SIZE), next(batches))


def test_rated_examples_are_in_the_shapes(corpus, tmp_path):
    task = SpeechEnhancement(spec=spoken_tones.SPEC, seconds=0.1)
    batch = next(task.batches(task.recordings(corpus), Feed(batch_size=SIZE)))
    ratings = Ratings(tmp_path, 0)
    clips = np.zeros((3, task.segment_samples), np.float32)
    rated = {"rated_audio": clips, "rated_clean": clips, "rating": np.zeros(3, np.float32)}
    ratings.add(0, rated, write=False)
    both = ratings.beside(batch, np.random.default_rng(0), process=0, of=1)
    wide = dataclasses.replace(task.spec, sample_rate=16000)
    learned = dataclasses.replace(task, spec=wide, seconds=0.05, rate_every=1)
    require_same(learned.batch_shapes(SIZE), both)


ONE_OF_EACH_TASK = (
    "vocoder_demo",
    "enhancement_metricgan",
    "enhancement_digits",
    "feature_gan_digits",
    "noise_maker_digits",
    "recognition_digits",
    "invariance_digits",
    "dcgan_mnist",
    "wavegan_digits",
    "tts_small",
    "tts_mel",
    "unpaired_codes",
    "pseudo_labels_codes",
    "boundaries_codes",
)


@pytest.mark.parametrize("name", ONE_OF_EACH_TASK)
def test_every_task_plays_a_made_up_batch(name):
    experiment = experiments.load(name)
    batch = made_batch(experiment.task.batch_shapes(2), seed=1)
    assert {len(array) for array in batch.values()} == {2}
    variables = abstract_state(experiment).generator.variables
    keys = jax.eval_shape(lambda: jax.random.split(jax.random.key(0), 2))

    def play(variables, batch, keys):
        made = experiment.task.play(experiment.generator, variables, batch, keys)
        return made._replace(rated=None)

    over_devices = jax.vmap(play, in_axes=(None, 0, None), axis_name=AXIS)
    shares = jax.tree.map(lambda array: array[None], batch)
    played = jax.eval_shape(over_devices, variables, shares, keys)
    assert isinstance(played, Play)
    assert {term.dtype for term in played.terms.values()} <= {jnp.dtype("float32")}
    again = made_batch(experiment.task.batch_shapes(2), seed=1)
    jax.tree.map(np.testing.assert_array_equal, batch, again)

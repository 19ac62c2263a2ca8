"""Enhancement: what it learns from, PESQ as a rating, and runs that go on as if never stopped."""

import dataclasses
import importlib.util
import shutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from small import one_of_each_class, tiny

from ganspeech.audio import AudioSpec
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.config.registry import ENHANCERS
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.discriminators.metric import MetricDiscriminator
from ganspeech.evaluation.quality.enhancement import enhanced_by_run
from ganspeech.evaluation.quality.scores import NOISY, SUBTRACTION
from ganspeech.evaluation.request import Request
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.cmgan import CMGANGenerator
from ganspeech.generators.mask_enhancer import MaskEnhancer
from ganspeech.losses.adversarial import Hinge, LeastSquares
from ganspeech.nn.axis import AXIS, example_keys
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import load_run
from ganspeech.tasks.speech_enhancement import SpeechEnhancement, enhance
from ganspeech.training.loop import train

SPEC = AudioSpec(
    sample_rate=16000, n_fft=128, hop_length=64, win_length=128, n_mels=20, padding="center"
)
needs_pesq = pytest.mark.skipif(
    importlib.util.find_spec("pesq") is None, reason="the package pesq is not installed"
)


def small(**changes):
    experiment = Experiment(
        corpus=EmbeddedSpeech(sentences=4, held_out=1),
        task=SpeechEnhancement(
            spec=SPEC,
            seconds=0.5,
            conditions=Conditions(noisy=1.0, snr_db=(0.0, 10.0)),
            time_weight=1.0,
        ),
        generator=MaskEnhancer(width=8, layers=1, dense=8),
        discriminators=(
            tiny(MetricDiscriminator()).clone(n_fft=128, hop_length=64, stride=4, kernel=3),
        ),
        objective=LeastSquares(),
        rules=Rules(feature_matching=0.0, ema=0.0),
        generator_optimizer=Optimizer(learning_rate=1e-3),
        discriminator_optimizer=Optimizer(learning_rate=1e-3),
        budget=Budget(steps=5, batch_size=2, log_every=1, sample_every=0, save_every=2, keep=9),
    )
    return dataclasses.replace(experiment, **changes)


def rating(experiment):
    task = dataclasses.replace(experiment.task, rate_every=2, rated=3)
    return dataclasses.replace(experiment, task=task)


@pytest.mark.parametrize("generator", one_of_each_class(ENHANCERS), ids=lambda g: type(g).__name__)
def test_enhancers_keep_the_length_and_have_finite_gradients_in_silence(generator):
    if "depth" in {field.name for field in dataclasses.fields(generator)}:
        generator = generator.clone(depth=1, kernel=3)
    audio = 0.1 * jax.random.normal(jax.random.PRNGKey(0), (2, 1000))
    audio = audio.at[1].set(0.0)
    variables = generator.init(jax.random.PRNGKey(1), audio, SPEC)
    made = generator.apply(variables, audio, SPEC)
    assert made.shape == audio.shape and made.dtype == jnp.float32

    def loss(params):
        return jnp.abs(generator.apply(variables | {"params": params}, audio, SPEC)).sum()

    slopes = jax.grad(loss)(variables["params"])
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(slopes))
    assert any(np.any(leaf) for leaf in jax.tree.leaves(slopes))


def test_dropout_acts_in_training_alone():
    task = SpeechEnhancement(spec=SPEC, seconds=0.05)
    audio = np.random.default_rng(0).normal(size=(1, 2, task.segment_samples)).astype(np.float32)
    generator = CMGANGenerator(channels=2, blocks=1, heads=1, kernel=1, depth=1, dropout=0.5)
    variables = jax.jit(generator.init, static_argnums=2)(jax.random.key(0), audio[0], SPEC)

    @jax.jit
    def played(seed):
        def play(audio):
            keys = example_keys(jax.random.key(seed), len(audio))
            return task.play(generator, variables, {"audio": audio, "clean": audio}, keys).fake

        return jax.vmap(play, axis_name=AXIS)(audio)

    np.testing.assert_array_equal(played(0), played(0))
    assert np.any(played(0) != played(1))
    enhanced = [enhance(generator, variables, audio[0], SPEC) for _ in range(2)]
    np.testing.assert_array_equal(*enhanced)


def test_lengths_are_rounded_up_without_a_trace():
    generator = MaskEnhancer(width=4, layers=1, dense=4)
    noisy = np.random.default_rng(0).normal(size=(1, 16_000)).astype(np.float32) / 10
    variables = generator.init(jax.random.PRNGKey(0), jnp.asarray(noisy), SPEC)
    exact = np.asarray(generator.apply(variables, jnp.asarray(noisy), SPEC))
    np.testing.assert_allclose(enhance(generator, variables, noisy, SPEC), exact, atol=1e-6)
    assert enhance(generator, variables, noisy[:, :15_000], SPEC).shape == (1, 15_000)


def test_metric_discriminators_need_the_clean_speech():
    with pytest.raises(ValueError, match="needs clean speech"):
        MetricDiscriminator().init(jax.random.PRNGKey(0), jnp.zeros((1, 2000)))


def test_the_supervised_baseline_learns_from_the_losses_alone(tmp_path):
    experiment = small(discriminators=())
    assert train(experiment, tmp_path) == 0
    assert load_run(tmp_path).step == 5


def test_held_out_speech_is_heard_in_noises_that_no_training_uses():
    experiment = small()
    task = experiment.task
    prepared = task.recordings(experiment.corpus)
    found = task.held_out(prepared)
    again = task.held_out(prepared)
    assert [name for _, name, _ in found] == [name for _, name, _ in again]
    for (recording, _, noisy), (_, _, same) in zip(found, again):
        assert len(noisy) == recording.samples
        np.testing.assert_array_equal(noisy, same)
        assert np.abs(noisy - recording.audio()).max() > 0.01


@needs_pesq
def test_ratings_are_pesq_between_0_and_1_of_enhanced_and_noisy_segments():
    experiment = rating(small())
    task, generator = experiment.task, experiment.generator
    prepared = task.recordings(experiment.corpus)
    variables = generator.init(jax.random.PRNGKey(0), *task.example())
    rated = task.rate(generator, variables, prepared, np.random.default_rng(0))
    assert set(rated) == {"rated_audio", "rated_clean", "rating"}
    assert 1 <= len(rated["rating"]) <= 6 and len(rated["rated_audio"]) == len(rated["rating"])
    assert (rated["rating"] > 0).all() and (rated["rating"] < 1).all()
    again = task.rate(generator, variables, prepared, np.random.default_rng(0))
    np.testing.assert_array_equal(rated["rating"], again["rating"])


@needs_pesq
def test_a_discriminator_learns_ratings_and_a_resumed_run_is_bit_identical(tmp_path):
    experiment = rating(small())
    assert train(experiment, tmp_path / "whole") == 0
    # The same in two parts, the second from the checkpoint of step 2.
    assert train(experiment, tmp_path / "parts") == 0
    checkpoints = Checkpoints(tmp_path / "parts" / "checkpoints")
    for step in checkpoints.steps():
        if step > 2:
            shutil.rmtree(checkpoints.path(step))
    assert train(experiment, tmp_path / "parts") == 0
    whole, parts = load_run(tmp_path / "whole"), load_run(tmp_path / "parts")
    for ours, theirs in zip(
        jax.tree.leaves((whole.variables, whole.discriminators)),
        jax.tree.leaves((parts.variables, parts.discriminators)),
    ):
        np.testing.assert_array_equal(ours, theirs)
    steps = sorted(int(file.stem) for file in (tmp_path / "whole" / "ratings").glob("*.npz"))
    assert steps == [0, 2, 4]


@needs_pesq
def test_ratings_are_learned_by_least_squares_alone(tmp_path):
    with pytest.raises(ValueError, match="--objective least-squares"):
        train(rating(small(objective=Hinge())), tmp_path)


def test_pesq_wants_16_kilohertz():
    with pytest.raises(ValueError, match=r"task\.spec\.sample_rate"):
        SpeechEnhancement(spec=AudioSpec(), rate_every=1)


def test_a_run_is_scored_beside_the_noisy_speech(tmp_path):
    assert train(small(discriminators=()), tmp_path / "mask") == 0
    material = enhanced_by_run(load_run(tmp_path / "mask"), Request())
    assert set(material.systems) == {"mask", NOISY, SUBTRACTION}
    (sentence,) = material.reference
    lengths = {len(audio[sentence]) for audio in material.systems.values()}
    assert lengths == {len(material.reference[sentence])}
    assert material.texts[sentence] and "dB" not in material.texts[sentence]
    assert material.conditions[sentence].endswith(" dB")
    assert material.facts["mask"].parameters > 0

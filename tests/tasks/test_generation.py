"""Generation from noise: every network learns, labels are obeyed, augmentation adapts."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from small import one_of_each_class, tiny

from ganspeech.audio import SPEECH_16K
from ganspeech.config.registry import (
    NOISE_GENERATORS,
    PICTURE_DISCRIMINATORS,
    WAVEFORM_DISCRIMINATORS,
)
from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.examples import Examples, Labeled
from ganspeech.discriminators.dcgan import DCGANDiscriminator
from ganspeech.game.augmentation import ADAPTIVE, ADAPTIVE_SPECTROGRAM, DIFF_AUGMENT, Augmentation
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.generators.dcgan import DCGANGenerator
from ganspeech.losses.adversarial import Hinge, LeastSquares, NonSaturating, Wasserstein
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import Pictures, Waveform
from ganspeech.tasks.spectrogram_representations import LogMelPatch, LogSpectrum
from ganspeech.training.parallel import ParallelUpdate

VIEWS = {
    "DCGANGenerator": LogMelPatch(),
    "WaveGANGenerator": Waveform(),
    "ASGANGenerator": LogMelPatch(SPEECH_16K, frames=64),
}
RULES = Rules(feature_matching=0.0)


def game(view, generator, judge, objective=None, rules=RULES, augmentation=None, **task):
    both = Optimizer(learning_rate=2e-3, b1=0.5), Optimizer(learning_rate=2e-3, b1=0.5)
    task = Generation(view=view, latent=8, **task)
    augmentation = augmentation or Augmentation()
    return Game(task, generator, (judge,), objective or Hinge(), rules, *both, augmentation)


def batch(task, size=4, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-1, 1, (size, *task.view.shape)).astype(np.float32)
    return {"values": values, "label": rng.integers(0, 3, size).astype(np.int32)}


def play(chosen, steps=1, size=4):
    update = ParallelUpdate(chosen, 100)
    create = jax.jit(lambda key: create_state(chosen, key, 100))
    state = update.place(create(jax.random.PRNGKey(0)))
    first = jax.tree.map(np.array, state)
    for step in range(steps):
        batches = [batch(chosen.task, size, seed=step)] * chosen.rules.critic_steps
        state, metrics = update(state, batches)
        values = {name: float(value[-1]) for name, value in metrics.items()}
        assert all(np.isfinite(list(values.values()))), values
    return first, state, values


def partners():
    for generator in one_of_each_class(NOISE_GENERATORS):
        name = type(generator).__name__
        view = VIEWS.get(name, LogSpectrum())
        judge = {
            "DCGANGenerator": PICTURE_DISCRIMINATORS["dcgan"],
            "WaveGANGenerator": WAVEFORM_DISCRIMINATORS["wavegan"],
            "SpecGANGenerator": PICTURE_DISCRIMINATORS["specgan"],
            "ASGANGenerator": PICTURE_DISCRIMINATORS["asgan"],
        }[name]
        yield pytest.param(view, generator, tiny(judge), id=name)


@pytest.mark.parametrize(("view", "generator", "judge"), list(partners()))
@pytest.mark.parametrize("classes", [pytest.param(0, marks=pytest.mark.slow), 3])
def test_every_network_plays_and_fits_its_view(view, generator, judge, classes):
    judge = judge.clone(spectral_norm=bool(classes))
    chosen = game(view, generator, judge, Wasserstein(), classes=classes)
    before, after, metrics = play(chosen)
    for player in ("generator", "discriminator"):
        assert metrics[f"{player}/gradient_norm"] > 0
    moved = jax.tree.map(lambda a, b: bool(np.any(a != b)), before, jax.tree.map(np.array, after))
    assert all(jax.tree.leaves(moved.generator.params))
    variables = after.generator.variables
    values, labels = chosen.task.sample(generator, variables, 5)
    assert values.shape == (5, *view.shape) and np.abs(values).max() <= 1
    assert list(labels) == ([0, 1, 2, 0, 1] if classes else [0] * 5)


def test_labels_change_what_is_made_and_judged():
    chosen = game(LogMelPatch(), tiny(DCGANGenerator()), tiny(DCGANDiscriminator()), classes=3)
    _, state, _ = play(chosen)
    noise = np.zeros((3, 8), np.float32)
    made = chosen.task.generate(
        chosen.generator, state.generator.variables, noise, np.array([0, 1, 1])
    )
    assert np.any(made[0] != made[1])
    np.testing.assert_allclose(made[1], made[2], atol=1e-6)
    variables = jax.tree.map(np.array, state.discriminator.variables[0])
    variables["params"]["head"]["classes"]["kernel"][:] = 0
    variables["params"]["head"]["classes"]["kernel"][2] = 0.1
    logits = [
        chosen.discriminators[0].apply(variables, made[:1], chosen.task.one_hot(jnp.array([label])))
        for label in range(3)
    ]
    zero, one, two = (float(maps[0][-1][0, 0]) for maps in logits)
    features = logits[0][0][-2]
    assert zero == pytest.approx(one)
    assert two - zero == pytest.approx(0.1 * float(features.sum()), rel=1e-4)


def test_many_are_made_as_few_are():
    chosen = game(LogMelPatch(), tiny(DCGANGenerator()), tiny(DCGANDiscriminator()))
    _, state, _ = play(chosen)
    many, _ = chosen.task.sample(chosen.generator, state.generator.variables, 300)
    noise = chosen.task.draw(jax.random.split(jax.random.key(0), 300))
    few = chosen.generator.apply(state.generator.variables, noise[-3:], None)
    np.testing.assert_allclose(many[-3:], few, atol=1e-5)


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_noise_is_of_its_prior(prior):
    task = Generation(latent=50, prior=prior)
    noise = np.asarray(task.draw(jax.random.split(jax.random.key(0), 400)))
    assert noise.mean() == pytest.approx(0, abs=0.03)
    assert noise.std() == pytest.approx(1 if prior == "normal" else 3**-0.5, abs=0.02)
    assert (np.abs(noise).max() <= 1) == (prior == "uniform")


@pytest.mark.parametrize(
    "objective", [NonSaturating(), pytest.param(LeastSquares(), marks=pytest.mark.slow)]
)
def test_augmentation_adapts_to_overfitting(objective):
    # 4 examples a step, of 40 from none to all: a tenth a step.
    adaptive = dataclasses.replace(ADAPTIVE_SPECTROGRAM, adapt_over=40, probability=0.5)
    chosen = game(LogMelPatch(), tiny(DCGANGenerator()), tiny(DCGANDiscriminator()), objective)
    for target in (-0.5, 0.5):
        aimed = dataclasses.replace(adaptive, target=target)
        _, state, metrics = play(dataclasses.replace(chosen, augmentation=aimed))
        overfitting = metrics["discriminator/overfitting"]
        assert -1 <= overfitting <= 1 and metrics["discriminator/augmentation"] == 0.5
        expected = 0.5 + 0.1 * np.sign(overfitting - target)
        assert float(state.augmentation) == pytest.approx(expected)


def test_fixed_augmentation_stays_and_reports_nothing():
    chosen = game(LogMelPatch(), tiny(DCGANGenerator()), tiny(DCGANDiscriminator()))
    _, _, without = play(chosen)
    _, changed, metrics = play(dataclasses.replace(chosen, augmentation=DIFF_AUGMENT))
    assert set(metrics) == set(without) and float(changed.augmentation) == 1.0
    assert metrics["discriminator/real"] != without["discriminator/real"]


def test_augmentation_cannot_adapt_to_scores_without_a_zero():
    with pytest.raises(ValueError, match="augmentation cannot adapt under Wasserstein"):
        game(
            Waveform(),
            tiny(DCGANGenerator()),
            tiny(DCGANDiscriminator()),
            Wasserstein(),
            augmentation=ADAPTIVE,
        )


def test_settings_that_cannot_be_are_named():
    for field, value in (("latent", 0), ("classes", -1), ("share", 0.0), ("share", 1.5)):
        with pytest.raises(ValueError, match=rf"task\.{field} must"):
            Generation(**{field: value})


def test_another_number_of_classes_is_refused(monkeypatch):
    part = Labeled(np.zeros((2, 32, 32, 1), np.float32), np.arange(2, dtype=np.int32), ("a", "b"))
    examples = Examples(part, part, ("yes", "no"), "print", Problems())
    monkeypatch.setattr(Pictures, "examples", lambda view, corpus: examples)
    assert Generation(classes=2).recordings(None) is examples
    with pytest.raises(CorpusError, match=r"classes is 3, but the corpus has 2 classes \(yes, no"):
        Generation(classes=3).recordings(None)


def test_a_generator_of_another_size_than_the_view_is_told():
    view = LogMelPatch(SPEECH_16K, frames=62)
    generator, judge = (
        tiny(parts["asgan"]) for parts in (NOISE_GENERATORS, PICTURE_DISCRIMINATORS)
    )
    chosen = game(view, generator, judge)
    with pytest.raises(
        ValueError, match=r"makes \[64, 80, 1\], and .* task.view are \[62, 80, 1\]"
    ):
        play(chosen)

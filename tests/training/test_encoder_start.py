"""A recognizer starts from one that was trained, perhaps on other symbols."""

import dataclasses

import jax
import numpy as np
import pytest
from made_runs import initial_state, make_run

from ganspeech.audio import SpecMismatch
from ganspeech.config.experiment import Experiment
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.runs import folder as runs
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Words
from ganspeech.training.start.starts import start_from

FEATURES = Features(dataclasses.replace(Features().spec, n_mels=16))
RECOGNITION = Recognition(FEATURES, Words(("yes", "no")), buckets=(0.1,))
RECOGNIZER = ConvolutionalRecognizer(width=8, blocks=1)


def experiment(task=RECOGNITION, generator=RECOGNIZER, start="", discriminators=()):
    return Experiment(
        corpus=EmbeddedSpeech(), task=task, generator=generator, discriminators=discriminators,
        start=start, objective=LeastSquares(), rules=Rules(feature_matching=0.0, ema=0.9),
        generator_optimizer=Optimizer(), discriminator_optimizer=Optimizer(),
    )  # fmt: skip


def run_of(folder, chosen):
    return str(make_run(folder, chosen, (7,), seed=3))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of a recognizer of yes and no, as if it had been trained."""
    return run_of(tmp_path_factory.mktemp("words"), experiment())


def same(a, b):
    return jax.tree.all(jax.tree.map(lambda x, y: bool(np.array_equal(x, y)), a, b))


def test_the_same_symbols_take_the_whole_network(trained):
    begun = start_from(initial_state(experiment()), experiment(start=trained))
    assert same(begun.generator.variables, runs.load_run(trained).variables)
    assert same(begun.ema, (begun.generator.params, begun.generator.mutable))


def test_other_symbols_take_all_but_the_output(trained):
    task = dataclasses.replace(RECOGNITION, vocabulary=Words(("left", "right", "stop")))
    fresh = initial_state(experiment(task))
    begun = start_from(fresh, experiment(task, start=trained)).generator.params
    there = runs.load_run(trained).variables["params"]
    assert same(begun["symbols"], fresh.generator.params["symbols"])
    assert begun["symbols"]["kernel"].shape == (8, 4)
    inner = {name: part for name, part in begun.items() if name != "symbols"}
    assert same(inner, {name: there[name] for name in inner}) and len(inner) == len(there) - 1


def test_as_many_other_symbols_are_others_too(trained):
    task = dataclasses.replace(RECOGNITION, vocabulary=Words(("no", "yes")))
    fresh = initial_state(experiment(task))
    begun = start_from(fresh, experiment(task, start=trained)).generator.params
    assert same(begun["symbols"], fresh.generator.params["symbols"])


def test_what_does_not_fit_is_refused_in_one_line(trained, tmp_path):
    def begin(chosen, match, error=ValueError, fresh=None):
        with pytest.raises(error, match=match) as raised:
            start_from(fresh or initial_state(experiment()), chosen)
        assert "\n" not in str(raised.value)

    wider = experiment(generator=ConvolutionalRecognizer(width=9, blocks=1), start=trained)
    begin(
        wider, r"--start .*: the recognizer's params/.* but this architecture has .*9", ValueError,
        initial_state(wider),
    )  # fmt: skip
    spec = dataclasses.replace(FEATURES.spec, fmax=4000.0)
    other = dataclasses.replace(RECOGNITION, features=Features(spec))
    begin(experiment(other, start=trained), r"of the run .* fmax is 8000\.0 there", SpecMismatch)
    begin(
        experiment(dataclasses.replace(RECOGNITION, stride=2), start=trained),
        r"task\.stride was 4 there, and is 2 here",
    )
    enhancement = FeatureEnhancement(features=FEATURES, buckets=(0.1,))
    made = experiment(
        enhancement, FeatureEnhancer(8), discriminators=(FeaturePatchDiscriminator((4,)),)
    )
    begin(
        experiment(start=run_of(tmp_path, made)),
        r"was trained for FeatureEnhancement: name a run of a recognizer",
    )

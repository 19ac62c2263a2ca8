"""A recognizer's front starts from the networks of a run."""

import dataclasses

import jax
import jax.numpy as jnp
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
from ganspeech.generators.feature_generator import FeatureGenerator
from ganspeech.generators.noise_maker import NoiseMaker
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.recognizers.front import Enhanced, Fronted, MadeNoisy, Maps
from ganspeech.runs import folder as runs
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.feature_generation import FeatureGeneration
from ganspeech.tasks.features import Features
from ganspeech.tasks.noise_synthesis import NoiseSynthesis
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Words
from ganspeech.training.start.starts import start_from

FEATURES = Features(dataclasses.replace(Features().spec, n_mels=16))
COMMON = {"features": FEATURES, "buckets": (0.1,)}
PATCH = FeaturePatchDiscriminator((4, 8))
RECOGNIZER = ConvolutionalRecognizer(width=8, blocks=1)
RECOGNITION = Recognition(**COMMON, vocabulary=Words(("yes", "no")))
KINDS = {
    "enhanced": (FeatureEnhancement(**COMMON), FeatureEnhancer(8), Enhanced),
    "made-noisy": (NoiseSynthesis(**COMMON), NoiseMaker(8), MadeNoisy),
    "maps": (FeatureGeneration(**COMMON, latent=4, frames=8), FeatureGenerator((8, 4)), Maps),
}


def experiment(task, generator, discriminators=(), start=""):
    return Experiment(
        corpus=EmbeddedSpeech(), task=task, generator=generator, discriminators=discriminators,
        start=start, objective=LeastSquares(), rules=Rules(feature_matching=0.0),
        generator_optimizer=Optimizer(), discriminator_optimizer=Optimizer(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of each kind, as if it had been trained."""
    folders = {}
    for kind, (task, generator, _) in KINDS.items():
        chosen = experiment(task, generator, (PATCH,))
        folders[kind] = make_run(tmp_path_factory.mktemp(kind), chosen, (7,), seed=3)
    return folders


def front_of(kind):
    return KINDS[kind][2](PATCH if kind == "maps" else KINDS[kind][1])


def recognition(front, start, learns=False, task=RECOGNITION):
    return experiment(task, Fronted(front, RECOGNIZER, learns), start=str(start))


def same(a, b):
    return jax.tree.all(jax.tree.map(lambda x, y: bool(np.array_equal(x, y)), a, b))


@pytest.mark.parametrize(
    ("kind", "learns"), [("enhanced", False), ("made-noisy", False), ("maps", True)]
)
def test_a_front_gets_the_weights_of_its_kind(kind, learns, trained):
    chosen = recognition(front_of(kind), trained[kind], learns)
    fresh = initial_state(chosen)
    begun = start_from(fresh, chosen)
    run = runs.load_run(trained[kind])
    theirs = run.discriminators[0] if kind == "maps" else run.variables
    network, variables = chosen.generator, begun.generator.variables
    assert same(network.front_of(variables), theirs)
    assert not same(network.front_of(fresh.generator.variables), theirs)
    assert same(variables["params"]["recognizer"], fresh.generator.params["recognizer"])
    assert same(begun.ema, (begun.generator.params, begun.generator.mutable))
    features, *rest = RECOGNITION.example()
    heard = jax.jit(lambda x: network.apply(variables, x, *rest))(features + 1)
    assert bool(jnp.isfinite(heard.logits).all())


def test_what_does_not_fit_is_refused_in_one_line(trained, tmp_path):
    usual = initial_state(recognition(front_of("enhanced"), ""))

    def begin(chosen, match, error=ValueError, state=usual):
        with pytest.raises(error, match=match) as raised:
            start_from(state, chosen)
        assert "\n" not in str(raised.value)

    folder = trained["enhanced"]
    begin(
        recognition(front_of("maps"), folder),
        r"trained for FeatureEnhancement, but a front of the kind Maps needs a first discriminator "
        "of FeatureGeneration",
    )
    wider = recognition(Enhanced(FeatureEnhancer(9)), folder)
    begin(
        wider,
        r"--start .*: the front's params/.* but this architecture",
        state=initial_state(wider),
    )
    spec = dataclasses.replace(FEATURES.spec, fmin=30.0)
    task = dataclasses.replace(RECOGNITION, features=Features(spec))
    begin(
        recognition(front_of("enhanced"), folder, task=task),
        r"of the run .* fmin is 0\.0 there",
        SpecMismatch,
    )
    task = dataclasses.replace(RECOGNITION, features=dataclasses.replace(FEATURES, deltas=1))
    begin(
        recognition(front_of("enhanced"), folder, task=task),
        r"task\.features\.deltas was 0 there, and is 1 here",
    )
    begin(recognition(front_of("enhanced"), tmp_path), r"is not a run with checkpoints")
    enhancement = experiment(KINDS["enhanced"][0], FeatureEnhancer(8), start=str(folder))
    begin(enhancement, r"only vocoders, voices, recognizers and readers of phones .*, not F")

"""Runs of recognizers as they are before they have learned, on digits that are tones."""

import numpy as np
import pytest
from made_runs import make_run as make_run_of

from ganspeech.audio import write_audio
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Words

RATE, SPEAKERS, TAKES = 16000, 5, 3


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Three takes of all digits by five speakers; those of the last take are held out."""
    folder = tmp_path_factory.mktemp("digits")
    for digit, speaker, take in np.ndindex(10, SPEAKERS, TAKES):
        time = np.arange(RATE // 4 + 200 * take) / RATE
        tone = 0.5 * np.sin(2 * np.pi * (200 + 200 * digit + 13 * speaker) * time)
        write_audio(folder / f"{digit}_s{speaker}_{take}.wav", tone.astype(np.float32), RATE)
    return SpokenDigits(root=str(folder), held_out=10 * SPEAKERS)


@pytest.fixture(scope="module")
def base(digits):
    """A recognizer of the digits."""
    return Experiment(
        corpus=digits,
        task=Recognition(vocabulary=Words(), buckets=(0.5,), conditions=Conditions(unseen=2)),
        generator=ConvolutionalRecognizer(width=8, blocks=1),
        discriminators=(),
        objective=LeastSquares(),
        rules=Rules(feature_matching=0.0),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
        budget=Budget(steps=1),
    )


@pytest.fixture(scope="module")
def make_run(tmp_path_factory):
    """Makes a run folder as training would, with a checkpoint at each step, of its own weights."""

    def make(experiment, steps=(1,)):
        return make_run_of(tmp_path_factory.mktemp("run"), experiment, steps, seed=steps[0])

    return make


@pytest.fixture(scope="module")
def run(base, make_run):
    return make_run(base)


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield

"""Voices that make mels: of a run, through a vocoder, in a file."""

import dataclasses

import jax
import numpy as np
import pytest
from made_runs import initial_state, make_run
from spoken_tones import MEL_SMALL, MEL_TASK, SPEC, write_durations, write_ljspeech

from ganspeech.audio import HIFIGAN_22K
from ganspeech.audio.spec import SpecMismatch
from ganspeech.commands.cli import main
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.evaluation.quality.scores import COPY
from ganspeech.evaluation.quality.speech import spoken_by_run
from ganspeech.evaluation.request import Request
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.acoustic.vocoded import Vocoded
from ganspeech.generators.primed import PrimedVocos
from ganspeech.load import load_voice
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.runs.folder import load_run
from ganspeech.training.start.starts import start_from


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def vocoder():
    generator = PrimedVocos(8, 1, 1, 1, 1)
    mels = np.zeros((1, 8, SPEC.n_mels), np.float32)
    variables = jax.jit(lambda key: generator.init(key, mels, SPEC))(jax.random.key(3))
    return Vocoder(generator, jax.device_get(variables), SPEC, "Made for a test.")


@pytest.fixture(scope="module")
def experiment(vocoder, tmp_path_factory):
    root = tmp_path_factory.mktemp("tones")
    write_ljspeech(root)
    vocoder.save(root / "vocoder.safetensors")
    return Experiment(
        corpus=LJSpeech(str(root), held_out=3),
        task=dataclasses.replace(
            MEL_TASK,
            buckets=(0.5,),
            durations=str(write_durations(root)),
            vocoder=str(root / "vocoder.safetensors"),
        ),
        generator=MEL_SMALL,
        discriminators=(),
        objective=LeastSquares(),
        rules=Rules(feature_matching=0.0),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
        budget=Budget(steps=1),
    )


@pytest.fixture(scope="module")
def run(experiment, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "tones", experiment)


def test_a_run_speaks_through_its_vocoder(run, experiment):
    voice = load_voice(run)
    assert isinstance(voice.network, Vocoded) and voice.network.acoustic == MEL_SMALL
    audio = voice.say("abc")
    assert np.isfinite(audio).all() and np.any(audio)
    np.testing.assert_array_equal(audio, voice.say("abc", seed=5))
    plain = Voice.from_run(load_run(run))
    assert plain.network == MEL_SMALL
    by_griffin_lim = plain.say("abc")
    assert len(by_griffin_lim) == len(audio) and not np.allclose(by_griffin_lim, audio)


def test_a_file_holds_the_vocoder_and_nothing_that_only_training_needs(run, vocoder, tmp_path):
    file = tmp_path / "voice.safetensors"
    assert main(["export", str(run), str(file), "--float16", "--quiet"]) == 0
    voice, whole = load_voice(file), load_voice(run)
    assert "reference_encoder" not in voice.variables["params"]["acoustic"]
    assert "reference_encoder" in whole.variables["params"]["acoustic"]
    assert voice.parameters == whole.parameters
    theirs, ours = vocoder.variables["params"], voice.variables["params"]["vocoder"]
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-6), theirs, ours)
    np.testing.assert_allclose(voice.say("abc"), whole.say("abc"), atol=0.02)


def test_vocoders_that_do_not_fit_are_named(run, vocoder):
    plain = Voice.from_run(load_run(run))
    other = dataclasses.replace(vocoder, spec=HIFIGAN_22K)
    with pytest.raises(SpecMismatch, match="the mels of the voice differs: sample_rate is"):
        plain.through(other)
    with pytest.raises(ValueError, match="a Vocoded makes audio itself, not mels"):
        plain.through(vocoder).through(vocoder)


def test_a_run_names_a_vocoder_that_is_not_there(experiment, tmp_path):
    task = dataclasses.replace(experiment.task, vocoder="nobody")
    folder = make_run(tmp_path / "run", dataclasses.replace(experiment, task=task))
    with pytest.raises(ValueError, match=r"run: task\.vocoder nobody: no vocoder 'nobody'"):
        load_voice(folder)


def test_its_held_out_texts_are_scored_beside_its_vocoder_alone(run):
    material = spoken_by_run(load_run(run), Request())
    assert set(material.systems) == {"tones", COPY} and len(material.reference) == 3
    assert any("its mels spoken by the vocoder of tones" in note for note in material.notes)
    for id, recording in material.reference.items():
        copy = material.systems[COPY][id]
        assert len(copy) == len(recording) // 64 * 64 and np.any(copy)
        np.testing.assert_array_equal(
            material.systems["tones"][id], load_voice(run).say(material.texts[id])
        )
    pictures = material.pictures("l18")
    assert list(pictures) == ["Alignment of the recording", "Durations by tones"]


def test_another_run_starts_from_it(run, experiment):
    again = dataclasses.replace(experiment, start=str(run))
    started = start_from(initial_state(again, 9), again).generator.params
    given = load_run(run).variables["params"]
    jax.tree.map(np.testing.assert_array_equal, started, given)
    with pytest.raises(ValueError, match="this architecture has"):
        wide = dataclasses.replace(
            again, generator=dataclasses.replace(MEL_SMALL, decoder_width=24)
        )
        start_from(initial_state(wide), wide)

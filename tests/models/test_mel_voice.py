"""Voices that make mels: of a run, through a vocoder, in a file."""

import dataclasses
import json
import re

import jax
import numpy as np
import pytest
import safetensors.numpy
from made_runs import initial_state, make_run
from spoken_tones import MEL_SMALL, MEL_TASK, SPEC, TEXT, unplayed, write_durations, write_ljspeech

from ganspeech import experiments
from ganspeech.audio import HIFIGAN_22K, SPEECH_16K
from ganspeech.audio.spec import SpecMismatch
from ganspeech.commands.cli import main
from ganspeech.evaluation.quality.scores import COPY
from ganspeech.evaluation.quality.speech import spoken_by_run
from ganspeech.evaluation.request import Request
from ganspeech.generators.acoustic.vocoded import Vocoded
from ganspeech.generators.primed import PrimedVocos
from ganspeech.load import load_vocoder, load_voice
from ganspeech.models.files import read_safetensors
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.runs.folder import abstract_state, load_run
from ganspeech.tasks.voices.text_to_mel import TextToMel
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
    file, ends = str(root / "vocoder.safetensors"), str(write_durations(root))
    return unplayed(root, dataclasses.replace(MEL_TASK, durations=ends, vocoder=file), MEL_SMALL)


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


def test_several_speakers_begin_as_the_one_and_are_kept_in_a_file(run, experiment, tmp_path):
    task = dataclasses.replace(experiment.task, speakers=("a", "b"))
    network = dataclasses.replace(MEL_SMALL, speaker_width=4)
    several = dataclasses.replace(experiment, task=task, generator=network, start=str(run))
    variables = start_from(initial_state(several, 9), several).generator.variables
    voice = Voice(network, variables, task.text, task.spec, task.speakers)
    one, usual = (v.say("abc") for v in (voice, Voice.from_run(load_run(run))))
    np.testing.assert_allclose(one, usual, atol=1e-3)

    variables["params"]["speaker_projection"]["kernel"] += 0.3
    file = tmp_path / "voice.safetensors"
    voice.without_training().save(file)
    read = load_voice(file)
    assert read.speakers == ("a", "b")
    by_a, by_b = (read.say("abc", speaker=name) for name in "ab")
    assert by_a.shape != by_b.shape or np.abs(by_a - by_b).max() > 1e-3
    with pytest.raises(ValueError, match="the voice has no posterior encoder"):
        read.convert(by_a, speaker="b")


@pytest.fixture(scope="module")
def named():
    """A voice that speaks through a shipped vocoder."""
    task = TextToMel(spec=SPEECH_16K, text=TEXT, durations="some")
    network = dataclasses.replace(MEL_SMALL, mels=80)
    variables = jax.jit(lambda key: network.init(key, *task.example()))(jax.random.key(0))
    plain = Voice(network, jax.device_get(variables), TEXT, SPEECH_16K)
    return plain.through(load_vocoder("primed-16k"), "primed-16k")


def test_a_file_leaves_out_a_shipped_vocoder_and_names_it(named, tmp_path):
    path = tmp_path / "voice.safetensors"
    named.save(path)
    tensors, header = read_safetensors(path)
    assert not any("vocoder" in name for name in tensors)
    again = load_voice(path)
    assert dataclasses.replace(again, variables={}) == dataclasses.replace(named, variables={})
    jax.tree.map(np.testing.assert_array_equal, again.variables, named.variables)
    name, weights = json.loads(header["vocoder"])
    for changed, told in (
        (["nobody", weights], "speaks through the vocoder nobody, which this version does not"),
        (["real-time-16k", weights], "speaks through another real-time-16k than this version"),
        ([name, "0" * 20], "speaks through another primed-16k than this version ships"),
        ([], "not enough values"),
    ):
        entry = {"vocoder": json.dumps(changed)}
        safetensors.numpy.save_file(tensors, path, metadata=header | entry)
        with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: .*{told}"):
            load_voice(path)


def test_it_starts_no_network_of_another_kind(named, tmp_path):
    path = tmp_path / "voice.safetensors"
    named.save(path)
    started = dataclasses.replace(experiments.load("tts_small"), start=str(path))
    with pytest.raises(ValueError, match=rf"^--start {re.escape(str(path))}"):
        start_from(abstract_state(started), started)

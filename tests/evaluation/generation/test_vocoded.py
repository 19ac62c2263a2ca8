"""Log-mels from noise, as a vocoder speaks them."""

import dataclasses
from pathlib import Path

import jax
import numpy as np
import pytest

from ganspeech.audio import AudioSpec, SpecMismatch, log_mel
from ganspeech.data.examples import Scale
from ganspeech.evaluation.generation.vocoded import Vocoded, spoken_by
from ganspeech.experiments.dcgan_words import experiment as words
from ganspeech.experiments.vocoder_demo import experiment as vocoding
from ganspeech.experiments.wavegan_digits import experiment as waves
from ganspeech.generators.primed import PrimedVocos
from ganspeech.models.vocoder import Vocoder
from ganspeech.runs.folder import Run
from ganspeech.tasks.spectrogram_representations import LogMelPatch

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000)
VIEW = LogMelPatch(SPEC, frames=32)


@pytest.fixture(scope="module")
def vocoder(tmp_path_factory):
    """A file of a vocoder that has learned nothing."""
    network = PrimedVocos(width=8, magnitude_blocks=1, blocks=1)
    mel = np.zeros((1, 32, 20), np.float32)
    variables = jax.jit(network.init, static_argnums=2)(jax.random.key(0), mel, SPEC)
    path = tmp_path_factory.mktemp("vocoder") / "primed.safetensors"
    Vocoder(network, variables, SPEC).save(path)
    return str(path)


def run_of(experiment, **task):
    task = dataclasses.replace(experiment.task, **task)
    return Run(Path("runs/it"), dataclasses.replace(experiment, task=task), {}, (), 1)


def test_the_vocoder_speaks_the_log_mels(vocoder):
    tone = 0.5 * np.sin(2 * np.pi * 440 / 8000 * np.arange(2048), dtype=np.float32)
    mels = np.asarray(log_mel(tone, SPEC))[None, :32]
    scale = Scale(np.full(20, -4, np.float32), np.full(20, 4, np.float32))
    values = ((mels - scale.mean) / (3 * scale.deviation))[..., None]
    view = spoken_by(run_of(words, view=VIEW), vocoder).experiment.task.view
    assert isinstance(view, Vocoded)
    assert (view.shape, view.sample_rate, view.name) == (VIEW.shape, 8000, "primed")
    (audio,) = view.audio(values, scale)
    np.testing.assert_allclose(VIEW.log_mels(values, scale), mels, rtol=1e-5)
    # Of the very same numbers: phases are not continuous in them.
    speak = Vocoder.read(vocoder)
    expected = np.clip(speak(VIEW.log_mels(values, scale), spec=SPEC)[0], -1, 1)
    np.testing.assert_array_equal(audio, expected)
    np.testing.assert_array_equal(view.images(values), VIEW.images(values))


def test_what_a_vocoder_does_not_speak_is_told(vocoder):
    with pytest.raises(ValueError, match=r"speaks log-mels .* runs/it makes Waveform"):
        spoken_by(run_of(waves), vocoder)
    with pytest.raises(ValueError, match="runs/it makes Vocoding"):
        spoken_by(run_of(vocoding), vocoder)
    with pytest.raises(SpecMismatch, match="hop_length"):
        spoken_by(run_of(words), vocoder)

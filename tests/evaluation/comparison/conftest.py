"""Small vocoders on tones, in folders as training leaves them."""

import dataclasses
import json

import numpy as np
import pytest
import soundfile
from made_runs import make_run, positive_state

from ganspeech.audio import AudioSpec
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.experiments.vocoder_demo import experiment as demo
from ganspeech.generators.vocos import Vocos
from ganspeech.tasks.vocoding import Vocoding

RATE = 8000
SPEC = AudioSpec(sample_rate=RATE, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)


@pytest.fixture(scope="session")
def make_tones(tmp_path_factory):
    """A folder of tones of half a second; another seed, other tones of the same names."""

    def make(count=8, seed=0):
        root = tmp_path_factory.mktemp("tones")
        rng = np.random.default_rng(seed)
        for number in range(count):
            phase = 2 * np.pi * rng.uniform(100, 300) * np.arange(RATE // 2) / RATE
            tone = sum(np.sin(k * phase) / k for k in (1, 2, 3)) + 0.05 * rng.normal(size=RATE // 2)
            soundfile.write(root / f"tone{number}.wav", 0.3 * tone, RATE)
        return root

    return make


@pytest.fixture(scope="session")
def tones(make_tones):
    return make_tones()


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session")
def save_run():
    """Saves a run of random parameters, with three lines of metrics."""

    def save(folder, experiment):
        make_run(folder, experiment, state=positive_state, seed=experiment.seed, minutes=2.5)
        lines = [{"step": step, "generator/mel": 1 / step, "seconds": 1} for step in (1, 2, 3)]
        lines[-1]["discriminator/loss"] = 1.0
        (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return folder

    return save


@pytest.fixture(scope="session")
def save_vocoder(tones, save_run):
    """Saves a vocoder of random parameters."""

    def save(folder, *, root=None, held_out=6, width=8, spec=SPEC, **fields):
        experiment = dataclasses.replace(
            demo,
            corpus=AudioFolder(str(root or tones), held_out=held_out),
            task=Vocoding(spec=spec, segment_frames=16, stft_weight=0.0),
            generator=Vocos(width=width, blocks=1),
            discriminators=(),
            **fields,
        )
        return save_run(folder, experiment)

    return save

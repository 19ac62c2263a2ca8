"""The benchmark of streams, of vocoders that are toys."""

from types import SimpleNamespace

import jax
import pytest
import streaming

import ganspeech
from ganspeech.audio import AudioSpec
from ganspeech.generators.real_time import RealTimeVocos
from ganspeech.generators.vocos import Vocos
from ganspeech.models.vocoder import Vocoder

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)
GENERATORS = {"live": RealTimeVocos(width=8, blocks=1, iterations=1), "wide": Vocos(8, 1)}


def small(name):
    generator = GENERATORS[name]
    mel = jax.numpy.zeros((1, 8, SPEC.n_mels))
    return Vocoder(
        generator, jax.jit(generator.init, static_argnums=2)(jax.random.key(0), mel, SPEC), SPEC
    )


@pytest.mark.parametrize("frames", [1, 4])
def test_every_vocoder_has_its_speed_and_its_wait(frames, monkeypatch, capsys):
    monkeypatch.setattr(ganspeech, "load_vocoder", small)
    streaming.measure(
        SimpleNamespace(vocoders=["live", "wide"], frames=frames, rounds=2, seconds=0.1)
    )
    head, live, wide = capsys.readouterr().out.splitlines()
    assert head == f"times real time on one core, {frames} frames at a time:"
    assert live.split()[0] == "live" and live.endswith("a frame waits 10 ms")
    assert wide.split()[0] == "wide" and float(wide.split()[1]) > 0

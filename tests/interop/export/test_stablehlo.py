"""Vocoders as StableHLO: the same audio from the file alone."""

import dataclasses
import json
import subprocess
import sys

import jax
import numpy as np
import pytest
from jax import export
from small_vocoders import make_model

from ganspeech.audio import AudioSpec
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.primed import PrimedVocos
from ganspeech.generators.vocos import Vocos
from ganspeech.interop.export.stablehlo import save_stablehlo

USER = """
import sys
sys.modules["ganspeech"] = sys.modules["flax"] = None  # imports of them now fail
from pathlib import Path
import numpy as np
from jax import export
for path in sorted(Path(".").glob("*.stablehlo")):
    vocode = export.deserialize(bytearray(path.read_bytes()))
    np.save(f"{path.stem}.audio", vocode.call(np.load(f"{path.stem}.mel.npy")))
"""


def test_the_file_alone_makes_the_same_audio(models, spoken, tmp_path):
    for n, (model, (mel, _)) in enumerate(zip(models, spoken)):
        save_stablehlo(tmp_path / f"{n}.stablehlo", model, platforms=("cpu",))
        np.save(tmp_path / f"{n}.mel.npy", mel)
    subprocess.run([sys.executable, "-W", "ignore", "-c", USER], cwd=tmp_path, check=True)
    for n, (model, (_, audio)) in enumerate(zip(models, spoken)):
        made = np.load(tmp_path / f"{n}.audio.npy")
        # Iterations amplify rounding: JAX differs as much from itself if the input's last bit does.
        atol = 5e-4 if isinstance(model.generator, PrimedVocos) else 1e-5
        np.testing.assert_allclose(made, audio, atol=atol, err_msg=type(model.generator).__name__)


@pytest.fixture(scope="module")
def voice(models):
    return next(model for model in models if isinstance(model.generator, Vocos))


def test_what_travels_beside_it_describes_it(voice, tmp_path):
    save_stablehlo(tmp_path / "voice.stablehlo", voice, platforms=("cpu",))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["voice.stablehlo", "voice.stablehlo.json"]
    texts = json.loads((tmp_path / "voice.stablehlo.json").read_text())
    assert AudioSpec.from_json(json.dumps(texts["audio_spec"])) == voice.spec
    assert texts["input"] == "log_mel: float32 [batch, frames, 8], 6 frames or more"
    assert texts["output"] == "audio: float32 [batch, frames * 16], 8000 Hz"
    assert texts["platforms"] == ["cpu"] and texts["about"] == "Made for a test."
    assert texts["generator"]["class"] == "Vocos"


def test_float16_halves_the_file_and_only_rounds_the_weights(mel_of, audio_of, tmp_path):
    model = make_model(Vocos(width=64, blocks=2))
    for dtype in ("float16", "float32"):
        save_stablehlo(tmp_path / dtype, model, dtype, platforms=("cpu",))
    half, full = ((tmp_path / dtype).read_bytes() for dtype in ("float16", "float32"))
    assert len(half) < 0.65 * len(full)
    mel = mel_of(model.spec, 2, 12)
    rounded = jax.tree.map(lambda a: a.astype("f2").astype("f4"), model.variables)
    expected = audio_of(dataclasses.replace(model, variables=rounded), mel)
    np.testing.assert_allclose(export.deserialize(bytearray(half)).call(mel), expected, atol=1e-5)


def test_one_file_serves_other_platforms(voice, tmp_path):
    save_stablehlo(tmp_path / "voice", voice)
    program = export.deserialize(bytearray((tmp_path / "voice").read_bytes()))
    assert program.platforms == ("cpu", "cuda", "tpu")


def test_what_cannot_be_written_leaves_no_file(voice, tmp_path):
    hifigan = make_model(HiFiGAN((4, 4), (8, 8), 8, kernels=(3,), dilations=((1,),)))
    shorter = dataclasses.replace(hifigan.spec, hop_length=8)
    huge = jax.tree.map(lambda a: a + 1e5, voice.variables)
    for model, message in (
        (dataclasses.replace(hifigan, spec=shorter), "multiply to 16, but hop_length is 8"),
        (dataclasses.replace(voice, variables=huge), "too large for float16"),
    ):
        with pytest.raises(ValueError, match=message):
            save_stablehlo(tmp_path / "voice", model, "float16")
    assert not list(tmp_path.iterdir())

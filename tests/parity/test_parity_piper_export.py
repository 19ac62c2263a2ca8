"""Our voices spoken by Piper's own runtime and by sherpa-onnx, against ourselves."""

import collections
import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
import small_voices
from flax import traverse_util

pytest.importorskip("jax2onnx", reason="needs the extras: pip install -e .[onnx,parity]")
pytest.importorskip("piper", reason="needs the extras: pip install -e .[onnx,parity]")
pytest.importorskip("sherpa_onnx", reason="needs the extras: pip install -e .[onnx,parity]")

import onnx
import piper
import sherpa_onnx

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.export.piper import files_beside, save_piper
from ganspeech.interop.voices.piper import read_piper
from ganspeech.models.voice import Voice
from ganspeech.text.phonemes.front_ends import Plain
from ganspeech.text.spoken_text import ESPEAK

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TEXT = "Good morning; the quick brown fox, it seems, jumps twice!"
LENGTH_SCALE = 0.2
KINDS = ("stochastic", "deterministic-speakers")


@pytest.fixture(scope="module", params=KINDS)
def voice(request) -> Voice:
    """A voice with drawn weights that reads espeak-ng's phonemes."""
    changes = small_voices.KINDS[request.param] | {"round_up": request.param == "stochastic"}
    small = small_voices.voice(**changes)
    rng = np.random.default_rng(1)

    def drawn(path, leaf):
        """Weights by which signals neither die nor saturate."""
        name, shape = path[-1], (*leaf.shape,)
        if name == "embedding":
            shape = (ESPEAK.size, leaf.shape[1])
        if len(shape) < 2:
            return rng.normal(float(name in ("gain", "scale")), 0.1, shape).astype("f4")
        return rng.normal(0, 1.5 / math.sqrt(math.prod(shape[:-1])), shape).astype("f4")

    flat = traverse_util.flatten_dict(small.variables["params"])
    params = traverse_util.unflatten_dict({path: drawn(path, leaf) for path, leaf in flat.items()})
    return dataclasses.replace(
        small, variables={"params": params}, text=ESPEAK, length_scale=LENGTH_SCALE
    )


@pytest.fixture(scope="module")
def path(voice, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("piper") / "voice.onnx"
    save_piper(path, voice)
    return path


def ours_of(voice: Voice, sentence: str = TEXT):
    """The last speaker's speech without noise."""
    speaker = voice.speakers[-1] if voice.speakers else None
    (spoken,) = voice.stream(sentence, speaker=speaker, noise_scale=0.0, duration_noise=0.0)
    return spoken


def test_piper_speaks_as_we_do(voice, path):
    runtime = piper.PiperVoice.load(path)
    (phonemes,) = runtime.phonemize(TEXT)
    assert phonemes == voice.text.front.phonemes(TEXT)
    ids = runtime.phonemes_to_ids(phonemes)
    assert tuple(ids) == voice.text.spell(TEXT).ids
    silent = piper.SynthesisConfig(
        noise_scale=0.0, noise_w_scale=0.0, speaker_id=len(voice.speakers) - 1 or None
    )
    audio, samples = runtime.phoneme_ids_to_audio(ids, silent, include_alignments=True)
    ours = ours_of(voice)
    hop = voice.spec.hop_length
    np.testing.assert_array_equal(samples, np.array(ours.frames) * hop)
    assert np.ptp(audio) > 0.01
    np.testing.assert_allclose(np.clip(audio, -1, 1), ours.audio, atol=1e-3)


def test_piper_draws_its_noise(path):
    runtime = piper.PiperVoice.load(path)
    (phonemes,) = runtime.phonemize("Yes.")
    first, second = (
        runtime.phoneme_ids_to_audio(
            runtime.phonemes_to_ids(phonemes),
            piper.SynthesisConfig(noise_scale=1.0, noise_w_scale=0.0),
        )
        for _ in range(2)
    )
    assert first.shape == second.shape and np.abs(first - second).max() > 1e-4


def test_sherpa_onnx_speaks_as_we_do(voice, path):
    model = sherpa_onnx.OfflineTtsVitsModelConfig(
        model=str(path),
        lexicon="",
        tokens=str(files_beside(path)[1]),
        noise_scale=0.0,
        noise_scale_w=0.0,
        length_scale=LENGTH_SCALE,
    )
    config = sherpa_onnx.OfflineTtsConfig(
        model=sherpa_onnx.OfflineTtsModelConfig(vits=model, num_threads=1)
    )
    sentence = "The quick brown fox."
    asked = sherpa_onnx.GenerationConfig()
    asked.sid = max(len(voice.speakers) - 1, 0)
    asked.phoneme_codepoints = [[ord(symbol) for symbol in voice.text.front.phonemes(sentence)]]
    spoken = sherpa_onnx.OfflineTts(config).generate(sentence, asked)
    assert spoken.sample_rate == voice.sample_rate
    ours = ours_of(voice, sentence).audio
    theirs = np.clip(np.array(spoken.samples, np.float32), -1, 1)
    np.testing.assert_allclose(theirs, ours, atol=1e-3)


def test_the_config_names_speakers_and_scales(voice, path):
    config = json.loads(files_beside(path)[0].read_text("utf-8"))
    assert config["num_speakers"] == max(len(voice.speakers), 1)
    assert config["speaker_id_map"] == {name: n for n, name in enumerate(voice.speakers)}
    assert config["inference"] == {"noise_scale": 0.5, "length_scale": LENGTH_SCALE, "noise_w": 0.7}
    assert config["phoneme_id_map"]["ˈ"] == [voice.text.symbols.index("ˈ")]


def test_float16_halves_the_weights(voice, path, tmp_path):
    save_piper(tmp_path / "half.onnx", voice, "float16")

    def sizes_of(file):
        """Numbers in arrays of more than 64, by type."""
        sizes = collections.Counter()
        for array in onnx.load(file).graph.initializer:
            count = math.prod(array.dims)
            sizes[array.data_type] += count if count > 64 else 0
        return sizes

    whole, half = sizes_of(path), sizes_of(tmp_path / "half.onnx")
    assert half[onnx.TensorProto.FLOAT16] > 0.9 * whole[onnx.TensorProto.FLOAT]
    piper.PiperVoice.load(tmp_path / "half.onnx")


def test_our_own_file_is_known(path):
    with pytest.raises(ForeignFileError, match="was exported by ganspeech"):
        read_piper(path)


@pytest.mark.parametrize("front", [Plain(), Plain(form="NFD", numbers="en")])
def test_a_front_end_that_piper_lacks_is_named(voice, front, tmp_path):
    text = dataclasses.replace(voice.text, front=front)
    with pytest.raises(ValueError, match="Piper reads texts letter by letter"):
        save_piper(tmp_path / "voice.onnx", dataclasses.replace(voice, text=text))
    assert not list(tmp_path.iterdir())

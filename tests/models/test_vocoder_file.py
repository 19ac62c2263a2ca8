"""A vocoder in one file: what is written is read again, and what is damaged is refused."""

import dataclasses
import re

import jax
import numpy as np
import pytest
import safetensors.numpy
from small_vocoders import make_model

from ganspeech.formats.tensors import ForeignFileError, Reader
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.vocos import Vocos
from ganspeech.models.fit import require_fit
from ganspeech.models.vocoder import Vocoder

TINY = Vocos(width=8, blocks=1)


@pytest.fixture(scope="module")
def tiny() -> Vocoder:
    return make_model(TINY)


def with_value(model: Vocoder, value: float) -> Vocoder:
    """The model with one weight changed."""
    variables = jax.tree.map(np.copy, model.variables)
    variables["params"]["head"]["spectrum"]["bias"][3] = value
    return dataclasses.replace(model, variables=variables)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_what_is_saved_is_loaded(dtype, tiny, tmp_path):
    tiny.save(tmp_path / "voice.safetensors", dtype)
    loaded = Vocoder.read(tmp_path / "voice.safetensors")
    assert (loaded.generator, loaded.spec, loaded.about) == (TINY, tiny.spec, "Made for a test.")
    assert all(leaf.dtype == np.float32 for leaf in jax.tree.leaves(loaded.variables))
    expected = jax.tree.map(lambda a: a.astype(dtype).astype("f4"), tiny.variables)
    jax.tree.map(np.testing.assert_array_equal, loaded.variables, expected)
    assert [path.name for path in tmp_path.iterdir()] == ["voice.safetensors"]


def test_float16_halves_the_file(tmp_path):
    model = make_model(Vocos(width=64, blocks=1))
    for dtype in ("float32", "float16"):
        model.save(tmp_path / dtype, dtype)
    sizes = [(tmp_path / dtype).stat().st_size for dtype in ("float16", "float32")]
    assert 0.5 < sizes[0] / sizes[1] < 0.55


def test_nested_fields_come_back_as_tuples(tmp_path):
    generator = HiFiGAN((4, 4), (8, 8), 8, "2", (3, 5), ((1, 2), (2, 6)))
    make_model(generator).save(tmp_path / "voice.safetensors")
    assert Vocoder.read(tmp_path / "voice.safetensors").generator == generator


@pytest.mark.parametrize(
    "value, dtype, message",
    [
        (np.nan, "float32", "NaN or infinite"),
        (np.nan, "float16", "NaN or infinite"),
        (-np.inf, "float32", "NaN or infinite"),
        (-7e4, "float16", "too large for float16, use float32"),
    ],
)
def test_weights_that_a_file_cannot_hold_are_named(value, dtype, message, tiny, tmp_path):
    with pytest.raises(ValueError, match=f"params.head.spectrum.bias has.*{message}"):
        with_value(tiny, value).save(tmp_path / "voice.safetensors", dtype)
    assert not list(tmp_path.iterdir())


def test_a_value_too_large_for_half_fits_float32(tiny, tmp_path):
    with_value(tiny, 7e4).save(tmp_path / "voice")
    assert (
        Vocoder.read(tmp_path / "voice").variables["params"]["head"]["spectrum"]["bias"][3] == 7e4
    )


def test_damaged_and_foreign_files_are_refused(tiny, tmp_path):
    path = tmp_path / "voice.safetensors"
    with pytest.raises(ValueError, match=r"no such file: .*voice\.safetensors"):
        Vocoder.read(path)
    tiny.save(path)
    whole = path.read_bytes()
    for damaged in (b"", b"not safetensors at all", whole[:40], whole[:-5]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"voice\.safetensors is not a valid"):
            Vocoder.read(path)
    safetensors.numpy.save_file({"conv.weight": np.zeros(3, np.float32)}, path)
    with pytest.raises(ValueError, match=r"voice\.safetensors is not a vocoder of ganspeech"):
        Vocoder.read(path)


def test_headers_of_another_version_are_refused(tiny, tmp_path):
    path = tmp_path / "voice.safetensors"
    tiny.save(path)
    with safetensors.safe_open(path, framework="numpy") as file:
        header, names = file.metadata(), file.keys()
        tensors = {name: file.get_tensor(name) for name in names}
    without = {name: array for name, array in tensors.items() if not name.endswith("norm.scale")}
    bias = "params.head.spectrum.bias"
    for changed_tensors, changed, message in (
        (tensors, {"generator": header["generator"].replace("Vocos", "Vox")}, "has no .*Vox"),
        (tensors, {"generator": header["generator"].replace("width", "wide")}, "field 'wide'"),
        (tensors, {"generator": '{"class": "os.path"}'}, "is not a class of ganspeech"),
        (tensors, {"generator": header["generator"].replace("8", "16")}, "but this architecture"),
        (tensors, {"spec": header["spec"].replace("n_mels", "mels")}, "unknown fields: mels"),
        (tensors, {"spec": ""}, "audio spec must be a JSON object"),
        (without, {}, "params/.*norm/scale is absent, but this architecture has"),
        (tensors | {bias: tensors[bias][1:]}, {}, r"spectrum/bias is \[65\], but .* has \[66\]"),
        (tensors | {"params.odd": tensors[bias]}, {}, r"odd is \[66\], but .* has absent"),
    ):
        safetensors.numpy.save_file(changed_tensors, path, metadata=header | changed)
        with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: .*{message}"):
            Vocoder.read(path)


def test_a_reader_refuses_what_no_layer_has():
    tensors = {
        "a.weight": np.ones((2, 3, 4, 5)),
        "b.weight": np.ones((2, 0, 4)),
        f"c.{'9' * 5000}.bias": np.ones(1),
        "c.2.bias": np.ones(1),
    }
    reader = Reader(tensors, "voice.pt")
    assert reader.count("c") == 3
    for layer, told in (
        ("a", r"a\.weight is \[2, 3, 4, 5\], but a convolution over time has 3 axes"),
        ("b", r"b\.weight is \[2, 0, 4\], which is empty"),
    ):
        with pytest.raises(ForeignFileError, match=rf"^voice\.pt: {told}$"):
            reader.conv(layer)
    with pytest.raises(ForeignFileError, match=r"the first is 'c\.2\.bias'$"):
        reader.done()
    with pytest.raises(ForeignFileError, match=r"the first is 'c\.9{58}'$"):
        reader.done(ignored=r"c\.2")


def test_a_reader_names_what_is_missing_and_what_is_left():
    tensors = {"a.weight": np.ones((2, 3, 4), np.float16), "a.bias": np.ones(2), "b": np.ones(1)}
    reader = Reader(tensors, "voice.pt")
    with pytest.raises(ForeignFileError, match=r"^voice\.pt: no tensor 'c.weight'$"):
        reader.conv("c")
    layer = reader.conv("a")
    assert layer["kernel"].shape == (4, 3, 2) and layer["kernel"].dtype == np.float32
    np.testing.assert_allclose(layer["gain"], np.sqrt(12), rtol=1e-6)
    with pytest.raises(ForeignFileError, match=r"^voice\.pt: 1 tensors belong to no layer.*'b'"):
        reader.done()
    reader.done(ignored="b$")
    assert reader.has("b") and not reader.has("a.bias")


@pytest.mark.parametrize(
    "length, direction",
    [
        ("weight_g", "weight_v"),
        ("parametrizations.weight.original0", "parametrizations.weight.original1"),
    ],
)
def test_weight_normalization_is_folded_in(length, direction):
    v = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("f4")
    reader = Reader({f"a.{length}": np.array([[[2.0]], [[3.0]]]), f"a.{direction}": v}, "voice.pt")
    norms = np.linalg.norm(reader.weight("a").reshape(2, -1), axis=1)
    np.testing.assert_allclose(norms, [2, 3], rtol=1e-6)
    reader = Reader({f"a.{length}": np.ones(5), f"a.{direction}": v}, "voice.pt")
    with pytest.raises(ForeignFileError, match=rf"^voice\.pt: a.{length} is \[5\] beside"):
        reader.weight("a")


def test_a_generator_that_cannot_serve_the_spec_says_so(tiny):
    def refuse(what):
        raise AssertionError(what)

    with pytest.raises(ValueError, match="multiply to 256, but hop_length is 16"):
        require_fit(HiFiGAN(), {}, tiny.spec, refuse)

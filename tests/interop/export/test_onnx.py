"""Vocoders as ONNX: the audio of onnxruntime is JAX's."""

import json
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from small_vocoders import make_model

from ganspeech.audio import AudioSpec
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.primed import PrimedVocos
from ganspeech.generators.real_time import RealTimeVocos
from ganspeech.generators.vocos import Vocos
from ganspeech.interop.export import real_arithmetic
from ganspeech.interop.export.onnx import save_onnx

EXTRA = "ONNX needs the extra: pip install -e .[onnx]"

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*:DeprecationWarning", "ignore:.*:PendingDeprecationWarning"
)


@pytest.fixture(scope="module")
def session():
    """Opens a file with onnxruntime."""
    pytest.importorskip("jax2onnx", reason=EXTRA)
    onnxruntime = pytest.importorskip("onnxruntime", reason=EXTRA)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1

    def start(path):
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])

    return start


def test_the_audio_is_that_of_jax(number, models, spoken, session, tmp_path):
    model, (mel, expected) = models[number], spoken[number]
    if isinstance(model.generator, RealTimeVocos):
        with pytest.raises(ValueError, match=r"^RealTimeVocos cannot be written as ONNX: a loop"):
            save_onnx(tmp_path / "voice.onnx", model)
        return
    save_onnx(tmp_path / "voice.onnx", model)
    assert [path.name for path in tmp_path.iterdir()] == ["voice.onnx"]
    (audio,) = session(tmp_path / "voice.onnx").run(None, {"log_mel": mel})
    assert audio.shape == (len(mel), mel.shape[1] * model.spec.hop_length)
    assert audio.dtype == np.float32 and np.abs(audio).max() > 1e-3
    # Iterations amplify rounding: JAX differs as much from itself if the input's last bit does.
    atol = 2e-3 if isinstance(model.generator, PrimedVocos) else 1e-4
    np.testing.assert_allclose(audio, expected, atol=atol)


def test_the_metadata_hold_the_audio_spec(models, session, tmp_path):
    model = next(model for model in models if isinstance(model.generator, HiFiGAN))
    save_onnx(tmp_path / "voice.onnx", model)
    started = session(tmp_path / "voice.onnx")
    texts = started.get_modelmeta().custom_metadata_map
    assert AudioSpec.from_json(texts["audio_spec"]) == model.spec
    assert texts["about"] == "Made for a test."
    assert json.loads(texts["generator"])["class"] == "HiFiGAN"
    assert [i.shape for i in started.get_inputs()] == [["batch", "frames", 8]]
    assert [o.name for o in started.get_outputs()] == ["audio"]


def test_float16_halves_the_file(session, mel_of, audio_of, tmp_path):
    model = make_model(Vocos(width=128, blocks=2))
    sizes = {}
    for dtype in ("float16", "float32"):
        save_onnx(tmp_path / dtype, model, dtype)
        sizes[dtype] = (tmp_path / dtype).stat().st_size
    assert sizes["float16"] < 0.65 * sizes["float32"]
    mel = mel_of(model.spec, 2, 12)
    (audio,) = session(tmp_path / "float16").run(None, {"log_mel": mel})
    np.testing.assert_allclose(audio, audio_of(model, mel), atol=2e-3)


def test_without_the_exporter_one_line_says_what_to_install(models, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jax2onnx", None)
    with pytest.raises(ValueError, match=r"pip install 'ganspeech\[onnx\]'"):
        save_onnx(tmp_path / "voice.onnx", models[0])
    assert not list(tmp_path.iterdir())


def same(function, *inputs):
    """Asserts that a function's real form gives what it gives, with no complex number in it."""
    program = jax.make_jaxpr(function)(*inputs)
    real = jax.make_jaxpr(lambda *xs: real_arithmetic.run(program, *xs))(*inputs)
    assert "complex" not in str(real) and "c64" not in str(real)
    for made, expected in zip(
        real_arithmetic.run(program, *inputs), jax.tree.leaves(function(*inputs)), strict=True
    ):
        np.testing.assert_allclose(made, expected, atol=1e-5)


def test_complex_arithmetic_in_pairs():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 5, 16)).astype("f4")

    def algebra(x, y):
        a, b = jax.lax.complex(x, y), jax.lax.complex(y, x) + 1j
        c = a * b.conj() - 2 * b / jnp.abs(a) + (-a) * x + x * b
        d = jnp.concatenate([c, a], axis=1)[:, ::-1].transpose(0, 2, 1)
        e = jnp.pad(d, ((0, 0), (1, 2), (0, 0)))
        return e.real, d[..., 2:].imag, jnp.where(x > y, a, b).real

    same(algebra, x, y)


@pytest.mark.parametrize("length", [2, 16, 30])
def test_real_fourier_transforms_as_products(length):
    x = np.random.default_rng(0).normal(size=(3, length)).astype("f4")

    def there_and_turned_back(x):
        spectrum = jnp.fft.rfft(x)
        turned = spectrum * np.exp(1j * np.arange(length // 2 + 1)).astype("c8")[None]
        return spectrum.real, spectrum.imag, jnp.fft.irfft(turned, length)

    same(there_and_turned_back, x)


def test_loops_carry_pairs():
    x = np.random.default_rng(0).normal(size=(3, 16)).astype("f4")

    def loop(x):
        def step(n, z):
            return z * jax.lax.complex(x, x) / (n + 2)

        return jax.lax.fori_loop(0, 5, step, jax.lax.complex(x, jnp.ones_like(x))).real

    same(loop, x)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda x: jnp.fft.fft(x).real, "FFT over"),
        (lambda x: jnp.exp(jax.lax.complex(x, x)).real, "exp of complex numbers"),
        (lambda x: (1 / jax.lax.complex(x, x)).real, "division by complex"),
        (lambda x: jax.lax.cond(x[0] > 0, jnp.sin, jnp.cos, x), "depends on the input"),
        (lambda x: jax.lax.map(jnp.sin, x), "slices of arrays"),
        (lambda x: x % 2.5, "not integers"),
    ],
)
def test_what_has_no_rule_is_named(function, message):
    x = jnp.ones(4)
    program = jax.make_jaxpr(function)(x)
    with pytest.raises(real_arithmetic.NoRuleError, match=message):
        jax.make_jaxpr(lambda x: real_arithmetic.run(program, x))(x)

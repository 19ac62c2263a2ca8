"""The anti-aliased snake: its filter, its values and gradients, and what it is there for."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import signal

from ganspeech.nn.antialias import (
    AntiAliasedSnake,
    downsample,
    filtered,
    kaiser_sinc,
    snake,
    upsample,
)

X = np.random.default_rng(0).normal(size=(2, 23, 3)).astype("f4")
ALPHA, BETA = np.array([-0.5, 0.2, 1.0], "f4"), np.array([0.3, -1.0, 0.1], "f4")


def interleaved(x):
    """The doubled rate as one signal."""
    even, odd = upsample(x)
    return jnp.stack([even, odd], axis=2).reshape(len(x), -1, x.shape[-1])


def reference(x, alpha, beta):
    """By zeros between the samples, whole convolutions and a selection, in float64."""
    taps, out = kaiser_sinc(), np.zeros(x.shape)
    for n, c in np.ndindex(len(x), x.shape[-1]):
        held = np.pad(x[n, :, c].astype("f8"), 5, mode="edge")
        y = signal.upfirdn(2 * taps, held, up=2)[15 : 15 + 2 * x.shape[1]]
        y += np.sin(y * alpha[c]) ** 2 / beta[c]
        held = np.pad(y, (5, 6), mode="edge")
        out[n, :, c] = np.convolve(held, taps, mode="valid")[::2]
    return out


def test_the_filter_is_that_of_the_published_checkpoints():
    half = [0.00202896, 0.00938947, -0.02554346, -0.05765738, 0.12857261, 0.4432098]
    np.testing.assert_allclose(kaiser_sinc(), [*half, *half[::-1]], atol=1e-7)
    beta = signal.kaiser_beta(signal.kaiser_atten(6, 1.2))
    np.testing.assert_allclose(kaiser_sinc(), signal.firwin(12, 0.5, window=("kaiser", beta)))


@pytest.mark.parametrize("time", [1, 2, 23])
@pytest.mark.parametrize("beta", [False, True])
@pytest.mark.parametrize("log_scale", [False, True])
def test_values_are_those_of_the_definition(time, beta, log_scale):
    layer = AntiAliasedSnake(beta, log_scale)
    alpha, amplitude = (ALPHA, BETA) if log_scale else (np.exp(ALPHA), np.exp(BETA))
    weights = {"alpha": alpha} | ({"beta": amplitude} if beta else {})
    y = layer.apply({"params": weights}, X[:, :time])
    want = reference(X[:, :time], np.exp(ALPHA), np.exp(BETA if beta else ALPHA))
    np.testing.assert_allclose(y, want, atol=1e-5)


@pytest.mark.parametrize("log_scale", [False, True])
def test_starts_at_a_frequency_and_an_amplitude_of_one(log_scale):
    layer = AntiAliasedSnake(log_scale=log_scale)
    variables = layer.init(jax.random.key(0), X)
    assert {name: w.shape for name, w in variables["params"].items()} == {
        "alpha": (3,),
        "beta": (3,),
    }
    np.testing.assert_allclose(
        layer.apply(variables, X), reference(X, np.ones(3), np.ones(3)), atol=1e-5
    )


def test_slow_signals_pass_both_rate_changes():
    slow = np.sin(0.3 * np.arange(200))[None, :, None].astype("f4")
    middle = slice(20, -20)
    fine = np.sin(0.3 * (np.arange(400) / 2 - 0.25))
    np.testing.assert_allclose(interleaved(slow)[0, 40:-40, 0], fine[40:-40], atol=0.01)
    np.testing.assert_allclose(downsample(*upsample(slow))[0, middle], slow[0, middle], atol=0.02)


def test_a_high_sine_makes_less_noise_than_a_plain_snake():
    # Of a rate of 512 the second harmonic, at 360, lies above half and folds back to 152.
    x = np.cos(2 * np.pi * 180 / 512 * np.arange(512))[None, :, None].astype("f4")
    one = jnp.ones(1)

    def tone_and_noise(y):
        middle = np.asarray(y)[0, 128:384, 0] * np.hanning(256)
        return np.abs(np.fft.rfft(middle))[[180 // 2, 152 // 2]]

    tone, noise = tone_and_noise(snake(x, one, one))
    kept, left = tone_and_noise(downsample(*(snake(phase, one, one) for phase in upsample(x))))
    # Twelve taps are a soft filter: 12 dB less noise, for 2 dB of the tone.
    assert noise > 0.3 * tone
    assert left < 0.26 * noise and kept > 0.79 * tone


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_sines_are_exact_to_rounding(scale):
    x = scale * X
    want = x + 0.5 * np.sin(x.astype("f8")) ** 2
    got = snake(x, jnp.ones(3), jnp.full(3, 0.5))
    np.testing.assert_allclose(got, want, atol=3e-7 * max(1, scale), rtol=1e-6)


def test_gradients_are_those_of_the_plain_formulas():
    def plain_snake(x, alpha, amplitude):
        return x + amplitude[None, None] * jnp.sin(alpha[None, None] * x) ** 2

    def plain_filter(x, taps):
        time = x.shape[1] - len(taps) + 1
        return sum(tap * x[:, n : n + time] for n, tap in enumerate(taps))

    taps = (0.3, -1.0, 0.5)

    def derivatives(snake, filtered):
        def value(x, alpha, amplitude):
            return jnp.sum(jnp.cos(filtered(snake(x, alpha, amplitude), taps)))

        def penalty(*inputs):
            return sum(jnp.sum(g**2) for g in jax.grad(value, (0, 1, 2))(*inputs))

        inputs = (jnp.asarray(X), jnp.exp(ALPHA), jnp.exp(BETA))
        return jax.grad(value, (0, 1, 2))(*inputs), jax.grad(penalty, (0, 1, 2))(*inputs)

    got, want = derivatives(snake, filtered), derivatives(plain_snake, plain_filter)
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(want), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5 * float(jnp.max(jnp.abs(b))))


def test_the_weights_decide_the_precision():
    layer = AntiAliasedSnake()
    weights = {"alpha": ALPHA, "beta": BETA}
    half = {name: jnp.asarray(w, jnp.bfloat16) for name, w in weights.items()}
    y = layer.apply({"params": half}, X)
    assert y.dtype == jnp.bfloat16
    full = layer.apply({"params": weights}, X)
    np.testing.assert_allclose(y.astype("f4"), full, atol=0.06)

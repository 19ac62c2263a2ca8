import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import (
    SPEECH_16K,
    griffin_lim,
    log_mel,
    magnitude,
    magnitude_from_log_mel,
    prime_phase,
    stft,
)

pytestmark = pytest.mark.accelerator

SPEC = dataclasses.replace(SPEECH_16K, n_fft=512, win_length=512, hop_length=128)


def vowel(samples=8192):
    time = np.arange(samples) / 16000
    pitch = 2 * np.pi * (120 * time + 20 * time**2)
    return (0.1 * sum(np.sin(k * pitch) / k for k in range(1, 20))).astype(np.float32)


def inconsistency(spectrum_of, target):
    return float(np.linalg.norm(spectrum_of - target) / np.linalg.norm(target))


@pytest.mark.parametrize("padding", ["same", "center"])
@pytest.mark.parametrize("key", [None, 0])
def test_iterations_bring_the_magnitudes_nearer(key, padding):
    spec = dataclasses.replace(SPEC, padding=padding)
    target = magnitude(stft(vowel(), spec))
    key = None if key is None else jax.random.key(key)

    def error(iterations, momentum=0.99):
        run = jax.jit(lambda m: griffin_lim(m, spec, iterations, momentum=momentum, key=key))
        audio = run(target)
        assert audio.shape == (8192,)
        return inconsistency(magnitude(stft(audio, spec)), target)

    start, fast, plain = error(0), error(24), error(24, momentum=0.0)
    assert fast < 0.35 * start
    assert fast < plain < start


def test_advancing_phases_start_nearer_than_random_ones():
    target = magnitude(stft(vowel(), SPEC))
    first = magnitude(stft(griffin_lim(target, SPEC, 0), SPEC))
    random = magnitude(stft(griffin_lim(target, SPEC, 0, key=jax.random.key(0)), SPEC))
    assert inconsistency(first, target) < inconsistency(random, target)


def test_primed_spectrum_keeps_its_magnitudes_and_a_finite_gradient():
    target = magnitude(stft(vowel(4096), SPEC))[None]
    np.testing.assert_allclose(
        magnitude(prime_phase(target, SPEC, 3)), target, rtol=1e-3, atol=1e-5
    )
    silence = prime_phase(jnp.zeros_like(target), SPEC, 3)
    assert not silence.any()
    gradient = jax.jit(jax.grad(lambda m: jnp.sum(griffin_lim(m, SPEC, 2) ** 2)))(target)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("power", [1.0, 2.0])
@pytest.mark.parametrize("log_base", ["e", "10"])
def test_magnitudes_from_log_mel_have_nearly_these_mels(log_base, power):
    spec = dataclasses.replace(SPEC, log_base=log_base, power=power)
    features = log_mel(vowel(), spec)
    estimate = magnitude_from_log_mel(features, spec)
    assert estimate.shape == (features.shape[0], spec.bins) and (estimate >= 0).all()
    again = log_mel(griffin_lim(estimate, spec, 32, length=8192), spec)
    assert np.abs(again - features).mean() < (0.5 if log_base == "e" else 0.25) * power


def test_gradient_through_magnitudes_of_silence_is_finite():
    spec = dataclasses.replace(SPEC, power=2.0)
    quiet = jnp.full((4, 80), -11.5)
    gradient = jax.grad(lambda m: jnp.sum(magnitude_from_log_mel(m, spec)))(quiet)
    assert np.isfinite(gradient).all()

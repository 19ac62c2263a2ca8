"""Phases that are found while frames arrive."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import SPEECH_16K, istft, magnitude, stft
from ganspeech.audio.phases.real_time import arrive, ended, nothing_yet, real_time_phases

SPEC = dataclasses.replace(SPEECH_16K, n_fft=256, win_length=256, hop_length=64)
FRAMES, HOP = 48, SPEC.hop_length


def target(spec=SPEC, frames=FRAMES):
    """Magnitudes of two gliding vowels, `[2, frames, bins]`."""
    time = np.arange(frames * spec.hop_length) / 16000
    pitch = np.stack([2 * np.pi * (110 * time + 40 * time**2), 2 * np.pi * 190 * time])
    audio = 0.1 * sum(np.sin(k * pitch) / k for k in range(1, 20))
    return magnitude(stft(audio.astype(np.float32), spec))[:, :frames]


def inconsistency(phases, wanted, spec=SPEC):
    made = magnitude(stft(istft(wanted * phases, spec, wanted.shape[1] * HOP), spec))
    return float(np.linalg.norm(made[:, :FRAMES] - wanted) / np.linalg.norm(wanted))


def found(wanted, look_ahead, iterations, spec=SPEC):
    return real_time_phases(wanted, spec, look_ahead=look_ahead, iterations=iterations)


@pytest.mark.parametrize("padding", ["same", "center"])
def test_later_frames_and_iterations_bring_the_magnitudes_nearer(padding):
    spec = dataclasses.replace(SPEC, padding=padding)
    wanted = target(spec)
    errors = [
        inconsistency(found(wanted, *settings, spec), wanted, spec)
        for settings in ((0, 1), (0, 8), (2, 8))
    ]
    assert errors[0] > errors[1] > errors[2] < 0.15


def test_no_frame_sees_more_than_it_waits_for():
    wanted = target()
    changed = wanted.at[:, 30].multiply(5.0)
    before, after = (found(one, 2, 3) for one in (wanted, changed))
    same = np.isclose(before, after, atol=1e-4).all(axis=(0, 2))
    assert same[:28].all() and not same[28]


def test_audio_that_comes_hop_by_hop_is_that_of_all_phases():
    wanted = target()
    settings = {"iterations": 3}
    state, hops = nothing_yet(2, SPEC, 2), []
    step = jax.jit(lambda state, frame: arrive(state, frame, SPEC, **settings))
    for frame in range(FRAMES):
        state, _, audio = step(state, wanted[:, frame])
        hops.append(audio)
    assert not np.any(np.concatenate(hops[:2]))
    late = np.concatenate([*hops, ended(state, SPEC, **settings)], axis=1)
    early = 2 * HOP + SPEC.pads()[0]
    whole = istft(wanted * found(wanted, 2, 3), SPEC, FRAMES * HOP)
    np.testing.assert_allclose(late[:, early:][:, : FRAMES * HOP], whole, atol=1e-3)


def test_silence_and_gradients_are_finite():
    def loss(wanted):
        return jnp.abs(istft(wanted * found(wanted, 1, 2), SPEC)).sum()

    for wanted in (jnp.zeros((1, 8, SPEC.bins)), target()[:1, :8]):
        assert np.isfinite(jax.grad(loss)(wanted)).all()

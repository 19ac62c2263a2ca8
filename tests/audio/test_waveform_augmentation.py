"""Changes of waveforms, each against what it must do to one it is made for."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.audio import waveform_augmentation as augmentation

SAMPLES = 512
MANY = jax.random.split(jax.random.key(0), 200)


def changed(change, x):
    """What each of many keys makes of one example."""
    return np.asarray(jax.vmap(change, (None, 0))(jnp.asarray(x, jnp.float32), MANY))


def test_shifts_move_an_impulse_by_up_to_an_eighth_and_come_in_again():
    impulse = np.zeros(SAMPLES)
    impulse[10] = 1.0
    shifted = changed(augmentation.shift, impulse)
    assert (shifted.sum(1) == 1).all() and (shifted.max(1) == 1).all()
    moves = (shifted.argmax(1) - 10 + SAMPLES // 2) % SAMPLES - SAMPLES // 2
    assert moves.min() < -50 and moves.max() > 50 and abs(moves).max() <= SAMPLES // 8


def test_gains_scatter_by_three_decibels():
    gains = changed(augmentation.gain, np.full(4, -0.5)) / -0.5
    assert (np.ptp(gains, axis=1) < 1e-6).all() and (gains > 0).all()
    decibels = 20 * np.log10(gains[:, 0])
    assert abs(decibels.mean()) < 1 and 2 < decibels.std() < 4


def test_polarity_turns_half():
    signs = changed(augmentation.polarity, np.full(4, 0.5)) / 0.5
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs(signs[:, 0].mean()) < 0.25


def test_filters_change_tones_by_one_number_without_delay():
    times = np.arange(SAMPLES)
    for cycles in (2, 60, 200):
        tone = np.sin(2 * np.pi * cycles * times / SAMPLES)
        filtered = changed(augmentation.filter, tone)
        gains = filtered @ tone / (tone @ tone)
        np.testing.assert_allclose(filtered, gains[:, None] * tone, atol=1e-4)
        decibels = 20 * np.log10(gains)
        assert 2 < decibels.std() < 8, cycles
    low, high = (
        changed(augmentation.filter, np.cos(2 * np.pi * cycles * times / SAMPLES)).max(1)
        for cycles in (4, 256)
    )
    # Octaves move apart from each other.
    assert np.corrcoef(np.log(low), np.log(high))[0, 1] < 0.3


def test_noise_lies_as_far_below_as_was_drawn():
    tone = np.sin(np.arange(SAMPLES)) * 0.1
    added = changed(augmentation.noise, tone) - tone.astype(np.float32)
    below = 10 * np.log10((tone**2).mean() / (added**2).mean(1))
    assert 9 < below.min() < 15 and 35 < below.max() < 42
    # White: the halves of its spectrum are as strong as each other.
    power = (np.abs(np.fft.rfft(added)) ** 2 / (added**2).sum(1, keepdims=True)).mean(0)
    np.testing.assert_allclose(power[1:128].mean(), power[128:-1].mean(), rtol=0.1)


def test_masks_silence_one_stretch_of_up_to_a_quarter():
    masked = changed(augmentation.mask, np.ones(SAMPLES))
    assert set(np.unique(masked)) == {0.0, 1.0}
    silent = (masked == 0).sum(1)
    assert silent.max() <= SAMPLES // 4 and silent.max() > 100 and silent.min() < 30
    edges = np.abs(np.diff(np.pad(masked, ((0, 0), (1, 1)), constant_values=1.0))).sum(1)
    assert (edges <= 2).all()
    assert (masked[:, :20] == 0).any() and (masked[:, -20:] == 0).any()  # ends are reached

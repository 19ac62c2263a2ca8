"""Changes of spectrograms, each against what it must do to one it is made for."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.audio import spectrogram_augmentation as augmentation

TIME, BINS = 48, 64
MANY = jax.random.split(jax.random.key(0), 200)


def changed(change, x):
    """What each of many keys makes of one example, without its channel."""
    x = jnp.asarray(x, jnp.float32)[..., None]
    return np.asarray(jax.vmap(change, (None, 0))(x, MANY))[..., 0]


def test_shifts_move_in_time_circularly_and_a_little_in_frequency():
    impulse = np.zeros((TIME, BINS))
    impulse[1, 30] = 1.0
    shifted = changed(augmentation.shift, impulse)
    assert (shifted.sum((1, 2)) == 1).all()
    times = (shifted.max(2).argmax(1) - 1 + TIME // 2) % TIME - TIME // 2
    bins = shifted.max(1).argmax(1) - 30
    assert set(times) == set(range(-6, 7)) and set(bins) == set(range(-2, 3))


def test_the_edge_is_repeated_where_frequency_moves_away():
    ramp = np.broadcast_to(np.arange(BINS), (TIME, BINS))
    shifted = changed(augmentation.shift, ramp)
    assert set(shifted[:, 0, 0]) == {0.0, 1.0, 2.0}
    assert set(shifted[:, 0, -1]) == {BINS - 3.0, BINS - 2.0, BINS - 1.0}
    assert (np.diff(shifted, axis=2) >= 0).all()  # bass is no treble


def test_gain_is_one_offset():
    offsets = changed(augmentation.gain, np.zeros((TIME, BINS)))
    assert (np.ptp(offsets, axis=(1, 2)) == 0).all()
    assert abs(offsets.mean()) < 0.05 and 0.15 < offsets[:, 0, 0].std() < 0.25


def test_filters_are_one_smooth_curve_at_all_times():
    curves = changed(augmentation.filter, np.zeros((TIME, BINS)))
    assert (np.ptp(curves, axis=1) == 0).all()
    curves = curves[:, 0]
    assert 0.1 < curves[:, 0].std() < 0.3
    assert np.abs(np.diff(curves)).max() < 0.1 < np.abs(curves).max()


def test_noise_has_a_strength_of_its_own_in_each():
    added = changed(augmentation.noise, np.full((TIME, BINS), 0.5)) - 0.5
    strengths = added.std((1, 2))
    assert strengths.min() < 0.01 and 0.15 < strengths.max() < 0.5
    assert abs(added.mean()) < 0.002


def test_masks_cut_a_stretch_of_time_or_of_bins():
    masked = changed(augmentation.mask, np.ones((TIME, BINS))) == 0
    times, bins = masked.all(2).sum(1), masked.all(1).sum(1)
    assert not (times.astype(bool) & bins.astype(bool)).any()
    assert 8 < times.max() <= TIME // 4 and 10 < bins.max() <= BINS // 4
    assert (masked.sum((1, 2)) == times * BINS + bins * TIME).all()

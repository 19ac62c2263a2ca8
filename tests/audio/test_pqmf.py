"""The filterbank of sub-bands: reconstruction, separation, its polyphase form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio.pqmf import PQMF

BANK = PQMF()
NOISE = 0.1 * np.random.default_rng(0).normal(size=(2, 4000))


def decibels(signal, error):
    return 10 * np.log10(np.mean(np.square(signal)) / np.mean(np.square(error)))


def test_reconstruction_is_nearly_perfect_away_from_the_ends():
    bands = BANK.analysis(jnp.asarray(NOISE, jnp.float32))
    assert bands.shape == (2, 1000, 4) and bands.dtype == jnp.float32
    error = np.asarray(BANK.synthesis(bands)) - NOISE
    assert decibels(NOISE[:, 62:-62], error[:, 62:-62]) > 60
    assert np.abs(error[:, 62:-62]).max() < 1e-3
    # Bands end where the audio does, so that up to half the power is missing at the very ends.
    assert np.abs(error).max() < np.abs(NOISE).max()


@pytest.mark.parametrize("band", range(4))
def test_a_tone_is_in_its_band(band):
    frequency = (band + 0.5) / 8
    tone = np.sin(2 * np.pi * frequency * np.arange(4000))[None]
    power = np.mean(np.square(BANK.analysis(jnp.asarray(tone, jnp.float32)))[0, 20:-20], axis=0)
    others = np.delete(np.asarray(power), band)
    assert power[band] == pytest.approx(0.5, rel=0.05) and others.max() < 1e-6


@pytest.mark.parametrize("bank", [BANK, PQMF(bands=3, taps=32, cutoff=0.2)])
def test_the_polyphase_form_is_filtering_and_keeping_one_sample_of_each_block(bank):
    x = NOISE[0, :600]
    analysis, synthesis = bank.filters()
    padded = np.pad(x, bank.taps // 2)
    bands = np.stack([np.correlate(padded, f)[:: bank.bands] for f in analysis], axis=-1)
    np.testing.assert_allclose(bank.analysis(jnp.asarray(x)[None])[0], bands, atol=1e-6)
    spread = np.zeros((600, bank.bands))
    spread[:: bank.bands] = bank.bands * bands
    spread = np.pad(spread, ((bank.taps // 2, bank.taps // 2), (0, 0)))
    audio = sum(np.correlate(spread[:, k], f) for k, f in enumerate(synthesis))
    np.testing.assert_allclose(bank.synthesis(jnp.asarray(bands)[None])[0], audio, atol=1e-6)


def test_synthesis_is_shift_invariant_and_differentiable():
    bands = jax.random.normal(jax.random.key(0), (1, 100, 4))
    whole = BANK.synthesis(bands)
    np.testing.assert_allclose(BANK.synthesis(bands[:, 30:])[:, 40:], whole[:, 160:], atol=1e-5)
    gradient = jax.grad(lambda b: jnp.sum(BANK.synthesis(b) ** 2))(bands)
    assert np.all(np.isfinite(gradient)) and np.all(gradient != 0)


def test_what_cannot_be_is_named():
    with pytest.raises(ValueError, match="10 samples are not a multiple of the 4 bands"):
        BANK.analysis(jnp.zeros((1, 10)))
    with pytest.raises(ValueError, match=r"3 bands given, but PQMF\.bands is 4"):
        BANK.synthesis(jnp.zeros((1, 10, 3)))
    with pytest.raises(ValueError, match=r"PQMF\.taps must be even and positive, not 61"):
        PQMF(taps=61)
    with pytest.raises(ValueError, match=r"PQMF\.bands must be at least 1, not 0"):
        PQMF(bands=0)

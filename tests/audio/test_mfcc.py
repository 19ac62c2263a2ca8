import dataclasses

import jax
import librosa
import numpy as np
import pytest

from ganspeech.audio import RECOGNITION_16K, deltas, mfcc, power_to_db

SPEC = dataclasses.replace(RECOGNITION_16K, n_mels=40, log_floor=1e-3)
SWELL = np.linspace(0, 0.3, 5000) ** 2
AUDIO = (np.random.default_rng(0).normal(size=5000) * SWELL).astype(np.float32)
FEATURES = np.random.default_rng(1).normal(size=(2, 30, 5)).astype(np.float32)


def librosa_mfcc(audio, **options):
    return librosa.feature.mfcc(
        y=np.pad(audio, 256, mode="reflect"), sr=16000, n_fft=512, hop_length=160, win_length=400,
        n_mels=40, fmax=8000, center=False, **options,
    ).T  # fmt: skip


@pytest.mark.parametrize("lifter", [0, 22, 7.5])
@pytest.mark.parametrize("norm", ["ortho", "none"])
@pytest.mark.parametrize("dct_type", [1, 2, 3])
def test_mfcc_is_librosas(dct_type, norm, lifter):
    reference = librosa_mfcc(
        AUDIO, n_mfcc=13, dct_type=dct_type, norm=None if norm == "none" else norm, lifter=lifter
    )
    ours = mfcc(AUDIO, SPEC, n_mfcc=13, dct_type=dct_type, norm=norm, lifter=lifter)
    # Coefficients are sums of decibels that nearly cancel: they are compared on their own scale.
    scale = np.abs(reference).max()
    np.testing.assert_allclose(ours / scale, reference / scale, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("top_db", [80.0, 20.0, None])
def test_power_to_db_is_librosas(top_db):
    power = np.geomspace(1e-13, 10, 60).astype(np.float32).reshape(6, 10)
    reference = librosa.power_to_db(power, top_db=top_db)
    np.testing.assert_allclose(power_to_db(power, top_db=top_db), reference, rtol=1e-4, atol=1e-5)


def test_one_utterance_does_not_depend_on_the_batch():
    batch = np.stack([AUDIO, 100 * AUDIO])
    np.testing.assert_allclose(mfcc(batch, SPEC)[0], mfcc(AUDIO, SPEC), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("mode", ["interp", "nearest"])
@pytest.mark.parametrize(("width", "order"), [(9, 1), (9, 2), (3, 1), (5, 2), (7, 3), (11, 1)])
def test_deltas_are_librosas(width, order, mode):
    reference = librosa.feature.delta(FEATURES, width=width, order=order, mode=mode, axis=1)
    ours = jax.jit(lambda x: deltas(x, width=width, order=order, mode=mode))(FEATURES)
    np.testing.assert_allclose(ours, reference, rtol=1e-4, atol=1e-5)


def test_clear_errors():
    with pytest.raises(ValueError, match="n_mfcc must be 1 to the spec's 40 mels, not 41"):
        mfcc(AUDIO, SPEC, n_mfcc=41)
    with pytest.raises(ValueError, match="lifter must be at least 0"):
        mfcc(AUDIO, SPEC, lifter=-1)
    with pytest.raises(ValueError, match="top_db must be at least 0"):
        power_to_db(np.ones((2, 2)), top_db=-1)
    for width, order in ((4, 1), (1, 1), (3, 3), (9, 0)):
        with pytest.raises(ValueError, match="width must be odd"):
            deltas(FEATURES, width=width, order=order)
    with pytest.raises(ValueError, match="30 frames are fewer than width 31"):
        deltas(FEATURES, width=31)

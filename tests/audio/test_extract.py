import dataclasses

import numpy as np
import pytest

from ganspeech.audio import HIFIGAN_22K, RECOGNITION_16K, VOCOS_24K, log_mel
from ganspeech.audio.extract import extract_log_mels

SPECS = {
    "magnitude": HIFIGAN_22K,
    "centerd, htk": VOCOS_24K,
    "power, hop 160": RECOGNITION_16K,
    "other power and base": dataclasses.replace(
        RECOGNITION_16K, power=1.5, log_base="10", pad_mode="constant", hop_length=75
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_equals_log_mel_for_any_lengths_and_threads(name):
    spec = SPECS[name]
    rng = np.random.default_rng(0)
    # Fewer frames than are computed at a time, just as many and one more, in the 256-hop specs.
    clips = [
        (0.1 * rng.normal(size=samples)).astype(np.float32)
        for samples in (1000, 64 * 256, 65 * 256, 65 * 256 + 255)
    ]
    results = list(extract_log_mels(clips, spec, threads=2))
    assert len(results) == len(clips)
    for clip, result in zip(clips, results):
        assert result.shape == (spec.frames(len(clip)), spec.n_mels)
        assert result.dtype == np.float32
        np.testing.assert_allclose(result, log_mel(clip, spec), rtol=1e-4, atol=1e-5)


def test_silence_is_the_floor():
    (result,) = extract_log_mels([np.zeros(4000)], HIFIGAN_22K)
    np.testing.assert_array_equal(result, np.log(np.float32(1e-5)))


def test_clear_errors():
    odd = dataclasses.replace(HIFIGAN_22K, n_fft=600, win_length=600, hop_length=150)
    with pytest.raises(ValueError, match="n_fft to be a power of two >= 8, not 600"):
        list(extract_log_mels([], odd))
    with pytest.raises(ValueError, match="audio of 10 samples is too short"):
        list(extract_log_mels([np.zeros(10)], HIFIGAN_22K))

import importlib.util

import numpy as np
import pytest

from ganspeech.evaluation.quality.metrics import (
    METRICS,
    Undefined,
    chosen,
    estoi,
    log_f0_rmse,
    mel_cepstral_distortion,
    periodicity_error,
    pesq_wb,
    stft_distance,
    voicing_f1,
)
from ganspeech.evaluation.quality.pitch import HOP, RATE, pitch

PERFECT = {"pesq": 4.64, "estoi": 1, "mcd": 0, "stft": 0, "f0": 0, "vuv": 1, "periodicity": 0}


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_more_noise_is_worse(metric, make_voice, add_noise):
    if metric.missing_packages():
        pytest.skip(f"not installed: {metric.missing_packages()}")
    voice = make_voice()
    values = [metric.function(voice, add_noise(voice, level), 16000) for level in (0, 1e-3, 0.5)]
    assert all(np.isfinite(values)) and all(isinstance(value, float) for value in values)
    worsening = -np.diff(values) if metric.higher_is_better else np.diff(values)
    assert values[0] == pytest.approx(PERFECT.get(metric.name, values[0]), abs=0.01)
    assert worsening[1] > 0 and worsening.sum() > 0


def test_pesq_is_the_package_at_16_khz(make_voice, add_noise):
    package = pytest.importorskip("pesq")
    voice = make_voice()
    bad = add_noise(voice, 0.01)
    assert pesq_wb(voice, bad, 16000) == pytest.approx(package.pesq(16000, voice, bad, "wb"))


def test_dnsmos_is_speechmos(make_voice):
    package = pytest.importorskip("speechmos.dnsmos")
    voice = make_voice()
    ours = next(m for m in METRICS if m.name == "dnsmos").function(voice, voice, 16000)
    assert ours == pytest.approx(package.run(voice, 16000)["ovrl_mos"], abs=1e-3)


def test_mel_cepstral_distortion_ignores_gain_and_measures_envelopes_in_db(make_voice):
    rng = np.random.default_rng(0)
    noise = 0.1 * rng.standard_normal(16000).astype(np.float32)
    assert mel_cepstral_distortion(noise, 0.5 * noise, 16000) == pytest.approx(0, abs=1e-3)
    # A comb whose two taps add or cancel; on a mel axis its slow ripple lies within 24 cepstra.
    comb = noise + 0.5 * np.roll(noise, 4)
    frequency = np.linspace(0, 8000, 4001)
    mel = np.where(
        frequency < 1000,
        3 * frequency / 200,
        15 + 27 * np.log(np.maximum(frequency, 1) / 1000) / np.log(6.4),
    )
    gain = 20 * np.log10(np.abs(1 + 0.5 * np.exp(-2j * np.pi * frequency * 4 / 16000)))
    even = np.interp(np.linspace(0, mel[-1], 2000), mel, gain)
    assert mel_cepstral_distortion(noise, comb, 16000) == pytest.approx(even.std(), rel=0.15)


def test_pitch_metrics_measure_what_they_say(make_voice):
    low, high = make_voice(frequency=140), make_voice(frequency=154)
    assert log_f0_rmse(low, high, 16000) == pytest.approx(np.log(1.1), abs=0.02)
    half = low.copy()
    half[len(half) // 2 :] = 0
    assert 0.4 < voicing_f1(low, half, 16000) < 0.85
    assert periodicity_error(low, half, 16000) > 0.2


def test_stft_distance_of_a_gain(make_voice):
    # Twice the magnitude: convergence 1 and log 2, except where the floor hides the silence.
    noise = 0.2 * np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    assert stft_distance(noise, 2 * noise, 16000) == pytest.approx(1 + np.log(2), rel=0.01)


def test_rates_agree(make_voice, add_noise):
    soxr = pytest.importorskip("soxr")
    voice = make_voice()
    bad = add_noise(voice, 0.01)
    up, worse = soxr.resample(voice, 16000, 24000), soxr.resample(bad, 16000, 24000)
    ours = mel_cepstral_distortion(up, worse, 24000)
    assert ours == pytest.approx(mel_cepstral_distortion(voice, bad, 16000), rel=0.1)


def test_silence_is_undefined_and_says_so(make_voice):
    voice = make_voice()
    silence = np.zeros_like(voice)
    for function in (mel_cepstral_distortion, stft_distance, log_f0_rmse):
        with pytest.raises(Undefined):
            function(silence, voice, 16000)
    if importlib.util.find_spec("pesq"):
        with pytest.raises(Undefined):
            pesq_wb(voice, silence, 16000)
    if importlib.util.find_spec("pystoi"):
        with pytest.raises(Undefined, match=r"0\.4 s"):
            estoi(voice[4000:6000], voice[4000:6000], 16000)


def test_very_short_audio_leaks_no_warning():
    short = 0.1 * np.random.default_rng(0).standard_normal(200).astype(np.float32)
    assert mel_cepstral_distortion(short, short, 16000) == 0
    assert stft_distance(short, short, 16000) == 0
    assert periodicity_error(short, short, 16000) == 0


def test_metrics_are_chosen_by_name_in_their_own_order():
    assert [m.name for m in chosen(METRICS, ("estoi", "pesq"))] == ["pesq", "estoi"]
    assert chosen(METRICS, ()) == METRICS
    with pytest.raises(ValueError, match="no metric is called 'mos'; there are pesq, estoi, mel"):
        chosen(METRICS, ("mos",))


def test_pitch_of_a_voice_that_rises():
    time = np.arange(RATE) / RATE
    frequency = 120 + 80 * time
    phase = 2 * np.pi * np.cumsum(frequency) / RATE
    voice = sum(np.sin(n * phase) / n for n in range(1, 20)).astype(np.float32) * 0.2
    silence = np.zeros(RATE // 2, np.float32)
    found = pitch(np.concatenate([silence, voice, silence]), RATE)
    steps = np.arange(len(found.voiced)) * HOP / RATE - 0.5
    inside = (steps > 0.1) & (steps < 0.9)
    assert found.voiced[inside].all() and not found.voiced[steps > 1.1].any()
    cents = 1200 * np.log2(found.frequency[inside] / (120 + 80 * steps[inside]))
    assert np.abs(cents).max() < 30
    assert np.isnan(found.frequency[~found.voiced]).all()


def test_pitch_of_nothing_is_undefined():
    with pytest.raises(Undefined):
        pitch(np.zeros(0, np.float32), RATE)

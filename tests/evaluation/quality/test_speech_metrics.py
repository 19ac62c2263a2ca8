"""Metrics along a warping path: a change of timing costs little, a change of what is said much."""

import numpy as np
import pytest

from ganspeech.audio import read_audio
from ganspeech.audio.quality import Undefined
from ganspeech.evaluation.quality.metrics import METRICS, mel_cepstra, mel_cepstral_distortion
from ganspeech.evaluation.quality.scores import score
from ganspeech.evaluation.quality.speech_metrics import (
    SPEECH_METRICS,
    duration_error,
    relative_duration_error,
    warp,
    warped_cepstral_distortion,
    warped_log_f0_rmse,
    warped_voicing_f1,
)

RATE = 16000
WITHOUT_DNSMOS = SPEECH_METRICS[:-1]


def later(audio, seconds):
    return np.concatenate([np.zeros(int(RATE * seconds), np.float32), audio])


def test_a_recording_is_itself(make_voice):
    audio = make_voice()
    path = warp(audio, audio, RATE)
    np.testing.assert_array_equal(path.ours, path.theirs)
    assert warped_cepstral_distortion(audio, audio, RATE) == 0
    assert warped_log_f0_rmse(audio, audio, RATE) == 0
    assert warped_voicing_f1(audio, audio, RATE) == 1
    assert duration_error(audio, audio, RATE) == relative_duration_error(audio, audio, RATE) == 0


def test_a_path_begins_and_ends_with_both_and_never_steps_back(make_voice):
    ours, theirs = make_voice(1.2), later(make_voice(1.2, seed=1), 0.3)
    path = warp(ours, theirs, RATE)
    for frames, audio in ((path.ours, ours), (path.theirs, theirs)):
        assert frames[0] == 0 and frames[-1] == len(audio) // 80
        assert set(np.diff(frames)) <= {0, 1}
    assert (np.diff(path.ours) + np.diff(path.theirs) > 0).all()


def test_the_path_is_the_cheapest(make_voice):
    """Against the plain recursion over all cells."""
    ours, theirs = make_voice(0.5), make_voice(0.6, frequency=200, seed=2)
    path = warp(ours, theirs, RATE)

    a, b = mel_cepstra(ours, theirs, RATE)
    cost = np.linalg.norm(a.T[:, None] - b.T[None], axis=-1)
    least = np.full((len(cost) + 1, len(cost[0]) + 1), np.inf)
    least[0, 0] = 0
    for i, row in enumerate(cost):
        for j, here in enumerate(row):
            least[i + 1, j + 1] = here + min(least[i, j], least[i, j + 1], least[i + 1, j])
    assert path.distances.sum() == pytest.approx(least[-1, -1])


def test_time_is_forgiven_and_pitch_is_not(make_voice):
    audio = make_voice()
    paused = later(audio, 0.25)
    common = len(audio)
    assert mel_cepstral_distortion(audio, paused[:common], RATE) > 2
    assert warped_cepstral_distortion(audio, paused, RATE) < 0.3
    assert warped_voicing_f1(audio, paused, RATE) > 0.95
    assert warped_log_f0_rmse(audio, paused, RATE) < 0.03
    assert duration_error(audio, paused, RATE) == pytest.approx(0.25)
    assert relative_duration_error(audio, paused, RATE) == pytest.approx(25 / 1.6)
    higher = make_voice(frequency=140 * 1.2)
    assert warped_log_f0_rmse(audio, higher, RATE) == pytest.approx(np.log(1.2), abs=0.05)


def test_silence_has_no_value(make_voice):
    silence, audio = np.zeros(RATE, np.float32), make_voice(1.0)
    with pytest.raises(Undefined, match="the reference is silent"):
        warped_cepstral_distortion(silence, audio, RATE)
    assert warped_cepstral_distortion(audio, silence, RATE) > 5
    with pytest.raises(Undefined, match="no step is voiced in both"):
        warped_log_f0_rmse(audio, silence, RATE)
    with pytest.raises(Undefined, match="no audio"):
        relative_duration_error(silence[:0], audio, RATE)


def test_whole_recordings_are_scored_and_only_others_are_cut(make_voice):
    reference = {"s": make_voice(1.0)}
    systems = {"slow": {"s": later(make_voice(1.0), 0.5)}}
    scored = score(reference, systems, RATE, metrics=WITHOUT_DNSMOS, workers=1, progress=False)
    assert scored.systems == ("slow",) and not scored.problems and not scored.failures
    duration = next(m for m in scored.metrics if m.name == "duration")
    assert scored.of("slow", duration) == pytest.approx([0.5])
    both = (METRICS[3], *WITHOUT_DNSMOS[-2:])
    told = score(reference, systems, RATE, metrics=both, workers=1, progress=False).problems
    assert len(told) == 1 and "scored over the shorter" in told[0]


def test_real_speech_is_nearer_its_own_text(recordings):
    """The same sentence, 10 % faster, is nearer than another sentence of the same speaker."""
    import librosa

    file, other = sorted((recordings / "kathleen" / "wavs").glob("*.flac"))[:2]
    audio, rate = read_audio(file)
    faster = librosa.effects.time_stretch(audio, rate=1.1)
    near = warped_cepstral_distortion(audio, faster, rate)
    far = warped_cepstral_distortion(audio, read_audio(other)[0], rate)
    assert near < 0.6 * far
    assert relative_duration_error(audio, faster, rate) == pytest.approx(100 / 11, abs=0.1)

import dataclasses
import re

import numpy as np
import pytest
import soundfile

from ganspeech.audio import (
    AUDIO_SUFFIXES,
    HIFIGAN_22K,
    SPEECH_16K,
    AudioFileError,
    SpecMismatch,
    load_features,
    read_audio,
    resample,
    save_features,
    write_audio,
)
from ganspeech.process import arrays
from ganspeech.process.writing import require_writable

TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)).astype(np.float32)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".FLAC"])
def test_written_audio_reads_back_to_16_bits(tmp_path, suffix):
    path = tmp_path / "deep" / f"tone{suffix}"
    write_audio(path, TONE, 16000)
    audio, rate = read_audio(path)
    assert rate == 16000 and audio.dtype == np.float32
    np.testing.assert_allclose(audio, TONE, atol=5e-5)
    assert soundfile.info(path).subtype == "PCM_16"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", AUDIO_SUFFIXES)
@pytest.mark.parametrize("rate, opus, mp3", [(16000, 16000, 16000), (22050, 24000, 22050)])
def test_whatever_is_read_is_written(tmp_path, suffix, rate, opus, mp3):
    path = tmp_path / f"tone{suffix}"
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
    write_audio(path, tone, rate)
    assert soundfile.info(path).samplerate == {".opus": opus, ".mp3": mp3}.get(suffix, rate)
    audio, _ = read_audio(path, rate, note=pytest.fail)
    assert len(audio) == len(tone)
    np.testing.assert_allclose(audio[2000:-2000], tone[2000:-2000], atol=0.1)


def test_minutes_of_vorbis_are_written(tmp_path):
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 180 * 8000)
    write_audio(tmp_path / "a.ogg", noise, 8000)
    assert soundfile.info(tmp_path / "a.ogg").frames == len(noise)


def test_loud_audio_is_clipped_not_wrapped(tmp_path):
    write_audio(tmp_path / "loud.wav", np.array([2.0, -2.0, 0.5]), 8000)
    np.testing.assert_allclose(read_audio(tmp_path / "loud.wav")[0], [1, -1, 0.5], atol=1e-4)


def test_channels_are_averaged_and_the_rate_converted(tmp_path):
    path = tmp_path / "stereo.ogg"
    soundfile.write(path, np.stack([TONE, 0 * TONE], axis=1), 16000)
    audio, rate = read_audio(path, 8000)
    assert rate == 8000 and audio.shape == (8000,)
    expected = 0.25 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    np.testing.assert_allclose(audio[500:-500], expected[500:-500], atol=0.02)


def test_resample_keeps_a_tone():
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    result = resample(TONE, 16000, 22050)
    assert result.dtype == np.float32 and result.shape == (22050,)
    np.testing.assert_allclose(result[500:-500], expected[500:-500], atol=1e-3)
    assert resample(TONE, 16000, 16000) is TONE


def test_unusable_audio_files_are_named(tmp_path):
    with pytest.raises(AudioFileError, match=r"no such audio file: .*missing\.wav"):
        read_audio(tmp_path / "missing.wav")
    (tmp_path / "text.wav").write_text("these are not samples")
    with pytest.raises(AudioFileError, match=r"cannot read .*text\.wav as audio: "):
        read_audio(tmp_path / "text.wav")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    with pytest.raises(AudioFileError, match=r"empty\.wav holds no audio"):
        read_audio(tmp_path / "empty.wav")
    (tmp_path / "nothing.mp3").touch()
    with pytest.raises(AudioFileError, match=r"nothing\.mp3 holds no audio: 0 bytes"):
        read_audio(tmp_path / "nothing.mp3")
    for bad in (np.nan, np.inf):
        path = tmp_path / "bad.wav"
        soundfile.write(path, np.array([0, bad, 0], np.float32), 16000, subtype="FLOAT")
        with pytest.raises(AudioFileError, match=r"bad\.wav holds NaN or infinite"):
            read_audio(path)


def test_a_header_that_promises_too_much_allocates_nothing(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, TONE, 16000)
    content = bytearray(path.read_bytes())
    place = content.index(b"Xing") + 8  # the number of frames of 576 samples
    content[place : place + 4] = b"\x7f\xff\xff\xff"
    path.write_bytes(content)
    assert soundfile.info(path).frames > 1e12
    audio, _ = read_audio(path)
    np.testing.assert_allclose(audio[2000:14000], TONE[2000:14000], atol=0.05)


def test_unusable_audio_is_not_written(tmp_path):
    with pytest.raises(AudioFileError, match=r"suffix must be one of \.wav \.flac \.ogg "):
        write_audio(tmp_path / "tone.txt", TONE, 16000)
    with pytest.raises(AudioFileError, match=r"cannot write .*tone\.wav: "):
        write_audio(tmp_path / "tone.wav", TONE, -1)
    with pytest.raises(AudioFileError, match="NaN"):
        write_audio(tmp_path / "tone.wav", np.full(3, np.nan), 16000)
    with pytest.raises(AudioFileError, match=r"must be \[samples\]"):
        write_audio(tmp_path / "tone.wav", TONE[None], 16000)
    assert not list(tmp_path.iterdir())


def test_targets_that_cannot_be_written_are_named_as_they_were_given(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.wav").mkdir()
    for target in (tmp_path / "folder.wav", tmp_path / "file" / "deep" / "tone.wav"):
        with pytest.raises(OSError, match=re.escape(f"'{target}'")) as caught:
            write_audio(target, TONE, 16000)
        assert caught.value.filename == str(target) and caught.value.strerror
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder.wav"]


def test_whether_a_target_can_be_written_is_seen_without_a_trace(tmp_path):
    require_writable(tmp_path / "new" / "deep" / "tone.wav", tmp_path / "new" / "deep")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "tone.wav"
    with pytest.raises(ValueError, match=r"^cannot write .*tone\.wav: .*file is not a folder$"):
        require_writable(target, target.parent)


def test_features_carry_their_spec(tmp_path):
    path = tmp_path / "a.npz"
    features = np.random.default_rng(0).normal(size=(7, 80)).astype(np.float32)
    save_features(path, features, SPEECH_16K)
    again, spec = load_features(path)
    np.testing.assert_array_equal(again, features)
    assert spec == SPEECH_16K
    with pytest.raises(SpecMismatch, match="sample_rate is 16000 there, 22050 here"):
        HIFIGAN_22K.require_same(spec, what=str(path))


def test_unusable_feature_files_are_named(tmp_path):
    with pytest.raises(AudioFileError, match="no such feature file"):
        load_features(tmp_path / "missing.npz")
    path = tmp_path / "a.npz"
    for content in (b"", b"no archive", b"PK\x03\x04 cut short"):
        path.write_bytes(content)
        with pytest.raises(AudioFileError, match=r"a\.npz is not a feature file"):
            load_features(path)
    np.save(path.with_suffix(".npy"), np.zeros(3))
    path.with_suffix(".npy").rename(path)
    with pytest.raises(AudioFileError, match="is not a feature file"):
        load_features(path)
    np.savez(path, log_mel=np.zeros((3, 80)), spec=np.array("{}"))
    with pytest.raises(AudioFileError, match="missing fields"):
        load_features(path)
    np.savez(path, log_mel=np.zeros((3, 80)))
    with pytest.raises(AudioFileError, match="is not a feature file"):
        load_features(path)
    np.savez(path, log_mel=np.full((3, 80), "x"), spec=np.array(SPEECH_16K.to_json()))
    with pytest.raises(AudioFileError, match=r"a\.npz: features must be real numbers, not <U1"):
        load_features(path)
    wrong = SPEECH_16K.to_json().replace('"fmin": 0.0', '"fmin": "low"')
    np.savez(path, log_mel=np.zeros((3, 80)), spec=np.array(wrong))
    with pytest.raises(AudioFileError, match=r"a\.npz is not a feature file"):
        load_features(path)
    content = bytearray(path.read_bytes())
    for old, new in ((b"}", b"("), (b"(3, 80)", b"(9**99)")):  # NumPy evaluates the header
        place = content.index(old, content.index(b"NUMPY"))
        path.write_bytes(content[:place] + new + content[place + len(new) :])
        with pytest.raises(AudioFileError, match=r"a\.npz is not a feature file \(.*\): \S"):
            load_features(path)
    other = dataclasses.replace(SPEECH_16K, n_mels=40).to_json()
    np.savez(path, log_mel=np.zeros((3, 80)), spec=np.array(other))
    with pytest.raises(AudioFileError, match=r"must be \[frames, 40\]"):
        load_features(path)
    for bad in (np.zeros((0, 80)), np.zeros(80), np.full((2, 80), np.nan)):
        with pytest.raises(AudioFileError, match=r"b\.npz"):
            save_features(tmp_path / "b.npz", bad, SPEECH_16K)
    with pytest.raises(AudioFileError, match=r"suffix must be \.npz"):
        save_features(tmp_path / "b.npy", np.zeros((2, 80)), SPEECH_16K)


def test_damaged_mp3_is_noted_in_our_words_alone(tmp_path, capfd):
    path = tmp_path / "a.mp3"
    write_audio(path, TONE, 16000)
    content = bytearray(path.read_bytes())
    content[600:900] = bytes(300)
    path.write_bytes(content)
    assert len(read_audio(path)[0])
    path.write_bytes(content[:10])
    with pytest.raises(AudioFileError, match=r"a\.mp3"):
        read_audio(path)
    error = capfd.readouterr().err
    assert all(line.startswith(str(path)) for line in error.splitlines()), error


def test_features_of_more_than_any_memory_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    save_features(path, np.zeros((100, SPEECH_16K.n_mels)), SPEECH_16K)
    monkeypatch.setattr(arrays, "MOST", 1000)
    with pytest.raises(AudioFileError, match=r"a\.npz is not a feature file .* it holds"):
        load_features(path)


def test_a_rate_that_no_speech_has_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros(1 << 20, np.int16), 1)
    with pytest.raises(AudioFileError, match=r"a\.wav has a rate of 1 Hz, and speech at least"):
        read_audio(path, 16000)

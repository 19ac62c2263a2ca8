"""Recordings in pieces: together they are what the whole is."""

import dataclasses

import numpy as np
import pytest
import soundfile

from ganspeech.audio import AudioSpec, log_mel, read_audio
from ganspeech.audio.decoding import BLOCK, CUT_OFF, AudioFileError
from ganspeech.audio.pieces import AudioPieces, compiled_log_mel, log_mel_pieces

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0)
PADDINGS = [("same", "reflect"), ("center", "reflect"), ("center", "constant")]


def noise(samples):
    return np.random.default_rng(0).uniform(-0.5, 0.5, samples).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 11025])
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_pieces_of_a_file_are_the_file(tmp_path, suffix, rate):
    path = tmp_path / f"a{suffix}"
    soundfile.write(path, np.stack([noise(5 * BLOCK + 7), noise(5 * BLOCK + 7)], 1), rate)
    pieces = AudioPieces(path, 8000)
    whole, _ = read_audio(path, 8000)
    assert len(list(pieces)) > 4
    np.testing.assert_array_equal(np.concatenate(list(pieces)), whole)
    assert pieces.seconds == pytest.approx(len(whole) / 8000, abs=0.01)
    assert pieces.peak == np.abs(whole).max()


def test_blocks_of_mp3_are_what_is_read_at_once(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, noise(40 * BLOCK) / 4, 16000)
    whole, _ = soundfile.read(path, dtype="float32")
    np.testing.assert_allclose(read_audio(path)[0], whole, atol=1e-7)


def test_the_scale_is_that_of_the_whole_file(tmp_path, capsys):
    path = tmp_path / "a.wav"
    loud = np.concatenate([noise(2 * BLOCK), 8 * noise(2 * BLOCK)])
    soundfile.write(path, loud, 8000, subtype="FLOAT")
    pieces = np.concatenate(list(AudioPieces(path, 8000)))
    np.testing.assert_allclose(pieces, loud / np.abs(loud).max(), rtol=1e-6)
    assert "beyond full scale" in capsys.readouterr().err


def test_a_damaged_file_is_used_as_far_as_it_goes(tmp_path):
    path, notes = tmp_path / "a.flac", list[str]()
    soundfile.write(path, noise(20 * BLOCK), 8000)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    pieces = np.concatenate(list(AudioPieces(path, 8000, notes.append)))
    np.testing.assert_array_equal(pieces, read_audio(path, note=notes.append)[0])
    assert notes == [CUT_OFF, CUT_OFF] and 5 * BLOCK < len(pieces) < 15 * BLOCK


def test_a_file_that_is_no_audio_is_refused_at_once(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"text")
    with pytest.raises(AudioFileError, match=r"cannot read .*a\.wav as audio"):
        AudioPieces(tmp_path / "a.wav", 8000)


@pytest.mark.parametrize(("padding", "pad_mode"), PADDINGS)
@pytest.mark.parametrize("samples", [300, 64 * 50, 64 * 64, 64 * 200 + 9, 64 * 1000 + 63])
def test_log_mels_of_pieces_are_those_of_all(padding, pad_mode, samples):
    spec = dataclasses.replace(SPEC, padding=padding, pad_mode=pad_mode)
    audio = noise(samples)
    pieces = list(log_mel_pieces(np.split(audio, range(0, samples, 100)), spec, frames=64))
    whole = np.asarray(log_mel(audio, spec))
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-4)
    assert len(pieces) == 1 if len(whole) <= 64 else max(map(len, pieces)) < 96


def test_too_short_audio_has_no_log_mel():
    with pytest.raises(ValueError, match="audio of 9 samples is too short"):
        list(log_mel_pieces([noise(9)], SPEC, frames=64))


@pytest.mark.parametrize(("padding", "pad_mode"), PADDINGS)
def test_lengthened_recordings_have_the_same_features(padding, pad_mode):
    spec = dataclasses.replace(SPEC, padding=padding, pad_mode=pad_mode)
    for samples in (200, 1024, 1030):
        audio = noise(samples)
        np.testing.assert_allclose(compiled_log_mel(audio, spec), log_mel(audio, spec), atol=1e-4)

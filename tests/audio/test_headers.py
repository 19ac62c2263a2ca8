"""Files that end before their header says, those whose header was left open, and whole ones."""

import io
import itertools

import numpy as np
import pytest
import soundfile

from ganspeech.audio.decoding import CUT_OFF
from ganspeech.audio.files import read_audio
from ganspeech.audio.headers import is_cut_off

NOISE = np.random.default_rng(0).uniform(-0.3, 0.3, 5 * 24000).astype(np.float32)
FORMATS = {
    ".wav": ("WAV", "PCM_16"),
    ".rf64": ("RF64", "PCM_16"),
    ".w64": ("W64", "PCM_16"),
    ".aiff": ("AIFF", "PCM_16"),
    ".au": ("AU", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}


def encoded(suffix: str) -> bytes:
    buffer, (kind, subtype) = io.BytesIO(), FORMATS[suffix]
    with soundfile.SoundFile(buffer, "w", 24000, 1, format=kind, subtype=subtype) as file:
        for start in range(0, len(NOISE), 4800):
            file.write(NOISE[start : start + 4800])
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_cut_off_is_used_and_said(tmp_path, suffix, capsys):
    path, content, notes = tmp_path / f"a{suffix}", encoded(suffix), list[str]()
    path.write_bytes(content)
    assert len(read_audio(path, note=notes.append)[0]) == len(NOISE) and not notes
    path.write_bytes(content[: len(content) * 6 // 10])
    audio, _ = read_audio(path)
    assert capsys.readouterr().err.splitlines() == [f"{path}: {CUT_OFF}"]
    assert 0.35 * len(NOISE) < len(audio) < 0.65 * len(NOISE)
    if FORMATS[suffix][1] == "PCM_16":
        np.testing.assert_allclose(audio, NOISE[: len(audio)], atol=1e-4)


@pytest.mark.parametrize(
    "size, order",
    [(0, "little"), *itertools.product([0xFFFFFFFF, 0x7FFFF000, 0x7FFFFFFF], ["little", "big"])],
)
def test_wavs_of_pipes_are_whole(tmp_path, size, order):
    buffer = io.BytesIO()
    endian = "BIG" if order == "big" else "LITTLE"
    soundfile.write(buffer, NOISE, 24000, format="WAV", subtype="PCM_16", endian=endian)
    content = bytearray(buffer.getvalue())
    place = content.index(b"data") + 4
    content[place : place + 4] = size.to_bytes(4, order)
    content[4:8] = (size and min(size + 36, 0xFFFFFFFF)).to_bytes(4, order)
    (tmp_path / "a.wav").write_bytes(content)
    audio, _ = read_audio(tmp_path / "a.wav", note=pytest.fail)
    np.testing.assert_allclose(audio, NOISE, atol=1e-4)


def test_chunks_behind_the_samples_are_no_samples(tmp_path):
    content = encoded(".wav")
    (tmp_path / "a.wav").write_bytes(content + b"LIST\4\0\0\0abcd")
    assert not is_cut_off(tmp_path / "a.wav")
    assert len(read_audio(tmp_path / "a.wav")[0]) == len(NOISE)


@pytest.mark.parametrize("suffix", [".wav", ".w64", ".aiff", ".rf64"])
def test_sizes_beyond_any_file_are_no_error(tmp_path, suffix):
    path, content = tmp_path / f"a{suffix}", encoded(suffix)
    for place in range(12, 120):
        path.write_bytes(content[:place] + b"\xfe" * 8 + content[place + 8 :])
        is_cut_off(path)

"""Audio files written in pieces."""

import errno

import numpy as np
import pytest

from ganspeech.audio import AudioWriter, read_audio, write_audio
from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.writing import WRITABLE

TONE = (0.5 * np.sin(2 * np.pi * 300 * np.arange(22050) / 22050)).astype(np.float32)


@pytest.mark.parametrize("suffix", WRITABLE)
def test_pieces_are_written_as_the_whole(tmp_path, suffix):
    whole, pieces = tmp_path / f"whole{suffix}", tmp_path / f"pieces{suffix}"
    write_audio(whole, TONE, 22050)
    with AudioWriter(pieces, 22050) as writer:
        for piece in np.split(TONE, [1, 5000, 5001, 17000]):
            writer.write(piece)
            assert not pieces.exists()
    (ours, rate), (theirs, same) = read_audio(pieces), read_audio(whole)
    assert rate == same and sorted(tmp_path.iterdir()) == sorted([whole, pieces])
    # Encoders of lossy formats have other blocks.
    np.testing.assert_allclose(
        ours, theirs, atol=0.02 if suffix in (".ogg", ".opus", ".mp3") else 0
    )


def test_the_first_pieces_are_on_disk_before_the_last_are_made(tmp_path):
    with AudioWriter(tmp_path / "a.wav", 22050) as writer:
        writer.write(TONE)
        (partial,) = tmp_path.iterdir()
        assert partial.name.endswith(".partial") and partial.stat().st_size > 2 * len(TONE) - 9000
        writer.write(TONE)


def test_an_error_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.wav"
    write_audio(path, TONE, 22050)
    with pytest.raises(RuntimeError, match="no more"), AudioWriter(path, 22050) as writer:
        writer.write(TONE[:100])
        raise RuntimeError("no more")
    assert [*tmp_path.iterdir()] == [path] and len(read_audio(path)[0]) == len(TONE)


@pytest.mark.parametrize("suffix", WRITABLE)
def test_a_full_disk_is_told_of_and_leaves_no_partial_file(tmp_path, monkeypatch, suffix):
    room = 3000

    def full(self, data):
        nonlocal room
        if room < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        room -= len(data)
        return write(self, data)

    import ganspeech.audio.writing as writing

    class Full(writing._Sink):
        def __init__(self, path):
            super().__init__(path)
            file = self._file

            class Disk:
                write = staticmethod(lambda data: full(file, data))
                seek, tell, close = file.seek, file.tell, file.close

            self._file = Disk

    write = lambda file, data: file.write(data)  # noqa: E731
    monkeypatch.setattr(writing, "_Sink", Full)
    path = tmp_path / f"a{suffix}"
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_audio(path, np.random.default_rng(0).uniform(-1, 1, 90_000), 16000)
    assert caught.value.filename == str(path) and not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("name", "audio", "fault"),
    [
        ("a.m4a", TONE, "the suffix must be one of"),
        ("a.wav", TONE[None], r"audio must be \[samples\], not \(1, 22050\)"),
        ("a.wav", np.array([0, np.nan]), "NaN or infinite samples"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, name, audio, fault):
    with pytest.raises(AudioFileError, match=f"cannot write .*{name}: {fault}"):
        write_audio(tmp_path / name, audio, 16000)
    assert not [*tmp_path.iterdir()]

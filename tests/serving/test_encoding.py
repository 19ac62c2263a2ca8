"""Streamed formats: what is sent is settled, decodes to the audio, and begins at once."""

import io

import numpy as np
import pytest
import soundfile

from ganspeech.serving.encoding import PCM_RATE, STREAMED, StreamEncoder


def tone(rate, seconds):
    return np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate).astype("f4") / 2


def decoded(data, samples):
    if data.startswith(b"fLaC"):
        # libsndfile cannot read a FLAC whose header has no length, which players can.
        assert data[21] & 15 == 0 and data[22:26] == bytes(4)
        data = data[:22] + samples.to_bytes(4) + data[26:]
    return soundfile.read(io.BytesIO(data), dtype="float32")


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
@pytest.mark.parametrize("name", [name for name in STREAMED if name != "pcm"])
def test_pieces_decode_to_the_audio(name, rate):
    encoder, whole = StreamEncoder(name, rate), tone(rate, 2.4)
    pieces = [encoder.encode(part) for part in np.array_split(whole, 3)]
    heard, heard_rate = decoded(b"".join([*pieces, encoder.finish()]), len(whole))
    assert all(len(piece) > 500 for piece in pieces)
    # Encoders of mp3 add some frames, which are long at low rates.
    assert len(heard) / heard_rate == pytest.approx(2.4, abs=0.3 if name == "mp3" else 0.01)
    middle = heard[heard_rate // 2 : heard_rate * 3 // 2]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert spectrum.argmax() * heard_rate / len(middle) == pytest.approx(440, abs=2)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.06)
    if name in ("wav", "flac"):
        np.testing.assert_array_equal(np.round(heard * 32768), np.round(whole * 32767))


@pytest.mark.parametrize("rate", [PCM_RATE, 16000])
def test_samples_without_a_header(rate):
    encoder, whole = StreamEncoder("pcm", rate), tone(rate, 1.0)
    data = b"".join([*map(encoder.encode, np.array_split(whole, 5)), encoder.finish()])
    heard = np.frombuffer(data, "<i2") / 32767
    assert len(heard) == PCM_RATE
    np.testing.assert_allclose(heard[500:-500], tone(PCM_RATE, 1.0)[500:-500], atol=2e-3)

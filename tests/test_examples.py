"""The examples' round trips: heard, answered or translated, and spoken."""

import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import robots
import soundfile

from ganspeech.audio import write_audio

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
RATE = 8000


@dataclass(frozen=True)
class Ear:
    """A recognizer that hears a digit for each tenth of a second of sound."""

    sample_rate: int = RATE

    def __call__(self, audio):
        """Transcripts of utterances."""
        names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        counts = [
            round(float((np.abs(one) > 0.1).sum()) / (self.sample_rate / 10)) for one in audio
        ]
        return [SimpleNamespace(text=names[count] if count else "") for count in counts]


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tone(seconds: float) -> np.ndarray:
    return np.where(np.arange(round(seconds * RATE)) % 2, 0.5, -0.5).astype(np.float32)


def quiet(seconds: float) -> np.ndarray:
    return 1e-4 * np.random.default_rng(0).normal(size=round(seconds * RATE)).astype(np.float32)


def test_the_assistant_answers():
    assistant = example("assistant")
    spoken = list(assistant.converse(tone(0.3), Ear(), assistant.sum_of_digits, robots.voice()))
    assert [one.text for one in spoken] == ["Three make 3."]
    assert assistant.sum_of_digits("three four nine") == "Three and four and nine make 16."
    assert assistant.sum_of_digits("hello") == "I heard: hello. Say some digits, and I add them."
    assert assistant.sum_of_digits("") == "Pardon?"


def test_the_interpreter_speaks_at_pauses(capsys):
    interpreter = example("interpreter")
    endless = [quiet(0.2), tone(0.2)] * 40
    stream = np.concatenate(
        [quiet(1), tone(0.3), quiet(1), tone(0.5), quiet(1), *endless, quiet(1)]
    )
    taken = []

    def chunks():
        for start in range(0, len(stream), 800):
            taken.append(start)
            yield stream[start : start + 800]

    spoken = interpreter.interpret(chunks(), Ear(), interpreter.spanish_digits, robots.voice())
    assert next(spoken).text == "tres"
    assert taken[-1] / RATE < 2.3
    assert [one.text for one in spoken] == ["cinco"]
    assert "too long to interpret: 4." in capsys.readouterr().out
    assert interpreter.spanish_digits("one two ok") == "uno dos ok"


@pytest.mark.parametrize("name, told", [("assistant", "Three make 3."), ("interpreter", "tres")])
def test_from_file_to_file(name, told, tmp_path, monkeypatch, capsys):
    module = example(name)
    monkeypatch.setattr(module, "load_recognizer", lambda source: Ear())
    monkeypatch.setattr(module, "load_voice", lambda source: robots.voice())
    monkeypatch.setattr(module, "keep_programs", lambda: None)
    write_audio(tmp_path / "in.wav", np.concatenate([quiet(1), tone(0.3), quiet(1)]), RATE)
    assert module.main(tmp_path / "in.wav", tmp_path / "out.wav") == 0
    audio, rate = soundfile.read(tmp_path / "out.wav")
    assert rate == robots.RATE and len(audio) > 100
    assert capsys.readouterr().out.strip() == told


def test_a_recording_of_nothing_is_one_line(tmp_path, monkeypatch, capsys):
    module = example("interpreter")
    monkeypatch.setattr(module, "load_recognizer", lambda source: Ear())
    monkeypatch.setattr(module, "load_voice", lambda source: robots.voice())
    monkeypatch.setattr(module, "keep_programs", lambda: None)
    write_audio(tmp_path / "in.wav", np.zeros(RATE), RATE)
    assert module.main(tmp_path / "in.wav", tmp_path / "out.wav") == 1
    assert capsys.readouterr().err == (
        f"error: nothing that is said in {tmp_path / 'in.wav'} was understood\n"
    )
    assert not (tmp_path / "out.wav").exists()


def test_from_the_command_line(tmp_path):
    command = [sys.executable, str(EXAMPLES / "assistant.py"), "in.wav", "out.wav"]
    done = subprocess.run(
        [*command, "--recognizer", "nobody"], cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONPATH": str(EXAMPLES.parent), "JAX_PLATFORMS": "cpu", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error: no recognizer 'nobody'")
    assert done.stderr.count("\n") == 1

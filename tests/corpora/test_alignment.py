"""A voice finds where the symbols of recordings end."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
import robots
import soundfile

from ganspeech.commands.cli import main
from ganspeech.corpora import alignment
from ganspeech.corpora.alignment import carried
from ganspeech.data.labels.labeled import TICKS
from ganspeech.data.labels.symbol_ends import read_ends
from ganspeech.evaluation.quality.speech_metrics import Warp


@pytest.fixture(autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def test_times_are_carried_along_a_path():
    # The recording begins two frames later, and says the second frame three times.
    steps = [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2), (7, 3)]
    ours, theirs = map(np.array, zip(*steps))
    path = Warp(ours, theirs, np.zeros(len(steps)))
    there = carried(np.array([0.005, 0.010, 0.0125, 0.015, 0.5]), path)
    np.testing.assert_allclose(there, [0.020, 0.030, 0.0325, 0.035, 0.035])
    assert (np.diff(there) >= 0).all()


class Tones(robots.Robot):
    """Sounds its symbols as tones, low and high ones in turn."""

    def decode_drawn(self, level, drawn, lengths, speaker, spec):
        pitch = 300 + 3000 * jnp.repeat(drawn[..., 0], spec.hop_length, axis=1)
        return level * jnp.sin(2 * jnp.pi * jnp.cumsum(pitch, axis=1) / spec.sample_rate)


@pytest.fixture
def voice(monkeypatch):
    one = dataclasses.replace(robots.voice(), network=Tones())
    monkeypatch.setattr(alignment, "load_voice", lambda source: one)
    return one


def recorded(path, voice, text, rng):
    """Recording of a text whose symbols last from 3 to 12 frames; their ends in seconds."""
    ids = np.array(voice.text.spell(text).ids)
    frames = rng.integers(3, 13, len(ids))
    mean = (ids / voice.text.size).repeat(frames)[None, :, None]
    audio = voice.network.decode_drawn(0.5, jnp.asarray(mean), None, None, voice.spec)[0]
    soundfile.write(path, np.asarray(audio), voice.sample_rate)
    return np.cumsum(frames) * robots.HOP / robots.RATE


def test_symbols_end_where_the_recording_says_them(voice, tmp_path, capsys):
    (tmp_path / "wavs").mkdir()
    rng, ends, rows = np.random.default_rng(0), {}, []
    for name, text in (("one", "a dog."), ("two", "who is it?")):
        ends[name] = recorded(tmp_path / f"wavs/{name}.wav", voice, text, rng)
        rows.append(f"{name}|{text}")
    recorded(tmp_path / "wavs/strange.wav", voice, "a dog.", rng)
    (tmp_path / "metadata.csv").write_text("\n".join([*rows, "strange|a 日."]))
    out = tmp_path / "durations.jsonl"
    assert main(["align", "robot", str(tmp_path), str(out)]) == 1
    told = capsys.readouterr().err
    assert "left out: strange: the voice has no symbol for '日'" in told
    assert f"{out}: 2 recordings; 1 left out" in told
    found = read_ends(out)
    assert set(found) == set(ends)
    for name, true in ends.items():
        text = {"one": "a dog.", "two": "who is it?"}[name]
        assert found[name].symbols == voice.text.spell(text).symbols
        seconds = np.array(found[name].ends) / TICKS
        assert seconds[-1] == pytest.approx(true[-1], abs=1e-3)
        # Blanks are a symbol of their own, so that all neighbors differ; windows are 25 ms long.
        assert np.abs(seconds - true).mean() < 0.01


def test_recordings_may_be_in_librispeechs_layout(voice, tmp_path):
    folder = tmp_path / "7" / "1"
    folder.mkdir(parents=True)
    recorded(folder / "7-1-0.wav", voice, "a dog.", np.random.default_rng(0))
    (folder / "7-1.trans.txt").write_text("7-1-0 a dog.\n")
    out = tmp_path / "durations.jsonl"
    assert main(["align", "robot", str(tmp_path), str(out), "--quiet"]) == 0
    assert list(read_ends(out)) == ["7-1-0"]


@pytest.mark.parametrize(
    "text, told",
    [("...", "nothing to say in the text"), ("a dog " * 400, "too long to be said")],
)
def test_texts_that_cannot_be_said_at_once_are_left_out(text, told, voice, tmp_path, capsys):
    (tmp_path / "wavs").mkdir()
    for name in ("a", "b"):
        recorded(tmp_path / f"wavs/{name}.wav", voice, "a dog.", np.random.default_rng(0))
    (tmp_path / "metadata.csv").write_text(f"a|a dog.\nb|{text}")
    assert main(["align", "robot", str(tmp_path), str(tmp_path / "new")]) == 1
    assert told in capsys.readouterr().err and list(read_ends(tmp_path / "new")) == ["a"]


def test_misuse_is_one_line(voice, tmp_path, capsys):
    out = tmp_path / "there.jsonl"
    out.write_text("")
    for arguments, told in (
        (["align", "robot", str(tmp_path), str(out)], "there.jsonl exists"),
        (["align", "robot", str(tmp_path / "no"), str(tmp_path / "new")], "no"),
    ):
        assert main(arguments) in (1, 2)
        error = capsys.readouterr().err
        assert error.startswith("error: ") and told in error and error.count("\n") == 1
    (tmp_path / "wavs").mkdir()
    recorded(tmp_path / "wavs/a.wav", voice, "a dog.", np.random.default_rng(0))
    (tmp_path / "metadata.csv").write_text("a|日")
    assert main(["align", "robot", str(tmp_path), str(tmp_path / "new")]) == 1
    assert "robot could align none of the recordings" in capsys.readouterr().err

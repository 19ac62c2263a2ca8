"""Scores of conversions: one that is right is nearer to the target, and as well understood."""

import importlib.util
import json

import pytest

from ganspeech.audio import write_audio
from ganspeech.commands.cli import main
from ganspeech.data.readers.embedded import say

TEXTS = {
    "one": "The north wind and the sun argued.",
    "two": "Please call me tomorrow at seven.",
}
MAN, WOMAN = "en-us+m3", "en-us+f1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What a man said, said by a woman and by himself; and other words of the woman."""
    folder = tmp_path_factory.mktemp("conversion")
    lines = [
        *(("source", MAN, name, text) for name, text in TEXTS.items()),
        *(("right", WOMAN, name, text) for name, text in TEXTS.items()),
        *(("wrong", MAN, name, text) for name, text in TEXTS.items()),
        ("target", WOMAN, "other", "Seventeen yellow boats were waiting for the evening tide."),
    ]
    for (where, _, name, _), (audio, rate) in zip(
        lines, say([(voice, text, 50, 160) for _, voice, _, text in lines])
    ):
        write_audio(folder / where / f"{name}.wav", audio, rate)
    texts = "".join(f"{name} {text}\n" for name, text in TEXTS.items())
    (folder / "texts.txt").write_text(texts)
    return folder


def arguments(folder, **changes):
    given = {"source": "source", "converted": "right", "target": "target"} | changes
    flags = [word for flag, value in given.items() for word in (f"--{flag}", str(folder / value))]
    return ["eval", "conversion", *flags, "--workers", "1"]


@pytest.mark.skipif(
    importlib.util.find_spec("resemblyzer") is None
    or importlib.util.find_spec("pocketsphinx") is None,
    reason="needs Resemblyzer and PocketSphinx",
)
def test_a_right_conversion_is_told_from_none(folder, tmp_path, capsys):
    scored, page = tmp_path / "a.json", tmp_path / "a.html"
    command = arguments(folder, texts="texts.txt")
    command.insert(command.index("--target"), str(folder / "wrong"))
    command += ["--metrics", "similarity_target", "similarity_source"]
    command += ["--recognizer", "pocketsphinx", "--json", str(scored), "--page", str(page)]
    assert main(command) == 0
    found = json.loads(scored.read_text())
    rows = {name: row["metrics"] for name, row in found["systems"].items()}
    near = {name: row["similarity_target"]["value"] for name, row in rows.items()}
    assert near["right"] > near["wrong"] + 0.05 and near["wrong"] == pytest.approx(
        near["recording"], abs=0.02
    )
    own = {name: row["similarity_source"]["value"] for name, row in rows.items()}
    assert own["wrong"] > 0.98 > own["right"] + 0.1
    assert "heard" in found and "griffin-lim" not in rows
    text = capsys.readouterr().out
    assert "Similarity to the target speaker (higher)" in text and "WER" in text
    assert page.read_text().count("<audio ") == 6


@pytest.mark.parametrize(
    "changes, status, told",
    [
        ({"target": "nowhere"}, 1, "target: no such folder"),
        ({"source": "nowhere"}, 1, "reference: no such folder"),
        ({"texts": "texts.txt"}, 2, "both --recognizer NAME and --texts FILE"),
        ({"converted": "target"}, 1, "no file of"),
    ],
)
def test_misuse_is_one_line(folder, changes, status, told, capsys):
    assert main(arguments(folder, **changes)) == status
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1

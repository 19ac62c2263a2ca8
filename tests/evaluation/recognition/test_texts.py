import json
import subprocess
import sys
from pathlib import Path

import pytest

from ganspeech.commands.eval import main

ROOT = Path(__file__).resolve().parents[3]


def files(folder: Path, **contents: str) -> list[str]:
    for name, content in contents.items():
        (folder / f"{name}.txt").write_bytes(content.encode("utf-8", "surrogateescape"))
    return [str(folder / f"{name}.txt") for name in contents]


def run(arguments: list[str], folder: Path) -> dict:
    assert main(["recognition", *arguments, "--json", str(folder / "out" / "scores.json")]) == 0
    return json.loads((folder / "out" / "scores.json").read_text(encoding="utf-8"))


def test_texts_are_scored_after_numbers_case_and_punctuation_are_made_alike(tmp_path, capsys):
    true, heard = files(
        tmp_path, true="a The CAT sat, 2 times.\nb Yes\n", heard="b yes\na the hat sat two times\n"
    )
    found = run(["--reference", true, "--hypothesis", heard], tmp_path)
    rates = found["rows"]["heard"]["rates"]
    assert rates["word"]["rate"] == pytest.approx(100 / 6)
    assert rates["word"]["substitutions"] == 1 and rates["word"]["length"] == 6
    assert rates["character"]["rate"] == pytest.approx(100 / 24)
    output = capsys.readouterr().out
    assert "true   the cat sat two times" in output and "heard  the hat sat two times" in output
    assert "\n             S\n" in output
    found = run(["--reference", true, "--hypothesis", heard, "--verbatim"], tmp_path)
    assert found["rows"]["heard"]["rates"]["word"]["substitutions"] == 6


def test_phones_have_one_rate_and_no_stress(tmp_path):
    true, heard = files(tmp_path, true="a DH AH0 K AE1 T\n", heard="a DH AH K AA T\n")
    found = run(["--reference", true, "--hypothesis", heard, "--phones"], tmp_path)
    assert found["units"] == {"phone": "PER"}
    assert found["rows"]["heard"]["rates"]["phone"]["rate"] == pytest.approx(20)


def test_each_thing_wrong_is_named_and_counted(tmp_path, capsys):
    true = "a one\nb two\nb three\nc\nd ...\ne five\nf six\n\udcff\udcfe x\n"
    heard = "a one\ne\nz nine\nb two\nb four\n"
    reference, hypothesis = files(tmp_path, true=true, heard=heard)
    found = run(["--reference", reference, "--hypothesis", hypothesis], tmp_path)
    assert found["rows"]["heard"]["rates"]["word"]["deletions"] == 2
    assert found["problems"] == [
        f"skipped 1: ids that {reference} has already had; the first line counts (b)",
        f"skipped 1: lines of {reference} that are not UTF-8 (line 8)",
        f"skipped 2: {reference}: no words to compare with (c, d)",
        f"skipped 1: ids that {hypothesis} has already had; the first line counts (b)",
        "skipped 1: heard: ids that the reference does not have (z)",
        "used 1: heard: empty, which counts as nothing heard (e)",
        "used 1: heard: missing, which counts as nothing heard (f)",
    ]
    assert all(line in capsys.readouterr().out for line in found["problems"][:1])


@pytest.mark.parametrize(
    "true, heard, message",
    [
        ("", "a one\n", "true.txt holds no line ID TEXT in UTF-8"),
        ("\udcff\n", "a one\n", "that are not UTF-8 (line 1)"),
        ("a\nb\n", "a one\n", "true.txt: none of its 2 lines has words after the id"),
        ("a one\n", "b one\n", "heard: none of its 1 ids (b, …) is one of the 1 of the reference"),
    ],
)
def test_files_that_cannot_be_used_end_in_one_line(tmp_path, capsys, true, heard, message):
    reference, hypothesis = files(tmp_path, true=true, heard=heard)
    assert main(["recognition", "--reference", reference, "--hypothesis", hypothesis]) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_missing_file_ends_in_one_line(tmp_path, capsys):
    arguments = ["--reference", str(tmp_path / "no.txt"), "--hypothesis", str(tmp_path / "n.txt")]
    assert main(["recognition", *arguments]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'no.txt'}: No such file or directory\n"


def test_several_systems_are_compared_by_speaker_where_speakers_are_known(tmp_path, capsys):
    ids = [f"u{n:02d}" for n in range(24)]
    true = "".join(f"{id} one two three four\n" for id in ids)
    good = "".join(f"{id} one two three {'four' if n % 3 else 'for'}\n" for n, id in enumerate(ids))
    poor = "".join(f"{id} one to tree four\n" for id in ids)
    who = "".join(f"{id} s{n % 6}\n" for n, id in enumerate(ids))
    reference, *others, speakers = files(tmp_path, true=true, good=good, poor=poor, who=who)
    found = run(
        ["--reference", reference, "--hypothesis", *others, "--speakers", speakers], tmp_path
    )
    assert found["intervals_over"] == "speakers"
    difference = found["differences"][0]
    assert (difference["row"], difference["minus"]) == ("good", "poor")
    assert difference["value"] == pytest.approx(100 / 12 - 50) and difference["high"] < 0
    assert len(found["rows"]["good"]["speakers"]) == 6
    assert "good - poor" in capsys.readouterr().out
    Path(speakers).write_text(who.split("\n", 1)[1])
    found = run(
        ["--reference", reference, "--hypothesis", *others, "--speakers", speakers], tmp_path
    )
    assert found["intervals_over"] == "utterances"
    assert any("no speaker in" in line and "(u00)" in line for line in found["problems"])


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "give "),
        (["--reference", "a"], "--hypothesis"),
        (["--reference", "a", "--hypothesis", "x=b", "x=c"], "two systems are called 'x'"),
        (["--reference", "a", "--hypothesis", "=c"], "NAME=FILE"),
    ],
)
def test_misuse_exits_with_2(arguments, message, capsys):
    assert main(["recognition", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_page_marks_errors_by_letter_as_well_as_by_color(tmp_path):
    reference, hypothesis = files(
        tmp_path, true="a one two <b>\nb six\n", heard="a one too <b> ex\nb\n"
    )
    page = tmp_path / "page.html"
    result = subprocess.run(
        [sys.executable, ROOT / "eval.py", "recognition", "--reference", reference,
         "--hypothesis", hypothesis, "--page", page, "--verbatim"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0 and "Warning" not in result.stderr, result.stderr
    text = page.read_text(encoding="utf-8")
    for kind, said, heard in (("S", "two", "too"), ("D", "six", "·"), ("I", "·", "ex")):
        assert f"<b>{said}</b><i>{heard}</i><kbd>{kind}</kbd>" in text
    assert "&lt;b&gt;" in text and "<b><b>" not in text
    assert 'data-row="heard" data-kinds="IS"' in text and "<audio" not in text

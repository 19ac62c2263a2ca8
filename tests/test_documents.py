"""What the documents say: commands parse, links lead somewhere, the README stays short."""

import argparse
import ast
import functools
import json
import re
import runpy
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
import tyro
from command_lines import OURS, parse

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOCUMENTS = [
    README,
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "ganspeech" / "shipped").glob("*.md")),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`((?:python |ganspeech |make |(?:train|eval)\.py )[^`]+)`")
EXAMPLE = re.compile(r"^Example: (.*)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:)([^)#]*)(#[^)]*)?\)")


def texts() -> Iterator[str]:
    """Whatever shows commands: documents, the words of notebooks, docstrings."""
    yield from (document.read_text() for document in DOCUMENTS)
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text())["cells"]
        yield from ("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    for source in [*ROOT.glob("*.py"), *(ROOT / "ganspeech").rglob("*.py")]:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                yield ast.get_docstring(node) or ""


def lines(text: str) -> Iterator[str]:
    """Command lines in a text, without what is piped and redirected."""
    for language, block in BLOCK.findall(text):
        if language in ("", "sh"):
            whole = block.replace("\\\n", " ").splitlines()
            yield from (line for line in whole if not line.startswith(("train.py", "eval.py")))
    rest = BLOCK.sub("", text)
    # Mentions of a command or of a flag, such as `ganspeech export`, are no command lines.
    yield from (line for line in SPAN.findall(rest) if len(line.split()) > 2 or "make" in line)
    yield from EXAMPLE.findall(rest)


ALL = {
    " ".join(re.split(r" [|>] | && | +# ", line)[0].split())
    for text in texts()
    for line in lines(text)
}
SHOWN = sorted(line for line in ALL if any(line.startswith(f"{first} ") for first in OURS))
BENCHMARKS = sorted(line for line in ALL if line.startswith("python benchmarks/"))
TARGETS = sorted(line for line in ALL if line.startswith("make "))


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_parses(line):
    parse(line)


class Parsed(Exception):
    """A benchmark has read its command line."""


@pytest.mark.parametrize("line", BENCHMARKS)
def test_every_benchmarks_command_parses(line, monkeypatch):
    parse_args, cli = argparse.ArgumentParser.parse_args, tyro.cli

    def parse_args_alone(*arguments):
        parse_args(*arguments)
        raise Parsed

    def cli_alone(what, **settings):
        is_class = isinstance(what, type)
        cli(what if is_class else functools.wraps(what)(lambda *_, **__: 0), **settings)
        raise Parsed

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_args_alone)
    monkeypatch.setattr(tyro, "cli", cli_alone)
    _, program, *words = shlex.split(line)
    monkeypatch.setattr(sys, "argv", [program, *words])
    with pytest.raises(Parsed):
        runpy.run_path(str(ROOT / program), run_name="__main__")


@pytest.mark.parametrize("line", TARGETS)
def test_every_target_is_in_the_makefile(line):
    _, target, *settings = line.split()
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert all(re.fullmatch(r"[A-Z]+=\S+", setting) for setting in settings)


def test_there_are_commands():
    assert len(SHOWN) > 100 and len(BENCHMARKS) > 10 and len(TARGETS) > 5


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target, _ in LINK.findall(document.read_text()):
        assert not target or (document.parent / target).exists(), target


def test_the_readme_is_short():
    text = README.read_text()
    assert len(text.encode()) <= 6 * 1024
    for line in text.splitlines():
        if line.startswith("|"):
            shown = LINK.sub("]", line)
            assert all(len(cell.strip()) <= 80 for cell in shown.split("|")), line


@pytest.mark.slow
def test_the_readmes_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = (block for kind, block in BLOCK.findall(README.read_text()) if kind == "python")
    exec(code, {})
    said = soundfile.info("morning.wav").duration
    assert said > 0.5 and soundfile.info("out.wav").duration == pytest.approx(said, abs=0.05)
    assert capsys.readouterr().out == "two\n"

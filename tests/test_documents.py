"""What the documents say: commands parse, links lead somewhere, the README stays short."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
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
LINK = re.compile(r"\]\((?!\w+:)([^)#]*)(#[^)]*)?\)")


def commands(document: Path) -> list[str]:
    """Lines that start a command of this project, without what is piped and redirected."""
    found = []
    for language, block in BLOCK.findall(document.read_text()):
        if language in ("", "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                if any(line.startswith(f"{first} ") for first in OURS):
                    found.append(re.split(r" [|>] | && | +# ", line)[0])
    return found


SHOWN = sorted({line for document in DOCUMENTS for line in commands(document)})


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_parses(line):
    parse(line)


def test_there_are_commands():
    assert len(SHOWN) > 30


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
    for name in ("in", "two"):
        soundfile.write(f"{name}.wav", 0.1 * np.sin(np.arange(8000) / 5), 16000)
    (code,) = (block for kind, block in BLOCK.findall(README.read_text()) if kind == "python")
    exec(code, {})
    assert soundfile.info("morning.wav").duration > 0.5
    assert soundfile.info("out.wav").duration == pytest.approx(0.5, abs=0.05)
    assert capsys.readouterr().out.endswith("\n")

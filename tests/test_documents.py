"""What the documents say: commands parse, links lead somewhere, the README stays short."""

import functools
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tyro

from ganspeech import experiments
from ganspeech.ablation import request
from ganspeech.commands import cli
from ganspeech.commands.eval_quality import Quality
from ganspeech.commands.eval_recognition import Recognition
from ganspeech.commands.profile import ProfileSettings
from ganspeech.commands.train import DEFAULT, TrainSettings
from ganspeech.config import flags

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
PLACEHOLDERS = {"[EXPERIMENT]": [], "[--flags]": [], "HOST:PORT": ["localhost:1234"]}
OURS = {
    "ganspeech": [],
    "python train.py": ["train"],
    "python eval.py": ["eval"],
}
"""First words of commands of this project, and the command of `ganspeech` that they are."""


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
def test_every_command_parses(line, monkeypatch):
    first = next(first for first in OURS if line.startswith(f"{first} "))
    words = [*OURS[first], *shlex.split(line.removeprefix(first))]
    name, *rest = [part for word in words for part in PLACEHOLDERS.get(word, [word])]
    assert name in cli.COMMANDS
    if "--help" in rest:
        with pytest.raises(SystemExit, match="0"):
            cli.command(name)(rest, name)
    elif name == "train":
        experiment = rest.pop(0) if rest[:1] and rest[0][0] != "-" else DEFAULT
        swapped, rest = flags.swap_parts(experiments.load(experiment), rest)
        flags.parse(TrainSettings(swapped), rest, prog=name, description="")
    elif name == "profile":
        swapped, rest = flags.swap_parts(experiments.load(rest[0]), rest[1:])
        flags.parse(ProfileSettings(swapped), rest, prog=name, description="")
    elif name == "eval":
        kinds = {"quality": Quality, "recognition": Recognition}
        tyro.extras.subcommand_cli_from_dict(kinds, args=rest)
    elif name == "ablate":
        assert request.read(rest).rows
    else:
        run = cli.command(name)
        parsed = functools.wraps(run)(lambda *_, **__: 0)
        assert tyro.cli(parsed, args=rest, config=(tyro.conf.FlagCreatePairsOff,)) == 0


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

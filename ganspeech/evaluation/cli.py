"""The command line of eval.py: one function a subcommand; heavy imports wait for the arguments."""

import json as json_module
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import tyro


def quality(
    run: Path | None = None,
    reference: Path | None = None,
    audio: tuple[str, ...] = (),
    sentences: int | None = None,
    json: Path | None = None,
    page: Path | None = None,
    workers: int | None = None,
) -> None:
    """Score generated speech against recordings: a run, or folders of audio with no model at all.

    Examples:

    python eval.py quality --run runs/vocoder --page quality.html

    python eval.py quality --reference recordings --audio vocos=a hifigan=b --json quality.json

    Args:
        run: A run's folder; its held-out sentences are vocoded and scored.
        reference: A folder of recordings.
        audio: Folders of generated audio, each DIR or NAME=DIR, with the recordings' file names.
        sentences: Score only the first ones.
        json: Write everything here, each sentence's values too.
        page: Write an HTML page with the audio, spectrograms and figures here.
        workers: Processes that score; all cores if not given.
    """
    if (run is None) == (reference is None):
        _misuse("give either --run DIR, or --reference DIR with --audio DIR")
    if run is not None and audio:
        _misuse("--audio goes with --reference, not with --run")
    if reference is not None and not audio:
        _misuse("--reference DIR needs --audio DIR, or --audio NAME=DIR NAME=DIR")
    for flag, number in (("sentences", sentences), ("workers", workers)):
        if number is not None and number < 1:
            _misuse(f"--{flag} must be at least 1, not {number}")
    folders = _named_folders(audio)

    from ganspeech.evaluation import audio_quality, table

    if run is not None:
        from ganspeech.evaluation.runs import run_systems

        material = run_systems(run, sentences)
    else:
        from ganspeech.evaluation.material import from_folders

        assert reference is not None
        material = from_folders(reference, folders, sentences)
    scores = audio_quality.score(
        material.reference,
        material.systems,
        material.rate,
        facts=material.facts,
        problems=material.problems,
        workers=workers,
    )
    print(table.as_text(scores))
    for note in material.notes:
        print(f"\n{note}")
    if json is not None:
        content = table.as_json(scores, material.title, material.notes)
        _write(json, json_module.dumps(content, indent=2, allow_nan=False) + "\n")
    if page is not None:
        from ganspeech.evaluation.report import render

        _write(page, render(scores, material))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a subcommand; exit with 2 on misuse, and with 1 and one line on failure."""
    try:
        tyro.extras.subcommand_cli_from_dict(
            {"quality": quality},
            prog="eval.py",
            description="Score a run, or plain folders.",
            args=arguments,
        )
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from error


def _named_folders(audio: Sequence[str]) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for item in audio:
        name, equals, folder = item.partition("=")
        if not equals or Path(item).is_dir():
            name, folder = Path(item).resolve().name, item
        if not name or not folder:
            _misuse(f"--audio {item}: write DIR or NAME=DIR")
        if name in ("recording", "griffin-lim"):
            _misuse(f"--audio {item}: {name!r} is a row of its own; write NAME=DIR")
        if name in folders:
            _misuse(f"--audio {item}: two systems are called {name!r}; write NAME=DIR")
        folders[name] = Path(folder)
    return folders


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    print(f"written: {path}", file=sys.stderr)


def _misuse(message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    raise SystemExit(2)

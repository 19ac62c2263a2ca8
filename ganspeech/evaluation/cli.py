"""The command line of eval.py: one function a subcommand."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

import tyro

from ganspeech.entry import guard
from ganspeech.evaluation import generation, generation_page, generation_table, table
from ganspeech.evaluation.audio_quality import GRIFFIN_LIM, RECORDING, score
from ganspeech.evaluation.material import from_folders
from ganspeech.evaluation.output import write
from ganspeech.evaluation.recognition_command import recognition
from ganspeech.evaluation.report import render
from ganspeech.evaluation.runs import generated, run_systems, task_of
from ganspeech.flags import UsageError
from ganspeech.tasks.generation import Generation


def main(arguments: Sequence[str]) -> int:
    """Run a subcommand; returns the exit status: 2 on misuse, 1 and one line on failure."""
    return guard(lambda: _main(arguments))


def quality(
    run: Path | None = None,
    reference: Path | None = None,
    audio: tuple[str, ...] = (),
    sentences: int | None = None,
    json: Path | None = None,
    page: Path | None = None,
    workers: int | None = None,
    samples: int | None = None,
    checkpoints: bool = False,
) -> None:
    """Score generated speech: a run, or folders of audio against recordings with no model at all.

    A vocoder is scored on its held-out sentences. Examples that a generator makes from noise are
    scored by a classifier, which is trained on the same corpus first, and once.

    Example: python eval.py quality --reference recordings --audio vocos=a hifigan=b --page b.html

    Args:
        run: A run's folder.
        reference: A folder of recordings.
        audio: Folders of generated audio, each DIR or NAME=DIR, with the recordings' file names.
        sentences: Score only the first ones.
        json: Write everything here, each sentence's values too.
        page: Write an HTML page with the audio, spectrograms and figures here.
        workers: Processes that score; all cores if not given.
        samples: From noise: examples to make and score; 5000 if not given.
        checkpoints: From noise: score every kept checkpoint, to see how the scores went.
    """
    if (run is None) == (reference is None):
        raise UsageError("give either --run DIR, or --reference DIR with --audio DIR")
    if run is not None and audio:
        raise UsageError("--audio goes with --reference, not with --run")
    if reference is not None and not audio:
        raise UsageError("--reference DIR needs --audio DIR, or --audio NAME=DIR NAME=DIR")
    for flag, number in (("sentences", sentences), ("workers", workers), ("samples", samples)):
        if number is not None and number < 1:
            raise UsageError(f"--{flag} must be at least 1, not {number}")
    from_noise = run is not None and isinstance(task_of(run), Generation)
    for flag, given, fits in (
        ("sentences", sentences, not from_noise),
        ("workers", workers, not from_noise),
        ("samples", samples, from_noise),
        ("checkpoints", checkpoints or None, from_noise),
    ):
        if given is not None and not fits:
            goes = "does not go" if from_noise else "goes only"
            raise UsageError(f"--{flag} {goes} with a run that generates from noise")
    if run is not None and from_noise:
        return _quality_from_noise(run, samples or generation.SAMPLES, checkpoints, json, page)
    folders = _named_folders(audio)
    if run is not None:
        material = run_systems(run, sentences)
    else:
        assert reference is not None
        material = from_folders(reference, folders, sentences)
    scores = score(
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
        write(json, json_module.dumps(content, indent=2, allow_nan=False) + "\n")
    if page is not None:
        write(page, render(scores, material))


def _quality_from_noise(
    run: Path, samples: int, checkpoints: bool, json: Path | None, page: Path | None
) -> None:
    scores, yardstick, exhibit = generated(
        run, samples, checkpoints=checkpoints, look_inside=page is not None
    )
    print(generation_table.as_text(scores))
    content = scores.to_json()
    if checkpoints:
        print(f"\n{generation_table.over_steps(exhibit.checkpoints)}")
        content["checkpoints"] = [one.to_json() for one in exhibit.checkpoints]
    if json is not None:
        write(json, json_module.dumps(content, indent=2, allow_nan=False) + "\n")
    if page is not None:
        write(page, generation_page.render(scores, yardstick, exhibit))


def _main(arguments: Sequence[str]) -> int:
    tyro.extras.subcommand_cli_from_dict(
        {"quality": quality, "recognition": recognition},
        prog="eval.py",
        description="Score a run, plain folders, or texts.",
        args=list(arguments),
    )
    return 0


def _named_folders(audio: Sequence[str]) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for item in audio:
        name, equals, folder = item.partition("=")
        if not equals or Path(item).is_dir():
            name, folder = Path(item).resolve().name, item
        if not name or not folder:
            raise UsageError(f"--audio {item}: write DIR or NAME=DIR")
        if name in (RECORDING, GRIFFIN_LIM):
            raise UsageError(f"--audio {item}: {name!r} is a row of its own; write NAME=DIR")
        if name in folders:
            raise UsageError(f"--audio {item}: two systems are called {name!r}; write NAME=DIR")
        folders[name] = Path(folder)
    return folders

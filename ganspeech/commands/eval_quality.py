"""The command line of eval.py: one function a subcommand."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

import tyro

from ganspeech.commands.eval_recognition import recognition
from ganspeech.evaluation.generation import (
    page as generation_page,
)
from ganspeech.evaluation.generation import (
    scores as generation,
)
from ganspeech.evaluation.generation import (
    table as generation_table,
)
from ganspeech.evaluation.pages.output import require_targets, write
from ganspeech.evaluation.quality import table
from ganspeech.evaluation.quality.intelligibility import heard, hearer
from ganspeech.evaluation.quality.material import from_folders
from ganspeech.evaluation.quality.page import render
from ganspeech.evaluation.quality.runs import generated, run_systems, task_of
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, RECORDING, score
from ganspeech.evaluation.quality.speech import COPY, spoken_by_voices
from ganspeech.evaluation.recognition import page as recognition_page
from ganspeech.evaluation.recognition import table as recognition_table
from ganspeech.evaluation.recognition.style import STYLE
from ganspeech.load import load_voice
from ganspeech.process.errors import UsageError, guard
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.text_to_speech import TextToSpeech

KINDS = {"audio": "DIR", "voice": "VOICE"}
"""What is given after the names of rows."""


def main(arguments: Sequence[str]) -> int:
    """Run a subcommand; returns the exit status: 2 on misuse, 1 and one line on failure."""
    return guard(lambda: _main(arguments))


def quality(
    run: Path | None = None,
    reference: Path | None = None,
    audio: tuple[str, ...] = (),
    voice: tuple[str, ...] = (),
    recognizer: str | None = None,
    sentences: int | None = None,
    json: Path | None = None,
    page: Path | None = None,
    workers: int | None = None,
    samples: int | None = None,
    checkpoints: bool = False,
) -> None:
    """Score generated speech: a run, voices, or folders of audio with no model at all.

    A vocoder is scored on its held-out sentences, a voice on its held-out texts, warped onto their
    recordings. Examples that a generator makes from noise are scored by a classifier, which is
    trained on the same corpus first, and once.

    Example: python eval.py quality --reference recordings --audio vocos=a hifigan=b --page b.html

    Args:
        run: A run's folder.
        reference: A folder of recordings; for voices in LJSpeech's layout, with their texts.
        audio: Folders of generated audio, each DIR or NAME=DIR, with the recordings' file names.
        voice: Voices that say the texts, each VOICE or NAME=VOICE, as `say` takes them.
        recognizer: Of spoken texts: what hears them for word error rates, a recogniser of this
            project (name, model file or run), pocketsphinx, or a folder of Hugging Face's Whisper.
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
    if audio and voice:
        raise UsageError("--reference DIR takes either --audio or --voice")
    if reference is not None and not audio and not voice:
        raise UsageError(
            "--reference DIR needs --audio DIR, or --audio NAME=DIR NAME=DIR, or --voice VOICE"
        )
    for flag, number in (("sentences", sentences), ("workers", workers), ("samples", samples)):
        if number is not None and number < 1:
            raise UsageError(f"--{flag} must be at least 1, not {number}")
    require_targets(json, page)
    task = None if run is None else task_of(run)
    from_noise, speaks = isinstance(task, Generation), isinstance(task, TextToSpeech)
    for flag, given, fits, misfit in (
        (
            "sentences",
            sentences,
            not from_noise,
            "does not go with a run that generates from noise",
        ),
        ("workers", workers, not from_noise, "does not go with a run that generates from noise"),
        ("samples", samples, from_noise, "goes only with a run that generates from noise"),
        ("checkpoints", checkpoints, from_noise, "goes only with a run that generates from noise"),
        ("voice", voice, speaks or reference, "goes only with --reference or a run that speaks"),
        ("recognizer", recognizer, speaks or voice, "goes only with --voice or a run that speaks"),
    ):
        if given and not fits:
            raise UsageError(f"--{flag} {misfit}")
    if run is not None and from_noise:
        return _quality_from_noise(run, samples or generation.SAMPLES, checkpoints, json, page)
    folders = {name: Path(folder) for name, folder in _named("audio", audio).items()}
    own = "" if run is None else run.resolve().name
    if own in (named := _named("voice", voice)):
        raise UsageError(f"--voice {named[own]}: {own!r} is the run's name; write NAME=VOICE")
    voices = {name: load_voice(source) for name, source in named.items()}
    listening = hearer(recognizer) if recognizer else None
    if run is not None:
        material = run_systems(run, sentences, voices=voices)
    else:
        assert reference is not None
        material = (
            spoken_by_voices(voices, reference, sentences)
            if voices
            else from_folders(reference, folders, sentences)
        )
    scores = score(
        material.reference,
        material.systems,
        material.rate,
        facts=material.facts,
        problems=material.problems,
        metrics=material.metrics,
        workers=workers,
    )
    recognised = heard(material, listening) if listening else None
    print(table.as_text(scores))
    for note in material.notes:
        print(f"\n{note}")
    if recognised:
        print(f"\n{recognition_table.as_text(recognised)}")
    if json is not None:
        content = table.as_json(scores, material.title, material.notes)
        if recognised:
            content["heard"] = recognition_table.as_json(recognised)
        write(json, json_module.dumps(content, indent=2, allow_nan=False) + "\n")
    if page is not None:
        more = recognition_page.in_short(recognised) if recognised else ()
        write(page, render(scores, material, more=more, style=STYLE if recognised else ""))


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


def _named(flag: str, items: Sequence[str]) -> dict[str, str]:
    """Sources by the names of their rows: those given, or else their files' and folders' own."""
    named: dict[str, str] = {}
    for item in items:
        name, equals, source = item.partition("=")
        if not equals or Path(item).exists():
            path = Path(item).resolve()
            name, source = path.stem if path.is_file() else path.name, item
        if not name or not source:
            raise UsageError(f"--{flag} {item}: write {KINDS[flag]} or NAME={KINDS[flag]}")
        if name in (RECORDING, GRIFFIN_LIM, COPY):
            raise UsageError(
                f"--{flag} {item}: {name!r} is a row of its own; write NAME={KINDS[flag]}"
            )
        if name in named:
            raise UsageError(
                f"--{flag} {item}: two systems are called {name!r}; write NAME={KINDS[flag]}"
            )
        named[name] = source
    return named

"""A run as material: what it makes of held-out recordings or texts, or its generator of noise."""

import dataclasses
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tqdm import tqdm

from ganspeech.config import serialize
from ganspeech.evaluation.generation import inside
from ganspeech.evaluation.generation import scores as generation
from ganspeech.evaluation.generation.page import Exhibit
from ganspeech.evaluation.generation.scores import GenerationScores
from ganspeech.evaluation.generation.yardstick import Yardstick, yardstick_of
from ganspeech.evaluation.pages.figures import Curve
from ganspeech.evaluation.quality.enhancement import enhanced_systems
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM
from ganspeech.evaluation.quality.speech import spoken_by_run
from ganspeech.evaluation.quality.speed import griffin_lim_all, mels_of, vocode_all
from ganspeech.game.contract import Task
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import load_run, read_experiment
from ganspeech.tasks.speech_enhancement import SpeechEnhancement
from ganspeech.tasks.text_to_speech import TextToSpeech
from ganspeech.tasks.vocoding import Vocoding

POINTS = 300
"""Of a training curve, at most."""


def task_of(run: Path) -> Task:
    """What a run was trained for; ValueError naming the folder or file if it does not say."""
    return serialize.loads(read_experiment(run), str(run / "experiment.json")).task


def generated(
    run: Path, samples: int, *, checkpoints: bool = False, look_inside: bool = False
) -> tuple[GenerationScores, Yardstick, Exhibit]:
    """The scores of a run's generator from noise, and what its page shows.

    With `checkpoints` every kept checkpoint is scored, with the same noise; with `look_inside` the
    page has the sections of `ganspeech.evaluation.generation.inside`. ``ValueError`` as
    `generation.score_run` raises it.
    """
    trained, name = load_run(run), run.resolve().name
    task = generation.task_of(trained)
    yardstick = yardstick_of(trained.experiment.corpus, task)
    values, labels = generation.sample(trained, samples)
    scores = generation.score_samples(values, yardstick, labels, name=name, step=trained.step)
    earlier = []
    steps = Checkpoints(run / "checkpoints").steps() if checkpoints else []
    before = [step for step in steps if step < trained.step]
    for step in tqdm(before, "scoring checkpoints", disable=not before):
        made, asked = generation.sample(load_run(run, step), samples)
        earlier.append(generation.score_samples(made, yardstick, asked, name=name, step=step))
    exhibit = Exhibit(
        title=f"{name} from noise",
        values=values,
        labels=labels,
        curves=training_curves(run / "metrics.jsonl"),
        checkpoints=(*earlier, scores) if checkpoints else (),
        sections=tuple(inside.sections(trained, yardstick.examples)) if look_inside else (),
    )
    return scores, yardstick, exhibit


def run_systems(
    run: Path,
    sentences: int | None = None,
    *,
    voices: Mapping[str, Voice] | None = None,
    baseline: bool = True,
) -> Material:
    """Vocode the held-out recordings of a run, the first ``sentences`` or all, and time it.

    Without ``baseline`` there is no row of Griffin-Lim. A run that enhances speech has its
    recordings enhanced, beside a row of the noisy ones. One that speaks texts says those of the
    recordings, beside a row of copy synthesis, and other ``voices`` say them too.

    ``ValueError``, naming the folder or file, for no run, a damaged one, and one without held-out
    recordings.
    """
    trained = load_run(run)
    if isinstance(trained.experiment.task, SpeechEnhancement):
        material = enhanced_systems(trained, sentences)
        return dataclasses.replace(material, curves=training_curves(run / "metrics.jsonl"))
    if isinstance(trained.experiment.task, TextToSpeech):
        material = spoken_by_run(trained, sentences, voices=voices, baseline=baseline)
        return dataclasses.replace(material, curves=training_curves(run / "metrics.jsonl"))
    vocoder = Vocoder.from_run(trained)
    experiment, spec = trained.experiment, vocoder.spec
    assert isinstance(experiment.task, Vocoding)  # or it would not have been loaded
    held_out = experiment.task.recordings(experiment.corpus).held_out[:sentences]
    if not held_out:
        raise ValueError(f"{run}: its corpus holds no sentence out, so there is nothing to score")
    reference = {recording.id: recording.audio() for recording in held_out}
    mels = mels_of(reference, spec)
    name = run.resolve().name
    ours, our_facts = vocode_all(partial(vocoder, spec=spec), mels, spec, vocoder.parameters, name)
    systems, facts = {name: ours}, {name: our_facts}
    notes = [f"{name} is the checkpoint of step {trained.step}."]
    if baseline:
        systems[GRIFFIN_LIM], facts[GRIFFIN_LIM] = griffin_lim_all(mels, spec)
        notes.append("Griffin-Lim is made from the same mels.")
    return Material(
        title=f"{name} on its held-out sentences",
        rate=spec.sample_rate,
        reference=reference,
        systems=systems,
        facts=facts,
        texts={recording.id: recording.text for recording in held_out},
        curves=training_curves(run / "metrics.jsonl"),
        notes=tuple(notes),
    )


def training_curves(file: Path) -> tuple[Curve, ...]:
    """A figure for each of a player's metrics (``generator/mel``) in a run's lines, if any."""
    if not file.is_file():
        return ()
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    points: dict[str, tuple[list[float], list[float]]] = {}
    for line in lines:
        for name, value in line.items():
            if "/" in name and isinstance(value, int | float):
                steps, values = points.setdefault(name, ([], []))
                steps.append(line["step"])
                values.append(value)
    return tuple(
        Curve(name, {"": (steps[:: _stride(steps)], values[:: _stride(steps)])})
        for name, (steps, values) in points.items()
        if len(steps) > 1
    )


def _stride(steps: list[float]) -> int:
    return -(-len(steps) // POINTS)

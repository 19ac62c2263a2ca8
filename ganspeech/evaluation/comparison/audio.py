"""Runs that vocode, enhance or speak, beside each other: one table, one page, one recording."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from ganspeech.evaluation.comparison.runs import among_common, unlike_inputs
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.quality.material import Image, Material
from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.quality.page import chosen, summary
from ganspeech.evaluation.quality.report import Make, score_material
from ganspeech.evaluation.request import Compared, Request, Stimuli
from ganspeech.runs.folder import Run


def compare_audio(make: Make, runs: Sequence[Run], request: Request) -> Compared:
    """Scores of what all runs make of the sentences that all hold out; the first has the baseline.

    Raises ValueError as `among_common` does, and for runs that are given different inputs.
    """
    request, notes = among_common(runs, request)
    materials = [
        make(run, dataclasses.replace(request, baseline=request.baseline and run is runs[0]))
        for run in runs
    ]
    material = together(runs, materials, notes)
    found = score_material(material, request)

    def stimuli(count: int) -> Stimuli:
        ranked = chosen(found.scores, len(found.scores.sentences))
        of_all = [s for s in ranked if all(s in audio for audio in material.systems.values())]
        items = at_even_places(of_all, count)
        names = {run.name for run in runs}

        def of(audio: Mapping[str, Audio]) -> dict[str, Audio]:
            return {item: np.nan_to_num(audio[item]) for item in items}

        return Stimuli(
            material.rate,
            systems={name: of(a) for name, a in material.systems.items() if name in names},
            baselines={name: of(a) for name, a in material.systems.items() if name not in names},
            reference=of(material.reference),
            texts={item: material.texts.get(item, "") for item in items},
        )

    return Compared(
        found.text, found.content, summary(found.scores), found.sections, found.style, stimuli
    )


def together(
    runs: Sequence[Run], materials: Sequence[Material], notes: Sequence[str] = ()
) -> Material:
    """One material of all runs' systems, and of the rows beside them, which all runs share."""
    first = materials[0]
    systems = {run.name: own.systems[run.name] for run, own in zip(runs, materials)}
    for run, own in zip(runs, materials):
        for name, audio in own.systems.items():
            if name == run.name:
                continue
            there = systems.setdefault(name, audio)
            if not all(np.array_equal(audio[s], there[s]) for s in audio):
                raise unlike_inputs(runs[0], run)

    def pictures(sentence: str) -> dict[str, Image]:
        drawn = {}
        for run, own in zip(runs, materials):
            for caption, image in (own.pictures(sentence) if own.pictures else {}).items():
                named = caption if caption.endswith(f" {run.name}") else f"{caption}, {run.name}"
                drawn[named] = image
        return drawn

    told = [*notes, *(note for own in materials for note in own.notes)]
    problems = [problem for own in materials for problem in own.problems]
    return dataclasses.replace(
        first,
        title=" and ".join(run.name for run in runs),
        systems=systems,
        facts={name: facts for own in materials for name, facts in own.facts.items()},
        notes=tuple(dict.fromkeys(told)),
        problems=tuple(dict.fromkeys(problems)),
        pictures=pictures,
    )

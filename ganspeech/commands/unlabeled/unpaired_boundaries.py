"""`ganspeech unpaired-boundaries`: where the segments end that a run without labels reads."""

from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.commands.unlabeled.reading import read_shown
from ganspeech.data.unlabeled.boundary_files import boundary_line
from ganspeech.evaluation.pages.output import require_text, write
from ganspeech.runs.folder import load_run
from ganspeech.tasks.unlabeled.phone_reading import (
    PhoneReading,
    joined_ends,
    step_ends,
)


def unpaired_boundaries(
    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Writes where the segments of a run's utterances end, in frames, one line ID END END….

    Neighbors in which the same phone is read are one segment. Corpora divide their utterances so
    with --corpus.segmentation.boundaries OUT, for the next run without labels.

    Example: ganspeech unpaired-boundaries runs/boundaries_codes boundaries.txt

    Args:
        run: A run of the task boundary-learning, or of unpaired-recognition.
        out: A file for the lines.
        overwrite: Replace a file that exists.
        quiet: Print nothing but faults.
    """
    require_text(out, overwrite)
    found = load_run(run)
    task, network = found.experiment.task, found.experiment.generator
    a_step = task.segments_a_step(network) if isinstance(task, PhoneReading) else None
    if not isinstance(task, PhoneReading) or a_step is None:
        raise ValueError(
            f"{run} was trained for {type(task).__name__}, which divides no speech: name a run of "
            "the task boundary-learning or unpaired-recognition"
        )
    utterances = [*found.recordings.train, *found.recordings.held_out]
    read = read_shown(found, task, utterances, quiet)
    lines = []
    for one, probabilities in zip(task.heard(network, found.variables, utterances), read):
        if one.ends is None:
            raise ValueError(f"{run}: its corpus does not tell where segments end")
        ends = joined_ends(step_ends(one.ends, a_step), probabilities)
        lines.append(boundary_line(one.id, ends.tolist()))
    write(out, "\n".join(lines) + "\n", quiet=quiet)
    return 0

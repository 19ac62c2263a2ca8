"""`ganspeech unpaired-labels`: phones that a run without labels reads in its corpus."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.commands.unlabeled.reading import read_shown
from ganspeech.data.labels.id_lines import written_id
from ganspeech.evaluation.pages.output import require_text, write
from ganspeech.process.errors import UsageError
from ganspeech.recognizers.phone_decoding import likely_phones, phone_model
from ganspeech.runs.folder import load_run
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading


def unpaired_labels(
    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    order: int = 4,
    weight: float = 0.5,
    bonus: float = 0.0,
    beam: int = 16,
    truth: bool = False,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Writes the phones that a run without labels reads in its corpus, one line ID PHONES.

    They are searched with an n-gram model of the corpus's own texts. The task pseudo-labeled learns
    from them; held-out utterances, which are last, are never trained on.

    Example: ganspeech unpaired-labels runs/unpaired_codes labels.txt

    Args:
        run: A run of the task unpaired-recognition, or of pseudo-labeled for another round.
        out: A file for the lines.
        order: Phones of the longest n-grams.
        weight: Weight of the n-grams beside what the network reads; 0: none.
        bonus: Added for each phone, in nats; above 0, more phones are read.
        beam: Number of readings that are kept.
        truth: Write what was said, of utterances where it is known, in place of what is read: for a
            supervised run of pseudo-labeled, with which one without labels compares.
        overwrite: Replace a file that exists.
        quiet: Print nothing but faults.
    """
    if order < 1 or beam < 1:
        raise UsageError(f"--order and --beam must be at least 1, not {order} and {beam}")
    require_text(out, overwrite)
    found = load_run(run)
    task = found.experiment.task
    if not isinstance(task, PhoneReading):
        raise ValueError(
            f"{run} was trained for {type(task).__name__}: name a run of the task "
            "unpaired-recognition or pseudo-labeled"
        )
    data = task.matching(found.experiment.corpus)
    if truth:
        lines = {one.id: one.phones for one in data.train if one.phones is not None}
        if not lines:
            raise ValueError(f"what was said is unknown in the corpus of {run}: leave out --truth")
    else:
        model = phone_model(data.texts, data.phones, order)
        utterances = [*data.train, *data.held_out]
        lines = {
            one.id: likely_phones(
                probabilities, data.phones, model, weight=weight, bonus=bonus, beam=beam
            )
            for one, probabilities in zip(utterances, read_shown(found, task, utterances, quiet))
        }
    content = "".join(_line(id, row, data.phones) for id, row in lines.items())
    write(out, content, quiet=quiet)
    return 0


def _line(id: str, row: Iterable[int], phones: Sequence[str]) -> str:
    return " ".join([written_id(id), *(phones[phone] for phone in row)]) + "\n"

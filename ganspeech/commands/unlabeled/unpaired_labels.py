"""`ganspeech unpaired-labels`: phones that a run without labels reads in its corpus."""

from pathlib import Path
from typing import Annotated

import tyro
from tqdm import tqdm

from ganspeech.data.unlabeled.pseudo_labels import written_id
from ganspeech.evaluation.pages.output import write
from ganspeech.process.errors import UsageError
from ganspeech.recognizers.phone_decoding import likely_phones, phone_model
from ganspeech.runs.folder import load_run
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading, read_phones


def unpaired_labels(
    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    order: int = 4,
    weight: float = 0.5,
    bonus: float = 0.0,
    beam: int = 16,
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
        overwrite: Replace a file that exists.
        quiet: Print nothing but faults.
    """
    if order < 1 or beam < 1:
        raise UsageError(f"--order and --beam must be at least 1, not {order} and {beam}")
    if out.exists() and not overwrite:
        raise ValueError(f"{out} exists; --overwrite replaces it")
    found = load_run(run)
    task, network = found.experiment.task, found.experiment.generator
    if not isinstance(task, PhoneReading):
        raise ValueError(
            f"{run} was trained for {type(task).__name__}: name a run of the task "
            "unpaired-recognition or pseudo-labeled"
        )
    data = task.matching(found.experiment.corpus)
    model = phone_model(data.texts, data.phones, order)
    utterances = [*data.train, *data.held_out]
    lines = []
    read = tqdm(
        read_phones(task, network, found.variables, utterances),
        total=len(utterances),
        unit="utterance",
        dynamic_ncols=True,
        disable=quiet,
    )
    for one, probabilities in zip(utterances, read):
        phones = likely_phones(
            probabilities, data.phones, model, weight=weight, bonus=bonus, beam=beam
        )
        lines.append(" ".join([written_id(one.id), *(data.phones[phone] for phone in phones)]))
    write(out, "\n".join(lines) + "\n", quiet=quiet)
    return 0

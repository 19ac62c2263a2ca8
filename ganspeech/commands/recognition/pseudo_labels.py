"""`ganspeech pseudo-labels`: what a recognizer reads in recordings without transcripts."""

import dataclasses
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro
from tqdm import tqdm

from ganspeech.data.labels.id_lines import written_id
from ganspeech.data.recordings import Recording
from ganspeech.evaluation.pages.output import require_text, write
from ganspeech.models.recognizer import BATCH, Audio, Recognizer, Transcript
from ganspeech.process.errors import UsageError
from ganspeech.recognizers.language_model import read_arpa
from ganspeech.runs.folder import load_run


def pseudo_labels(
    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    confidence: float = 0.0,
    beam: int = 0,
    arpa: Path | None = None,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Writes what a recognizer reads in recordings without transcripts, one line ID TEXT.

    These are the recordings of its corpus that it did not learn from: all but --task.share of them,
    and those that have no transcript. Another run learns from them, and from the same share, with
    --task.transcripts OUT (self-training, Kahn et al. 2020). Held-out recordings are not read.

    Example: ganspeech pseudo-labels runs/few labels.txt --confidence 0.9

    Args:
        run: A run of the task recognition.
        out: A file for the lines.
        confidence: Probability, 0 to 1, below which what is read is left out.
        beam: Beam width of the search; 0: the best path, or 16 with a language model or a
            vocabulary of spelled words.
        arpa: A language model for the search, as an ARPA file.
        overwrite: Replace a file that exists.
        quiet: Print nothing but faults.
    """
    if not 0 <= confidence <= 1:
        raise UsageError(f"--confidence must be a probability, 0 to 1, not {confidence}")
    if beam < 0:
        raise UsageError(f"--beam must be at least 0, not {beam}")
    require_text(out, overwrite)
    model = None if arpa is None else read_arpa(arpa)
    found = load_run(run)
    hear = Recognizer.from_run(found)
    prepared = hear.task.prepared(found.experiment.corpus)
    # Without what an earlier round read: that is read anew.
    taught = dataclasses.replace(hear.task, transcripts="").learned(prepared)
    learned = {line.recording.id for line in taught.train}
    others = [one for one in prepared.train if one.id not in learned]
    if not others:
        raise ValueError(
            f"{run} was told what every recording of its corpus says: nothing is left to read; "
            "--task.share 0.1 tells it of a tenth"
        )
    read = partial(hear, beam=beam, language_model=model)
    lines = [
        f"{written_id(one.id)} {transcript.text}\n"
        for one, transcript in _transcripts(read, others, quiet)
        if transcript.text and transcript.confidence >= confidence
    ]
    if not lines:
        raise ValueError(
            f"{run} is never as sure as --confidence {confidence:g} of what it reads in "
            f"{len(others)} recordings"
        )
    write(out, "".join(lines), quiet=quiet)
    if not quiet:
        print(f"{len(lines):,} of {len(others):,} recordings", file=sys.stderr)
    return 0


def _transcripts(
    read: Callable[[list[Audio]], list[Transcript]], recordings: Sequence[Recording], quiet: bool
) -> Iterator[tuple[Recording, Transcript]]:
    with tqdm(total=len(recordings), unit="recording", dynamic_ncols=True, disable=quiet) as bar:
        for start in range(0, len(recordings), BATCH):
            some = recordings[start : start + BATCH]
            yield from zip(some, read([one.audio() for one in some]))
            bar.update(len(some))

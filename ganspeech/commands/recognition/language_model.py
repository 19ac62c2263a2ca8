"""`ganspeech language-model`: n-grams of what a recognizer writes, learned from texts."""

from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.commands.shared.reports import report_written
from ganspeech.models.recognizer import Recognizer
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_file
from ganspeech.recognizers.fusion import sentences
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import write_arpa
from ganspeech.runs.folder import load_run
from ganspeech.text.reading import read_text
from ganspeech.text.vocabulary import EmptyText, UnknownSymbols, Vocabulary


def language_model(
    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    texts: Path | None = None,
    order: int = 3,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Learns an n-gram model for a recognizer's search from texts, and writes an ARPA file.

    Its tokens are what the recognizer writes: phones, subwords or words, and words where it writes
    letters. `--arpa` of `eval.py recognition` and of `ganspeech transcribe` searches with it; its
    smoothing is modified Kneser-Ney (Chen and Goodman 1998).

    Example: ganspeech language-model runs/recognition_phones phones.arpa --order 4

    Args:
        run: A run of a recognizer, for its vocabulary, and for texts if there are no others.
        out: The ARPA file; .gz is compressed.
        texts: A text file, one sentence a line, in place of the transcripts that the run learned.
        order: Tokens of the longest n-grams.
        overwrite: Replace a file that exists.
        quiet: Print nothing but faults.
    """
    if order < 1:
        raise UsageError(f"--order must be at least 1, not {order}")
    require_file(out, overwrite)
    found = load_run(run)
    vocabulary = Recognizer.from_run(found).task.vocabulary
    if texts is None:
        lines = [line.recording.text for line in found.recordings.train]
    else:
        lines = _lines(texts, vocabulary)
    learned = sentences(lines, vocabulary)
    write_arpa(out, learn_ngrams(learned, order))
    tokens = sum(map(len, learned))
    report_written(out, f"{len(learned)} sentences of {tokens} tokens", quiet=quiet)
    return 0


def _lines(path: Path, vocabulary: Vocabulary) -> list[str]:
    """Lines of a file with texts; raises ValueError, naming the line, for what is no text."""
    numbered = enumerate(read_text(path, "texts").splitlines(), start=1)
    lines = {number: line for number, line in numbered if line.strip()}
    for number, line in lines.items():
        try:
            vocabulary.encode(line)
        except (EmptyText, UnknownSymbols) as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
    if not lines:
        raise ValueError(f"{path} has no texts")
    return list(lines.values())

"""`ganspeech align`: where the symbols of recordings end, from which a voice learns durations."""

from pathlib import Path
from typing import Annotated

import tyro


def align(
    voice: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="VOICE")],
    corpus: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Finds where the symbols of recordings end, by a voice that says their texts, too.

    OUT, lines of JSON, goes to a voice in training as --task.durations: durations are then known
    from the first step. The voice need not be the speaker's, but must read the same symbols.

    Example: ganspeech align kathleen-16k DIR durations.jsonl

    Args:
        voice: A voice file, a Piper voice (.onnx), a run folder or a name.
        corpus: Recordings and their texts in the layout of LJSpeech or LibriSpeech.
        out: File to write.
        overwrite: Replace a file that exists.
        quiet: Print nothing but faults.
    """
    from ganspeech.corpora.alignment import aligned_corpus
    from ganspeech.process.writing import require_file

    require_file(out, overwrite)
    return aligned_corpus(voice, corpus, out, quiet=quiet)

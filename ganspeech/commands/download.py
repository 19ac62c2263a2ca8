"""`ganspeech download`: public corpora and published models by name."""

import difflib
import sys
from pathlib import Path
from shlex import quote
from typing import Annotated

import tyro

from ganspeech.data.download.catalog import CORPORA
from ganspeech.data.download.published import PublishedCorpus
from ganspeech.interop.published.catalog import MMS, NAMED, PIPER, PublishedModel, find, is_model
from ganspeech.process.errors import UsageError

MODELS_IN = Path(".")
"""Default folder of models."""


def download(
    name: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[NAME]")] = None,
    folder: Annotated[Path | None, tyro.conf.Positional, tyro.conf.arg(metavar="[DIR]")] = None,
    part: Annotated[tuple[str, ...], tyro.conf.arg(metavar="PART")] = (),
) -> int:
    """Downloads a public corpus or a published model, and prints the command that uses it.

    Corpora are verified by their published checksums and unpacked; models are converted to model
    files. What was interrupted goes on when the command is repeated. Without a name it lists what
    there is.

    Example: ganspeech download librispeech corpora --part dev-clean test-clean
    Example: ganspeech download piper:en_US-lessac-medium

    Args:
        name: A corpus or model of the list, piper:VOICE, or mms:LANGUAGE.
        folder: Where it goes; required for corpora, the current folder for models.
        part: Parts of a corpus; by default the one that is marked in the list.
    """
    if name is None:
        print(listing())
        return 0
    if is_model(name):
        if part:
            raise UsageError(f"--part does not go with {name}, a model")
        return _download_model(find(name), folder or MODELS_IN)
    if name not in CORPORA:
        known = [*CORPORA, *NAMED]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
        raise UsageError(
            f"nothing is called {name!r}; the nearest is {near!r} (all: {', '.join(known)}, "
            f"{PIPER}VOICE, {MMS}LANGUAGE)"
        )
    folder, parts = _folder_and_parts(name, CORPORA[name], folder, part)
    return _download_corpus(name, CORPORA[name], folder, parts)


def listing() -> str:
    """Text of all corpora with their parts, and of all models."""
    # Imported here: it imports requests, which help does not need.
    from ganspeech.data.download.transfer import gigabytes

    lines = ["corpora: ganspeech download NAME DIR [--part PART ...]", ""]
    for name, corpus in CORPORA.items():
        lines.append(f"  {name}: {corpus.title}; {corpus.license}")
        for number, (part, facts) in enumerate(corpus.parts.items()):
            hours = f"{facts.hours:g} h" if facts.hours else ""
            default = "default" if number == 0 and len(corpus.parts) > 1 else ""
            row = f"      {part:16} {gigabytes(facts.size):>9} {hours:>8} {default}"
            lines.append(row.rstrip())
    lines += ["", "models: ganspeech download NAME [DIR]", ""]
    lines += [f"  {model.name:18} {model.title}; {model.license}" for model in NAMED.values()]
    lines += [
        f"  {PIPER}VOICE        a voice of Piper, such as {PIPER}en_US-lessac-medium; MIT, and the "
        "license of its recordings",
        f"  {MMS}LANGUAGE       one of MMS's 1,100 languages, such as {MMS}eng; CC BY-NC 4.0",
    ]
    return "\n".join(lines)


def _folder_and_parts(
    name: str, corpus: PublishedCorpus, folder: Path | None, given: tuple[str, ...]
) -> tuple[Path, list[str]]:
    """Folder, which may also come after the parts, and the parts without repetition."""
    for number, part in enumerate(given):
        if part in corpus.parts:
            continue
        last = folder is None and 0 < number == len(given) - 1
        if last and not difflib.get_close_matches(part, corpus.parts, n=1, cutoff=0.7):
            folder, given = Path(part), given[:-1]
            break
        near = difflib.get_close_matches(part, corpus.parts, n=1, cutoff=0.0)[0]
        raise UsageError(
            f"--part: {name} has no part {part!r}; the nearest is {near!r} "
            f"(all: {', '.join(corpus.parts)})"
        )
    if folder is None:
        raise UsageError(f"name the folder that {name} goes to: ganspeech download {name} DIR")
    return folder, list(dict.fromkeys(given)) or [next(iter(corpus.parts))]


def _download_corpus(name: str, corpus: PublishedCorpus, folder: Path, parts: list[str]) -> int:
    # Imported here: it imports requests, which help does not need.
    from ganspeech.data.download.obtain import obtain

    print(f"{name}: {corpus.title}\nlicense: {corpus.license}; {corpus.page}", file=sys.stderr)
    try:
        use = obtain(corpus, parts, folder)
    except KeyboardInterrupt:
        print(f"\n{folder} keeps what came: the same command goes on from there", file=sys.stderr)
        raise
    if corpus.note:
        print(corpus.note, file=sys.stderr)
    print(*use, sep="\n")
    return 0


def _download_model(model: PublishedModel, folder: Path) -> int:
    target = folder / model.file
    if target.is_file():
        print(f"{target} is there already", file=sys.stderr)
    else:
        # Imported here: it imports networks, which help does not need.
        from ganspeech.interop.published.convert import obtain_model

        made = obtain_model(model, folder)
        print(f"{target}: {made.about}", file=sys.stderr)
    print(use_of(model, target))
    return 0


def use_of(model: PublishedModel, target: Path) -> str:
    """Command that uses a model file."""
    if model.kind == "vocoder":
        return f"ganspeech vocode in.wav out.wav --vocoder {quote(str(target))}"
    text = '"Good morning."' if model.english else "TEXT"
    return f"ganspeech say {text} -o out.wav --voice {quote(str(target))}"

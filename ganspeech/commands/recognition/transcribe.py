"""`ganspeech transcribe`: recordings to text."""

import json as json_module
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import soundfile
import tyro
from tqdm import tqdm

from ganspeech.audio.pieces import AudioPieces
from ganspeech.commands.shared.bars import under_bar
from ganspeech.commands.shared.reports import report_faults
from ganspeech.data.corpus import Problems, is_audio
from ganspeech.evaluation.pages.output import write
from ganspeech.load import RECOGNIZER, load_recognizer
from ganspeech.process.errors import UsageError
from ganspeech.recognizers.language_model import read_arpa

if TYPE_CHECKING:
    from ganspeech.models.recognizer import Recognizer, Transcript

TOGETHER_SECONDS = 60.0
"""Seconds of audio recognized in one batch."""


def transcribe(
    sources: Annotated[
        tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE|DIR [FILE|DIR ...]")
    ],
    model: Annotated[str, tyro.conf.arg(metavar="NAME|FILE|DIR")] = RECOGNIZER,
    beam: int = 0,
    arpa: Path | None = None,
    json: Path | None = None,
    quiet: bool = False,
) -> int:
    """Writes what is said in each recording, one line ID TEXT, as eval.py recognition reads it.

    The id is the file's name without its suffix, or with its folder where two names are the same.

    Example: ganspeech transcribe recordings > heard.txt

    Args:
        sources: Audio files, of any rate and channels, and folders of them.
        model: A shipped recognizer by name, a model file (.safetensors), or a run folder.
        beam: Beam width of the search; 0: the best path, or 16 with a language model or a
            vocabulary of spelled words.
        arpa: A language model for the search, as an ARPA file.
        json: Write texts and confidences here.
        quiet: Print nothing but what is said, and faults.
    """
    if not sources:
        raise UsageError("name at least one audio file or folder")
    if beam < 0:
        raise UsageError(f"--beam must be at least 0, not {beam}")
    hear = load_recognizer(model)
    language_model = None if arpa is None else read_arpa(arpa)
    ids = ids_of(_files(sources))
    problems, failed, rows = Problems(), list[str](), list[dict[str, Any]]()
    settings: dict[str, Any] = {"beam": beam, "language_model": language_model}
    hidden = quiet or len(ids) < 2
    with tqdm(total=len(ids), unit="file", dynamic_ncols=True, disable=hidden) as bar:
        for group in _groups(ids, hear.sample_rate, problems, failed, bar):
            heard = _heard(hear, list(group.values()), settings, quiet)
            for (id, audio), transcript in zip(group.items(), heard):
                tqdm.write(f"{id} {transcript.text}".rstrip())
                row = {"id": id, "file": str(ids[id]), "seconds": audio.seconds}
                rows.append(row | {"text": transcript.text, "confidence": transcript.confidence})
            bar.update(len(group))
    if json is not None:
        content = {"model": model, "about": hear.about, "recordings": rows, "failed": failed}
        text = json_module.dumps(content, indent=2, ensure_ascii=False) + "\n"
        write(json, text, quiet=quiet)
    problems.tell()
    if failed and len(ids) == 1:
        raise ValueError(failed[0])
    if failed:
        report_faults(f"{len(failed)} left out:", failed)
    return 1 if failed else 0


def ids_of(files: Sequence[Path]) -> dict[str, Path]:
    """Each file by the shortest name that no other has: its stem, with its folder, with its suffix.

    Spaces become underscores, since ids end at the first space.
    """
    forms = [
        ["_".join(form.split()) for form in (path.stem, str(path.with_suffix("")), str(path))]
        for path in files
    ]
    counts = Counter(form for path in forms for form in dict.fromkeys(path))
    return {
        next((form for form in own if counts[form] == 1), str(path)): path
        for path, own in zip(files, forms)
    }


def _files(sources: Sequence[Path]) -> list[Path]:
    """Given files, and those in given folders, without duplicates."""
    found: list[Path] = []
    for source in sources:
        inside = sorted(filter(is_audio, source.rglob("*"))) if source.is_dir() else [source]
        if not inside:
            raise ValueError(f"no audio file in {source}, at any depth")
        found += inside
    return list(dict.fromkeys(found))


def _groups(
    ids: dict[str, Path], rate: int, problems: Problems, failed: list[str], bar: tqdm
) -> Iterator[dict[str, AudioPieces]]:
    """Readable recordings, about a minute of audio at a time; a longer one is a group of its own.

    Those before it are heard first, so that the order stays.
    """
    group: dict[str, AudioPieces] = {}
    for id, path in ids.items():
        try:
            audio = _opened(id, path, rate, problems)
        except ValueError as error:
            failed.append(str(error))
            bar.update()
            continue
        if group and audio.seconds + sum(one.seconds for one in group.values()) > TOGETHER_SECONDS:
            yield group
            group = {}
        group[id] = audio
    if group:
        yield group


def _heard(
    hear: "Recognizer", group: Sequence[AudioPieces], settings: dict[str, Any], quiet: bool
) -> "list[Transcript]":
    """Transcripts of a group; a long recording is never held whole, and has a bar."""
    longest = max(audio.seconds for audio in group)
    if longest <= TOGETHER_SECONDS:
        return hear([np.concatenate(list(audio)) for audio in group], **settings)
    (audio,) = group
    pieces = under_bar(audio, hear.sample_rate, longest, hidden=quiet)
    return [hear.long(pieces, peak=audio.peak, **settings)]


def _opened(id: str, path: Path, rate: int, problems: Problems) -> AudioPieces:
    audio = AudioPieces(path, rate, partial(problems.mend, name=id))
    if not any(True for _ in audio):
        raise ValueError(f"{path} is too short: no sample is left at {rate} Hz")
    header = soundfile.info(path)
    if header.channels > 1:
        problems.mend(f"{header.channels} channels averaged to mono", id)
    if header.samplerate != rate:
        problems.mend(f"resampled from {header.samplerate} to {rate} Hz", id)
    return audio

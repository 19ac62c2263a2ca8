"""`ganspeech gallery`: a page that plays the shipped models."""

from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.audio import AUDIO_SUFFIXES, read_audio
from ganspeech.evaluation.gallery import RATE
from ganspeech.evaluation.gallery import gallery as gallery_page
from ganspeech.evaluation.pages.output import require_page, write
from ganspeech.process.errors import UsageError


def gallery(
    page: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="PAGE.html")] = Path(
        "gallery.html"
    ),
    recordings: Path | None = None,
    sentences: int = 4,
    quiet: bool = False,
) -> int:
    """Makes a page of the shipped models: sounds, spectrograms and scores beside baselines.

    Example: ganspeech gallery gallery.html --recordings my_recordings

    Args:
        page: The HTML page to write; one that exists is replaced.
        recordings: Folder of recordings for the vocoder to copy; built-in speech if not given.
        sentences: Number of these recordings, in the order of their names.
        quiet: Print nothing but faults.
    """
    if sentences < 1:
        raise UsageError(f"--sentences must be at least 1, not {sentences}")
    require_page(page, overwrite=True)
    copied = _read(recordings, sentences) if recordings else None
    write(page, gallery_page(copied, progress=not quiet), quiet=quiet)
    return 0


def _read(folder: Path, count: int) -> dict:
    if not folder.is_dir():
        raise ValueError(f"--recordings {folder}: no such folder")
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES)[:count]
    if not paths:
        raise ValueError(f"--recordings {folder} holds no audio file, at any depth")
    return {path.stem: read_audio(path, RATE)[0] for path in paths}

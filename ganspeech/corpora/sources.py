"""Raw recordings that a corpus is made of."""

from dataclasses import dataclass
from pathlib import Path

import soundfile

from ganspeech.data.corpus import is_audio


@dataclass(frozen=True)
class Source:
    """A recording as it lies there; it is only ever read."""

    id: str
    """Its place in the folder without the suffix, such as `day1/take2`."""
    path: Path
    seconds: float
    """Length by its header; 0 where that cannot be read."""

    @property
    def name(self) -> str:
        """The id as the beginning of names of files, without what ends one in `metadata.csv`."""
        return "_".join(self.id.replace("/", "_").replace("|", "_").split())

    @property
    def state(self) -> list[int]:
        """What changes when the file does: its size and its time."""
        found = self.path.stat()
        return [found.st_size, found.st_mtime_ns]


def sources_in(recordings: Path) -> list[Source]:
    """All audio files of a folder at any depth, or the file itself, sorted.

    Raises ValueError where there is none, and for two files of one name, such as `a.wav` and
    `a.mp3`: only one of them can have that name's text.
    """
    if not recordings.exists():
        raise ValueError(f"no such file or folder of recordings: {recordings}")
    root = recordings if recordings.is_dir() else recordings.parent
    inside = recordings.rglob("*") if recordings.is_dir() else [recordings]
    paths = sorted(path for path in inside if is_audio(path) and path.is_file())
    if not paths:
        raise ValueError(f"no audio file in {recordings}, at any depth")
    found: dict[str, Source] = {}
    for path in paths:
        source = Source(path.relative_to(root).with_suffix("").as_posix(), path, _seconds(path))
        if source.name in found:
            raise ValueError(f"{path} and {found[source.name].path} have one name: rename one")
        found[source.name] = source
    return list(found.values())


def _seconds(path: Path) -> float:
    try:
        return float(soundfile.info(path).duration)
    except (soundfile.SoundFileError, OSError):
        return 0.0  # what is wrong with it is said when it is read

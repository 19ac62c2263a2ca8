"""Folders of features that a network made of recordings, beside texts."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ganspeech.data.corpus import CorpusError, Problems, open_root, read_lines, split
from ganspeech.data.unlabeled.assembled import assembled, content_of, sentences_of
from ganspeech.data.unlabeled.frames import Frames
from ganspeech.data.unlabeled.kept import kept
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.data.unlabeled.segmentation import Segmentation
from ganspeech.data.unlabeled.unpaired import Unpaired, UnpairedCorpus
from ganspeech.process.checks import require_least
from ganspeech.process.damage import damage

ABOUT = "features.json"
"""File of a folder that says how its features were made."""


@dataclass(frozen=True)
class UnpairedFeatures(UnpairedCorpus):
    """A folder of `ganspeech features`, `.npy` at any depth, and a file of sentences.

    The id of an utterance is its path without the suffix.
    """

    root: str = ""
    """Folder of the features."""
    texts: str = ""
    """File of sentences, one a line, that need not be said in any utterance."""
    transcripts: str = ""
    """File of lines ID TEXT, for scores alone; the id may be the last part of a path. Empty:
    none."""
    held_out: int = 50
    """Number of the last utterances, by id, that are kept from training."""
    segmentation: Segmentation = Segmentation(pca=512)
    """Segments of utterances."""
    pronunciation: Pronunciation = Pronunciation()
    """Phones of sentences."""
    seed: int = 0
    """Seed of clusters and of silence in texts."""

    def __post_init__(self):
        require_least(self, "corpus", 0, "held_out")

    def unpaired(self) -> Unpaired:
        """Makes segments and phones, or finds them in the cache.

        Raises `CorpusError` for a folder of another kind, a file of other features than the rest,
        a missing or unreadable file of texts, and for too few sentences.
        """
        root = open_root(self.root, "unpaired features")
        if not self.texts:
            raise CorpusError("unpaired features: no texts; name a file with --corpus.texts")
        about, files = _about(root), _files(root)
        named = (self.texts, self.transcripts, self.pronunciation.lexicon)
        key = [
            {name: value for name, value in asdict(self).items() if name != "root"},
            [content_of(path) for path in named if path],
            about,
            [[id, (found := path.stat()).st_size, found.st_mtime_ns] for id, path in files.items()],
        ]
        data = kept(type(self).__name__, key, lambda: self._assembled(files, about))
        data.problems.tell(type(self).__name__)
        return data

    def _assembled(self, files: Mapping[str, Path], about: Mapping[str, Any]) -> Unpaired:
        problems = Problems()
        train, held_out = (
            _Read({id: files[id] for id in ids}, about["width"])
            for ids in split(list(files), self.held_out)
        )
        return assembled(
            train,
            held_out,
            list(sentences_of(self.texts)),
            _transcripts(self.transcripts, files, problems) if self.transcripts else {},
            segmentation=self.segmentation,
            pronunciation=self.pronunciation,
            seed=self.seed,
            problems=problems,
            labeled=about["labeled"],
        )


class _Read(Mapping[str, Frames]):
    """Features by id, read when they are looked up."""

    def __init__(self, files: Mapping[str, Path], width: int):
        self._files, self._width = files, width

    def __getitem__(self, id: str) -> Frames:
        path = self._files[id]
        with damage(CorpusError, f"{path} is not an array of NumPy"):
            array = np.load(path, allow_pickle=False)
        if array.ndim != 2 or array.shape[1] != self._width or not len(array):
            raise CorpusError(
                f"{path}: features must be [frames, {self._width}], as {ABOUT} says, with at least "
                f"one frame, not {list(array.shape)}"
            )
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise CorpusError(f"{path}: features must be finite floating-point numbers")
        return array.astype(np.float32)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _files(root: Path) -> dict[str, Path]:
    paths = {
        path.relative_to(root).with_suffix("").as_posix(): path for path in root.rglob("*.npy")
    }
    if not paths:
        raise CorpusError(f"unpaired features: no .npy files anywhere under {root}")
    return dict(sorted(paths.items()))


def _about(root: Path) -> dict[str, Any]:
    path = root / ABOUT
    if not path.is_file():
        raise CorpusError(f"no {ABOUT} in {root}: looked for a folder of `ganspeech features`")
    with damage(CorpusError, f"cannot read {path}"):
        about = json.loads(path.read_text(encoding="utf-8"))
        fields = {name: about[name] for name in ("rate", "width", "labeled", "fingerprint")}
    good = fields["width"] >= 1 and fields["rate"] > 0 and isinstance(fields["labeled"], bool)
    if not good:
        raise CorpusError(f"{path}: width, rate or labeled cannot be {fields}")
    return fields


def _transcripts(file: str, ids: Iterable[str], problems: Problems) -> dict[str, str]:
    """Transcripts by id; lines of other ids are noted in `problems`."""
    known = {id.rpartition("/")[2]: id for id in ids} | {id: id for id in ids}
    found = {}
    for number, line in enumerate(read_lines(Path(file).expanduser()), start=1):
        name, _, text = line.strip().partition(" ")
        if name in known:
            found[known[name]] = text
        elif name:
            problems.skip("transcripts of no utterance", f"{file}, line {number}: {name}")
    return found

"""Folders of features that a network made of recordings, beside texts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from ganspeech.data.corpus import CorpusError, Problems, open_root, read_lines, split
from ganspeech.data.features import FeatureFolder, read_features
from ganspeech.data.labels.id_lines import written_id
from ganspeech.data.unlabeled.assembled import NOTHING, assembled, content_of, sentences_of
from ganspeech.data.unlabeled.boundary_files import Ends, read_boundaries
from ganspeech.data.unlabeled.frames import Frames
from ganspeech.data.unlabeled.kept import kept
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.data.unlabeled.segmentation import Segmentation
from ganspeech.data.unlabeled.unpaired import Unpaired, UnpairedCorpus
from ganspeech.process.checks import require_least


@dataclass(frozen=True)
class UnpairedFeatures(UnpairedCorpus):
    """A folder of features, of `ganspeech features` or another program, and a file of sentences.

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
    rate: float = 0.0
    """Frames a second of a folder of another program; 0: its features.json says it."""
    labeled: Literal["as-it-says", "no", "yes"] = "as-it-says"
    """Whether what made the features was trained with transcripts; a folder of another program
    does not say it."""
    allow_labeled: bool = False
    """Whether such features are used; results are then not without labels."""
    alignments: str = ""
    """File of lines ID END END…, the frame after the last of each phone, silence among them, that
    boundaries are scored by; empty: none."""

    def __post_init__(self):
        require_least(self, "corpus", 0, "held_out", "rate")

    def of_frames(self) -> "UnpairedFeatures":
        """The same corpus with each frame as a segment."""
        return replace(self, segmentation=self.segmentation.of_frames())

    def unpaired(self) -> Unpaired:
        """Makes segments and phones, or finds them in the cache.

        Raises `CorpusError` for a folder without features, a file of other features than the rest,
        features made with labels that are not allowed, a missing or unreadable file of texts, and
        for too few sentences.
        """
        root = open_root(self.root, "unpaired features")
        if not self.texts:
            raise CorpusError("unpaired features: no texts; name a file with --corpus.texts")
        folder = read_features(root, self.rate or None)
        labeled = self._with_labels(root, folder)
        named = (
            self.texts,
            self.transcripts,
            self.alignments,
            self.pronunciation.lexicon,
            self.segmentation.boundaries,
        )
        files = [(id, file.path.stat()) for id, file in folder.files.items()]
        key = [
            {name: value for name, value in asdict(self).items() if name != "root"},
            [content_of(path) for path in named if path],
            asdict(folder.settings),
            [[id, found.st_size, found.st_mtime_ns] for id, found in files],
        ]
        data = kept(type(self).__name__, key, lambda: self._assembled(folder, labeled))
        data.problems.tell(type(self).__name__)
        return data

    def _with_labels(self, root: Path, folder: FeatureFolder) -> bool:
        """Whether transcripts shaped the features, which must be known and allowed."""
        said, ours = folder.settings.labeled, {"no": False, "yes": True}.get(self.labeled)
        if said is None and ours is None:
            raise CorpusError(
                f"{root} does not say whether what made its features was trained with transcripts: "
                "add --corpus.labeled no or --corpus.labeled yes"
            )
        if None not in (said, ours) and said != ours:
            raise CorpusError(
                f"{root} says labeled {str(said).lower()}, so --corpus.labeled {self.labeled} is "
                "wrong: leave it out"
            )
        labeled = bool(said or ours)
        if labeled and not self.allow_labeled:
            raise CorpusError(
                f"{root}: {folder.settings.encoder} was trained with transcripts, so results are "
                "not without labels: --corpus.allow-labeled True uses it all the same"
            )
        return labeled

    def _assembled(self, folder: FeatureFolder, labeled: bool) -> Unpaired:
        problems = Problems()
        train, held_out = (_Part(folder, ids) for ids in split(list(folder.files), self.held_out))
        return assembled(
            train,
            held_out,
            list(sentences_of(self.texts)),
            _transcripts(self.transcripts, folder.files, problems) if self.transcripts else {},
            segmentation=self.segmentation,
            pronunciation=self.pronunciation,
            seed=self.seed,
            problems=problems,
            labeled=labeled,
            true_ends=_true_ends(self.alignments, folder.files) if self.alignments else NOTHING,
        )


class _Part(Mapping[str, Frames]):
    """Some features of a folder, read when they are looked up."""

    def __init__(self, folder: FeatureFolder, ids: Sequence[str]):
        self._folder, self._ids = folder, ids

    def __getitem__(self, id: str) -> Frames:
        return self._folder.read(id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def _true_ends(file: str, ids: Iterable[str]) -> dict[str, Ends]:
    found = read_boundaries(file)
    return {id: found[written_id(id)] for id in ids if written_id(id) in found}


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

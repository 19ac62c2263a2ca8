"""Speech Commands (Warden 2018), one folder per word; its ten digits are known as SC09."""

from dataclasses import dataclass
from pathlib import Path

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import (
    CorpusError,
    Problems,
    Utterance,
    audio_by_stem,
    open_root,
    read_lines,
)
from ganspeech.data.readers.words import DIGITS, WordCorpus, require_all_classes, require_one_rate
from ganspeech.data.utterances import Utterances, in_order

LISTS = ("validation_list.txt", "testing_list.txt")


@dataclass(frozen=True)
class SpeechCommands(WordCorpus):
    """`WORD/HASH_nohash_N.wav`, where the hash stands for a speaker.

    Utterances are sorted by speaker, those of validation_list.txt and of testing_list.txt last, so
    that the speakers held out are not trained on (but for one at the edge).
    """

    root: str = ""
    """Folder with one folder per word."""
    words: tuple[str, ...] = DIGITS
    """Words to use, in the order of their labels."""
    held_out: int = 2000
    """Number of the last utterances that are kept from training."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The words, as given."""
        return self.words

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All utterances of the words, ids `PART/SPEAKER_nohash_N/WORD`."""
        problems = Problems() if problems is None else problems
        root = open_root(self.root, "speech commands")
        if len(set(self.words)) < len(self.words) or not self.words:
            raise CorpusError(f"corpus.words must be different words, not {self.words}")
        parts = {name: set(_listed(root / name)) for name in LISTS}
        found = []
        for word in self.words:
            for stem, path in audio_by_stem(root / word).items():
                place = next(
                    (n for n, name in enumerate(LISTS, 1) if f"{word}/{stem}" in parts[name]), 0
                )
                speaker = stem.partition("_nohash_")[0]
                found.append(Utterance(f"{place}/{stem}/{word}", path, word, speaker))
        looked_for = f"{root}/WORD/HASH_nohash_N ({' '.join(AUDIO_SUFFIXES)})"
        ordered = in_order(found, problems, looked_for=looked_for)
        require_all_classes(ordered, self.words, "speech commands", str(root))
        require_one_rate(ordered, "speech commands")
        return ordered


def _listed(path: Path) -> list[str]:
    lines = read_lines(path) if path.is_file() else []
    return [line.strip().rpartition(".")[0] for line in lines]

"""LJSpeech and single-speaker corpora with its layout (Ito and Johnson 2017)."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import (
    Corpus,
    CorpusError,
    Problems,
    Utterance,
    audio_names,
    open_root,
    suffix_rank,
)
from ganspeech.data.readers.metadata import read_metadata
from ganspeech.data.sorting import sorted_rows
from ganspeech.data.utterances import Utterances, in_order


@dataclass(frozen=True)
class LJSpeech(Corpus):
    """`metadata.csv` with lines `ID|text` or `ID|text|normalized text`, and `wavs/ID.wav`.

    The normalized text is used where there is one; any audio suffix works. What else is understood
    of metadata.csv is listed in `metadata.py`.
    """

    root: str = ""
    """Folder that holds metadata.csv and wavs/."""
    held_out: int = 60
    """Number of the last utterances that are kept from training."""
    features: str = ""
    """Folder of log-mels ID.npy, .pt or .npz that an acoustic model made beside the recordings, to
    tune a vocoder on; empty for the recordings' own."""

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All utterances sorted by id; bad lines are noted in `problems`."""
        problems = Problems() if problems is None else problems
        root = open_root(self.root, "LJSpeech")
        metadata = root / "metadata.csv"
        if not metadata.is_file():
            raise CorpusError(
                f"LJSpeech: no metadata.csv in {root} (lines: ID|text|normalized text); recordings "
                "without texts are --corpus folder"
            )
        wavs = root / "wavs"
        looked_for = f"{root}/wavs/ID ({' '.join(AUDIO_SUFFIXES)}) of the lines of {metadata}"
        found = _matched(wavs, read_metadata(metadata, wavs, problems), problems)
        return in_order(found, problems, looked_for=looked_for)


AUDIO, LINE = 0, 1


def _matched(
    wavs: Path, texts: Iterable[tuple[str, int, str]], problems: Problems
) -> Iterator[Utterance]:
    """Utterances of the lines that have audio, by sorting both: neither is held in memory."""
    audio = ((os.path.splitext(n)[0], AUDIO, suffix_rank(n), n) for n in audio_names(wavs))
    lines = ((id, LINE, number, text) for id, number, text in texts)
    for id, same in groupby(sorted_rows(chain(lines, audio)), key=lambda row: row[0]):
        name, used = "", False
        for _, kind, _, value in same:
            if kind == AUDIO:
                name = name or value  # the others have a later suffix
            elif name:
                used = True
                yield Utterance(id, os.path.join(wavs, name), value, "LJ")
            else:
                problems.skip("named in metadata.csv, but no such audio in wavs/", id)
        if name and not used:
            problems.skip("audio in wavs/ without a good line in metadata.csv", id)

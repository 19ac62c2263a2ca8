"""LibriSpeech (Panayotov et al. 2015), LibriTTS (Zen et al. 2019) and corpora of this layout."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import (
    Corpus,
    CorpusError,
    Problems,
    Spoken,
    Utterance,
    audio_by_stem,
    is_audio_name,
    open_root,
    read_lines,
    split_off_speakers,
)
from ganspeech.data.utterances import Utterances, in_order


@dataclass(frozen=True)
class LibriSpeech(Corpus):
    """`SPEAKER/CHAPTER/ID.flac` with transcripts in the same folder.

    Transcripts are `*.trans.txt` with lines `ID TEXT`, or LibriTTS' `ID.normalized.txt`.

    Utterances are sorted by id, which starts with the speaker, so those held out are the last
    speakers' (and one at the edge may be on both sides, unless whole speakers are held out).
    """

    root: str = ""
    """One split, or a folder that holds several (train-clean-100, dev-clean, ...)."""
    held_out: int = 60
    """Number of the last utterances that are kept from training."""
    held_out_speakers: int = 0
    """Number of the last speakers that are kept from training, instead of utterances; 0: none."""
    features: str = ""
    """Folder of log-mels ID.npy, .pt or .npz that an acoustic model made beside the recordings, to
    tune a vocoder on; empty for the recordings' own."""

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All utterances sorted by id; unmatched audio and transcripts are noted."""
        problems = Problems() if problems is None else problems
        root = open_root(self.root, "LibriSpeech")
        found = (
            utterance
            for folder, _, names in os.walk(root)
            if any(is_audio_name(name) or name.endswith(".trans.txt") for name in names)
            for utterance in _chapter(Path(folder), names, problems)
        )
        looked_for = (
            f"SPEAKER/CHAPTER/ID ({' '.join(AUDIO_SUFFIXES)}) with *.trans.txt or "
            f"ID.normalized.txt anywhere under {root}"
        )
        return in_order(found, problems, looked_for=looked_for)

    def divide(self, usable: Sequence[Spoken]) -> tuple[Sequence[Spoken], Sequence[Spoken]]:
        """Holds out the last utterances, or all utterances of the last speakers."""
        if self.held_out_speakers < 0:
            raise CorpusError(f"held_out_speakers must not be negative: {self.held_out_speakers}")
        if not self.held_out_speakers:
            return super().divide(usable)
        speakers = list(dict.fromkeys(item.speaker for item in usable))
        return split_off_speakers(usable, speakers[-self.held_out_speakers :])


def _chapter(folder: Path, names: list[str], problems: Problems) -> Iterator[Utterance]:
    audio = audio_by_stem(folder)
    texts = {}
    for name in sorted(names):
        if name.endswith(".trans.txt"):
            lines = [line.split(maxsplit=1) for line in read_lines(folder / name)]
            texts.update({words[0]: "".join(words[1:]).strip() for words in lines if words})
        elif name.endswith(".normalized.txt") and not name.startswith("."):
            id = name.removesuffix(".normalized.txt")
            texts[id] = " ".join(read_lines(folder / name)).strip()
    for id in sorted(texts.keys() - audio.keys()):
        problems.skip("transcribed, but no such audio beside the transcript", id)
    for id, path in sorted(audio.items()):
        if id in texts:
            yield Utterance(id, path, texts[id], folder.parent.name)
        else:
            problems.skip("audio without a transcript beside it", id)

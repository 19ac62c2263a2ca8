"""VCTK, 110 English speakers with their accents (Yamagishi, Veaux and MacDonald 2019)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganspeech.data.corpus import (
    Corpus,
    Problems,
    Utterance,
    audio_by_stem,
    open_root,
    read_lines,
)
from ganspeech.data.utterances import Utterances, in_order

FOLDERS = ("wav48_silence_trimmed", "wav48")


@dataclass(frozen=True)
class VCTK(Corpus):
    """Version 0.92 or 0.80: a folder of recordings for each speaker.

    Files are `wav48_silence_trimmed/pXXX/pXXX_NNN_mic1.flac` or `wav48/pXXX/pXXX_NNN.wav`.
    Transcripts are `txt/pXXX/pXXX_NNN.txt`. Speaker p315's were lost: recordings without a
    transcript are used with an empty text, and reported.
    """

    root: str = ""
    """Folder that holds txt/ and wav48_silence_trimmed/ or wav48/."""
    microphone: Literal["mic1", "mic2"] = "mic1"
    """Microphone, one of the two of version 0.92."""
    held_out: int = 60
    """Number of the last utterances that are kept from training."""
    features: str = ""
    """Folder of log-mels ID.npy, .pt or .npz that an acoustic model made beside the recordings, to
    tune a vocoder on; empty for the recordings' own."""

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All utterances sorted by id (`pXXX_NNN`)."""
        problems = Problems() if problems is None else problems
        root = open_root(self.root, "VCTK")
        home = next((root / name for name in FOLDERS if (root / name).is_dir()), None)
        speakers = sorted(path for path in home.iterdir() if path.is_dir()) if home else []
        found = (one for speaker in speakers for one in self._spoken_by(speaker, root, problems))
        looked_for = (
            f"wav48_silence_trimmed/pXXX/pXXX_NNN_{self.microphone}.flac or "
            f"wav48/pXXX/pXXX_NNN.wav in {root}"
        )
        return in_order(found, problems, looked_for=looked_for)

    def _spoken_by(self, speaker: Path, root: Path, problems: Problems) -> Iterator[Utterance]:
        for stem, audio in audio_by_stem(speaker).items():
            id, _, microphone = stem.partition("_mic")
            if microphone and f"mic{microphone}" != self.microphone:
                continue
            transcript = root / "txt" / speaker.name / f"{id}.txt"
            text = ""
            if transcript.is_file():
                text = " ".join(read_lines(transcript)).strip()
            else:
                problems.mend("no transcript in txt/, used with an empty text", id)
            yield Utterance(id, audio, text, speaker.name)

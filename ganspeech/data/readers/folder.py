"""Folders of audio files, without transcripts."""

from dataclasses import dataclass

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import (
    Corpus,
    Problems,
    Utterance,
    in_order,
    is_audio,
    open_root,
)


@dataclass(frozen=True)
class AudioFolder(Corpus):
    """Every audio file at any depth; the id is its path without the suffix.

    The speaker is the first folder below the root, empty for files directly in the root.
    """

    root: str = ""
    """Folder to search."""
    held_out: int = 20
    """Number of the last recordings that are kept from training."""

    def utterances(self, problems: Problems | None = None) -> list[Utterance]:
        """All audio files sorted by id."""
        root = open_root(self.root, "AudioFolder")
        found = []
        for path in sorted(root.rglob("*")):
            if is_audio(path):
                name = path.relative_to(root).with_suffix("")
                speaker = name.parts[0] if len(name.parts) > 1 else ""
                found.append(Utterance(name.as_posix(), str(path), speaker=speaker))
        looked_for = f"audio files ({' '.join(AUDIO_SUFFIXES)}) anywhere under {root}"
        return in_order(found, problems, looked_for=looked_for)

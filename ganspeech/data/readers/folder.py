"""Folders of audio files, without transcripts."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import (
    Corpus,
    Problems,
    Utterance,
    is_audio_name,
    open_root,
)
from ganspeech.data.utterances import Utterances, in_order


@dataclass(frozen=True)
class AudioFolder(Corpus):
    """Every audio file at any depth; the id is its path without the suffix.

    The speaker is the first folder below the root, empty for files directly in the root.
    """

    root: str = ""
    """Folder to search."""
    held_out: int = 20
    """Number of the last recordings that are kept from training."""
    features: str = ""
    """Folder of log-mels ID.npy, .pt or .npz that an acoustic model made beside the recordings, to
    tune a vocoder on; empty for the recordings' own."""

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All audio files sorted by id."""
        root = open_root(self.root, "AudioFolder")
        looked_for = f"audio files ({' '.join(AUDIO_SUFFIXES)}) anywhere under {root}"
        return in_order(_found(str(root)), problems, looked_for=looked_for)


def _found(folder: str, below: str = "", speaker: str = "") -> Iterator[Utterance]:
    """Audio files under a folder in any order, as the system lists them: one after the other."""
    with suppress(PermissionError), os.scandir(folder) as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if is_audio_name(entry.name):
                yield Utterance(os.path.splitext(name)[0], entry.path, speaker=speaker)
            if entry.is_dir(follow_symlinks=False):
                yield from _found(entry.path, f"{name}/", speaker or entry.name)

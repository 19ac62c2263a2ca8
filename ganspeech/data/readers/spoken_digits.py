"""Spoken digits in files called `DIGIT_SPEAKER_INDEX` (Free Spoken Digit Dataset, Jackson)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import (
    CorpusError,
    Problems,
    Spoken,
    Utterance,
    audio_by_stem,
    open_root,
    split_off_speakers,
)
from ganspeech.data.readers.words import DIGITS, WordCorpus, require_all_classes, require_one_rate
from ganspeech.data.utterances import Utterances, in_order


@dataclass(frozen=True)
class SpokenDigits(WordCorpus):
    """One folder of `7_jackson_32.wav`: the digit, the speaker, and the number of the take.

    Utterances are sorted by their takes, so that the last ones, of every digit by every speaker,
    are held out.
    """

    root: str = ""
    """Folder of the recordings, or the one above it with a folder `recordings`."""
    held_out: int = 300
    """Number of the last takes that are kept from training."""
    unseen_speaker: str = ""
    """Speaker whose takes alone are kept from training; empty: the last takes of every speaker."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Zero to nine."""
        return DIGITS

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All utterances, ids `INDEX_DIGIT_SPEAKER`; other files are noted in `problems`."""
        problems = Problems() if problems is None else problems
        root = open_root(self.root, "spoken digits")
        root = root / "recordings" if (root / "recordings").is_dir() else root
        found = []
        for stem, path in audio_by_stem(root).items():
            name = re.fullmatch(r"(\d)_(.+)_(\d+)", stem)
            if not name:
                problems.skip("files not called DIGIT_SPEAKER_INDEX", stem)
                continue
            digit, speaker, take = name.groups()
            id = f"{int(take):04d}_{digit}_{speaker}"
            found.append(Utterance(id, path, DIGITS[int(digit)], speaker))
        looked_for = f"{root}/DIGIT_SPEAKER_INDEX ({' '.join(AUDIO_SUFFIXES)})"
        ordered = in_order(found, problems, looked_for=looked_for)
        require_all_classes(ordered, DIGITS, "spoken digits", str(root))
        require_one_rate(ordered, "spoken digits")
        return ordered

    def divide(self, usable: Sequence[Spoken]) -> tuple[Sequence[Spoken], Sequence[Spoken]]:
        """Holds out the last takes, or all takes of the unseen speaker."""
        if not self.unseen_speaker:
            return super().divide(usable)
        if self.unseen_speaker not in (speakers := sorted({item.speaker for item in usable})):
            raise CorpusError(
                f"spoken digits: corpus.unseen_speaker must be one of {', '.join(speakers)}, not "
                f"{self.unseen_speaker!r}"
            )
        return split_off_speakers(usable, [self.unseen_speaker])

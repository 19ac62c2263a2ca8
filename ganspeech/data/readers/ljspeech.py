"""LJSpeech and single-speaker corpora with its layout (Ito and Johnson 2017)."""

from dataclasses import dataclass

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import (
    Corpus,
    CorpusError,
    Problems,
    Utterance,
    audio_by_stem,
    in_order,
    open_root,
    read_lines,
)


@dataclass(frozen=True)
class LJSpeech(Corpus):
    """`metadata.csv` with lines `ID|text` or `ID|text|normalized text`, and `wavs/ID.wav`.

    The normalized text is used where there is one; any audio suffix works.
    """

    root: str = ""
    """Folder that holds metadata.csv and wavs/."""
    held_out: int = 60
    """Number of the last utterances that are kept from training."""

    def utterances(self, problems: Problems | None = None) -> list[Utterance]:
        """All utterances sorted by id; bad lines are noted in `problems`."""
        problems = Problems() if problems is None else problems
        root = open_root(self.root, "LJSpeech")
        metadata = root / "metadata.csv"
        if not metadata.is_file():
            raise CorpusError(
                f"LJSpeech: no metadata.csv in {root} (lines: ID|text|normalized text)"
            )
        audio = audio_by_stem(root / "wavs")
        found = []
        for number, line in enumerate(read_lines(metadata), start=1):
            columns = [column.strip() for column in line.split("|")]
            if not line.strip():
                continue
            if len(columns) not in (2, 3) or not columns[0]:
                problems.skip(
                    "lines of metadata.csv that are not ID|text or ID|text|normalized text",
                    f"line {number}",
                )
            elif columns[0] not in audio:
                problems.skip("named in metadata.csv, but no such audio in wavs/", columns[0])
            else:
                text = columns[-1] or columns[1]
                found.append(Utterance(columns[0], str(audio[columns[0]]), text, "LJ"))
        for id in sorted(audio.keys() - {utterance.id for utterance in found}):
            problems.skip("audio in wavs/ without a good line in metadata.csv", id)
        looked_for = f"{root}/wavs/ID ({' '.join(AUDIO_SUFFIXES)}) of the lines of {metadata}"
        return in_order(found, problems, looked_for=looked_for)

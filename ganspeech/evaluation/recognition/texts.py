"""References and hypotheses from plain text files: `ID TEXT` a line."""

import re
from collections.abc import Mapping
from pathlib import Path

from ganspeech.data.corpus import Problems
from ganspeech.evaluation.recognition.accuracy import Answer, Recognized
from ganspeech.text.english.normalization import normalized

NORMALIZED = "Texts are compared in lower case, without punctuation, with numbers in words."
STRESSLESS = "Phones are compared without stress."
_STRESS = re.compile(r"(?<=[A-Za-z]{2})[012](?=\s|$)")


def read_texts(path: Path, problems: Problems) -> dict[str, str]:
    """The texts of a UTF-8 file by their ids; an id alone has an empty text.

    Lines that are not UTF-8, and ids after their first line, are left out and noted. ValueError for
    a file without any usable line.
    """
    texts: dict[str, str] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            id, _, text = line.decode("utf-8-sig").strip().replace("\t", " ").partition(" ")
        except UnicodeDecodeError:
            problems.skip(f"lines of {path} that are not UTF-8", f"line {number}")
            continue
        if id in texts:
            problems.skip(f"ids that {path} has already had; the first line counts", id)
        elif id:
            texts[id] = " ".join(text.split())
    if not texts:
        skipped = "".join(f"; {line}" for line in problems.lines())
        raise ValueError(f"{path} holds no line ID TEXT in UTF-8{skipped}")
    return texts


def plain(text: str, *, phones: bool = False) -> str:
    """A text as it is compared: in lower case, without punctuation, numbers in words.

    Phones of the ARPAbet lose their stress.
    """
    return _STRESS.sub("", " ".join(text.split())) if phones else normalized(text)


def answers(
    references: Mapping[str, str],
    hypotheses: Mapping[str, str],
    *,
    name: str,
    speakers: Mapping[str, str],
    problems: Problems,
) -> list[Answer]:
    """Texts side by side, by id, in the references' order.

    References without words are left out. A missing hypothesis counts as nothing heard, so that no
    recognizer is better for being silent. All of it is noted; ValueError if the ids have nothing in
    common, or no reference has words.
    """
    if not references.keys() & hypotheses.keys():
        raise ValueError(
            f"{name}: none of its {len(hypotheses)} ids ({next(iter(hypotheses))}, …) is one of "
            f"the {len(references)} of the reference ({next(iter(references))}, …)"
        )
    found = []
    for id, said in references.items():
        if not said:
            continue
        if id not in hypotheses:
            problems.mend(f"{name}: missing, which counts as nothing heard", id)
        elif not hypotheses[id]:
            problems.mend(f"{name}: empty, which counts as nothing heard", id)
        found.append(Answer(id, said, hypotheses.get(id, ""), speakers.get(id, "")))
    for id in hypotheses:
        if id not in references:
            problems.skip(f"{name}: ids that the reference does not have", id)
    return found


def with_words(references: Mapping[str, str], what: str, problems: Problems) -> dict[str, str]:
    """The references that say something; ValueError naming `what` where none does."""
    for id, text in references.items():
        if not text:
            problems.skip(f"{what}: no words to compare with", id)
    found = {id: text for id, text in references.items() if text}
    if not found:
        raise ValueError(f"{what}: none of its {len(references)} lines has words after the id")
    return found


def from_files(
    reference: Path,
    hypotheses: Mapping[str, Path],
    *,
    speakers: Path | None = None,
    phones: bool = False,
    verbatim: bool = False,
) -> Recognized:
    """One row for each file of hypotheses, all against the reference.

    Texts are compared as `plain` makes them or, if `verbatim`, as they stand but for spaces.
    `speakers` has lines ID SPEAKER. ValueError naming a file that cannot be used.
    """
    problems = Problems()
    said_by = {} if speakers is None else read_texts(speakers, problems)
    references = _compared(reference, phones, verbatim, problems)
    references = with_words(references, str(reference), problems)
    if said_by:
        for id in references.keys() - said_by.keys():
            problems.mend(f"no speaker in {speakers}, so utterances are drawn for intervals", id)
    rows = {
        name: answers(
            references,
            _compared(path, phones, verbatim, problems),
            name=name,
            speakers=said_by,
            problems=problems,
        )
        for name, path in hypotheses.items()
    }
    return Recognized(
        title=f"{', '.join(rows)} against {reference.name}",
        rows=rows,
        units=("phone",) if phones else ("word", "character"),
        systems=True,
        notes=() if verbatim else (STRESSLESS if phones else NORMALIZED,),
        problems=tuple(problems.lines()),
    )


def _compared(path: Path, phones: bool, verbatim: bool, problems: Problems) -> dict[str, str]:
    texts = read_texts(path, problems)
    return texts if verbatim else {id: plain(text, phones=phones) for id, text in texts.items()}

"""Plain texts as scripts: sentences, and phonemes in double brackets, `[[həlˈoʊ]]`."""

from collections.abc import Set as AbstractSet

from ganspeech.text.markup import without_markup
from ganspeech.text.script.brackets import parts
from ganspeech.text.script.script import Pronounced, Script, ended, utterances
from ganspeech.text.sentences import ANCHOR, LONGEST, USUAL, Silences, split, visible


def plain_script(
    text: str,
    silences: Silences = USUAL,
    *,
    phonemes: bool = True,
    own: AbstractSet[str] = frozenset(),
) -> Script:
    """Script of a plain text; its sentences are those of `sentences`.

    `[[IPA]]` is spoken as it is written, also in symbols of the voice's `own`. What is no phonemes
    is read as text and noted with its line; for a voice that reads letters, not `phonemes`, they
    are left out and noted.
    """
    seen = visible(text)
    clean = without_markup(seen).replace(ANCHOR, "\ufffd")
    spoken: list[str] = []
    inserted: list[Pronounced] = []
    notes: dict[str, int] = {}
    at, line = 0, 1
    for part in parts(clean, phonemes, own):
        spoken.append(ANCHOR if part.pronounced else part.text)
        if part.pronounced:
            inserted.append(part.pronounced)
        if part.note:
            # Marks of HTML and Markdown that were there are gone, so the place is looked for.
            begin, at = at, max(at, seen.find(part.written, at))
            line += seen.count("\n", begin, at)
            notes.setdefault(part.note, line)
    found = split("".join(spoken), LONGEST, silences)
    lines = tuple(f"line {where}: {note}" for note, where in notes.items())
    return Script(ended(utterances(found, inserted)), lines)

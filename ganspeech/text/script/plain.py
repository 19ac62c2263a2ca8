"""Plain texts as scripts: sentences, and phonemes in double brackets, `[[həlˈoʊ]]`."""

import re

from ganspeech.text.markup import without_markup
from ganspeech.text.script.ipa import symbols_of
from ganspeech.text.script.script import Pronounced, Script, ended, utterances
from ganspeech.text.sentences import ANCHOR, LONGEST, USUAL, Silences, split, visible

_BRACKETED = re.compile(r"\[\[([^\[\]\n]{1,500})\]\]")


def plain_script(text: str, silences: Silences = USUAL, *, phonemes: bool = True) -> Script:
    """Script of a plain text; its sentences are those of `sentences`.

    `[[IPA]]` is spoken as it is written. For a voice that reads letters, not `phonemes`, it is left
    out and noted.
    """
    seen = visible(text)
    clean = without_markup(seen).replace(ANCHOR, "\ufffd")
    inserted: list[Pronounced] = []
    notes = []
    if "[[" in clean:
        if phonemes:
            clean = _BRACKETED.sub(lambda found: _pronounced(found, inserted), clean)
        elif found := _BRACKETED.search(seen):
            line = seen.count("\n", 0, found.start()) + 1
            notes.append(f"line {line}: phonemes in [[ ]] are left out: this voice reads letters")
            clean = _BRACKETED.sub(" ", clean)
    found_sentences = split(clean, LONGEST, silences)
    return Script(ended(utterances(found_sentences, inserted)), tuple(notes))


def _pronounced(found: re.Match, inserted: list[Pronounced]) -> str:
    ipa = symbols_of(found[1])
    if not ipa:
        return " "
    inserted.append(Pronounced(ipa, found[0]))
    return ANCHOR

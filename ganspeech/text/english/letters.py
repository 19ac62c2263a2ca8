"""English letters that are read by their names: initials, initialisms, the letter A.

A space between letters would make an article of "A", and capitals without dots are words to espeak
("AD", "AT"). So initialisms are written with dots between their letters, "A.D", and an "A" alone
as "Ae"; front ends convert both to their own spelling.
"""

import re

LETTER_A = "Ae"
"""Spelling in gruut's dictionary; espeak pronounces "eh" the same way."""

STARTERS = frozenset(
    ("A", "An", "And", "But", "He", "Her", "His", "How", "I", "If", "In", "It", "Its", "Next", "No",
     "Now", "On", "Our", "She", "So", "That", "The", "Their", "Then", "There", "These", "They",
     "This", "Those", "To", "We", "What", "When", "Where", "Who", "Why", "Yes", "You", "Your")
)  # fmt: skip
"""Words that, after an abbreviation, more often begin a sentence than continue a name."""
_LONGEST = 40
"""Characters that hold a word and its context."""

_INITIALISM = re.compile(r"\b(?:[A-Z]\.)+[A-Z]\b(?:\.(?!\w))?|\b(?:[A-Za-z]\.){2,}|\bPh\.? ?D\b\.?")
_INITIAL = re.compile(r"\b([A-HJ-Z])\.(?= [A-Z])")
_AMPERSAND = re.compile(r"\b([A-Z]{2,3})&(?=[A-Z]\b)")
_ERA = re.compile(r"\bAD(?= \d)|(?<=\d )AD\b")
# A4, A-level; A and B, A/B; Q&A.
_LETTER_A = re.compile(
    r"\bA(?=-?\d|-[a-z]|[/&][A-Z]\b| (?:and|or|to|&) [B-Z]\b)|(?<=\b[A-Z][&/])A\b(?!')"
)
# "the A team", "Vitamin A", but neither "Once Upon A Time" nor "read A Tale of Two Cities".
_LETTER_A_AFTER = re.compile(
    r"\b([a-z]+|An|The|Vitamin|Plan|Type|Class|Grade|Group|Part|Section|Option|Team|Hepatitis) A\b"
    r"(?![.'/&-]\w| [A-Z]|\$)"
)
_WORD = re.compile(r"[A-Za-z']{2,}")
_SPELLED = re.compile(r"\b[A-Z](?:\.[A-Z])+\b")


def letters_named(text: str) -> str:
    """Writes initialisms as "U.S.A" and an "A" that is not an article as `LETTER_A`."""
    text = _AMPERSAND.sub(lambda found: ".".join(found[1]) + "&", text)
    text = _ERA.sub("A.D", _INITIALISM.sub(_initialism, text))
    text = _INITIAL.sub(lambda found: LETTER_A if found[1] == "A" else found[1], text)
    return _LETTER_A_AFTER.sub(rf"\1 {LETTER_A}", _LETTER_A.sub(LETTER_A, text))


def without_shouting(text: str) -> str:
    """Lower case for a text of several words that is all in capitals, such as transcripts are.

    Its words are not initialisms: neither US nor IT is spelled.
    """
    words = _WORD.findall(text)
    return text.lower() if len(words) > 2 and all(map(str.isupper, words)) else text


def in_capitals(text: str) -> str:
    """Writes "A.D" as "AD", for gruut, which spells words in capitals."""
    return _SPELLED.sub(lambda found: found[0].replace(".", ""), text)


def for_espeak(text: str) -> str:
    """Respells `LETTER_A` for espeak, which spells letters with dots between them itself."""
    return re.sub(rf"\b{LETTER_A}\b", "Eh", text)


def letters_apart(text: str) -> str:
    """Writes "A.D" as "A D", for voices that read letters."""
    text = _SPELLED.sub(lambda found: found[0].replace(".", " "), text)
    return re.sub(rf"\b{LETTER_A}\b", "A", text)


def ending_dot(found: re.Match) -> str:
    """Dot of an abbreviation if it also ends a sentence, else nothing."""
    # Only the next characters are examined: a text may have many such dots.
    following = found.string[found.end() : found.end() + _LONGEST].lstrip("\"')]")
    return "." if not following or starts(following) else ""


def starts(following: str) -> bool:
    """Returns whether the next word more likely begins a sentence than continues one."""
    return following[:_LONGEST].lstrip().split(" ")[0].rstrip(",") in STARTERS


def _initialism(found: re.Match) -> str:
    letters = ".".join(re.findall("[A-Z]", found[0].upper()))
    return letters + (ending_dot(found) if found[0].endswith(".") else "")

"""English abbreviations that end in a dot: what is said for them; no sentence ends there."""

import re

TITLES = {
    "mr": "Mister", "mrs": "Missus", "ms": "Miz", "dr": "Doctor", "prof": "Professor",
    "rev": "Reverend", "hon": "Honorable", "gen": "General", "col": "Colonel", "capt": "Captain",
    "lt": "Lieutenant", "sgt": "Sergeant", "gov": "Governor", "sen": "Senator", "mt": "Mount",
    "ft": "Fort", "st": "Saint",
}  # fmt: skip
"""Said before a name."""
WORDS = {
    "jr": "Junior", "sr": "Senior", "inc": "Incorporated", "ltd": "Limited", "corp": "Corporation",
    "co": "Company", "bros": "Brothers", "dept": "department", "est": "established",
    "approx": "approximately", "vs": "versus", "etc": "et cetera", "ave": "Avenue",
    "blvd": "Boulevard", "e.g": "for example", "i.e": "that is", "cf": "compare",
}  # fmt: skip
"""Said anywhere."""
BEFORE_NUMBERS = {
    "no": "number", "nos": "numbers", "p": "page", "pp": "pages", "vol": "volume",
    "fig": "figure", "ch": "chapter", "jan": "January", "feb": "February", "mar": "March",
    "apr": "April", "jun": "June", "jul": "July", "aug": "August", "sep": "September",
    "sept": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
"""Said before a number alone, since most are words of their own."""

# Before a name, which may begin as "van" does where the title has a capital; "6 ft." is no fort.
_TITLE = re.compile(
    rf"\b(?!(?<=\d[ -])(?i:ft)|[a-z]+\. [a-z])((?i:{'|'.join(TITLES)}))\.(?= ?[A-Z]| [a-z])"
)
# What a street is: 12 Elm St. Springfield; 2nd St.; Main St. N; Elm St. in.
_STREET = re.compile(
    r"(\b\d+ (?:[A-Z][a-z]+ ){1,2}|\d(?:st|nd|rd|th) )(St|st)\."
    r"|((?<=[a-z] ))(St|st)\.(?= (?:[NS][EW]?|[EW]|Apt|Suite|Unit)\b)"
    r"|((?<=[a-z] ))(St|st)\.(?! ?[A-Z])|(\b(?!The )[A-Z][a-z]+ )(Dr)\.(?! ?[A-Z])"
)
_WORD = re.compile(rf"\b({'|'.join(map(re.escape, WORDS))})\.(?=(\W|$))", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(rf"\b({'|'.join(BEFORE_NUMBERS)})\. ?(?=\d)", re.IGNORECASE)
_INITIALISM = re.compile(r"\b(?:[A-Za-z]\.){2,}|\b[ap]\.m\.")


def spelled_out(text: str) -> str:
    """A text with its abbreviations in words; the dot of the last stays as the sentence's end."""
    text = _STREET.sub(_street, text)
    text = _TITLE.sub(lambda found: TITLES[found[1].lower()], text)
    text = _BEFORE_NUMBER.sub(lambda found: BEFORE_NUMBERS[found[1].lower()] + " ", text)
    text = _WORD.sub(lambda f: WORDS[f[1].lower()] + _end(f), text)
    text = _INITIALISM.sub(lambda f: " ".join(f[0].upper().split(".")).strip() + _end(f), text)
    return re.sub(r"\b([A-HJ-Z])\.(?= [A-Z])", r"\1", text)


def _street(found: re.Match) -> str:
    before, kind = (group for group in found.groups() if group is not None)
    return before + ("Drive" if kind == "Dr" else "Street") + _end(found)


def _end(found: re.Match) -> str:
    return "." if not found.string[found.end() :].strip("\"')]") else ""


def ends_in_abbreviation(text: str, following: str) -> bool:
    """Whether the dot at the end of a text belongs to a word, and what follows goes on."""
    # Only the end is read: a text may be long, and may have many such dots.
    *before, word = re.split(r"[\s(\"'“‘]", text[-_LONGEST:].rstrip("."))
    lower = word.lower()
    if lower == "ft" and before and before[-1][-1:].isdigit():
        return not following[:1].isupper()
    if lower in TITLES:
        return following[:1].isupper()
    if lower in BEFORE_NUMBERS:
        return following[:1].isdigit()
    if lower in WORDS:
        return not following[:1].isupper()
    # J. K. Rowling, the U.S. army; but "in the U.S. Then".
    initials = re.fullmatch(r"[A-Za-z](\.[A-Za-z])*", word) is not None and word != "I"
    return initials and following.split(" ")[0] not in _STARTERS


_LONGEST = 40
"""Characters in which an abbreviation and the word before it fit."""
_STARTERS = frozenset(
    ("A", "An", "And", "But", "He", "Her", "His", "How", "I", "If", "In", "It", "Its", "Next", "No",
     "Now", "On", "Our", "She", "So", "That", "The", "Their", "Then", "There", "These", "They",
     "This", "Those", "To", "We", "What", "When", "Where", "Who", "Why", "Yes", "You", "Your")
)  # fmt: skip
"""Words that begin a sentence after an abbreviation more often than they are part of a name."""

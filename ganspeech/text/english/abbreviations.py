"""English abbreviations that end in a dot: their words; no sentence ends there."""

import re

from ganspeech.text.english.letters import STARTERS, ending_dot, letters_named, starts

TITLES = {
    "mr": "Mister", "mrs": "Missus", "ms": "Miz", "dr": "Doctor", "prof": "Professor",
    "rev": "Reverend", "hon": "Honorable", "gen": "General", "col": "Colonel", "capt": "Captain",
    "lt": "Lieutenant", "sgt": "Sergeant", "gov": "Governor", "sen": "Senator", "mt": "Mount",
    "ft": "Fort", "st": "Saint",
}  # fmt: skip
"""Titles, expanded before a name."""
CAPITAL_TITLES = {"Rep": "Representative", "Pres": "President", "Sec": "Secretary"}
"""Titles, expanded before a name if capitalized: "rep." and "sec." are words of their own."""
WORDS = {
    "jr": "Junior", "sr": "Senior", "inc": "Incorporated", "ltd": "Limited", "corp": "Corporation",
    "co": "Company", "bros": "Brothers", "dept": "department", "est": "established",
    "approx": "approximately", "vs": "versus", "etc": "et cetera", "ave": "Avenue",
    "blvd": "Boulevard", "rd": "Road", "al": "al", "e.g": "for example", "i.e": "that is",
    "cf": "compare",
}  # fmt: skip
"""Abbreviations expanded anywhere."""
BEFORE_NUMBERS = {
    "no": "number", "nos": "numbers", "p": "page", "pp": "pages", "vol": "volume",
    "fig": "figure", "ch": "chapter", "apt": "apartment", "tel": "telephone", "ca": "circa",
    "eq": "equation", "jan": "January", "feb": "February", "mar": "March",
    "apr": "April", "jun": "June", "jul": "July", "aug": "August", "sep": "September",
    "sept": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
"""Abbreviations expanded only before a number, since most are words of their own."""
DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday",
}  # fmt: skip
"""Days, expanded if capitalized. "Sat." and "Sun.", words at the end of sentences too, are
those of `conventions`."""

# Before a name, in lower case ("van") only if the title is capitalized; "6 ft." is no fort.
_TITLE = re.compile(
    rf"\b(?!(?<=\d[ -])(?i:ft)|[a-z]+\. [a-z])((?i:{'|'.join(TITLES)})"
    rf"|{'|'.join(CAPITAL_TITLES)})\.(?= ?[A-Z]| [a-z])"
)
# Streets: 12 Elm St. Springfield; 2nd St.; Main St. N; Elm St. in; Elm St. Then.
_STREET = re.compile(
    r"(\b\d+ (?:[A-Z][a-z]+ ){1,2}|\d(?:st|nd|rd|th) )(St|st)\."
    r"|((?<=[a-z] ))(St|st)\.(?= (?:[NS][EW]?|[EW]|Apt|Suite|Unit)\b)"
    rf"|((?<=[a-z] ))(St|st)\.(?! ?[A-Z])|((?<=[a-z] ))(St)\.(?= (?:{'|'.join(STARTERS)})\b)"
    r"|(\b(?!The )[A-Z][a-z]+ )(Dr)\.(?! ?[A-Z])"
)
_WORD = re.compile(rf"\b({'|'.join(map(re.escape, WORDS))})\.(?=(\W|$))", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(rf"\b({'|'.join(BEFORE_NUMBERS)})\. ?(?=\d)", re.IGNORECASE)
_DAY = re.compile(rf"\b({'|'.join(DAYS)})\.")


def spelled_out(text: str) -> str:
    """Expands the abbreviations of a text; the dot of the last stays as the sentence's end."""
    text = _STREET.sub(_street, text)
    text = _TITLE.sub(_title, text)
    text = _BEFORE_NUMBER.sub(lambda found: BEFORE_NUMBERS[found[1].lower()] + " ", text)
    text = _WORD.sub(lambda found: WORDS[found[1].lower()] + ending_dot(found), text)
    text = _DAY.sub(lambda found: DAYS[found[1]] + ending_dot(found), text)
    return letters_named(re.sub(r"\bvs\b", "versus", text))


def _title(found: re.Match) -> str:
    return CAPITAL_TITLES.get(found[1]) or TITLES[found[1].lower()]


def _street(found: re.Match) -> str:
    before, kind = (group for group in found.groups() if group is not None)
    return before + ("Drive" if kind == "Dr" else "Street") + ending_dot(found)


def ends_in_abbreviation(text: str, following: str) -> bool:
    """Returns whether a text's last dot is an abbreviation's and the sentence goes on."""
    # Only the end is examined: a text may be long and have many such dots.
    *before, word = re.split(r"[\s(\"'“‘]", text[-_LONGEST:].rstrip("."))
    lower = word.lower()
    if lower == "ft" and before and before[-1][-1:].isdigit():
        return not following[:1].isupper()
    if lower == "st" and before and before[-1][:1].isupper() and starts(following):
        return False
    if lower in TITLES or word in CAPITAL_TITLES:
        return following[:1].isupper()
    if lower in BEFORE_NUMBERS:
        return following[:1].isdigit()
    if lower in WORDS:
        return not following[:1].isupper()
    # J. K. Rowling, the U.S. army; but "in the U.S. Then".
    initials = _INITIALS.fullmatch(word) is not None and word != "I"
    if word in ("Sat", "Sun"):
        return following[:1].isdigit() or following.startswith(_MONTHS)
    return (initials or word in DAYS) and not starts(following)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST = 40
"""Characters that hold an abbreviation and the word before it."""
_INITIALS = re.compile(r"[A-Za-z](\.[A-Za-z])*|Ph\.D")

"""English abbreviations that end in a dot: their words; no sentence ends there."""

import re

from ganspeech.text.english.letters import STARTERS, ending_dot, letters_named, starts

TITLES = {
    "mr": "Mister", "mrs": "Missus", "ms": "Miz", "dr": "Doctor", "prof": "Professor",
    "rev": "Reverend", "hon": "Honorable", "gen": "General", "col": "Colonel", "capt": "Captain",
    "lt": "Lieutenant", "sgt": "Sergeant", "gov": "Governor", "sen": "Senator", "mt": "Mount",
    "maj": "Major", "adm": "Admiral", "cmdr": "Commander",
    "cpl": "Corporal", "mme": "Madame", "mlle": "Mademoiselle",
    "ft": "Fort", "st": "Saint",
}  # fmt: skip
"""Titles, expanded before a name."""
CAPITAL_TITLES = {"Rep": "Representative", "Pres": "President", "Sec": "Secretary"}
"""Titles, expanded before a name if capitalized: "rep." and "sec." are words of their own."""
WORDS = {
    "jr": "Junior", "sr": "Senior", "inc": "Incorporated", "ltd": "Limited", "corp": "Corporation",
    "co": "Company", "bros": "Brothers", "dept": "department",
    "approx": "approximately", "vs": "versus", "etc": "et cetera", "ave": "Avenue",
    "blvd": "Boulevard", "rd": "Road", "al": "al", "e.g": "for example", "i.e": "that is",
    "cf": "compare", "avg": "average", "incl": "including", "excl": "excluding",
    "esp": "especially", "avail": "available", "misc": "miscellaneous", "ea": "each",
    "acct": "account", "attn": "attention", "asst": "assistant", "univ": "University",
    "pkg": "package", "qty": "quantity", "pkwy": "Parkway", "ind": "Industrial", "lg": "large",
}  # fmt: skip
"""Abbreviations expanded anywhere."""
BEFORE_NUMBERS = {
    "no": "number", "nos": "numbers", "p": "page", "pp": "pages", "vol": "volume",
    "fig": "figure", "figs": "figures", "eqs": "equations", "vols": "volumes", "op": "opus",
    "pt": "part", "est": "established", "ext": "extension", "rte": "Route", "hwy": "Highway",
    "rm": "room", "fl": "floor", "bldg": "building", "ste": "suite", "chap": "chapter",
    "ep": "episode", "wt": "weight", "plat": "platform", "tr": "track", "sched": "schedule",
    "ll": "lines", "exp": "expires", "app": "appendix",
    "ch": "chapter", "apt": "apartment", "tel": "telephone", "ca": "circa",
    "eq": "equation", "jan": "January", "feb": "February", "mar": "March",
    "apr": "April", "jun": "June", "jul": "July", "aug": "August", "sep": "September",
    "sept": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
"""Abbreviations expanded only before a number, since most are words of their own."""
LETTERED = (
    "vol", "fig", "pt", "ext", "rte", "plat", "tr", "rm", "fl", "bldg", "ste", "apt", "op", "ch",
    "tel", "app",
)  # fmt: skip
"""Those of them that come before letters and Roman numerals, too."""
WITHOUT_DOT = ("hwy", "rte", "apt", "ste", "vol", "vols", "rm", "ext", "bldg", "figs")
"""Those of them that are no words, and are known without their dot."""
BEFORE_NAMES = {"feat": "featuring", "ft": "featuring", "def": "defeated", "d": "defeated"}
"""Abbreviations expanded between names: Nadal def. Federer."""
GO_ON = frozenset(
    ("vs", "e.g", "i.e", "cf", "esp", "incl", "excl", "approx", "avg", "ca", "attn", "lg", "ind",
     "asst", "rt", "dir", "min", "max")
)  # fmt: skip
"""Abbreviations that no sentence ends in."""
DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
"""Days, expanded if capitalized. "Sat." and "Sun." with a dot, words at the end of sentences
too, are those of `conventions`."""

# Before a name, in lower case ("van") only if the title is capitalized; "6 ft." is no fort.
_TITLE = re.compile(
    rf"\b(?!(?<=\d[ -])(?i:ft)|[a-z]+\. [a-z]|Rev\. (?!van|von|de)[a-z])((?i:{'|'.join(TITLES)})"
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
# Not "a fig. A dog", though.
_COUNT = (
    r"[+(]?\d|(?:One|Two|Three|Four|Five|Six)\b|[IVX]{2,}\b"
    r"|[B-HJ-Z]\d{1,3}\b|(?:[B-HJ-Z]|A(?=[,;:)]|$))\b(?![.'])"
)
_BEFORE_NUMBER = re.compile(
    rf"\b(?:({'|'.join(BEFORE_NUMBERS)})\. ?(?=\d|[$£€]\d)"
    rf"|({'|'.join(LETTERED)})\. (?=(?-i:{_COUNT}))"
    rf"|({'|'.join(WITHOUT_DOT)}) (?=\d))",
    re.IGNORECASE,
)
_FLOOR = re.compile(r"(?<=\d(?:st|nd|rd|th) )Fl\b\.?")
_BEFORE_NAME = re.compile(r"((?<=\()|\b(?!The )[A-Z][\w'-]+ |[\"'] )(feat|ft|def|d)\. (?=[A-Z])")
_BRITISH = re.compile(
    r"\b(?:(Mr|Mrs|Ms|Dr|Prof|Sgt|Capt|Lt|Rev)(?= [A-Z][a-z'])"
    r"|(Dept|Attn|Inc|Ltd|Corp|Bros|Asst|Acct|Qty|Approx|approx|avg|Avg|incl|excl|qty|Pkg)(?![\w.-]))"
)
_DAY = re.compile(rf"\b({'|'.join(sorted(set(DAYS) - {'Sat', 'Sun'}))})\.")
_DAYS_RANGE = re.compile(
    rf"\b({'|'.join(DAYS)}|M)(?: ?[–-] ?)({'|'.join(DAYS)}|F)\b(?!(?<=F)[^ ,;:]|(?<=F)$)"
)
_DAY_BEFORE = re.compile(rf"\b({'|'.join(DAYS)})(?=,? \d)")
_ROAD = re.compile(
    r"(\b(?:\d+(?:st|nd|rd|th)|(?!The )[A-Z][a-z]+) )(St|Ave|Blvd|Rd|Ln|Pkwy|Hwy)"
    r"(?=,|$| (?:[NS][EW]?|[EW]|Apt|Suite|Unit|and|&)\b)"
)
_ROADS = {
    "St": "Street", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Ln": "Lane",
    "Pkwy": "Parkway", "Hwy": "Highway",
}  # fmt: skip
_EXTENSION = re.compile(r"(?<=\d{4} )x(?=\d{2,5}\b)")
_CUPS = re.compile(r"(?<![\w.])(\d+|(?:\d+ )?\d/\d) ?c\. (?=[a-z])")
_CENTURY = re.compile(r"(?<=\d(?:st|nd|rd|th))( |-)[cC](?:ent)?\.(?! [A-Z][a-z])")
_MOST = re.compile(
    r"(?<!\d )(?<!\d)\b(?:m(?:in|ax)\. (?=[A-Za-z\d$£€])|M(?:in|ax)\. (?=[a-z\d$£€]))"
)
_CIRCA = re.compile(r"\bc\. ?(?=\d{3,4}\b)")
_TRIP = re.compile(r"\b(dep|arr)\. (?=[A-Z]{3}\b|\d)")


def spelled_out(text: str) -> str:
    """Expands the abbreviations of a text; the dot of the last stays as the sentence's end."""
    text = _STREET.sub(_street, _ROAD.sub(lambda found: found[1] + _ROADS[found[2]], text))
    text = _BEFORE_NAME.sub(lambda found: f"{found[1]}{BEFORE_NAMES[found[2]]} ", text)
    text = re.sub(r"\bRt\. (?=Hon\b)", "Right ", text)
    text = _BRITISH.sub(_without_dot, _TITLE.sub(_title, text))
    text = _CIRCA.sub("circa ", _CENTURY.sub(_century, _FLOOR.sub("floor", text)))
    text = _EXTENSION.sub("extension ", _CUPS.sub(_cups, text))
    text = _TRIP.sub(lambda found: {"dep": "departs ", "arr": "arrives "}[found[1]], text)
    text = _MOST.sub(lambda found: found[0][:3] + "imum ", text)
    text = _BEFORE_NUMBER.sub(_before_number, text)
    text = _WORD.sub(_word, text)
    text = _DAYS_RANGE.sub(lambda found: f"{_day(found[1])} to {_day(found[2])}", text)
    text = _DAY_BEFORE.sub(lambda found: _day(found[1]), text)
    text = _DAY.sub(lambda found: DAYS[found[1]] + ending_dot(found), text)
    return letters_named(re.sub(r"\bvs\b", "versus", text))


def _without_dot(found: re.Match) -> str:
    return TITLES[found[1].lower()] if found[1] else WORDS[found[2].lower()]


def _century(found: re.Match) -> str:
    return " century" + ending_dot(found)


def _cups(found: re.Match) -> str:
    one = found[1] == "1" or re.fullmatch(r"\d/\d", found[1])
    return f"{found[1]} {'cup' if one else 'cups'} "


def _before_number(found: re.Match) -> str:
    word = (found[1] or found[2] or found[3]).lower()
    if word == "est" and not found.string[found.end()].isdigit():
        return "estimated "
    return BEFORE_NUMBERS[word] + " "


def _word(found: re.Match) -> str:
    word = found[1].lower()
    goes_on = word in GO_ON and found.string[found.end() : found.end() + 2].strip()
    return WORDS[word] + ("" if goes_on else ending_dot(found))


def _day(short: str) -> str:
    return DAYS.get(short) or {"M": "Monday", "F": "Friday"}[short]


def _title(found: re.Match) -> str:
    return CAPITAL_TITLES.get(found[1]) or TITLES[found[1].lower()]


def _street(found: re.Match) -> str:
    before, kind = (group for group in found.groups() if group is not None)
    return before + ("Drive" if kind == "Dr" else "Street") + ending_dot(found)


def ends_in_abbreviation(text: str, following: str) -> bool:
    """Returns whether a text's last dot is an abbreviation's and the sentence goes on."""
    # Only the end is examined: a text may be long and have many such dots.
    *before, word = re.split(r"[\s(\"'“‘–—/]|(?<=\d)-", text[-_LONGEST:].rstrip("."))
    lower = word.lower()
    if lower == "ft" and before and before[-1][-1:].isdigit():
        return not following[:1].isupper()
    if lower == "st" and before and before[-1][:1].isupper() and starts(following):
        return False
    if lower in TITLES or word in CAPITAL_TITLES:
        return following[:1].isupper()
    measured = bool(before) and before[-1][-1:].isdigit()
    if lower in ("min", "max") and (measured or word != lower):
        return not following[:1].isupper()
    between = lower in ("feat", "def", "d", "dep", "arr") and _between(before, following)
    if between or lower in GO_ON:
        return True
    if lower in BEFORE_NUMBERS:
        lettered = lower in LETTERED and re.match(_COUNT, following) is not None
        return lettered or re.match(r"[$£€#]?\d", following) is not None
    if _CONSONANTS.fullmatch(word) and following[:1].isdigit() and not measured:
        return True
    if lower in WORDS:
        return not following[:1].isupper()
    # J. K. Rowling, the U.S. army; but "in the U.S. Then".
    initials = _INITIALS.fullmatch(word) is not None and word != "I"
    if word in ("Sat", "Sun"):
        return following[:1].isdigit() or following.startswith(_MONTHS)
    return (initials or word in DAYS) and not starts(following)


def _between(before: list[str], following: str) -> bool:
    """Whether an abbreviation stands between two names, or after a bracket or a colon."""
    last = before[-1] if before else ""
    capital = following[:1].isupper() or following[:1].isdigit()
    return capital and (
        (last[1:] and last[0].isupper() and last != "The") or last[-1:] in ("", ":", ",")
    )


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CONSONANTS = re.compile(r"[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz][b-df-hj-np-tv-xz]{1,3}")
_LONGEST = 40
"""Characters that hold an abbreviation and the word before it."""
_INITIALS = re.compile(r"[A-Za-z](\.[A-Za-z])*|Ph\.D")

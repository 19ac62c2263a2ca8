"""Signs between words and numbers, and layout marks that are not read aloud."""

import re

COMPARISONS = {
    "<": "is less than", ">": "is greater than", "<=": "is at most", ">=": "is at least",
    "≤": "is at most", "≥": "is at least", "!=": "is not equal to", "≠": "is not equal to",
}  # fmt: skip
ALONE = {"<": "less than", ">": "more than", "<=": "at most", ">=": "at least", "≤": "at most",
         "≥": "at least"}  # fmt: skip
"""Comparisons of which only the right side is written: >5 people."""

# Within spaces, or between digits: not the marks of HTML.
_COMPARISON = re.compile(
    r"(?<=\w) (?:[<>]=?|!=|[≤≥≠]) (?=[\w.-])|(?<=\d)(?:[<>]=?|!=|[≤≥≠])(?=\d)"
    r"|(?<=\w)(?:[<>]=|!=|[≤≥≠])(?=\w)|(?<=[)\]]) (?:[<>]=?|!=) (?=[\w-])"
    r"|(?<=\b[A-Za-z])[<>](?=\.?\d)"
)
_ALONE = re.compile(
    r"(?<![\w)\]<>=\"-])(?:([<>]=?|[≤≥])|(?<![\w)\]] )([<>]=?|[≤≥]) )(?=[$£€]?\.?\d)"
)
_EMPHASIS = re.compile(r"(?<!\*)\*++(?=\w)|(?<=[\w.,;:!?])\*+")
_ABOUT = re.compile(r"(?<![\w/~])~ ?(?=[$£€¥]?\d)")
_BY = re.compile(r"(?<=\d)(?: x |(?<!\b0)x)(?=\d)")
_TIMES = re.compile(r"(?<=\d) ?\* ?(?=\d)|(?<=\w) \* (?=\w)")
_MANY = re.compile(r"(?<=\d)x(?!\w| ?[-+=^])|(?<![\w.])(?<!\d{4} )x(?!86|64|32)(?=\d{1,2}\b)")
_BAR = re.compile(r" (?:\||•|·)(?= )")
_SHARP = re.compile(r"\b([A-G])#(?!\w)")


def signs_in_words(text: str) -> str:
    """Writes signs in words where both sides show their meaning; others stay."""
    text = _TIMES.sub(" times ", text)
    text = _EMPHASIS.sub("", text)
    text = _COMPARISON.sub(lambda found: f" {COMPARISONS[found[0].strip()]} ", text)
    text = _BY.sub(" by ", _ABOUT.sub("about ", text))
    text = _ALONE.sub(lambda found: ALONE[found[1] or found[2]] + " ", text)
    text = _BAR.sub(",", _MANY.sub(" times ", text))
    return _SHARP.sub(r"\1 sharp", text)

"""Signs between words and numbers, and layout marks that are not read aloud."""

import re

COMPARISONS = {
    "<": "is less than", ">": "is greater than", "<=": "is at most", ">=": "is at least",
    "≤": "is at most", "≥": "is at least", "!=": "is not equal to", "≠": "is not equal to",
}  # fmt: skip

# Within spaces, or between digits: not the marks of HTML.
_COMPARISON = re.compile(r"(?<=\w) ([<>]=?|!=|[≤≥≠]) (?=[\w.-])|(?<=\d)([<>]=?|!=|[≤≥≠])(?=\d)")
_EMPHASIS = re.compile(r"(?<!\*)\*++(?=\w)|(?<=[\w.,;:!?])\*+")
_ABOUT = re.compile(r"(?<![\w/~])~ ?(?=[$£€¥]?\d)")
_BY = re.compile(r"(?<=\d)(?: x |(?<!\b0)x)(?=\d)")
_TIMES = re.compile(r"(?<=\d) ?\* ?(?=\d)|(?<=\w) \* (?=\w)")
_SHARP = re.compile(r"\b([A-G])#(?!\w)")
_SLASHED = re.compile(r"(?<![\w/.-])(and/or|24/7|9/11)(?![\w/-])")


def signs_in_words(text: str) -> str:
    """Writes signs in words where both sides show their meaning; others stay."""
    text = _TIMES.sub(" times ", text)
    text = _EMPHASIS.sub("", text)
    text = _COMPARISON.sub(lambda found: f" {COMPARISONS[found[1] or found[2]]} ", text)
    text = _BY.sub(" by ", _ABOUT.sub("about ", text))
    text = _SLASHED.sub(lambda found: found[0].replace("/", " "), text)
    return _SHARP.sub(r"\1 sharp", text)

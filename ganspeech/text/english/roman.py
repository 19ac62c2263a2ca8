"""Roman numerals where they are unambiguous: after rulers' names, "Chapter" or "War"."""

import re

from ganspeech.text.english.numbers import ordinal_words

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_NUMERAL = r"(X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
"""Numerals 1 to 39, each in one spelling."""
_LARGER = r"(X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3}|(?:XL|LX{0,3})(?:IX|IV|V?I{1,3}|V)?)"
"""Numerals 1 to 89."""
_NAMES = (
    "Alexander|Alfonso|Benedict|Boniface|Catherine|Charles|Christian|Clement|Darius|Edward|"
    "Elizabeth|Ferdinand|Francis|Frederick|George|Gregory|Gustav|Haakon|Henry|Innocent|Ivan|James|"
    "John|Leo|Leopold|Louis|Mary|Mehmed|Murad|Napoleon|Nicholas|Otto|Paul|Peter|Philip|Pius|"
    "Ptolemy|Ramesses|Ramses|Richard|Sixtus|Suleiman|Umberto|Urban|Victor|Wilhelm|William"
)
_TITLES = "King|Queen|Pope|Emperor|Empress|Tsar|Czar|Kaiser|Sultan|Prince"
# "Henry I" may be Henry and me; with a title it is not. George V. Higgins was no king.
_RULER = re.compile(
    rf"\b((?:{_NAMES})|(?:{_TITLES}) (?:[A-Z][a-z]+ )?[A-Z][a-z]+) {_NUMERAL}\b"
    r"(?!(?<= [IVX])\.? [A-Z])"
)
_SAID_OF_ME = (
    "read|saw|play(?:ed)?|wrote|written|liked?|loved?|hated?|want(?:ed)?|need(?:ed)?|used?|prefer|preferred|"
    "am|have|had|will|would|can|could|did|do|think|thought|know|knew|bought|meant?|gave|got|get|"
    "found|find|made|make|said|say|see|took|take|chose|choose|enjoy|enjoyed|skipped|missed|started|"
    "finished|told|sent|ordered|borrowed|lost|left|lent|remember|mentioned|described|never|really|"
    "always|also|just|still|once"
)
"""Words after "I" that show it to be no numeral: the book I read."""
_PART = re.compile(
    r"\b(World War|Chapter|Part|Pt\.|Act|Scene|Volume|Vol\.|Book|Phase|Bowl|Type|Article|Section|"
    r"Sonnet|Canto|Episode|Stage|Grade|Class|Level|Table|Figure|Fig\.|Appendix|Title|Division|Psalm|"
    rf"Mark|WrestleMania|Olympiad|Symphony|Movement) {_LARGER}\b"
    rf"(?!'|(?<=[a-z] I) (?:{_SAID_OF_ME})\b)"
)

# A numeral of several letters that is no word, size or state.
_COUNTED = r"(X{0,2}(?:VIII|VII|VI|III|II|IX|IV)|XI|XIV|XXX?)(?<!\bVI)(?<!\bXX)"
_LOWER_PART = re.compile(
    rf"\b(part|chapter|act|scene|volume|book|phase|stage|type|grade|class|level|article|section|"
    rf"table|figure|appendix|verse) {_COUNTED}\b"
)
_THIRD = re.compile(r"\b([A-Z]\. [A-Z][a-z]+) (II|III|IV)\b(?!')")
_SMALL = re.compile(
    r"\b([Aa]ct|[Ss]cene|[Cc]hapter|[Pp]art|[Bb]ook|[Cc]anto|[Vv]olume) "
    r"(x{0,3}(?:ix|iv|v?i{1,3}|v)|x{1,3})\b"
)
_SEQUEL = re.compile(rf"\b([A-Z][a-z]+|[A-Z]{{2,4}}) {_COUNTED}\b(?!')")
_AND_NEXT = re.compile(rf"(?<=\d)(/|[-–]| and | to ){_COUNTED}\b")


def roman_numerals_in_words(text: str) -> str:
    """Writes "Henry VIII" as "Henry the eighth", "Chapter IV" and "Rocky IV" with 4."""
    text = _RULER.sub(_ruler, text)
    text = _THIRD.sub(_ruler, text)
    for pattern in (_PART, _LOWER_PART, _SEQUEL, _SMALL):
        text = pattern.sub(lambda found: f"{found[1]} {_value(found[2])}", text)
    return _AND_NEXT.sub(_next, text)


def _next(found: re.Match) -> str:
    return f"{' slash ' if found[1] == '/' else found[1]}{_value(found[2])}"


def _ruler(found: re.Match) -> str:
    if found[2] == "I" and " " not in found[1]:
        return found[0]
    return f"{found[1]} the {ordinal_words(_value(found[2]))}"


def _value(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral.upper()]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))

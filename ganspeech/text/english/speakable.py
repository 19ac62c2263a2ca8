"""English texts as they are read aloud, with their case and punctuation.

Recognition compares the form of `normalization`; here punctuation is kept, since it is spoken as
pauses and intonation, and dates, times, units and abbreviations are read too.
"""

import re
import unicodedata

from ganspeech.text.english.abbreviations import spelled_out
from ganspeech.text.english.addresses import addresses_in_words
from ganspeech.text.english.chat import chat_in_words
from ganspeech.text.english.computing import computing_in_words
from ganspeech.text.english.conventions import in_one_form
from ganspeech.text.english.dates import dates_in_words
from ganspeech.text.english.formulas import formulas_in_words, greek_in_words
from ganspeech.text.english.identifiers import identifiers_in_words
from ganspeech.text.english.money import CURRENCIES
from ganspeech.text.english.numbers import NUMBER, digit_words, number_words
from ganspeech.text.english.quantities import quantities_in_words
from ganspeech.text.english.roman import roman_numerals_in_words
from ganspeech.text.english.signs import signs_in_words
from ganspeech.text.english.slashes import slashes_in_words
from ganspeech.text.markup import without_markup

SIGNS = {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at", "#": "number",
         "×": "times", "÷": "divided by", "−": "minus", "°": "degrees", "§": "section",
         "¢": "cents", "/": "slash", "‰": "per mille",
         **{sign: currency.several for sign, currency in CURRENCIES.items()}}  # fmt: skip
FRACTIONS = {
    sign: " " + unicodedata.normalize("NFKC", sign).replace("\N{FRACTION SLASH}", "/")
    for sign in "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
}
TYPE = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "′": "'", "“": '"', "”": '"', "„": '"', "″": '"', "…": "...",
    "\N{MICRO SIGN}": "μ", "\N{OHM SIGN}": "Ω",
    **FRACTIONS,
})  # fmt: skip
ENGLISH = str.maketrans({
    "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L",
    "đ": "d", "þ": "th", "Þ": "Th",
})  # fmt: skip

_HALF_DAY = re.compile(r"(?<=\d) ?([ap])\.?m\b\.?", re.IGNORECASE)
_HOUR_DOT_MINUTE = re.compile(r"(?<![\d.])(\d\d?)\.([0-5]\d)(?= ?[ap]\.?m\b)", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\w-])(?:\+?\d[ -])?(?:\(\d{3}\) ?|\d{3}-)?\d{3}-\d{4}\b"
    r"|(?<![\w.-])\d{3}\.\d{3}\.\d{4}\b"
    r"|(?<![\w.,-])0\d{2,4} \d{3,4} \d{3,4}\b|(?<![\w.,-])0\d{4} \d{6}\b"
    r"|(?<!\w)\+\d{1,3}(?:[ .-]\d{2,5}){2,5}\b"
)
_EMERGENCY = re.compile(r"\b((?i:call|dial)(?:s|l?ed|l?ing)? )(911|999|112|988)\b")


def spoken_form(text: str) -> str:
    """Writes numbers, dates, times, money, units, signs and abbreviations in words."""
    text = without_markup(text.translate(TYPE))
    text = addresses_in_words(chat_in_words(text))
    text = formulas_in_words(computing_in_words(slashes_in_words(text)))
    text = roman_numerals_in_words(signs_in_words(in_one_form(text)))
    text = _HOUR_DOT_MINUTE.sub(r"\1:\2", text)
    text = _HALF_DAY.sub(lambda f: f" {f[1].upper()}.M" + _last_dot(f), text)
    text = spelled_out(text)
    text = _PHONE.sub(lambda f: _in_groups(f[0]), text)
    text = _EMERGENCY.sub(lambda f: f[1] + digit_words(f[2]), text)
    text = dates_in_words(identifiers_in_words(text))
    text = greek_in_words(quantities_in_words(text))
    text = re.sub(r"(?<![\d.])\d+(?:\.\d+){2,}", lambda f: f[0].replace(".", " point "), text)
    text = re.sub(r"(?<=\d):(?=\d)", " to ", text)
    text = re.sub(r"(?<![\w.)])-(?=\.?\d)", "minus ", text)
    text = re.sub(r"(?<![\w.])\.(\d+)", lambda f: f"point {digit_words(f[1])}", text)
    text = NUMBER.sub(_number, text)
    text = "".join(f" {SIGNS[sign]} " if sign in SIGNS else sign for sign in text)
    text = re.sub(r"(?<=[(\[]) | (?=[)\]])", "", " ".join(text.split()))
    return re.sub(r" +(?=[,.;:!?])", "", text)


def english_letters(text: str) -> str:
    """Replaces accents and foreign Latin letters, for front ends that know none."""
    apart = unicodedata.normalize("NFD", text.translate(ENGLISH))
    return unicodedata.normalize("NFC", re.sub("([A-Za-z])[\u0300-\u036f]+", r"\1", apart))


def _number(found: re.Match) -> str:
    """Words of a number, set apart from letters: "mp3" as "mp three"."""
    begin, end = found.span()
    before, after = found.string[max(begin - 1, 0) : begin], found.string[end : end + 1]
    left, right = " " * before.isalnum(), " " * after.isalnum()
    return left + number_words(found) + right


def _last_dot(found: re.Match) -> str:
    return "." if found[0].endswith(".") and not found.string[found.end() :].strip() else ""


def _in_groups(phone: str) -> str:
    """Telephone number digit by digit, with a comma after each group."""
    return ", ".join(digit_words(group) for group in re.findall(r"\d+", phone))

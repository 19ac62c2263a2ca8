"""Mandarin in pinyin: syllables in Latin letters, each with the digit of its tone."""

import re
import unicodedata

DIGITS = "零一二三四五六七八九"
PLACES = ("", "十", "百", "千")
MYRIADS = ("", "万", "亿", "万亿")
LONGEST_NUMBER = 16
"""Most digits of a number; longer ones are read digit by digit."""
MARKS = str.maketrans("，。！？；：、（）“”‘’…—", ",.!?;:,()\"\"'',,")


class MandarinError(ValueError):
    """Error of a missing pypinyin."""


def pinyin(sentence: str) -> list[str]:
    """Letters and tones 1 to 5 (5 is the neutral one), a space between syllables, punctuation.

    Latin letters stay; numbers are read in Mandarin. Characters without a reading are kept as
    they are, for the caller to report.
    """
    try:
        from pypinyin import Style, lazy_pinyin
    except ImportError:
        message = "pinyin needs the package pypinyin: pip install 'ganspeech[mandarin]'"
        raise MandarinError(message) from None
    text = unicodedata.normalize("NFKC", sentence.translate(MARKS)).lower()
    text = re.sub(r"\d{4}(?=年)", lambda found: _digits(found[0]), text)
    text = re.sub(r"(\d+(?:\.\d+)?)%", r"百分之\1", text)
    text = re.sub(r"\d+(?:\.\d+)?", lambda found: number_characters(found[0]), text)
    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=True)
    spaced = ""
    for syllable in syllables:
        after_syllable = spaced[-1:].isdigit() and syllable[:1].isalnum()
        before_syllable = syllable[-1:].isdigit() and spaced[-1:].isalnum()
        spaced += (" " if after_syllable or before_syllable else "") + syllable
    spaced = re.sub(r"([,.!?;:])(?=\w)", r"\1 ", spaced)
    return list(" ".join(spaced.split()))


def number_characters(number: str) -> str:
    """Number in Chinese characters: 105 as 一百零五, 3.14 as 三点一四."""
    whole, _, decimals = number.partition(".")
    code = len(whole) > LONGEST_NUMBER or (len(whole) > 1 and whole[0] == "0")
    read = _digits(whole) if code else _integer(int(whole))
    return read + ("点" + _digits(decimals) if decimals else "")


def _digits(number: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in number)


def _integer(number: int) -> str:
    if number == 0:
        return DIGITS[0]
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    read = ""
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            read += DIGITS[0] if read and not read.endswith(DIGITS[0]) else ""
            continue
        gap = read and group < 1000 and not read.endswith(DIGITS[0])
        read += (DIGITS[0] if gap else "") + _group(group) + MYRIADS[place]
    read = read.rstrip(DIGITS[0])
    return read[1:] if read.startswith("一十") else read


def _group(group: int) -> str:
    read = ""
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit:
            read += DIGITS[digit] + PLACES[place]
        elif read and not read.endswith(DIGITS[0]):
            read += DIGITS[0]
    return read.rstrip(DIGITS[0])

"""What is said for what is written, and that real transcripts come through."""

import itertools
import re

import pytest

from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.text.english.normalization import normalized


@pytest.mark.parametrize(
    "written, said",
    [
        ("Hello, World!", "hello world"),
        ("IT'S FOUR O'CLOCK", "it's four o'clock"),
        ("don’t ‘quote’ the dogs' \"bones\"", "don't quote the dogs bones"),
        ("Broken-Tooth -- a wolf_dog…", "broken tooth a wolf dog"),
        ("naïve café, Ångström", "naive cafe angstrom"),
        ("soft\u00adhyphen \ufeff", "softhyphen"),
        ("7", "seven"),
        ("1984, 2024", "nineteen eighty four twenty twenty four"),
        ("in 2005", "in two thousand and five"),
        ("1,984 of 10,000", "one thousand nine hundred and eighty four of ten thousand"),
        ("the 21st, 2nd and 3RD", "the twenty first second and third"),
        ("the 1960s and '80s", "the nineteen sixties and eighties"),
        ("3.14 or .05", "three point one four or point zero five"),
        ("-5 to 10", "minus five to ten"),
        ("pages 5-10", "pages five ten"),
        ("agent 007", "agent zero zero seven"),
        ("5,6,7", "five six seven"),
        ("$1, $5.50, £2.00 and €3.2 million",
         "one dollar five dollars fifty two pounds and three point two million euros"),
        ("¥500, ₹1 and ₩2 million", "five hundred yen one rupee and two million won"),
        ("50% of R&D", "fifty percent of r and d"),
        ("$1.85 billion", "one point eight five billion dollars"),
        ("$1.5m", "one point five dollars m"),
        ("mp3", "mp three"),
        ("", ""),
        ("... !", ""),
    ],
)  # fmt: skip
def test_written_and_said(written, said):
    assert normalized(written) == said
    assert normalized(said) == said


def test_numbers_of_any_length_are_read():
    assert normalized("9" * 400) == " ".join(["nine"] * 400)
    assert normalized("1" + "0" * 14) == "one hundred trillion"


def test_other_scripts_stay_for_the_vocabulary_to_name():
    assert normalized("Й, 好!") == "й 好"


def test_real_transcripts(recordings):
    speechocean = LibriSpeech(str(recordings / "speechocean" / "train")).utterances()
    kathleen = LJSpeech(str(recordings / "kathleen")).utterances()
    for utterance in itertools.chain(speechocean, kathleen):
        said = normalized(utterance.text)
        assert re.fullmatch(r"[a-z]+('[a-z]+)*( [a-z]+('[a-z]+)*)*", said), utterance
        assert normalized(said) == said
    # The learner's corpus is written as it is said already.
    assert all(normalized(u.text) == u.text.lower() for u in speechocean)

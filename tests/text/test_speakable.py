"""What is read aloud for what is written."""

import pytest

from ganspeech.text.mandarin import number_characters
from ganspeech.text.speakable import spoken_form


@pytest.mark.parametrize(
    "written, said",
    [
        ("Dr. Smith lives at 12 Elm St. in St. Louis, e.g. near No. 5.",
         "Doctor Smith lives at twelve Elm Street in Saint Louis, for example near number five."),
        ("Mr. and Mrs. O'Neil of Acme Inc.", "Mister and Missus O'Neil of Acme Incorporated."),
        ("J. K. Rowling vs. the U.S.A.", "J K Rowling versus the U S A."),
        ("$5.50, $1, €0.99 and £2.5m", "five dollars and fifty cents, one dollar, "
         "ninety-nine cents and two point five million pounds"),
        ("$1,234.05", "one thousand two hundred and thirty-four dollars and five cents"),
        ("March 3rd, 1999", "March third, nineteen ninety-nine"),
        ("3 March 1914, 2024-03-05", "third of March nineteen fourteen, March fifth, "
         "twenty twenty-four"),
        ("Jan. 5", "January fifth"),
        ("5:30 p.m., 17:05, 9:00, 9:00 am",
         "five thirty P M, seventeen oh five, nine o'clock, nine A M"),
        ("1914–1918", "nineteen fourteen to nineteen eighteen"),
        ("-5°C, 3.14 kg, 1 m, 5 ft, 60 mph", "minus five degrees Celsius, three point one four "
         "kilograms, one meter, five feet, sixty miles per hour"),
        ("½, 2 1/2, 3/4", "one half, two and a half, three quarters"),
        ("Call 555-1234.", "Call five five five, one two three four."),
        ("me@site.org or www.example.com/a", "me at site dot org or www dot example dot "
         "com slash a"),
        ("version 2.0.1, odds 3:2", "version two point zero point one, odds three to two"),
        ("the 21st of the 1960s", "the twenty-first of the nineteen sixties"),
        ("R&D, 100%, #1, 5+5=10", "R and D, one hundred percent, number one, five plus five "
         "equals ten"),
        ("mp3, agent 007", "mp three, agent zero zero seven"),
        ("naïve café, Ångström, “quote” it’s…", 'naive cafe, Angstrom, "quote" it\'s...'),
        ("He left. I stay, OK? No!", "He left. I stay, OK? No!"),
        ("9" * 30, " ".join(["nine"] * 30)),
        ("", ""),
    ],
)  # fmt: skip
def test_written_and_read_aloud(written, said):
    assert spoken_form(written) == said
    assert spoken_form(said) == said


def test_chinese_numbers():
    written = "0 5 10 11 20 105 110 1010 10000 100500 10005000 100000001 3.14 0012"
    said = "零 五 十 十一 二十 一百零五 一百一十 一千零一十 一万 十万零五百 一千万五千 一亿零一"
    assert [number_characters(n) for n in written.split(" ")] == [
        *said.split(),
        "三点一四",
        "零零一二",
    ]
    assert number_characters("9" * 20) == "九" * 20

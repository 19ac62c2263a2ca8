"""What is read aloud for what is written."""

import time

import pytest

from ganspeech.text.english.speakable import spoken_form
from ganspeech.text.phonemes.mandarin import number_characters


@pytest.mark.parametrize(
    "written, said",
    [
        ("Dr. Smith lives at 12 Elm St. in St. Louis, e.g. near No. 5.",
         "Doctor Smith lives at twelve Elm Street in Saint Louis, for example near number five."),
        ("Mr. and Mrs. O'Neil of Acme Inc.", "Mister and Missus O'Neil of Acme Incorporated."),
        ("J. K. Rowling vs. the U.S.A.", "J K Rowling versus the U.S.A."),
        ("$5.50, $1, €0.99 and £2.5m", "five dollars and fifty cents, one dollar, "
         "ninety-nine cents and two point five million pounds"),
        ("$1,234.05", "one thousand two hundred and thirty-four dollars and five cents"),
        ("March 3rd, 1999", "March third, nineteen ninety-nine"),
        ("3 March 1914, 2024-03-05", "third of March nineteen fourteen, March fifth, "
         "twenty twenty-four"),
        ("Jan. 5", "January fifth"),
        ("5:30 p.m., 17:05, 9:00, 9:00 am",
         "five thirty P.M, seventeen oh five, nine o'clock, nine A.M"),
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
        ("naïve café, Ångström, “quote” it’s…", 'naïve café, Ångström, "quote" it\'s...'),
        ("He left. I stay, OK? No!", "He left. I stay, OK? No!"),
        ("He is 6 ft. tall near Ft. Worth. See col. two.",
         "He is six feet tall near Fort Worth. See col. two."),
        ("Main st. is by 2nd St. NW, Main St. N and 9 Old Elm St. Springfield.",
         "Main Street is by second Street NW, Main Street N and nine Old Elm Street Springfield."),
        ("The Dr. is in. Dr. von Braun, Capt. van Dyk and mr. Smith live on Ocean Dr. now.",
         "The Doctor is in. Doctor von Braun, Captain van Dyk and Mister Smith live on Ocean Drive "
         "now."),
        ("I met Dr. Smith in St. Louis in 1990 on Elm St.",
         "I met Doctor Smith in Saint Louis in nineteen ninety on Elm Street."),
        ("10%-20%, 5-10, 10 – 20, 1914 - 1918", "ten percent to twenty percent, five to ten, "
         "ten to twenty, nineteen fourteen to nineteen eighteen"),
        ("$10-$20, $5-10, £5–10 million, $5k-$10k, $1.50-$2.50", "ten to twenty dollars, "
         "five to ten dollars, five to ten million pounds, five thousand dollars to ten thousand "
         "dollars, one dollar and fifty cents to two dollars and fifty cents"),
        ("5 - 3, 5-3=2, 2 = 5-3, 5−3", "five minus three, five minus three equals two, "
         "two equals five minus three, five minus three"),
        ("a 1-2-3 and 2024-13-45", "a one two three and twenty twenty-four thirteen forty-five"),
        ("5G, 6 G, 5 g, 2L, 3 KM, a 5-km run", "five G, six G, five grams, two liters, three "
         "kilometers, a five-kilometer run"),
        ("2 oz. of salt, 1 lb. of flour. 2 min. later I ran 5 km. Then 5 lb.",
         "two ounces of salt, one pound of flour. two minutes later I ran five kilometers. "
         "Then five pounds."),
        ("5km-10km, 20°-30°C, 9:00-17:00, 10:30 - 11 am", "five kilometers to ten kilometers, "
         "twenty degrees to thirty degrees Celsius, nine o'clock to seventeen o'clock, "
         "ten thirty to eleven A.M"),
        ("1 000 000, $10 000, 100 200, 1 800 555 1234", "one million, ten thousand dollars, "
         "one hundred two hundred, one eight hundred five hundred and fifty-five twelve "
         "thirty-four"),
        ("2026-05-03T10:00. 2026-05-03T10:05:00.1Z 2026-05-03T10:05+02:00",
         "May third, twenty twenty-six, ten o'clock. May third, twenty twenty-six, ten oh five "
         "U.T.C May third, twenty twenty-six, ten oh five U.T.C plus two"),
        ("May 5-10, in May 50 people", "May fifth to tenth, in May fifty people"),
        ("€3,50, $5,000, 5€ 5–10€", "three euros and fifty cents, five thousand dollars, "
         "five euros five to ten euros"),
        ("in $20s, $20's worth", "in twenties, twenty dollars worth"),
        ("5'10\", 6’2” and 6′2″", "five foot ten, six foot two and six foot two"),
        ("localhost:8080/x, http://a.b/c?d=1. (https://ab.io/) http://…",
         "localhost colon eight zero eight zero slash x, a dot b slash c question mark d equals "
         "one. (ab dot io) http..."),
        ("etc.and a.b, his/her", "etc.and a.b, his slash her"),
        ("x^2+y^3=z^n, 2^-3", "x squared plus y cubed equals z to the power of n, two to the "
         "power of minus three"),
        ("x², 5 m², 10²³, ²³, note¹", "x squared, five square meters, ten to the power of "
         "twenty-three, twenty-three, note one"),
        ("⅓, 2⅔ and 1/2-3/4", "one third, two and two thirds and one half to three quarters"),
        ("9" * 30, " ".join(["nine"] * 30)),
        ("", ""),
    ],
)  # fmt: skip
def test_written_and_read_aloud(written, said):
    assert spoken_form(written) == said
    assert spoken_form(said) == said


@pytest.mark.parametrize(
    "piece",
    ["a.", "a", ".", "1", "1.", "1,", "1,234,", "1-", "-", "1 ", "1 000 ", "1/", "$1-", "1:00-",
     "1=", "^2", "²", "http://", "a@", "St. A ", "12 Elm ", "A.", "a A ", "A&", "*", "1 < ", "1x",
     "1 h ", "$.", "a $1 ", "5 Jan ", "1/1/", "1.1.", "+1 55 ", "Henry V ", "King ", "1066 ", "~",
     "1 1/2 ", "1.000", "1.000,", "1 ft 2 ", "1 in", "1\"", "1' x ", "1,0", "₹1,", "v1.", "_a ",
     "`", "[a](", "<a ", "<b></b>", "&a", "# ", "a$", "1C", "1 A", "on Sat.", "1.1.1.1 ",
     "/", "~/", "$a", "-o ", "--a ", "\\", "a.py ", "a.b.c", "#", "#a", "<3 ", ":) ", "😂", "w/ ",
     "1/1 ", "x1", "1x ", "1 c. ", "Mon-", "12-34A ", "a1b2c3", "1-800-", "IL 1", "λ", "1e-", "M. ",
     "Part I ", "1 a/", "100/", "1m ", "1:00.1", "min. ", "0123 456 ", "²⁺", "A1-", "$1.85 b"],
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "!x"])
def test_no_row_of_signs_takes_long(piece, end):
    def took(length: int) -> float:
        begin = time.thread_time()
        spoken_form((piece * length)[:length] + end)
        return time.thread_time() - begin

    # On a slow machine the second may pass; what grows as the square takes 64 times an eighth's.
    seconds = took(20_000)
    assert seconds < 1 or seconds < 30 * took(2_500)


def test_chinese_numbers():
    written = "0 5 10 11 20 105 110 1010 10000 100500 10005000 100000001 3.14 0012"
    said = "零 五 十 十一 二十 一百零五 一百一十 一千零一十 一万 十万零五百 一千万五千 一亿零一"
    assert [number_characters(n) for n in written.split(" ")] == [
        *said.split(),
        "三点一四",
        "零零一二",
    ]
    assert number_characters("9" * 20) == "九" * 20

"""Readings of what people paste: paths, options, codes, chats, recipes, tables, formulas."""

import pytest

from ganspeech.text.english.speakable import spoken_form

READINGS = {
    "programs": [
        ("Run train.py -o out/ --verbose", "Run train dot py dash o out dash dash verbose"),
        ("See ~/.ssh/config.yaml, ./run.sh and .wav files", "See tilde slash dot ssh slash config "
         "dot yaml, dot slash run dot S.H and dot wav files"),
        ("np.array() and os.path.join.", "np dot array() and os dot path dot join."),
        ("a && b || !c == 0, export X=$HOME", "a and b or not c equals zero, export X equals "
         "dollar HOME"),
        ("$ pip install \"x>=1.2\"", "pip install \"x is at least one point two\""),
        ("C:\\Users\\Bob", "C colon backslash Users backslash Bob"),
        ("He -and only he- came -if late", "He -and only he- came -if late"),
        ("J.S. Bach, v2.x, 1e-4", "J.S Bach, version two point x, one e minus four"),
    ],
    "codes": [
        ("Austin, TX 78701-1234", "Austin, TX seven eight seven zero one, one two three four"),
        ("ID: 123 456 7890, order 10000 units",
         "ID: one two three, four five six, seven eight nine zero, order ten thousand units"),
        ("12345678 and 50000000", "one two three four five six seven eight and fifty million"),
        ("an i7-9700K, DDR4-3200, 5-10km", "an i seven nine thousand seven hundred K, "
         "DDR four three thousand two hundred, five to ten kilometers"),
        ("plate 7ABC123, d41d8cd98f00, C6H12O6", "plate seven ABC one two three, D four one D "
         "eight C.D nine eight F zero zero, C six H twelve O six"),
        ("Call 1-800-FLOWERS, S01E05, 401(k)", "Call one, eight hundred, FLOWERS, season one "
         "episode five, four oh one K"),
    ],
    "slashes": [
        ("w/ salt, w/o it b/c c/o me", "with salt, without it because care of me"),
        ("10/10, 85/100, a 50/50 split, 1 / 2", "ten out of ten, eighty-five out of one hundred, "
         "a fifty fifty split, one divided by two"),
        ("BP 120/80, cup $4 / bowl $6", "BP one hundred and twenty over eighty, "
         "cup four dollars, bowl six dollars"),
        ("$2,400/mo., 450 kcal/serving, $5 ea., 100 mg/dL", "two thousand four hundred dollars per "
         "month, four hundred and fifty kilocalories per serving, five dollars each, one hundred "
         "milligrams per deciliter"),
        ("350°F/175°C", "three hundred and fifty degrees Fahrenheit slash one hundred and "
         "seventy-five degrees Celsius"),
    ],
    "chats": [
        ("thx, c u l8r :) <3", "thanks, c u later heart"),
        ("#NewYear, #1 and C#", "hashtag New Year, number one and C sharp"),
        ("😂😂😂 💪🏽 ⭐ ⭐", "😂 💪 ⭐"),
        ("Idk, Ty Cobb, 8) no", "I don't know, Ty Cobb, eight) no"),
    ],
    "recipes": [
        ("1 tsp. salt, 3 Tbsp oil, 1/2 tsp salt", "one teaspoon salt, three tablespoons oil, "
         "half a teaspoon salt"),
        ("5 yrs, 44 HRs, 9.58s, 5 million km, 10 kΩ, 5 µs", "five years, forty-four HRs, "
         "nine point five eight seconds, five million kilometers, ten kiloohms, five microseconds"),
        ("2x faster, x2, 3.5x", "two times faster, times two, three point five times"),
    ],
    "formulas": [
        ("3 ± 1, c ≈ 2, x → y", "three plus or minus one, c is about two, x to y"),
        ("CO₂ and H₂O", "C.O two and H two O"),
        ("λ = 5, Δt, α-helix, λόγος", "lambda equals five, delta t, alpha-helix, λόγος"),
        (">5 people, (≥ 3), an A- in it", "more than five people, (at least three), "
         "an Ae minus in it"),
        ("Copyright (c) 2015, © Acme", "copyright twenty fifteen, copyright Acme"),
    ],
    "numerals": [
        ("Rocky IV, Super Bowl LVII, stage IV, Sonnet XVIII", "Rocky four, Super Bowl fifty-seven, "
         "stage four, Sonnet eighteen"),
        ("James T. Kirk III, Phase II/III, Vol. II", "James T Kirk the third, Phase two slash "
         "three, volume two"),
        ("an IV drip, size XL, the CD", "an IV drip, size XL, the CD"),
    ],
    "dates": [
        ("Due 3/14, on Fri 10/6, week of 8/21–8/25", "Due March fourteenth, on Friday October "
         "sixth, week of August twenty-first to August twenty-fifth"),
        ("by 1/2, the 14th–15th c., c. 1912, '00s", "by one half, the fourteenth to fifteenth "
         "century, circa nineteen twelve, two thousands"),
        ("Mon-Fri 9-5, Jan–Mar, Nov. 30–Dec. 12", "Monday to Friday nine to five, January to "
         "March, November thirtieth to December twelfth"),
        ("1-2:15pm, in 38:12, 124.1 - 199.6", "one to two fifteen P.M, in thirty-eight twelve, "
         "one hundred and twenty-four point one to one hundred and ninety-nine point six"),
    ],
    "scores and routes": [
        ("Lee d. Kay 6-4 in 38:12, 62 HR", "Lee defeated Kay six to four in thirty-eight twelve, "
         "sixty-two HR"),
        ("a 777-300ER, 737-800, x86, plat. 4, Tr. 3, Pt. One", "a seven hundred and seventy-seven "
         "three hundred ER, seven hundred and thirty-seven to eight hundred, x eighty-six, "
         "platform four, track three, part One"),
        ("555-0199 x42, 10a–2p, noon 12/31, '09", "five five five, zero one nine nine extension "
         "forty-two, ten A.M to two P.M, noon December thirty-first, oh nine"),
        ("Scene iii, 9.1% y/y, $77/barrel, 1 c. milk, 2 c. oats", "Scene three, nine point one "
         "percent year over year, seventy-seven dollars per barrel, one cup milk, two cups oats"),
        ("sin²θ, 0.9 g/cm³, 10 mM, q6h, P<0.01, 2x + 1", "sin squared theta, zero point nine grams "
         "per cubic centimeter, ten millimolar, q six h, P is less than zero point zero one, "
         "two x plus one"),
        ("£1.85bn, $1.85 billion, 1:32.608", "one point eight five billion pounds, one point eight "
         "five billion dollars, one thirty-two point six zero eight"),
        ("+/- 3, to >=1.0, 020 7946 0123, a/c", "plus or minus three, to at least one point zero, "
         "zero two zero, seven nine four six, zero one two three, account"),
        ("foo.cpp:12:5, Ca²⁺, 16th cent. art, Min. age, est. $8k", "foo dot C.P.P line twelve "
         "column five, Ca two plus, sixteenth century art, Minimum age, estimated "
         "eight thousand dollars"),
        ("Jan 16-May 3, Mon 4/8 – Thu 4/11", "January sixteenth to May third, Monday April eighth "
         "to Thursday April eleventh"),
        ("25.6M params, 7B weights, a 5M is", "twenty-five point six million params, seven billion "
         "weights, a five M is"),
    ],
    "money": [
        ("$1.7tn, $300mm, 10bn, 1.5m people", "one point seven trillion dollars, three hundred "
         "million dollars, ten billion, one point five million people"),
        ("USD 500, 50,000 JPY, EUR/USD 1.0842", "five hundred U.S dollars, fifty thousand yen, "
         "EUR slash USD one point zero eight four two"),
    ],
    "abbreviations": [
        ("Hwy 101, Rte. 66, Bldg. C, 22nd Fl., ext. 12", "Highway one hundred and one, Route "
         "sixty-six, building C, twenty-second floor, extension twelve"),
        ("45th St, Penn Ave NW, the Rt. Hon. Mr Lee", "forty-fifth Street, Penn Avenue NW, "
         "the Right Honorable Mister Lee"),
        ("Nadal def. Lee (feat. Bob), a feat. Bob", "Nadal defeated Lee (featuring Bob), "
         "a feat. Bob"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("written, said", [pair for kind in READINGS.values() for pair in kind])
def test_readings(written, said):
    assert spoken_form(written) == said
    assert spoken_form(said) == said

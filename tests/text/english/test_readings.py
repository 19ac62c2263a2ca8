"""Readings by kind: dates, times, years, money, measures, telephones, numerals, signs, streets."""

import pytest

from ganspeech.text.english.speakable import spoken_form

READINGS = {
    "dates": [
        ("Jan 5, 2020", "January fifth, twenty twenty"),
        ("5 Jan 2020, 6th Mar 2020",
         "fifth of January twenty twenty, sixth of March twenty twenty"),
        ("Dec 25 and Sept 11", "December twenty-fifth and September eleventh"),
        ("5/3/2026", "May third, twenty twenty-six"),
        ("03.05.2026", "third of May twenty twenty-six"),
        ("on Mon. and Tues. we", "on Monday and Tuesday we"),
    ],
    "times": [
        ("9am-5pm", "nine A.M to five P.M"),
        ("6.30pm", "six thirty P.M"),
        ("24:00, 0:30, 1:02:03", "midnight, zero thirty, one oh two oh three"),
        ("2h 30m, 1 h 1 min", "two hours thirty minutes, one hour one minute"),
    ],
    "years": [
        ("1066 men, in 1066", "one thousand and sixty-six men, in ten sixty-six"),
        ("2020 votes, in 1999 sales",
         "two thousand and twenty votes, in nineteen ninety-nine sales"),
        ("1984 was, March 3, 1999 tourists",
         "nineteen eighty-four was, March third, nineteen ninety-nine tourists"),
        ("page 1234", "page one thousand two hundred and thirty-four"),
    ],
    "money": [
        ("$1.2T", "one point two trillion dollars"),
        ("$.50, $1.5", "fifty cents, one point five dollars"),
        ("$-5, -$5", "minus five dollars, minus five dollars"),
        ("the $5 bill, $5 bills, a $5 T-shirt",
         "the five dollar bill, five dollar bills, a five dollar T-shirt"),
        ("a $1 million house, an $8-million loss",
         "a one million dollar house, an eight million dollar loss"),
        ("a $5.50 fee", "a five dollar and fifty cent fee"),
        ("$1999", "one thousand nine hundred and ninety-nine dollars"),
    ],
    "measures": [
        ("60 dB, 12V, 100 W, 5 kWh, 20 mA", "sixty decibels, twelve volts, one hundred watts, "
         "five kilowatt hours, twenty milliamperes"),
        ("100 W. 57th St.", "one hundred W. fifty-seventh Street."),
        ("10 MB/s, 5 Mbps, 3000 rpm, 30 psi", "ten megabytes per second, five megabits per second, "
         "three thousand revolutions per minute, thirty pounds per square inch"),
        ("5 mins, 10 sec, 2 hr, 5 s, 5s",
         "five minutes, ten seconds, two hours, five seconds, fives"),
        ("500 sq ft, 10 yd, 5 mi", "five hundred square feet, ten yards, five miles"),
        ("20 m2, 5 m², 1 km², 2 cm³", "twenty square meters, five square meters, one square "
         "kilometer, two cubic centimeters"),
        ("in km/h or mph", "in kilometers per hour or miles per hour"),
        ("6' 2\", 72F, 72 °F, seat 22F", "six foot two, seventy-two degrees Fahrenheit, "
         "seventy-two degrees Fahrenheit, seat twenty-two F"),
        ("1/2 km, 3/4 oz, 2 1/2 mi",
         "half a kilometer, three quarters of an ounce, two and a half miles"),
        ("1500 m", "one thousand five hundred meters"),
    ],
    "telephones": [
        ("+1 555 123 4567", "one, five five five, one two three, four five six seven"),
        ("555.123.4567", "five five five, one two three, four five six seven"),
        ("555-123-4567", "five five five, one two three, four five six seven"),
        ("Call 911, they dialed 112", "Call nine one one, they dialed one one two"),
    ],
    "Roman numerals": [
        ("Henry VIII and Pope John Paul II", "Henry the eighth and Pope John Paul the second"),
        ("Louis XIV, King Henry I", "Louis the fourteenth, King Henry the first"),
        ("World War II, Chapter IV, Vol. IX, Part I",
         "World War two, Chapter four, volume nine, Part one"),
        ("Henry I think, Malcolm X, George V. Higgins",
         "Henry I think, Malcolm X, George V Higgins"),
    ],
    "abbreviations": [
        ("Main St. Then go to St. Paul.", "Main Street. Then go to Saint Paul."),
        ("cats vs dogs on 5 Oak Rd. in", "cats versus dogs on five Oak Road in"),
        ("Rep. Lee, one more rep. Then", "Representative Lee, one more rep. Then"),
        ("Lee et al. say, Apt. 5, ca. 1900, eq. 2",
         "Lee et al say, apartment five, circa nineteen hundred, equation two"),
    ],
    "signs": [
        ("5 < 6, x >= 5, a != b, 5>3", "five is less than six, x is at least five, a is not equal "
         "to b, five is greater than three"),
        ("<b>hi<b>", "<b>hi<b>"),
        ("5‰, ~5, ~$5", "five per mille, about five, about five dollars"),
        ("3 x 4, 8x10, 7*8, a * b", "three by four, eight by ten, seven times eight, a times b"),
        ("C# and #1", "C sharp and number one"),
        ("# Of **bold** and *it*", "Of bold and it"),
        ("and/or, 24/7, 9/11", "and or, twenty-four seven, nine eleven"),
    ],
    "versions and addresses": [
        ("v2.0.1, Python 3.11.4", "version two point zero point one, Python three point eleven "
         "point four"),
        ("192.168.0.1, 10.0.0.1:8080", "one nine two dot one six eight dot zero dot one, "
         "ten dot zero dot zero dot one colon eight zero eight zero"),
        ("http://127.0.0.1:80/x", "one two seven dot zero dot zero dot one colon eight zero "
         "slash x"),
        ("10.0.0.0/8, version 1.2.3.4", "ten dot zero dot zero dot zero slash eight, "
         "version one point two point three point four"),
    ],
    "markup": [
        ("<b>bold</b>, <i class='a'>it</i>", "bold, it"),
        ("one<br>two<br/>three", "one two three"),
        ("if x<y and y>z", "if x<y and y>z"),
        ("Tom &amp; Jerry&nbsp;&#8212; 5 &lt; 6",
         "Tom and Jerry \N{EM DASH} five is less than six"),
        ("_it_, __it__, **_it_** and snake_case", "it, it, it and snake_case"),
        ("~~no~~ `code` [a link](https://ab.io/x) ![a picture](x.png)",
         "no code a link a picture"),
        ("[1](2), 7 * 8 * 9", "[one](two), seven times eight times nine"),
    ],
    "signs of currencies": [
        ("¥500, ₩5000, ¥1.5 million", "five hundred yen, five thousand won, "
         "one point five million yen"),
        ("₹1, ₹500.50, ₹1,00,000", "one rupee, five hundred rupees and fifty paise, "
         "one hundred thousand rupees"),
        ("US$5-10, C$1, A$20, R$50, 5¢, 100 ¥", "five to ten U.S dollars, one Canadian dollar, "
         "twenty Australian dollars, fifty reals, five cents, one hundred yen"),
        ("it costs A$5, ₿2", "it costs five Australian dollars, two bitcoins"),
        ("Ke$ha and A$AP", "Kesha and ASAP"),
    ],
    "numbers of other countries": [
        ("1.000,50 and 1.000.000", "one thousand point five zero and one million"),
        ("€1.234,56, 3,5 km, 2,5%", "one thousand two hundred and thirty-four euros and fifty-six "
         "cents, three point five kilometers, two point five percent"),
        ("1.5, release 1.000.000", "one point five, release one point zero zero zero point zero "
         "zero zero"),
    ],
    "feet and inches": [
        ("6 ft 2 in, 6ft 2in", "six feet two inches, six feet two inches"),
        ("5 in high school, 6 ft 2 in the back", "five in high school, six feet two in the back"),
        ("5 in. long. 1 in. of rain, 12 in deep, 2 in 3",
         "five inches long. one inch of rain, twelve inches deep, two in three"),
        ("a 27\" screen, 27\" wide", "a twenty-seven inch screen, twenty-seven inches wide"),
        ("5\" x 7\", 3 1/2\"", "five inches by seven inches, three and a half inches"),
        ("6' tall, 4' x 8'", "six feet tall, four feet by eight feet"),
        ("\"5\"", "\"five\""),
    ],
    "temperatures and currents": [
        ("20C, seat 20C, C++ 20", "twenty degrees Celsius, seat twenty C, C plus plus twenty"),
        ("12 V, 5 A, 0.5 A, a 10 A fuse", "twelve volts, five amperes, zero point five amperes, "
         "a ten ampere fuse"),
    ],
    "weekends": [
        ("on Sat. we, Sun. May 5", "on Saturday we, Sunday May fifth"),
        ("He sat. Then the Sun. Sat. Down", "He sat. Then the Sun. Sat. Down"),
    ],
    "an I that is no numeral": [
        ("the Book I read, Act I saw", "the Book I read, Act I saw"),
        ("Book I of, World War I was", "Book one of, World War one was"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("written, said", [pair for kind in READINGS.values() for pair in kind])
def test_readings(written, said):
    assert spoken_form(written) == said
    assert spoken_form(said) == said

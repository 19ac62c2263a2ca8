"""Front ends: phonemes of known sentences, and what happens to what has no sound."""

import os
import subprocess
import sys

import pytest

from ganspeech.text.phonemes import espeak
from ganspeech.text.phonemes.front_ends import Espeak, Gruut, Pinyin, Plain

FRONTS = (Gruut(), Espeak(), Pinyin(), Plain(), Plain(numbers="en"))


@pytest.mark.parametrize(
    "voice, sentence, phonemes",
    [
        # As Piper's own phonemiser (piper-tts 1.3.0) says these sentences.
        ("en-us", "Hello world, what? “No!” he said; then he left — quickly.",
         "həlˈoʊ wˈɜːld, wˌʌt? nˈoʊ! hiː sˈɛd; ðˈɛn hiː lˈɛft; kwˈɪkli."),
        ("en-us", "The rise: \"good\", he said. Wait!? Yes! I",
         "ðə ɹˈaɪz: ɡˈʊd, hiː sˈɛd. wˈeɪt! jˈɛs! ˈaɪ"),
        ("de", "Das ist ein Computer-Design, oder?", "das ɪst aɪn kɔmpjˈuːtɜdɪzˈaɪn, ˈoːdɜ?"),
        ("de", "Das ist the weather cool.", "das ɪst ðə wˈɛðə kˈuːl."),
        ("es", "¿Qué tal? ¡Hola, amigo!", "kˈe tˈal? ˈola, amˈiɣo!"),
        ("ru", "Привет, мир. Как дела?", "prʲivʲˈet, mʲˈir. kˈɑk dʲˈeɭa?"),
        ("ar", "مرحبا، كيف حالك؟", "mrħbˈaː, kˈajfa ħˈaːlik?"),
        ("cmn", "世界。我们走吧！", "s.ˈi.5 tɕˈiɛ5 wˈo2 mˈə1n tsˈou2 pˈɑ1"),
        # Where Piper runs words together.
        ("en-us", "Well…then… a", "wˈɛl, ðˈɛn, ˈeɪ"),
        ("en-us", "Hi...", "hˈaɪ."),
        ("en-us", "one two", "wˈʌn tˈuː"),
        ("en-us", "", ""),
        ("en-us", ",", ""),
    ],
)  # fmt: skip
def test_espeak(voice, sentence, phonemes):
    assert "".join(Espeak(voice).phonemes(sentence)) == phonemes


def test_espeak_reads_english_numbers_as_people_do():
    said = "".join(Espeak().phonemes("Dr. Jones paid $5.50."))
    assert said == "dˈɑːktɚ dʒˈoʊnz pˈeɪd fˈaɪv dˈɑːlɚz ænd fˈɪfti sˈɛnts."


def test_espeak_names_a_voice_that_is_not_there_and_starts_again_when_it_ended():
    with pytest.raises(ValueError, match="no voice 'nonsense'"):
        Espeak("nonsense").phonemes("a")
    process = espeak._process()
    process.kill()
    process.wait()
    with pytest.raises(ValueError, match="espeak-ng ended"):
        Espeak().phonemes("a")
    process.communicate()
    assert Espeak().phonemes("a")


def test_espeak_ends_with_the_program_that_uses_it():
    program = (
        "from ganspeech.text.phonemes.espeak import _process, espeak_phonemes\n"
        "espeak_phonemes('en-us', 'a')\n"
        "print(_process().pid)\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert not done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


@pytest.mark.parametrize(
    "sentence, phonemes",
    [
        ("Hello world!", "hɛlˈoʊ wˈɚld!"),
        ("I read it. Read it now.", "ˈaɪ ɹˈɛd ˈɪt. ɹˈid ˈɪt nˈaʊ."),
        ("Hello — well-known… OK: $1, “go”; (yes)?!",
         "hɛlˈoʊ, wˈɛl nˈoʊn, ˈoʊ kˈeɪ: wˈʌn dˈɑlɚ, ɡˈoʊ; jˈɛs?"),
        ("HELLO WORLD IT IS ME", "hɛlˈoʊ wˈɚld ˈɪt ˈɪz mˈi"),
        ("wait...what", "wˈeɪt, wˈʌt"),
        ("flibbertigibbet", "flˈɪbɚtɪdʒɪbɪt"),
        ("café", "kæfˈeɪ"),
        ("日本 hi 😀 Й", "hˈaɪ日本😀Й"),
        ("", ""),
        ("...", ""),
    ],
)  # fmt: skip
def test_gruut(sentence, phonemes):
    assert "".join(Gruut().phonemes(sentence)) == phonemes


def test_gruut_names_languages_and_packages():
    with pytest.raises(ValueError, match="pip install gruut-lang-de"):
        Gruut("de-de").phonemes("a")
    with pytest.raises(ValueError, match="does not support the language 'xx'; it supports ar"):
        Gruut("xx").phonemes("a")


@pytest.mark.parametrize(
    "sentence, phonemes",
    [
        ("你好,世界。我们走吧！", "ni3 hao3, shi4 jie4. wo3 men5 zou3 ba5!"),
        ("女儿有3个 hello", "nü3 er2 you3 san1 ge4 hello"),
        ("2024年，50%", "er4 ling2 er4 si4 nian2, bai3 fen1 zhi1 wu3 shi2"),
        ("😀Й", "😀й"),
    ],
)
def test_pinyin(sentence, phonemes):
    pytest.importorskip("pypinyin")
    assert "".join(Pinyin().phonemes(sentence)) == phonemes


@pytest.mark.parametrize("package, front", [("pypinyin", Pinyin()), ("gruut", Gruut())])
def test_a_missing_package_is_one_line(monkeypatch, package, front):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ValueError, match="pip install"):
        front.phonemes("a")


def test_plain():
    assert "".join(Plain().phonemes(" Ünd  3\nÉ")) == "ünd 3 é"
    assert Plain(lowercase=False, form="NFD").phonemes("É") == ["E", "\u0301"]
    said = "".join(Plain(numbers="de").phonemes("21 Äpfel, 3.5"))
    assert said == "einundzwanzig äpfel, drei komma fünf"
    assert "".join(Plain(numbers="en").phonemes("No. 5")) == "number five"
    with pytest.raises(ValueError, match="no language 'qq' in num2words; it has am, ar"):
        Plain(numbers="qq")


@pytest.mark.parametrize(
    "language, number",
    [("hu", "100.000000001"), ("am", "1984"), ("am", "999999999999999"), ("it", "0.00000001"),
     ("te", "999999999999999")],
)  # fmt: skip
def test_numbers_without_words_stay_digits(language, number):
    assert "".join(Plain(numbers=language).phonemes(number)) == number


@pytest.mark.parametrize("front", FRONTS, ids=str)
@pytest.mark.parametrize(
    "text", ["\x01\x02", "a" * 3000, "🏳️‍🌈👩🏽", "\u202e\ufeff", "<b>&amp;", "((()", "|||"]
)
def test_any_text_comes_through(front, text):
    symbols = front.phonemes(text)
    assert all(symbols) and symbols == front.phonemes(text)

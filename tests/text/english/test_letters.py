"""That letters are said by their names by every front end, above all the A that is no article."""

import pytest

from ganspeech.text.english.speakable import spoken_form
from ganspeech.text.phonemes.front_ends import Espeak, Gruut, Plain


@pytest.mark.parametrize(
    "written, said, gruut, espeak",
    [
        ("7:30 a.m.", "seven thirty A.M.", "sˈɛvən θˈɚti ˈeɪ ˈɛm.", "sˈɛvən θˈɜːɾi ˌeɪˈɛm."),
        ("9 AM", "nine A.M", "nˈaɪn ˈeɪ ˈɛm", "nˈaɪn ˌeɪˈɛm"),
        ("A.D. 79", "A.D seventy-nine", "ˈeɪ dˈi sˈɛvənti nˈaɪn", "ˌeɪdˈiː sˈɛvəntinˈaɪn"),
        ("79 AD", "seventy-nine A.D", "sˈɛvənti nˈaɪn ˈeɪ dˈi", "sˈɛvəntinˈaɪn ˌeɪdˈiː"),
        ("a.k.a. Bob", "A.K.A Bob", "ˈeɪ kˈeɪ ˈeɪ bˈɑb", "ˌeɪkˌeɪˈeɪ bˈɑːb"),
        ("A.I. is", "A.I is", "ˈeɪ ˈaɪ ˈɪz", "ˌeɪˈaɪ ɪz"),
        ("the U.S.A. is", "the U.S.A is", "ðə jˈu ˈɛs ˈeɪ ˈɪz", "ðə jˌuːˌɛsˈeɪ ɪz"),
        ("in the U.S.", "in the U.S.", "ˈɪn ðə jˈu ˈɛs.", "ɪnðə jˌuːˈɛs."),
        ("A.A. Milne", "A.A Milne", "ˈeɪ ˈeɪ mˈɪln", "ˌeɪˈeɪ mˈɪlni"),
        ("George A. Romero", "George Ae Romero", "dʒˈɔɹdʒ ˈeɪ ɹoʊmˈɛɹoʊ",
         "dʒˈɔːɹdʒ ˈeɪ ɹɑːmˈɛɹoʊ"),
        ("A4", "Ae four", "ˈeɪ fˈɔɹ", "ˈeɪ fˈɔːɹ"),
        ("AT&T", "A.T and T", "ˈeɪ tˈi ˈænd tˈi", "ˌeɪtˈiː ænd tˈiː"),
        ("Q&A", "Q and Ae", "kjˈu ˈænd ˈeɪ", "kjˈuː ænd ˈeɪ"),
        ("the A team", "the Ae team", "ðə ˈeɪ tˈim", "ðɪ ˈeɪ tˈiːm"),
        ("A or B", "Ae or B", "ˈeɪ ˈɔɹ bˈi", "ˈeɪ ɔːɹ bˈiː"),
        ("a Ph.D.", "a P.H.D.", "ə pˈi ˈeɪtʃ dˈi.", "ɐ pˌiːˌeɪtʃdˈiː."),
        ("A dog", "A dog", "ə dˈɔɡ", "ɐ dˈɑːɡ"),
        ("read A Tale", "read A Tale", "ɹˈid ə tˈeɪl", "ɹˈiːd ɐ tˈeɪl"),
    ],
)  # fmt: skip
def test_letters_are_named(written, said, gruut, espeak):
    assert spoken_form(written) == said and spoken_form(said) == said
    assert "".join(Gruut().phonemes(written)) == gruut
    assert "".join(Espeak().phonemes(written)) == espeak


def test_readers_of_letters_get_them_apart():
    assert "".join(Plain(numbers="en").phonemes("A. Lee left the U.S.A. at 9 AM")) == (
        "a lee left the u s a at nine a m"
    )


def test_accents_are_left_to_those_who_know_them():
    assert "".join(Espeak().phonemes("exposé, señor")) == "ɛkspəsˈeɪ, sɛnjˈɔːɹ"
    assert "".join(Plain(numbers="en").phonemes("Straße, naïve Ångström")) == (
        "strasse, naive angstrom"
    )


@pytest.mark.parametrize("front", [Espeak(), Gruut()])
def test_transcripts_in_capitals_are_not_spelled(front):
    """As LibriSpeech has them: neither US nor IT is an initialism there."""
    shouted = "TELL US HOW IT IS, AND WHO DID IT."
    assert front.phonemes(shouted) == front.phonemes("tell us how it is, and who did it.")
    # Two words may be initialisms, and one small letter says which words are.
    assert front.phonemes("US IT") != front.phonemes("us it")
    assert front.phonemes("Tell US how IT is") != front.phonemes("Tell us how it is")

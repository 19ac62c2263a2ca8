"""Phones of words by two programs and a lexicon, and what none of them can say."""

import pytest

from ganspeech.text.phonemes.word_phones import word_phones
from ganspeech.text.vocabulary import UnknownSymbols


def said(front, language, sentence):
    return [" ".join(word) for word in word_phones(front, language, sentence)]


def test_gruut_says_words_without_stress_and_punctuation():
    words = said("gruut", "en-us", "Which boy, George? “I'm 3”!")
    assert words == ["w ɪ tʃ", "b ɔɪ", "dʒ ɔ ɹ dʒ", "aɪ m", "θ ɹ i"]


def test_espeak_says_long_vowels_and_syllabic_consonants_as_one_phone():
    words = said("espeak", "en-us", "Which button, three?")
    assert words == ["w ɪ tʃ", "b ʌ ʔ n̩", "θ ɹ iː"]
    assert said("espeak", "de", "Zwölf Häuser.") == ["t s v œ l f", "h ɔ ø z ɜ"]


def test_a_lexicon_says_what_it_lists(tmp_path):
    lexicon = tmp_path / "words.dict"
    lexicon.write_text("THE DH AH0\nCAT K AE1 T\n")
    assert said(str(lexicon), "", "The cat!") == ["DH AH", "K AE T"]
    with pytest.raises(UnknownSymbols, match=r"missing from the lexicon .*words.dict: 'dog'"):
        said(str(lexicon), "", "The dog, the dog.")


def test_a_text_without_words_has_no_phones():
    assert said("gruut", "en-us", " ... ") == said("espeak", "en-us", "—") == []


def test_characters_without_a_sound_are_named():
    with pytest.raises(UnknownSymbols, match="characters without a sound: 'м', 'и', 'р'"):
        said("gruut", "en-us", "Hello мир")


def test_a_front_end_that_is_neither_program_nor_file_is_named():
    with pytest.raises(ValueError, match="cannot read the lexicon 'grut'"):
        said("grut", "en-us", "Hello")

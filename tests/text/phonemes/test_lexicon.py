"""Lexicons: layouts that are read, lines that are refused, and the real one."""

import pytest

from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.text.phonemes.lexicon import PHONES, LexiconError, read_lexicon
from ganspeech.text.vocabulary import Phones


@pytest.mark.parametrize(
    "text, message",
    [
        ("THE DH AH0\nCAT\n", r"line 2: 'CAT' has no phones"),
        ("THE DH AH0\n\nCAT K QQ1 T\n", r"line 3: 'QQ1' is not an ARPAbet phone"),
        ("CAT K AE12 T", r"line 1: 'AE12' is not an ARPAbet phone"),
        ("\n;;; nothing\n", r"has no words"),
        (b"\xff\xfe\x00", r"cannot read the lexicon .*not UTF-8"),
    ],
)
def test_bad_lexicons_name_file_and_line(tmp_path, text, message):
    path = tmp_path / "words.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LexiconError, match=message) as caught:
        read_lexicon(str(path))
    assert "words.txt" in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_lexicon_is_named(tmp_path):
    with pytest.raises(LexiconError, match=r"cannot read the lexicon '.*none': No such file"):
        read_lexicon(str(tmp_path / "none"))


def test_the_real_lexicon_spells_all_its_transcripts(recordings):
    path = str(recordings / "speechocean" / "lexicon.txt")
    lexicon = read_lexicon(path)
    assert lexicon["the"] == ("DH", "AH") and lexicon["o'clock"]
    assert {phone for phones in lexicon.values() for phone in phones} == set(PHONES)
    phones = Phones(path)
    for utterance in LibriSpeech(str(recordings / "speechocean" / "train")).utterances():
        assert len(phones.encode(utterance.text)) >= len(utterance.text.split())

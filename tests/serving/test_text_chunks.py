"""Texts in chunks are cut where the whole text is."""

import pytest

from ganspeech.serving import text_chunks
from ganspeech.serving.text_chunks import TextChunks, pause_after
from ganspeech.text.sentences import PAUSES, USUAL, sentences

TEXT = (
    'Dr. Smith paid $3.50 on Jan. 5. "Is it so?" he asked. 1. A list. Yes, e.g. this… and that.\n\n'
    "A paragraph **with marks**. 你好。再见。 The end"
)


def texts(text):
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 1000])
def test_the_sentences_are_those_of_the_whole_text(size):
    chunks, found = TextChunks(), []
    for start in range(0, len(TEXT), size):
        found += texts(chunks.add(TEXT[start : start + size]))
    if size < 20:
        assert found[:2] == texts(TEXT)[:2]  # long before the end
    assert found + texts(chunks.rest()) == texts(TEXT)
    assert chunks.characters == len(TEXT)


def test_what_cannot_be_spoken_waits_with_its_sentence():
    chunks = TextChunks()
    given = [chunks.add(word) for word in ("<!-- A note. -->\n\n", "Good. ", "Right. ", ":-) ")]
    assert texts("".join(given)) == ["Good."] and texts(chunks.rest()) == ["Right."]


@pytest.mark.parametrize(
    "unit", ["Mr. J. Smith, ", "e.g. this ", "One two. ", "<b>A b. C d.</b> ", "```\nA b. C\nd\n"]
)
def test_the_work_grows_as_the_text(unit, monkeypatch):
    """Counts the characters that are divided, since time is the machine's."""
    divided = 0

    def counted(text, longest):
        nonlocal divided
        divided += len(text)
        return sentences(text, longest)

    monkeypatch.setattr(text_chunks, "sentences", counted)

    def work(length):
        nonlocal divided
        divided, chunks = 0, TextChunks()
        text = (unit * length)[:length]
        for start in range(0, length, 5):
            chunks.add(text[start : start + 5])
        return divided

    assert 0 < work(4000) < 3 * work(2000)


def test_a_pause_is_found_after_many_empty_lines():
    assert pause_after("One." + "\n" * 3000 + "Two. ", USUAL) == PAUSES["sentence"]
    assert pause_after("One.\r\n \r\n", USUAL) == PAUSES["paragraph"]

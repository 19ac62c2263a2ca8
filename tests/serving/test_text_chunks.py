"""Texts in chunks are cut where the whole text is."""

import pytest

from ganspeech.serving.text_chunks import TextChunks
from ganspeech.text.sentences import sentences

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

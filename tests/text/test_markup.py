"""Marks of HTML and Markdown: what is dropped, what is kept, and how long it takes."""

import time

import pytest

from ganspeech.text.markup import without_markup
from ganspeech.text.sentences import PAUSES, sentences


def test_blocks_become_paragraphs():
    page = "<h1>Title</h1><p>One. <b>Two. Three.</b></p><!-- four. --><style>p {}</style>"
    markdown = "# Title\nOne. **Two. Three.**\n"
    for text in (page, markdown):
        found = sentences(text)
        assert [sentence.text for sentence in found] == ["Title", "One.", "Two.", "Three."]
        assert found[0].pause == PAUSES["paragraph"]
    code = "- Eggs\n* Milk\n> He said.\n```python\nx\n```"
    assert [s.text for s in sentences(code)] == ["Eggs", "Milk", "He said.", "x"]


def test_lists_tables_and_rules():
    text = "Title\n=====\n1. One\n2) two\n- [x] three\n* 4 eggs\n• five\n"
    text += "| A | b |\n|---|:-:|\n| c | 1 |"
    assert [s.text for s in sentences(text)] == [
        "Title", "1. One", "2) two", "three", "4 eggs", "five", "A, b", "c, 1",
    ]  # fmt: skip
    code = "```sh\n$ cd bar\n$ make\n```\nDone"
    assert [s.text for s in sentences(code)] == ["cd bar", "make", "Done"]
    assert without_markup("Salad ........ $9, wait...") == "Salad, $9, wait..."


@pytest.mark.parametrize(
    "text",
    ["a < b > c", "<b>hi<b>", "x<y and y>z", "snake_case_name", "2 * 3 * 4", "- 5", "# 1", "AT&T;",
     "&c. & so", "[1](2)", "[sic]", "a ~ b", "<script> is a tag", "<!-- begins", "> 5 people",
     "it's 5 o'clock", "`tis"],
)  # fmt: skip
def test_signs_that_may_be_text_stay(text):
    assert without_markup(text) == text


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<", "[", "[a](", "`", "_", "_a ", "~~", "~~a", "&", "&a", "# ", "> ", "- ", "<!--",
     "<script>", "<b></b>", "![", "[a](x", "`a", "__a", '<a x="', "\n- a", "<!---->", "*", "*a ",
     "| ", "|-", "|-|\n", "|a|\n", "```\n", "\n$ a", "- [x] ", "\n1. a", "=", "= ", ".....a", "•"],
)  # fmt: skip
def test_no_row_of_marks_takes_long(piece):
    begin = time.thread_time()
    without_markup((piece * 50_000)[:50_000] + "!x")
    assert time.thread_time() - begin < 1

"""Where sentences end, and that nothing of a text is lost on the way."""

import re
import time

import pytest

from ganspeech.text.sentences import LONGEST, PAUSES, sentences


@pytest.mark.parametrize(
    "text, found",
    [
        ("One. Two! Three? Four…  five", ["One.", "Two!", "Three?", "Four… five"]),
        ("He said “No!” and left... Then it was 3.14.",
         ["He said “No!” and left...", "Then it was 3.14."]),
        ("Dr. Smith met J. K. Rowling at 5 p.m. today. (Yes.) So?",
         ["Dr. Smith met J. K. Rowling at 5 p.m. today.", "(Yes.)", "So?"]),
        ("No. 5 is in the U.S. army. No. It is in the U.S. Then it left.",
         ["No. 5 is in the U.S. army.", "No.", "It is in the U.S.", "Then it left."]),
        ("No end", ["No end"]),
        ("你好,世界。我们走吧！“是的。”他说", ["你好,世界。", "我们走吧！", "“是的。”", "他说"]),
        ("नमस्ते दुनिया। कैसे हो?", ["नमस्ते दुनिया।", "कैसे हो?"]),
        ("a\x00b\u200bc\u2028d\r\ne\tf", ["abc d e f"]),
        ("1. The cat sat. 2. It left. At last 3.",
         ["1. The cat sat.", "2. It left.", "At last 3."]),
        ("7.", ["7."]),
        ("Room ext. 12, Op. 67, Vol. II, Bldg. C, e.g. A4 vs. The end, Nov. 30–Dec. 12. No. I.",
         ["Room ext. 12, Op. 67, Vol. II, Bldg. C, e.g. A4 vs. The end, Nov. 30–Dec. 12.",
          "No.", "I."]),
        ("No. A dog. He ate a fig. A cat left.", ["No.", "A dog.", "He ate a fig.", "A cat left."]),
        ("I saw Max. He left. See Mme. Day, Maj. Lee, min. Three, Rm. B12.",
         ["I saw Max.", "He left.", "See Mme. Day, Maj. Lee, min. Three, Rm. B12."]),
        ("Lee def. Day 6-4. A feat. Bob left (feat. D.J. Max). $5/mo. + tax",
         ["Lee def. Day 6-4.", "A feat.", "Bob left (feat. D.J. Max).", "$5/mo. + tax"]),
        ("He is 6 ft. Then 7. Ft. Worth is far.", ["He is 6 ft.", "Then 7.", "Ft. Worth is far."]),
        ("Turn left on Main St. Then go. He lives in St. Louis.",
         ["Turn left on Main St.", "Then go.", "He lives in St. Louis."]),
        ("Ask Rep. Lee, Ph.D. Tom et al. about fig. 2 and apt. 3 on Mon. Jan. 5.",
         ["Ask Rep. Lee, Ph.D. Tom et al. about fig. 2 and apt. 3 on Mon. Jan. 5."]),
        ("नमस्‍ते می‌خواهم", ["नमस्‍ते می‌خواهم"]),
        ("a\u200db 👩\u200d💻", ["ab 👩💻"]),
        ("." * 20_000 + "a", ["a"]),
        ("... !! — ' ”", []),
        ("", []),
        ("😀", ["😀"]),
    ],
)  # fmt: skip
def test_ends(text, found):
    assert [sentence.text for sentence in sentences(text)] == found


@pytest.mark.parametrize(
    "text, found",
    [
        ("Row your boat,\nGently down\nthe stream", ["Row your boat,", "Gently down the stream"]),
        ("Jane Doe\n12 Elm Rd.\nMom: Hi", ["Jane Doe", "12 Elm Rd.", "Mom: Hi"]),
        ("A page is as wide as the longest of its lines,\nBob said. Then he went home by train to"
         " London, or\nParis, or Rome.", ["A page is as wide as the longest of its lines,",
         "Bob said.", "Then he went home by train to London, or Paris, or Rome."]),
        ("I wandered lonely as a cloud\nThat floats on high o'er vales and hills,\nWhen all",
         ["I wandered lonely as a cloud", "That floats on high o'er vales and hills,", "When all"]),
        ("This ragged paragraph is wrapped at seventy characters, and not at sixty, by the\n"
         "Bureau of Pages", ["This ragged paragraph is wrapped at seventy characters, and not at "
         "sixty, by the Bureau of Pages"]),
        ("He knew—\nOf course.", ["He knew— Of course."]),
    ],
)  # fmt: skip
def test_lines_that_were_not_wrapped_stay_apart(text, found):
    assert [sentence.text for sentence in sentences(text)] == found


def test_pauses():
    found = sentences("One. Two.\n\nThree.\n \n ...\n\nFour")
    assert [sentence.pause for sentence in found] == [PAUSES[k] for k in (
        "sentence", "paragraph", "paragraph", "paragraph")]  # fmt: skip


@pytest.mark.parametrize(
    "text, kind",
    [
        ("word " * 300, "word"),
        ("some words, " * 100, "clause"),
        ("so—many " * 100, "clause"),
        ("x" * 1000, "word"),
    ],
)
def test_long_sentences_are_cut_at_the_best_place(text, kind):
    found = sentences(text)
    assert all(len(sentence.text) <= LONGEST for sentence in found)
    assert {sentence.pause for sentence in found[:-1]} == {PAUSES[kind]}
    kept = "".join(sentence.text for sentence in found)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)
    assert min(len(sentence.text) for sentence in found[:-1]) >= LONGEST // 3


@pytest.mark.parametrize(
    "token", ["7:30", "1,234,567", "https://a.b/c:d;e", "1990–1995", "a-b", "1990 – 1995"]
)
def test_no_cut_is_inside_a_token(token):
    text = f"{token} " * 100
    cut = [word for sentence in sentences(text) for word in sentence.text.split()]
    assert cut == text.split()


def test_any_length_can_be_asked_for():
    assert [sentence.text for sentence in sentences("abc def", longest=1)] == list("abcdef")
    assert [sentence.text for sentence in sentences("abc def", longest=4)] == ["abc", "def"]


@pytest.mark.parametrize("piece", ["He met J. K. Rowling at 5 p.m. today, and left. ", "A. B. "])
def test_a_book_without_empty_lines_takes_time_by_its_length(piece):
    begin = time.thread_time()
    found = sentences((piece * 200_000)[:200_000])
    assert time.thread_time() - begin < 3
    assert sum(len(sentence.text) + 1 for sentence in found) == pytest.approx(200_000, abs=2)

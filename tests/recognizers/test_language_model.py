"""Backoff scores worked out by hand, ARPA files there and back, and files that are refused."""

import gzip

import pytest

from ganspeech.data.readers.sentences import make_sentences
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import (
    LanguageModelError,
    NGram,
    read_arpa,
    write_arpa,
)

ARPA = """a comment before the data
\\data\\
ngram 1=5
ngram 2=3
ngram 3=1

\\1-grams:
-1.0\t<unk>
-99\t<s>\t-0.5
-0.9\t</s>
-0.6\ta\t-0.3
-0.7\tb\t-0.2

\\2-grams:
-0.4\t<s> a\t-0.1
-0.2 a b -0.05
-0.8\ta <unk>

\\3-grams:
-0.15\t<s> a b

\\end\\
whatever follows
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "by_hand.arpa"
    path.write_text(ARPA)
    return read_arpa(path)


@pytest.mark.parametrize(
    "context, token, expected",
    [
        ((), "a", -0.6),
        (("<s>",), "a", -0.4),
        (("<s>", "a"), "b", -0.15),
        (("b", "<s>", "a"), "b", -0.15),  # no more than two tokens are looked back on
        (("b", "a"), "b", -0.2),  # (b, a) is no context, which costs nothing
        (("<s>", "a"), "a", -0.1 - 0.3 - 0.6),
        (("<s>", "b"), "a", -0.2 - 0.6),
        (("a", "b"), "</s>", -0.05 - 0.2 - 0.9),
        ((), "zebra", -1.0),
        (("a",), "zebra", -0.8),
        (("<s>", "a"), "zebra", -0.1 - 0.8),
        (("zebra", "a"), "b", -0.2),
        (("a", "zebra"), "b", -0.7),
    ],
)
def test_backoff_worked_out_by_hand(model, context, token, expected):
    assert model.score(context, token) == pytest.approx(expected, abs=1e-12)


def test_a_sentence_is_all_its_tokens_and_its_end(model):
    assert model.order == 3
    # a after <s>; b after <s> a; the end after a b.
    expected = -0.4 - 0.15 + (-0.05 - 0.2 - 0.9)
    assert model.score_sentence(["a", "b"]) == pytest.approx(expected)
    assert model.score_sentence([]) == pytest.approx(-0.5 - 0.9)


def test_a_model_without_unknown_all_but_forbids_it():
    closed = NGram(2, {(): {"a": -0.1, "</s>": -0.7}}, {("a",): -0.25})
    assert closed.score(("a",), "zebra") == pytest.approx(-100.25)
    assert closed.score(("zebra",), "a") == -0.1


@pytest.mark.parametrize("name", ["model.arpa", "model.arpa.gz"])
def test_there_and_back(tmp_path, name):
    texts = [text.lower().split() for text in make_sentences(80, seed=3)]
    learned = learn_ngrams(texts, 3)
    write_arpa(tmp_path / name, learned)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    again = read_arpa(tmp_path / name)
    assert again.order == 3
    assert again.followers.keys() == learned.followers.keys()
    for context, followers in learned.followers.items():
        assert again.followers[context] == pytest.approx(followers, abs=1e-6)
    assert again.backoffs == pytest.approx(learned.backoffs, abs=1e-6)
    for text in texts[:5]:
        assert again.score_sentence(text[::-1]) == pytest.approx(
            learned.score_sentence(text[::-1]), abs=1e-5
        )
    # What was read is written in the same bytes.
    write_arpa(tmp_path / "again.arpa", again)
    whole = (tmp_path / name).read_bytes()
    whole = gzip.decompress(whole) if name.endswith(".gz") else whole
    assert (tmp_path / "again.arpa").read_bytes() == whole


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("\\data\\", "data", r"line 23: no \\data\\ section"),
        ("ngram 2=3", "ngram 2=three", r"line 4: expected 'ngram 2=COUNT', not 'ngram 2=three'"),
        ("ngram 2=3\n", "", r"line 4: expected 'ngram 2=COUNT', not 'ngram 3=1'"),
        ("ngram 1=5\nngram 2=3\nngram 3=1", "", r"no counts \(ngram 1=\.\.\.\) before"),
        ("ngram 1=5", "ngram 1=6", r"line 14: 6 1-grams are declared, but 5 are listed"),
        ("\\2-grams:", "\\4-grams:", r"line 14: expected \\2-grams:, not \\4-grams:"),
        ("\\3-grams:\n-0.15\t<s> a b\n\n", "", r"line 19: expected \\3-grams:, not \\end\\"),
        ("\\end\\\nwhatever follows\n", "", r"line 21: the file ends before \\end\\"),
        ("-0.6\ta\t-0.3", "-0.6\ta b c", r"line 11: expected a number, 1 tokens and optionally"),
        ("<s> a b\n", "<s> a b -0.1\n", r"line 20: expected a number, 3 tokens, not"),
        ("-0.6\ta", "minus\ta", r"line 11: 'minus' is not a number"),
        ("-0.6\ta\t-0.3", "-0.6\ta\tnan", r"line 11: 'nan' is not a number"),
        ("-0.6\ta", "-inf\ta", r"line 11: '-inf' is not a number"),
        ("-0.6\ta", "0.6\ta", r"line 11: a log10 probability cannot be above 0: 0\.6"),
        ("-0.7\tb", "-0.7\ta", r"line 12: the 1-gram 'a' is listed twice"),
    ],
)
def test_broken_files_are_refused_with_the_line(tmp_path, old, new, message):
    path = tmp_path / "broken.arpa"
    assert ARPA.count(old) == 1
    path.write_text(ARPA.replace(old, new))
    with pytest.raises(LanguageModelError, match=message) as caught:
        read_arpa(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name, data, message",
    [
        ("empty.arpa", b"", r"empty\.arpa, line 0: no \\data\\ section"),
        ("latin.arpa", b"\\data\\\n\xff\xfe", "is not UTF-8 text"),
        ("cut.arpa.gz", gzip.compress(ARPA.encode())[:-60], "is corrupt"),
        ("plain.arpa.gz", ARPA.encode(), "is corrupt"),
    ],
)
def test_other_files_are_refused(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LanguageModelError, match=message):
        read_arpa(tmp_path / name)


def test_numbers_and_lines_beyond_any_model_are_refused(tmp_path):
    path = tmp_path / "lm.arpa"
    path.write_text("\\data\\\nngram 1=" + "9" * 5000)
    with pytest.raises(LanguageModelError, match="line 2: expected 'ngram 1=COUNT'"):
        read_arpa(path)
    packed = tmp_path / "lm.arpa.gz"
    packed.write_bytes(gzip.compress(b"\\data\\\n" + b"a" * (1 << 21)))
    with pytest.raises(LanguageModelError, match=r"arpa\.gz, line 2: more than \d+ characters"):
        read_arpa(packed)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LanguageModelError, match=r"none\.arpa: No such file"):
        read_arpa(tmp_path / "none.arpa")

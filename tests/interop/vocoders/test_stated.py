"""What a config states, and what it may not."""

import pytest

from ganspeech.interop.vocoders.stated import Stated

CONFIG = {"rate": 8000, "sizes": [[1, 3], [2]], "words": [["a"]]}
STATED = Stated(CONFIG, lambda what: ValueError(f"file: {what}"))


def test_lists_are_tuples_and_absent_fields_have_defaults():
    assert STATED.value("sizes", None) == ((1, 3), (2,))
    assert STATED.value("other", [1]) == (1,)
    assert STATED.counts("sizes", None, [2, 1]) == ((1, 3), (2,))
    assert STATED.counts("other", [[4], [5]], [1, 1]) == ((4,), (5,))
    assert Stated(None, ValueError).value("rate", 5) == 5


def test_only_what_is_stated_can_contradict():
    STATED.require("rate", 8000, "the spec's")
    STATED.require("other", 3, "the spec's")
    with pytest.raises(ValueError, match=r"^file: rate of its config is 8000, but ours is 16000$"):
        STATED.require("rate", 16000, "ours")


def test_types_are_told_and_long_values_cut():
    stated = Stated({"rate": "8000", "list": [[]] * 999, "text": "\x1b\n" * 999}, ValueError)
    with pytest.raises(ValueError, match=r"^rate of its config is '8000', but ours is 8000$"):
        stated.require("rate", 8000, "ours")
    for name in ("list", "text"):
        with pytest.raises(ValueError, match=r"^[ -~]{,90}$"):
            stated.require(name, 8000, "ours")


@pytest.mark.parametrize(
    ("name", "default", "lengths", "told"),
    [
        ("sizes", None, [2, 2], r"2 lists .* \[2, 2\].* not \[\[1, 3\], \[2\]\]"),
        ("sizes", None, [2], r"lengths \[2\] "),
        ("words", None, [1], r"not \[\['a'\]\]"),
        ("rate", None, [1], "not 8000"),
        ("other", None, [1], "not absent"),
        ("other", [[1, 3]], [3], "not absent"),
    ],
)
def test_counts_of_another_form_are_named(name, default, lengths, told):
    with pytest.raises(ValueError, match=f"^file: {name} of its config.*{told}"):
        STATED.counts(name, default, lengths)

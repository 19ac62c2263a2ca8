import math
import random

import numpy as np
import pytest

from ganspeech.evaluation.pages.intervals import paired_difference, ratio_difference, ratio_interval
from ganspeech.evaluation.recognition.accuracy import (
    Answer,
    by_speaker,
    confusions,
    edits,
    error_difference,
    error_rate,
    grouping,
    right,
    shares,
    tokens,
)


def distance(ours, theirs) -> int:
    """Levenshtein's table, the slow and plain way."""
    row = list(range(len(theirs) + 1))
    for i, one in enumerate(ours, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(theirs, 1):
            least = min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
            diagonal, row[j] = row[j], least
    return row[-1]


def test_edits_are_as_few_as_can_be_and_the_pairs_spell_both_texts():
    draw = random.Random(0)
    for _ in range(200):
        ours = [draw.choice(["ab", "cd", "e"]) for _ in range(draw.randrange(9))]
        theirs = [draw.choice(["ab", "cd", "e", "f"]) for _ in range(draw.randrange(9))]
        found = edits(ours, theirs)
        assert found.errors == distance(ours, theirs)
        assert found.length == len(ours)
        assert [said for said, _ in found.pairs if said is not None] == ours
        assert [heard for _, heard in found.pairs if heard is not None] == theirs
        assert found.substitutions == sum(
            None not in pair and pair[0] != pair[1] for pair in found.pairs
        )


@pytest.mark.parametrize(
    "said, heard, counts",
    [
        ("the cat sat", "the cat sat", (0, 0, 0, 3)),
        ("the cat sat", "the hat sat", (1, 0, 0, 2)),
        ("the cat sat", "cat sat", (0, 1, 0, 2)),
        ("the cat sat", "the cat sat down", (0, 0, 1, 3)),
        ("the cat", "", (0, 2, 0, 0)),
        ("", "the", (0, 0, 1, 0)),
    ],
)
def test_each_kind_of_error_is_counted_apart(said, heard, counts):
    found = edits(said.split(), heard.split())
    assert (found.substitutions, found.deletions, found.insertions, found.correct) == counts


def test_characters_count_the_space_between_words():
    assert tokens("  to  be ", "character") == list("to be")
    assert tokens("AH T", "phone") == tokens("AH  T", "word") == ["AH", "T"]
    assert error_rate([Answer("a", "to be", "tobe")], "character").value == pytest.approx(20)


def some(count: int, speakers: int, errors: dict[int, float]) -> list[Answer]:
    """Utterances of four words; speaker s errs on each word with probability errors[s]."""
    draw = random.Random(1)
    found = []
    for n in range(count):
        speaker = n % speakers
        words = [f"w{draw.randrange(50)}" for _ in range(4)]
        heard = ["x" if draw.random() < errors.get(speaker, 0.1) else word for word in words]
        found.append(Answer(f"u{n:03d}", " ".join(words), " ".join(heard), f"s{speaker}"))
    return found


def test_a_rate_is_a_ratio_of_sums_and_not_a_mean_of_rates():
    answers = [Answer("a", "one", "two"), Answer("b", "one two three", "one two three")]
    rate = error_rate(answers, "word")
    assert rate.value == 25.0 and rate.length == 4
    assert error_rate([Answer("a", "one", "two one three")], "word").value == 200.0


def test_speakers_who_differ_make_intervals_wider_than_utterances_do():
    answers = some(300, 6, {0: 0.6})
    assert grouping(answers)[0] == "speakers"
    unknown = [Answer(a.id, a.reference, a.hypothesis) for a in answers]
    assert grouping(unknown)[0] == "utterances"
    assert grouping(some(40, 4, {}))[0] == "utterances"
    by_speakers, by_utterance = (error_rate(a, "word").interval for a in (answers, unknown))
    assert by_speakers.value == by_utterance.value and by_speakers.count == 6
    wide, narrow = (i.high - i.low for i in (by_speakers, by_utterance))
    assert wide > 2 * narrow
    assert by_utterance.low < by_utterance.value < by_utterance.high


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    draw = np.random.default_rng(0)
    covered = 0
    for seed in range(60):
        lengths = draw.integers(2, 12, 80)
        found = ratio_interval(draw.binomial(lengths, 0.2), lengths, seed=seed)
        covered += found.low <= 0.2 <= found.high
    assert covered >= 52


def test_no_error_still_has_an_upper_bound():
    answers = [Answer(f"u{n}", "one", "one") for n in range(300)]
    found = error_rate(answers, "word").interval
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(1.0, abs=0.01)  # three in three hundred
    assert math.isnan(error_rate(answers[:4], "word").interval.high)


def test_a_difference_is_that_of_the_rates_and_sure_where_it_is_great():
    ours = some(100, 6, {})
    theirs = [
        Answer(a.id, a.reference, " ".join(["x", *a.reference.split()[1:]]), a.speaker)
        for a in ours
    ]
    found = error_difference(ours, theirs, "word")
    expected = error_rate(ours, "word").value - error_rate(theirs, "word").value
    assert found.value == pytest.approx(expected)
    assert found.high < 0 and found.p < 0.01 and found.count == 6
    same = error_difference(ours, ours, "word")
    assert same.value == 0 and same.p == 1
    assert error_difference(ours[:3], theirs, "word").too_few


def test_systems_that_heard_other_texts_are_not_compared():
    with pytest.raises(ValueError, match="u has two references"):
        error_difference([Answer("u", "a b", "")], [Answer("u", "a c", "")], "word")


def test_shares_average_to_the_rate_and_pair_like_it():
    ours = some(60, 6, {})
    noisy = [Answer(a.id, a.reference, "x", a.speaker, "rain", 5.0) for a in ours]
    assert np.mean(list(shares(ours + noisy, "word").values())) == pytest.approx(
        error_rate(ours + noisy, "word").value
    )
    worse = [Answer(a.id, a.reference, "x x x x", a.speaker) for a in ours]
    names = [a.speaker for a in ours]
    mine, other = (np.array(list(shares(a, "word").values())) for a in (ours, worse))
    direct = error_difference(ours, worse, "word")
    paired = paired_difference(mine, other, names)
    assert (paired.value, paired.low, paired.high) == pytest.approx(
        (direct.value, direct.low, direct.high)
    )


def test_what_is_not_finite_leaves_its_group_alone():
    ours, theirs = np.arange(12.0), np.zeros(12)
    ours[3] = np.nan
    found = paired_difference(ours, theirs, [str(n // 2) for n in range(12)])
    kept = np.delete(np.arange(12.0), 3)
    assert found.count == 6 and found.value == pytest.approx(kept.mean())
    assert math.isnan(ratio_difference(ours[:0], ours[:0], ours[:0]).value)
    assert math.isnan(ratio_interval(ours[:2], np.zeros(2)).value)


def test_confusions_speakers_and_right_utterances():
    answers = [
        Answer("1", "nine one", "five one", "ann"),
        Answer("2", "nine", "five", "bob"),
        Answer("3", "two", "", "ann"),
        Answer("4", "six", "six", "bob"),
    ]
    assert confusions(answers, "word") == [("nine", "five", 2), ("two", "", 1)]
    assert [len(own) for own in by_speaker(answers).values()] == [2, 2]
    assert right(answers, "word").tolist() == [0, 0, 0, 1]

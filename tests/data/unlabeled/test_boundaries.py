"""Scores of boundaries, worked out by hand."""

import pytest

from ganspeech.data.unlabeled.boundaries import boundary_scores


def test_perfect_boundaries():
    assert boundary_scores([[0.1, 0.2]], [[0.1, 0.2]]) == (1, 1, 1, 1)


def test_a_boundary_matches_once():
    found, true = [[0.10, 0.11, 0.30, 0.52]], [[0.11, 0.50, 0.90]]
    scores = boundary_scores(found, true)
    assert scores.precision == pytest.approx(2 / 4)
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.f1 == pytest.approx(4 / 7)
    # Räsänen et al.: one boundary too many for each three, a third of them missed.
    too_many, missed = 1 / 3, 1 / 3
    first = (missed**2 + too_many**2) ** 0.5
    second = (too_many + missed) / 2**0.5
    assert scores.r_value == pytest.approx(1 - (first + second) / 2)


def test_as_many_as_possible_match():
    # The nearest true one of 0.02 is 0.03, which 0.04 needs.
    assert boundary_scores([[0.02, 0.04]], [[0.005, 0.03]], 0.02).f1 == 1


def test_the_tolerance_is_inclusive_however_times_are_rounded():
    assert boundary_scores([[0.1 + 0.2]], [[0.32]], 0.02).recall == 1
    assert boundary_scores([[0.3]], [[0.321]], 0.02)[:3] == (0, 0, 0)


def test_many_boundaries_do_not_help_the_r_value():
    everywhere = [[n / 100 for n in range(100)]]
    scores = boundary_scores(everywhere, [[0.1, 0.3, 0.6]])
    assert scores.recall == 1 and scores.r_value < 0


def test_utterances_do_not_match_each_other():
    assert boundary_scores([[0.1], []], [[], [0.1]])[:3] == (0, 0, 0)


@pytest.mark.parametrize(
    "found, true, tolerance, message",
    [
        ([[]], [[], []], 0.02, "boundaries of 1 utterances, true ones of 2"),
        ([[0.1]], [[]], 0.02, "no true boundaries"),
        ([[0.2, 0.1]], [[0.1]], 0.02, "must ascend"),
        ([[0.1]], [[0.1]], -1, "tolerance must be at least 0"),
    ],
)
def test_bad_input_is_refused(found, true, tolerance, message):
    with pytest.raises(ValueError, match=message):
        boundary_scores(found, true, tolerance)

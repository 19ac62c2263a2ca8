import math

import numpy as np
import pytest

from ganspeech.evaluation.pages.intervals import interval, paired_difference, student_interval
from ganspeech.evaluation.quality.metrics import Metric
from ganspeech.evaluation.quality.table import verdict


def test_interval_of_a_mean_is_two_standard_errors():
    values = np.random.default_rng(0).normal(3.0, 0.5, 400)
    found = interval(values)
    error = values.std() / 20
    assert found.value == pytest.approx(values.mean()) and found.count == 400
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_interval_covers_the_truth():
    rng = np.random.default_rng(1)
    found = [interval(rng.exponential(1.0, 40)) for _ in range(150)]
    covered = np.mean([i.low <= 1.0 <= i.high for i in found])
    assert 0.86 <= covered <= 0.99


def test_missing_values_are_left_out_and_nothing_gives_nothing():
    assert interval(np.array([1.0, np.nan, 3.0])).count == 2
    assert interval(np.array([1.0, np.nan, 3.0])).value == 2.0
    nothing = interval(np.full(3, np.nan))
    assert nothing.count == 0 and np.isnan(nothing.value)
    assert paired_difference(np.array([1.0, np.nan]), np.array([np.nan, 1.0])).count == 0


def test_median_and_seed():
    values = np.array([1.0, 2.0, 3.0, 100.0, 2.0])
    assert interval(values, "median").value == 2.0
    assert interval(values, seed=3) == interval(values, seed=3)


def test_pairing_sees_a_small_steady_difference():
    rng = np.random.default_rng(2)
    sentences = rng.normal(0, 1, 30)
    ours, theirs = sentences + 0.1 + rng.normal(0, 0.05, 30), sentences
    found = paired_difference(ours, theirs)
    assert 0.05 < found.low < 0.1 < found.high < 0.15 and found.p < 0.001
    assert interval(ours).low < interval(theirs).value < interval(ours).high
    back = paired_difference(theirs, ours)
    assert back.value == pytest.approx(-found.value) and back.p == pytest.approx(found.p)


def test_p_values_of_no_difference_are_not_small():
    assert paired_difference(np.ones(5), np.ones(5)).p == 1.0
    rng = np.random.default_rng(3)
    p = [paired_difference(rng.normal(size=40), rng.normal(size=40)).p for _ in range(100)]
    assert np.mean(np.array(p) < 0.05) < 0.13 and 0.35 < np.mean(p) < 0.65


def test_many_sentences_fit_in_memory():
    assert interval(np.arange(5000.0)).value == 2499.5


def test_one_value_has_no_bounds():
    found = interval(np.array([2.5, np.nan]))
    assert found.value == 2.5 and found.count == 1
    assert np.isnan([found.low, found.high]).all()


@pytest.mark.parametrize("pairs", [1, 4, 5])
def test_a_difference_of_few_sentences_is_not_certain(pairs):
    found = paired_difference(np.arange(pairs) + 1.0, np.arange(pairs) * 1.0)
    few = pairs < 5
    assert found.value == 1.0 and found.count == pairs and found.too_few == few
    assert np.isnan([found.low, found.high, found.p]).tolist() == [few] * 3
    better = Metric("x", "X", "", True, np.mean)
    assert verdict(found, better.higher_is_better) == ("=" if few else "+")


def test_few_values_have_students_interval():
    assert student_interval(np.array([])).count == 0
    one = student_interval(np.array([2.0, np.nan]))
    assert one.value == 2.0 and one.count == 1 and math.isnan(one.low)
    assert student_interval(np.array([1.0, 2.0, 3.0])).high == pytest.approx(2 + 4.302653 / 3**0.5)

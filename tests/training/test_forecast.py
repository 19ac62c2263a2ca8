"""How long a run will take, told after its first steps."""

import pytest

from ganspeech.training import forecast
from ganspeech.training.forecast import TIMED, Forecast


@pytest.fixture
def told(monkeypatch):
    """Lines of a run whose dispatches take the given seconds, with the steps they came after."""

    def lines(seconds, steps, adversary_from=0, minutes=0.0, count=1, first=0):
        now = [0.0]
        monkeypatch.setattr(forecast.time, "monotonic", lambda: now[0])
        one, found = Forecast(steps, adversary_from, minutes), {}
        for number, took in enumerate(seconds, 1):
            now[0] += took
            if line := one.after(first + number * count, count):
                found[first + number * count] = line
        return found

    return lines


STEADY = [90.0] + [0.5] * 60
"""The first dispatch compiles."""


def test_one_line_without_compilation(told):
    assert told(STEADY, 3021) == {21: "3,000 steps of 0.5 s take about 25 minutes"}


def test_other_shapes_that_compile_do_not_count(told):
    seconds = [30.0, 0.5, 30.0, 0.6, 40.0, 0.4] + [0.5] * 40
    assert told(seconds, 3021) == {21: "3,000 steps of 0.5 s take about 25 minutes"}


def test_slower_steps_to_come_are_named(told):
    (line,) = told(STEADY, 20_000, adversary_from=14_421).values()
    assert line == (
        "14,400 steps of 0.5 s take about 2.0 hours; the 5,579 after them, with discriminators, "
        "are slower"
    )
    (line,) = told(STEADY, 20_000, adversary_from=10, first=100).values()
    assert "slower" not in line


def test_steps_with_discriminators_are_timed_anew(told):
    seconds = [90.0] + 9 * [0.1] + [60.0] + 40 * [0.5]
    assert told(seconds, 3031, adversary_from=10) == {
        31: "3,000 steps of 0.5 s take about 25 minutes"
    }
    both = told([9.0] + 999 * [0.1] + 99 * [0.5], 9000, adversary_from=1000)
    assert list(both) == [21, 1021] and "slower" in both[21] and "slower" not in both[1021]


def test_steps_of_one_dispatch_share_its_time(told):
    assert told(STEADY, 840, count=4) == {84: "756 steps of 0.12 s take about 2 minutes"}


@pytest.mark.parametrize("steps, minutes", [(100, 0.0), (3000, 5.0)])
def test_nothing_is_told_that_is_short_or_limited(steps, minutes, told):
    assert told(STEADY, steps, minutes=minutes) == {}
    assert told(STEADY[:TIMED], 3000) == {}

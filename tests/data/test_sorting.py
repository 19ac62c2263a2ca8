"""Sorting on disk gives what sorting in memory gives."""

import random

import pytest

from ganspeech.data import sorting
from ganspeech.data.sorting import sorted_rows


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 995])
def test_any_number_of_rows_in_runs_of_ten(monkeypatch, count):
    monkeypatch.setattr(sorting, "IN_MEMORY", 10)
    monkeypatch.setattr(sorting, "READ_AT_ONCE", 3)
    rng = random.Random(0)
    rows = [(rng.choice(("a", "é", "\ud8ff", "ab\n", "")), n, "x" * (n % 7)) for n in range(count)]
    rng.shuffle(rows)
    assert list(sorted_rows(iter(rows))) == sorted(rows)


def test_a_merge_that_is_not_read_to_its_end_leaves_no_file(monkeypatch):
    monkeypatch.setattr(sorting, "IN_MEMORY", 10)
    rows = sorted_rows((n,) for n in range(100))
    assert next(rows) == (0,)
    rows.close()

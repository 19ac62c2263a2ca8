"""Boundaries of what was read, beside true ones."""

import dataclasses

import numpy as np
import pytest

from ganspeech.data.unlabeled.unpaired import Segments
from ganspeech.evaluation.recognition.unpaired.boundaries import EVEN, JOINED, boundary_rows
from ganspeech.evaluation.recognition.unpaired.readings import Readings

TRUE = np.array([4, 6, 9, 12], np.int32)
ENDS = np.array([2, 4, 7, 9, 11, 12], np.int32)
BEST = [1, 1, 2, 3, 2, 2]


def readings(segments=1, ends=ENDS, best=BEST, true=TRUE):
    one = Segments("u", np.zeros((len(ENDS), 2), np.float32), None, None, ends, true)
    unknown = dataclasses.replace(one, id="v", true_ends=None)
    steps = np.log(np.eye(4)[best] + 1e-6)
    return Readings(
        "a test", [one, unknown], [steps, steps], [[1]], tuple("sabc"), (), (), segments
    )


def test_segments_that_are_read_alike_are_one():
    rows = boundary_rows(readings())
    # Ends of utterances are left out: 2 4 7 9 11 beside 4 6 9.
    assert rows["segments"].exact[:2] == pytest.approx((2 / 5, 2 / 3))
    assert rows["segments"].near[:2] == pytest.approx((3 / 5, 1))
    # 4 7 9
    assert rows[JOINED].exact[:2] == pytest.approx((2 / 3, 2 / 3))
    assert rows[JOINED].near.f1 == 1
    # 3 6 9
    assert rows[EVEN].exact[:2] == pytest.approx((2 / 3, 2 / 3))


def test_steps_of_several_segments_end_with_the_last():
    rows = boundary_rows(readings(segments=4, best=[1, 2]))
    assert rows["segments"].exact[:2] == (1.0, pytest.approx(1 / 3))  # 9


def test_nothing_is_said_where_nothing_is_known():
    assert boundary_rows(readings(true=None)) == {}
    assert boundary_rows(readings(ends=None)) == {}
    assert boundary_rows(readings(segments=None)) == {}

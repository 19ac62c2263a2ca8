"""Sounds from noise as items of a listening test."""

from types import SimpleNamespace

import numpy as np

from ganspeech.evaluation.comparison.generation import _stimuli


def test_items_are_examples_of_every_class_that_all_runs_make():
    def gallery(labels):
        values = np.arange(len(labels), dtype=np.float32)[:, None]
        return SimpleNamespace(
            classes=("low", "high", "never"),
            labels=np.array(labels),
            exhibit=SimpleNamespace(values=values),
            yardstick=SimpleNamespace(heard=lambda chosen: chosen + 0.5),
        )

    found = _stimuli({"a": gallery([0, 1, 0, 1]), "b": gallery([1, 0, 0])}, 5)
    assert found.texts == {"low 1": "low", "high 1": "high", "low 2": "low"}
    assert {item: float(sound[0]) for item, sound in found.systems["a"].items()} == {
        "low 1": 0.5,
        "high 1": 1.5,
        "low 2": 2.5,
    }
    assert float(found.systems["b"]["high 1"][0]) == 0.5
    assert not found.reference and not found.baselines
    assert list(_stimuli({"a": gallery([0, 1, 0])}, 2).texts) == ["low 1", "high 1"]

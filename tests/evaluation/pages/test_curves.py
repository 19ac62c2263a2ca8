import json

from ganspeech.evaluation.pages.curves import training_curves


def test_training_curves_are_thinned_and_by_number(tmp_path):
    lines = [{"step": i, "loss/mel": 1.0 / (i + 1), "minutes": i} for i in range(1000)]
    (tmp_path / "metrics.jsonl").write_text(
        "\n".join(map(json.dumps, [*lines, {"step": 1000, "once": 3}]))
    )
    (curve,) = training_curves(tmp_path / "metrics.jsonl")
    ((steps, values),) = curve.lines.values()
    assert curve.title == "loss/mel" and len(steps) == len(values) == 250
    assert steps[:2] == [0, 4] and values[1] == 0.2
    assert training_curves(tmp_path / "nothing.jsonl") == ()

"""The best checkpoint: what is kept, when patience ends, and that a kill changes neither."""

import dataclasses
import json

import pytest

from ganspeech import load
from ganspeech.runs.best import Score, read_scores
from ganspeech.runs.checkpoints import CheckpointError, Checkpoints
from ganspeech.runs.folder import load_run
from ganspeech.training import loop
from ganspeech.training.population import train_population

VALUES = {2: 5.0, 4: 3.0, 6: 4.0, 8: 3.0, 10: 6.0, 12: 1.0}
"""By step, the lower the better."""


class Killed(Exception):
    """What ends a training without a word."""


class Judge:
    """Scores from a table; ends the training when a step is asked for."""

    def __init__(self, folder, values, kill):
        self.folder, self.values, self.kill, self.asked = folder, values, kill, []

    def ask(self, step):
        assert (self.folder / "checkpoints" / f"{step:09d}" / "about.json").exists()
        self.asked.append(step)

    def answer(self, seconds):
        if not self.asked or (self.asked[0] == self.kill == 8 and not seconds):
            return None
        step = self.asked.pop(0)
        if step == self.kill:
            raise Killed
        assert (self.folder / "checkpoints" / f"{step:09d}").exists()
        value = self.values[step]
        return Score(step, value, "" if value else "silence", "Distance, dB", False, 1)

    def close(self):
        pass


def judging(values=VALUES, kill=None):
    return lambda experiment, folder: Judge(folder, values, kill)


def scored(experiment, **changes):
    changes = {"save_every": 2, "keep": 1, "keep_best": "mcd"} | changes
    # Without discriminators, whose gradients take most of the time to trace, in each training.
    budget = dataclasses.replace(experiment.budget, **changes)
    return dataclasses.replace(experiment, discriminators=(), budget=budget)


def kept(folder):
    return {name: Checkpoints(folder / name).steps() for name in ("checkpoints", "best")}


def test_the_best_is_kept_beside_the_newest_and_used_unless_another_is_named(
    tiny, tmp_path, capsys
):
    run = tmp_path / "run"
    values = VALUES | {4: None, 12: 5.0}
    assert loop.train(scored(tiny), run, judging=judging(values)) == 0
    assert kept(run) == {"checkpoints": [12], "best": [8]}
    told = capsys.readouterr().err
    assert "step 4 has no score: silence" in told
    assert "the best by mcd of 6 checkpoints is step 8 (3.0), in" in told
    assert sum(path.stat().st_size for path in (run / "tensorboard").iterdir()) > 0

    best = load(run)
    assert best.about == "Step 8 of the run run, the best by mcd (3.0) of 6 scored."
    assert f"{run}@newest is newer" in capsys.readouterr().err
    assert load_run(f"{run}@newest").step == load_run(run, 12).step == 12
    assert load_run(f"{run}@best").step == load_run(f"{run}@8").step == 8
    assert not capsys.readouterr().err
    with pytest.raises(CheckpointError, match="there is no checkpoint of step 10"):
        load(f"{run}@10")
    with pytest.raises(ValueError, match=r"a checkpoint is .*run@best, @newest or @STEP"):
        load_run(f"{run}@last")
    with pytest.raises(ValueError, match="is no run folder"):
        load(f"{run / 'best'}@newest")

    # Another metric starts anew, and keeps the old best until there is another.
    loop.train(scored(tiny, keep_best="pesq"), run, judging=judging(VALUES))
    assert (
        "were scored by mcd of 20 sentences, and are now scored by pesq" in capsys.readouterr().err
    )
    assert kept(run)["best"] == [12] and read_scores(run).values == {12: 1.0}

    # What was deleted by hand is not replaced in silence.
    best = (run / "best.json").read_text()
    (run / "best.json").write_text(best.replace('"12"', '"10"'))
    assert load_run(run).step == 12
    assert "step 10, the best by pesq (1.0) of 1 scored, is no longer" in capsys.readouterr().err
    with pytest.raises(CheckpointError, match="is no longer there"):
        load_run(f"{run}@best")
    (run / "best.json").write_text('{"values": 3')
    with pytest.raises(CheckpointError, match=r"best\.json is damaged"):
        load(run)


def test_patience_ends_the_training_at_the_same_step_however_it_was_killed(tiny, tmp_path, capsys):
    experiment = scored(tiny, patience=2)
    assert loop.train(experiment, tmp_path / "whole", judging=judging()) == 0
    # Equal is not better: 6 and 8 are two without a better one than 4.
    assert kept(tmp_path / "whole") == {"checkpoints": [8], "best": [4]}
    assert "none of the 2 since was better" in capsys.readouterr().err
    for step in (4, 8):
        run = tmp_path / f"killed{step}"
        with pytest.raises(Killed):
            loop.train(experiment, run, judging=judging(kill=step))
        assert loop.train(experiment, run, judging=judging()) == 0
        assert kept(run) == kept(tmp_path / "whole")
        assert (run / "best.json").read_text() == (tmp_path / "whole/best.json").read_text()
    capsys.readouterr()
    assert loop.train(experiment, run, judging=judging()) == 0
    assert "already at step 8 of 12; nothing to do" in capsys.readouterr().err
    # More patience goes on, to the end.
    assert loop.train(scored(tiny, patience=4), run, judging=judging()) == 0
    assert kept(run) == {"checkpoints": [12], "best": [12]}
    assert list(json.loads((run / "best.json").read_text())["values"]) == list(map(str, VALUES))


def test_who_cannot_keep_the_best_is_told(tiny, tmp_path):
    with pytest.raises(ValueError, match=r"budget\.keep_best needs a judge"):
        loop.train(scored(tiny), tmp_path / "run")
    with pytest.raises(ValueError, match=r"budget\.keep_best: .* not of a population"):
        train_population([scored(tiny)], [tmp_path / "run"])
    with pytest.raises(ValueError, match=r"budget\.patience counts scores"):
        scored(tiny, keep_best="", patience=1)
    nothing = dataclasses.replace(tiny, corpus=dataclasses.replace(tiny.corpus, held_out=0))
    with pytest.raises(ValueError, match="the corpus holds nothing out to score"):
        loop.train(scored(nothing), tmp_path / "run", judging=judging())
    loop.train(scored(tiny, keep_best="", steps=2), tmp_path / "run")
    with pytest.raises(CheckpointError, match="keeps no best checkpoint"):
        load(f"{tmp_path / 'run'}@best")

"""Members that have collapsed: they leave the program, or begin again; the others do not notice."""

import dataclasses
import shutil

import jax
import numpy as np
import pytest

from ganspeech.runs import folder as runs
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training.loop import train
from ganspeech.training.population import train_population

SIGNS: list[str] = []
"""Signs that the task is about to see, one for each look at a member."""


@pytest.fixture
def members(tiny, monkeypatch):
    """Three of three steps, plain training, which are looked at after the first and the second."""
    monkeypatch.setattr(Vocoding, "collapse", lambda *_: SIGNS.pop(0), raising=False)
    budget = dataclasses.replace(tiny.budget, steps=3, log_every=1, save_every=1, keep=3)
    game = dataclasses.replace(tiny, discriminators=(), budget=budget)
    return [dataclasses.replace(game, seed=seed) for seed in range(3)]


def folders(root, count=3):
    return [root / f"seed{seed}" for seed in range(count)]


def checkpoints(folder):
    return Checkpoints(folder / "checkpoints")


def params(folder, experiment, step=None):
    state, _ = checkpoints(folder).restore(runs.abstract_state(experiment), step)
    return state.generator.params


def test_a_stopped_member_leaves_the_program_and_the_others_go_on(members, tmp_path, capsys):
    together, alone = folders(tmp_path / "together"), tmp_path / "alone"
    SIGNS[:] = ["", "1 of 9", "", "", ""]
    assert train_population(members, together, "vmap", "stop") == 0
    assert SIGNS == []
    assert [checkpoints(folder).steps() for folder in together] == [[1, 2, 3], [1], [1, 2, 3]]
    told = f"{together[1]} collapsed at step 1 (1 of 9): training ends"
    assert told in capsys.readouterr().err
    assert checkpoints(together[1]).about(1)["collapses"] == [[1, "1 of 9", "stop"]]
    train(members[2], alone)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5),
        params(together[2], members[2]),
        params(alone, members[2]),
    )
    # The same again has nothing to do, and looks at nobody.
    assert train_population(members, together, "vmap", "stop") == 0
    assert checkpoints(together[1]).steps() == [1]


def test_one_member_is_left_or_none(members, tmp_path):
    SIGNS[:] = ["a", "b", "", "c"]
    assert train_population(members, folders(tmp_path), "fastest", "stop") == 0
    assert [checkpoints(folder).steps() for folder in folders(tmp_path)] == [[1], [1], [1, 2]]


def test_a_restarted_member_begins_again_and_goes_on_after_a_kill(members, tmp_path):
    found, copy = folders(tmp_path / "found", 2), folders(tmp_path / "copy", 2)
    SIGNS[:] = ["", "1 of 9", "", ""]
    assert train_population(members[:2], found, "in-turn", "restart") == 0
    assert checkpoints(found[1]).about(3)["collapses"] == [[1, "1 of 9", "restart"]]
    fresh, _ = checkpoints(found[1]).restore(runs.abstract_state(members[1]), 1)
    assert fresh.step == 0
    train(members[1], tmp_path / "alone")
    before = params(tmp_path / "alone", members[1], 1)
    assert not all(
        jax.tree.leaves(jax.tree.map(np.allclose, before, params(found[1], members[1], 1)))
    )
    shutil.copytree(tmp_path / "found", tmp_path / "copy")
    for folder in copy:
        shutil.rmtree(checkpoints(folder).path(2))
        shutil.rmtree(checkpoints(folder).path(3))
    SIGNS[:] = ["", ""]
    assert train_population(members[:2], copy, "in-turn", "restart") == 0
    for ours, theirs, member in zip(copy, found, members):
        jax.tree.map(np.testing.assert_array_equal, params(ours, member), params(theirs, member))


def test_collapsed_members_go_on_unless_told_otherwise(members, tmp_path):
    SIGNS[:] = []
    assert train_population(members[:2], folders(tmp_path, 2), "in-turn") == 0
    assert checkpoints(tmp_path / "seed1").about(3)["collapses"] == []


class Silent(Vocoding):
    """Vocoding without signs of a collapse; Python remembers which classes a protocol has met."""


def test_a_task_without_signs_is_refused(tiny, tmp_path):
    silent = dataclasses.replace(tiny, task=Silent(tiny.task.spec, tiny.task.segment_frames))
    both = [silent, dataclasses.replace(silent, seed=1)]
    with pytest.raises(ValueError, match="Silent has no sign of a collapse, so that no member"):
        train_population(both, folders(tmp_path, 2), "vmap", "stop")

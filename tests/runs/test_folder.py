"""Run folders with an experiment that is none, or a checkpoint that does not say enough."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from ganspeech import experiments
from ganspeech.config import serialize
from ganspeech.runs.checkpoints import CheckpointError, Checkpoints
from ganspeech.runs.folder import load_run, require_resumable, require_same_settings

RUN = Path(__file__).resolve().parents[1] / "written_by_0_1" / "run"


@pytest.mark.parametrize("content", [b"\xff{}", b"2", b"null", b'{"class": "Hinge"}', b"[]"])
def test_an_experiment_that_is_none_is_named(tmp_path, content):
    shutil.copytree(RUN, tmp_path / "run")
    (tmp_path / "run" / "experiment.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"experiment\.json (is damaged|holds no experiment)"):
        load_run(tmp_path / "run")


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"experiment": None}, "it has no experiment"),
        ({"recordings": 3}, "it has no recordings"),
        ({"minutes": "1"}, "it has no minutes"),
        ({"averages": {"generator/mel": 2.0}}, "'generator/mel' is no sum and count"),
        ({"averages": {"generator/mel": [1.0]}}, "'generator/mel' is no sum and count"),
    ],
)
def test_what_resuming_needs_is_named_where_it_lacks(changes, told):
    about = Checkpoints(RUN / "checkpoints").newest_about()
    require_resumable(RUN, about | {"averages": {"generator/mel": [1.0, 2]}})
    with pytest.raises(CheckpointError, match=rf"about\.json .* of step 2 is damaged: .*{told}"):
        require_resumable(RUN, about | changes)


@pytest.mark.parametrize("part", ["generator", "task", "discriminators", "rules"])
def test_parts_of_another_type_are_one_line(tmp_path, part):
    shutil.copytree(RUN, tmp_path / "run")
    file = tmp_path / "run" / "experiment.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {part: "text"}))
    with pytest.raises(ValueError, match=r"experiment\.json") as raised:
        load_run(tmp_path / "run")
    assert "\n" not in str(raised.value)


def test_a_setting_that_came_later_is_the_usual_one(tmp_path):
    """A run of an earlier version goes on, unless it would have to go on otherwise."""
    chosen = experiments.load("vocoder_demo")
    saved = json.loads(serialize.dumps(chosen))
    del saved["rules"]["r1"], saved["task"]["segment_frames"]
    others = dataclasses.replace(chosen, rules=dataclasses.replace(chosen.rules, r1=3.0))
    usual = type(chosen.task)(chosen.task.spec).segment_frames
    own = dataclasses.replace(chosen, task=dataclasses.replace(chosen.task, segment_frames=usual))
    require_same_settings(tmp_path, json.dumps(saved), own, ())
    with pytest.raises(ValueError, match=r"rules\.r1 was 0\.0 and is 3\.0"):
        require_same_settings(tmp_path, json.dumps(saved), others, ("task.segment_frames",))
    saved["rules"]["gone"] = 1
    with pytest.raises(ValueError, match=r"rules\.gone was 1 and is unknown"):
        require_same_settings(tmp_path, json.dumps(saved), own, ())

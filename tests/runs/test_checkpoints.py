"""Checkpoints that are whole, and what is said of those that are not."""

import hashlib
import json

import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.runs import checkpoints
from ganspeech.runs.checkpoints import PARTIAL, CheckpointError, Checkpoints

STATE = {
    "key": np.array([1, 2], np.uint32),
    "params": {"a/b": jnp.ones((3, 2)), "half": jnp.full((2,), 0.1, jnp.bfloat16)},
    "moments": (jnp.zeros(()), {}),
    "ema": None,
}


@pytest.fixture
def saved(tmp_path):
    """Checkpoints of steps 1 to 3, of which two are kept; in step n, `moments[0]` is n."""
    found = Checkpoints(tmp_path / "checkpoints", keep=2)
    for step in (1, 2, 3):
        found.save(step, STATE | {"moments": (jnp.float32(step), {})}, {"minutes": 0.1})
    found.wait()
    return found


def damage(checkpoints, step):
    """Flips one bit in the middle of the largest file of a checkpoint's arrays."""
    state = checkpoints.path(step) / "state"
    files = [path for path in state.rglob("*") if path.is_file()]
    largest = max(files, key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)


def test_what_comes_back_is_what_went_in_and_old_ones_go(saved):
    assert saved.steps() == [2, 3]
    assert sorted(path.name for path in saved.folder.iterdir()) == ["000000002", "000000003"]
    state, about = saved.restore(STATE)
    assert about == {"step": 3, "minutes": 0.1}
    assert state["ema"] is None and state["moments"][0] == 3 and state["moments"][1] == {}
    for name in ("a/b", "half"):
        assert state["params"][name].dtype == STATE["params"][name].dtype
        np.testing.assert_array_equal(state["params"][name], STATE["params"][name])
    np.testing.assert_array_equal(state["key"], STATE["key"])


def test_arrays_are_copied_before_the_save_returns(tmp_path):
    checkpoints, array = Checkpoints(tmp_path), np.ones(1000, np.float32)
    checkpoints.save(1, {"a": array}, {})
    array[:] = 2
    checkpoints.wait()
    assert checkpoints.restore({"a": array})[0]["a"].max() == 1


def test_a_save_that_was_killed_is_not_a_checkpoint_and_is_swept_away(saved):
    left = saved.folder / f"{PARTIAL}000000004"
    (left / "state").mkdir(parents=True)
    assert saved.restore(STATE)[1]["step"] == 3
    saved.save(4, STATE, {})
    saved.wait()
    assert saved.steps() == [3, 4]
    assert not list(saved.folder.glob(f"{PARTIAL}*"))


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_taken(saved, capsys):
    damage(saved, 3)
    state, about = saved.restore(STATE)
    assert about["step"] == 2 and state["moments"][0] == 2
    warning = capsys.readouterr().err
    assert "000000003 is damaged: state/" in warning and "not as it was written" in warning
    (saved.path(2) / "about.json").write_text('{"step": 2, "fi')
    with pytest.raises(CheckpointError, match="no usable checkpoint"):
        saved.restore(STATE)
    assert "about.json" in capsys.readouterr().err
    # A new save of that step takes its place.
    saved.save(3, STATE, {})
    saved.wait()
    assert saved.restore(STATE)[1]["step"] == 3


def test_a_missing_file_is_damage(saved, capsys):
    next(path for path in (saved.path(3) / "state").rglob("*") if path.is_file()).unlink()
    assert saved.restore(STATE)[1]["step"] == 2
    assert "is missing" in capsys.readouterr().err


def test_a_step_never_saved_is_not_called_damaged(saved):
    with pytest.raises(CheckpointError, match="there is no checkpoint of step 7 in "):
        saved.restore(STATE, step=7)


@pytest.mark.parametrize("content", ["[]", "{}", '{"files": []}', '{"files": {}}', "7"])
def test_an_about_of_another_kind_is_damage(saved, content):
    (saved.path(3) / "about.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"000000003 is damaged: about\.json"):
        saved.about(3)


@pytest.mark.parametrize("content", [b"\xff", b"[" * 9999, b'{"step": ' + b"9" * 5000 + b"}"])
def test_an_about_that_is_no_json_is_damage(saved, content):
    (saved.path(3) / "about.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"000000003 is damaged: about\.json: \S"):
        saved.about(3)


@pytest.mark.parametrize("name", ["_METADATA", "manifest.ocdbt"])
def test_arrays_that_cannot_be_read_are_one_line(tmp_path, name, capfd):
    # One array: when the first of several fails, Orbax closes its event loop on the others, which
    # would complain in the middle of a later test.
    checkpoints, state = Checkpoints(tmp_path), {"a": jnp.ones((3, 2))}
    checkpoints.save(3, state, {})
    checkpoints.wait()
    (checkpoints.path(3) / "state" / name).write_bytes(b"damaged")
    about = json.loads((checkpoints.path(3) / "about.json").read_text())
    about["files"][name] = hashlib.blake2b(b"damaged", digest_size=16).hexdigest()
    (checkpoints.path(3) / "about.json").write_text(json.dumps(about))
    with pytest.raises(CheckpointError, match="000000003 cannot be read: ") as raised:
        checkpoints.restore(state)
    assert "\n" not in str(raised.value) and "Traceback" not in capfd.readouterr().err


def test_a_folder_that_is_called_like_no_step_is_left_out(saved):
    (saved.folder / "²").mkdir()
    assert saved.steps() == [2, 3]


def test_a_state_of_another_shape_is_refused_by_name(saved):
    wider = STATE | {"params": STATE["params"] | {"a/b": jnp.ones((3, 4))}}
    with pytest.raises(
        CheckpointError, match=r"params\.a/b is float32\[3, 2\] there, float32\[3, 4\]"
    ):
        saved.restore(wider)
    with pytest.raises(CheckpointError, match=r"has no extra, which"):
        saved.restore(STATE | {"extra": jnp.ones(1)})
    with pytest.raises(CheckpointError, match=r"has key, which"):
        saved.restore({name: leaf for name, leaf in STATE.items() if name != "key"})


def test_an_error_while_writing_is_raised_by_the_next_call(tmp_path):
    checkpoints = Checkpoints(tmp_path / "file" / "checkpoints")
    (tmp_path / "file").write_text("not a folder")
    checkpoints.save(1, {"a": np.ones(1)}, {})
    with pytest.raises(OSError, match="file"):
        checkpoints.wait()


def test_no_checkpoints_is_said_so(tmp_path):
    assert Checkpoints(tmp_path / "nothing").steps() == []
    with pytest.raises(CheckpointError, match="no usable checkpoint"):
        Checkpoints(tmp_path / "nothing").restore({})
    (tmp_path / "000000001").mkdir()
    (tmp_path / "000000001" / "about.json").write_text(json.dumps({"files": {"gone": "0"}}))
    with pytest.raises(CheckpointError, match="no usable checkpoint"):
        Checkpoints(tmp_path).restore({})


def test_a_checkpoint_that_finds_no_space_leaves_the_one_before(saved, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def save(self, path, _):
            path.mkdir(parents=True)
            (path / "begun").touch()
            raise ValueError("RESOURCE_EXHAUSTED: Error writing: No space left on device")

    monkeypatch.setattr(checkpoints, "_checkpointer", Full)
    saved.save(4, STATE, {})
    with pytest.raises(
        CheckpointError, match=r"000000004: no space left: .* MB are free"
    ) as caught:
        saved.wait()
    assert str(caught.value).endswith("; the one of step 3 is kept")
    assert not list(saved.folder.glob(f"{PARTIAL}*")) and saved.steps()[-1] == 3

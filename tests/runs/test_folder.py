"""Run folders whose experiment is none."""

import shutil
from pathlib import Path

import pytest

from ganspeech.runs.folder import load_run

RUN = Path(__file__).resolve().parents[1] / "written_by_0_1" / "run"


@pytest.mark.parametrize("content", [b"\xff{}", b"2", b"null", b'{"class": "Hinge"}', b"[]"])
def test_an_experiment_that_is_none_is_named(tmp_path, content):
    shutil.copytree(RUN, tmp_path / "run")
    (tmp_path / "run" / "experiment.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"experiment\.json (is damaged|holds no experiment)"):
        load_run(tmp_path / "run")

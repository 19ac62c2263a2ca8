"""Figures in the table of experiments are those of files that ablations left."""

import ast
import json
import re

import pytest
from website import experiments as recipes
from website import scores

from ganspeech import experiments

KEPT = sorted(path.stem for path in scores.SCORES.glob("*.json"))
CODE = {"commit": "a" * 40, "dirty": False}


def ablation(folder, code=CODE, status="finished"):
    """A folder as `ganspeech ablate` leaves it, with two seeds of one row."""
    training = {"step": 1500, "code": code}
    member = {"row": "base", "status": status, "training": training}
    record = {
        "experiment": "unpaired_codes",
        "command": "ganspeech ablate unpaired_codes --seeds 2 --corpus.root /data/fsdd --run /x/y "
        "--row 'base:' --row 'without: --start /runs/one'",
        "versions": {"jax": "0.10.2"},
        "devices": [{"kind": "cpu", "count": 1, "processor": "Some CPU"}],
        "seeds": [4, 5],
        "base": "base",
        "rows": {
            "base": {"flags": "--corpus.root /data/fsdd", "fingerprint": "abc"},
            "without": {"flags": "", "fingerprint": "abc"},
        },
        "members": [member, member, member | {"row": "without"}],
    }
    per = {"value": 50.0, "low": 1.0, "high": 99.0, "count": 2, "seeds": [90.0, 10.0]}
    own = {"value": 2.0, "low": None, "high": None, "count": 2, "seeds": [0.5, 3.5]}
    used = {"value": 60.0, "low": None, "high": None, "count": 2, "seeds": [40.0, 80.0]}
    table = {
        "metrics": {
            "per": {"label": "PER", "unit": "%", "higher_is_better": False},
            "unsupervised": {"label": "Unsupervised score", "unit": "", "higher_is_better": False},
            "phones_used": {"label": "Phones used", "unit": "%", "higher_is_better": True},
        },
        "rows": {
            "base": {
                "minutes": 2.0,
                "core_minutes": 1.5,
                "metrics": {"per": per, "unsupervised": own, "phones_used": used},
            },
            "without": {"minutes": 1.0, "core_minutes": 1.0, "metrics": {"per": per}},
        },
        "references": {"unigram": {"per": 96.5}},
    }
    (folder / "ablation.json").write_text(json.dumps(record))
    (folder / "table.json").write_text(json.dumps(table))
    return folder


def test_an_ablation_becomes_a_row(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(scores, "ROOT", tmp_path)
    monkeypatch.setattr(scores, "SCORES", tmp_path / "scores")
    assert scores.main([str(ablation(tmp_path))]) == 0
    assert "scores/unpaired_codes.json" in capsys.readouterr().out
    content = scores.read("unpaired_codes")
    assert content["command"] == (
        "ganspeech ablate unpaired_codes --seeds 2 --corpus.root FSDD --row base: "
        "--row 'without: --start ONE'"
    )
    assert content["rows"]["base"]["flags"] == "--corpus.root FSDD"
    assert scores.score(content) == (
        "base: PER 50.0 % [1.0, 99.0]; Unsupervised score 2.00; Phones used 60.0 %; 2 seeds, 1,500 "
        "steps; the seed selected without labels, 5: PER 10.0 %; without: "
        "PER 50.0 % [1.0, 99.0]; unigram: PER 96.5 %. Commit aaaaaaa."
    )
    assert scores.time(content) == "1.5 processor minutes a seed (Some CPU)."
    row = recipes.recipe("unpaired_codes").labeled
    assert row["Score"] == scores.score(content) and row["Time"] == scores.time(content)


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"code": {**CODE, "dirty": True}}, "not trained by the files of one commit"),
        ({"code": None}, "not trained by the files of one commit"),
        ({"status": "failed"}, "members are unfinished or failed"),
    ],
    ids=["changed code", "no repository", "failed"],
)
def test_what_nobody_could_repeat_is_refused(tmp_path, changed, reason, capsys):
    assert scores.main([str(ablation(tmp_path, **changed))]) == 1
    assert capsys.readouterr().err == f"{tmp_path}: {reason}\n"
    assert scores.main([str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_score_can_be_repeated(name):
    content = scores.read(name)
    assert content["experiment"] == name and name in experiments.names()
    assert re.fullmatch("[0-9a-f]{40}", content["commit"])
    assert content["seeds"] and content["devices"]
    assert not re.search(r"(^|\s)[/~]", content["command"])
    for row in content["rows"].values():
        assert row["data"] and row["steps"] > 0
        for found in row["metrics"].values():
            assert len(found["seeds"]) == len(content["seeds"])


@pytest.mark.parametrize("name", experiments.names())
def test_figures_are_typed_only_where_there_is_no_file(name):
    source = (recipes.ROOT / "ganspeech" / "experiments" / f"{name}.py").read_text()
    typed = re.search("^(Score|Time): ", ast.get_docstring(ast.parse(source)), re.MULTILINE)
    assert bool(typed) != (name in KEPT), "leave Time and Score out, or make experiments"

"""Runs side by side, from folders to a table, a page and a listening test."""

import base64
import dataclasses
import functools
import json
import re

import numpy as np
import pytest

from ganspeech.commands.cli import main
from ganspeech.evaluation.comparison import settings
from ganspeech.evaluation.comparison.audio import together
from ganspeech.evaluation.comparison.report import require_sounds
from ganspeech.evaluation.comparison.runs import among_common, distinct_names, load_runs
from ganspeech.evaluation.quality import vocoding
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.metrics import METRICS
from ganspeech.evaluation.request import Request
from ganspeech.experiments.dcgan_mnist import experiment as dcgan
from ganspeech.generators.dcgan import DCGANGenerator
from ganspeech.process.errors import UsageError
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import Waveform

CHEAP = tuple(metric for metric in METRICS if metric.name in ("mcd", "stft"))


@pytest.fixture(scope="module")
def runs(save_vocoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return save_vocoder(folder / "a" / "0"), save_vocoder(folder / "b" / "0", width=12, seed=3)


def test_names_are_what_tells_folders_apart(tmp_path):
    def names(*folders):
        return distinct_names([tmp_path / folder for folder in folders])

    assert names("runs/a", "runs/b") == ["a", "b"]
    assert names("x/seed-0", "y/seed-0") == ["x", "y"]
    assert names("x/seed-0", "x/seed-1", "y/seed-0") == ["x/seed-0", "x/seed-1", "y/seed-0"]
    assert names("p/x/r", "q/x/r", "q/y/r") == ["p/x", "q/x", "q/y"]
    with pytest.raises(ValueError, match="a is there twice"):
        names("a", "b", "a/../a")


def test_runs_are_put_side_by_side(runs, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(vocoding, "Material", functools.partial(Material, metrics=CHEAP))
    page, json_file, test = (tmp_path / name for name in ("c.html", "c.json", "l.html"))
    arguments = [*map(str, runs), "--page", str(page), "--json", str(json_file), "--sentences", "5"]
    arguments += ["--workers", "1", "--listening", str(test), "--trials", "3", "--method", "ab"]
    assert main(["compare", *arguments]) == 0
    said = capsys.readouterr().out
    assert re.search(r"generator\.width +8 +12\n", said) and re.search(r"seed +0 +3\n", said)
    assert re.search(r"minutes +2\.5 +2\.5\n", said)
    assert "5 sentences at 8000 Hz" in said and "a - b" in said and "a - griffin-lim" in said
    content = json.loads(json_file.read_text())
    assert content["settings"] == {
        "generator.width": {"a": 8, "b": 12},
        "seed": {"a": 0, "b": 3},
    }
    assert set(content["scores"]["systems"]) == {"a", "b", "griffin-lim"}
    pair = content["scores"]["differences"][0]
    assert (pair["system"], pair["minus"], pair["count"]) == ("a", "b", 5)

    html = page.read_text()
    titles = re.findall(r"<h2>(\w+)</h2>", html)
    assert titles == ["Settings", "Listen", "Scores", "Differences", "Notes", "Training"]
    assert html.count("<audio") == 5 * 4 and "<b>griffin-lim</b>" in html
    assert "<figcaption>generator/mel</figcaption>" in html and "gradient_norm" not in html
    assert "discriminator/loss" not in html  # of one point
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")

    blind = test.read_text()
    (told,) = re.findall(r'id="test">(.*?)</script>', blind)
    key = json.loads(base64.b64decode(json.loads(told)["key"]))
    assert key["systems"] == ["a", "b"] and len(key["trials"]) == 3
    assert {one["item"] for one in key["trials"]} <= set(content["scores"]["sentences"])


def test_some_metrics_alone(runs, tmp_path, capsys):
    json_file = tmp_path / "c.json"
    arguments = ["--sentences", "2", "--workers", "1", "--metrics", "stft", "--json"]
    assert main(["compare", *map(str, runs), *arguments, str(json_file)]) == 0
    assert list(json.loads(json_file.read_text())["scores"]["metrics"]) == ["stft"]


def test_misuse_and_what_cannot_be_compared_are_one_line(runs, save_run, tmp_path, capsys):
    a, b = map(str, runs)
    network = DCGANGenerator(hidden=(8,), channels=8)
    pictures = str(save_run(tmp_path / "pictures", dataclasses.replace(dcgan, generator=network)))
    again = ["--listening", str(tmp_path / "l.html")]
    for arguments, status, message in (
        ([a], 2, "name at least two runs"),
        ([a, a], 1, f"{a} is there twice"),
        ([a, f"recording={b}"], 2, "'recording' is a row of its own"),
        ([f"x={a}", f"x={b}"], 2, "two runs are called 'x'"),
        ([a, b, "--trials", "0"], 2, "--trials must be at least 1"),
        ([a, b, "--metrics", "pesk"], 1, "no metric is called 'pesk'; there are pesq, "),
        ([a, b, "--samples", "5"], 2, "--samples does not go with runs that were trained for Voc"),
        ([a, b, "--listening", str(tmp_path)], 2, "--listening .* is a folder"),
        ([a, "absent"], 1, "absent is not a run with checkpoints"),
        ([a, pictures], 1, f"{pictures} has task Generation, and {a} has Vocoding"),
        ([pictures, f"y={pictures}/../pictures", *again], 1, "is there twice"),
    ):
        assert main(["compare", *arguments]) == status, arguments
        (line,) = capsys.readouterr().err.splitlines()
        assert re.search(message, line), line


def test_what_makes_no_sound_has_no_listening_test(runs, save_run, tmp_path):
    network = DCGANGenerator(hidden=(8,), channels=8)
    folder = save_run(tmp_path / "pictures", dataclasses.replace(dcgan, generator=network))
    (run,) = load_runs({"pictures": folder})
    with pytest.raises(UsageError, match=r"--listening does not go with .* makes no sound"):
        require_sounds(run, "ab")
    spoken = dataclasses.replace(
        run, experiment=dataclasses.replace(dcgan, task=Generation(view=Waveform()))
    )
    require_sounds(spoken, "ab")
    with pytest.raises(UsageError, match="--method mushra needs recordings"):
        require_sounds(spoken, "mushra")


def test_settings_of_other_classes_and_lists():
    found = settings.Settings(
        ("a", "b"),
        {"folder": ("runs/a", "runs/b"), "step": ("1", "2")},
        {
            "discriminators": ([], [{"class": "Judge", "channels": 8}]),
            "generator.width": (8, settings.ABSENT),
        },
    )
    text = settings.as_text(found)
    assert re.search(r"discriminators +none +\(Judge\)\n", text)
    assert re.search(r"generator\.width +8 +-$", text)
    assert text.startswith("a: runs/a\nb: runs/b\n\n")
    assert settings.as_json(found)["settings"]["generator.width"] == {"a": 8, "b": None}
    html = settings.as_html(found, {"a": "--system-0", "b": "--system-1"})
    assert "(Judge)<small>channels 8</small>" in html
    nothing = dataclasses.replace(found, fields={})
    assert "None." in settings.as_text(nothing)
    assert "No setting differs" in settings.as_html(nothing, {"a": "--x", "b": "--y"})


def test_sentences_are_those_that_all_hold_out(runs, save_vocoder, tmp_path):
    more = save_vocoder(tmp_path / "more", held_out=7)
    request, notes = among_common(load_runs({"a": runs[0], "more": more}), Request())
    assert request.among == {f"tone{n}" for n in range(2, 8)}
    assert notes == ["1 more is held out by some runs only, and left out."]
    assert among_common(load_runs({"a": runs[0], "b": runs[1]}), Request())[1] == []
    wanted = Request(among=frozenset({"tone1", "tone2", "tone3"}))
    kept, _ = among_common(load_runs({"a": runs[0], "more": more}), wanted)
    assert kept.among == {"tone2", "tone3"}


def test_other_recordings_are_refused_by_name(runs, save_vocoder, make_tones, tmp_path):
    def refusal(**fields):
        other = save_vocoder(tmp_path / "other", **fields)
        with pytest.raises(ValueError) as error:
            among_common(load_runs({"a": runs[0], "other": other}), Request())
        return str(error.value)

    changed = make_tones(seed=1)
    assert re.search(r"tone2 is another recording in .*: corpus\.root is ", refusal(root=changed))
    elsewhere = make_tones(count=3, seed=2)
    for file in elsewhere.iterdir():
        file.rename(file.with_name(f"other-{file.name}"))
    assert "hold no sentence out in common: corpus." in refusal(root=elsewhere, held_out=2)
    rate = (
        r"a/0 is at 8000 Hz and .* at 16000 \(task\.spec\.sample_rate\): compare runs at one rate"
    )
    spec = dataclasses.replace(load_runs({"a": runs[0]})[0].experiment.task.spec, sample_rate=16000)
    assert re.search(rate, refusal(spec=spec))


def test_one_material_has_all_runs_and_one_baseline(runs):
    loaded = load_runs({"a": runs[0], "b": runs[1]})
    reference = {"s": np.zeros(9, np.float32)}

    def material(name, noise, **rows):
        made = {"s": np.full(9, len(rows), np.float32)}
        systems = {name: made, "noisy": {"s": np.full(9, noise, np.float32)}, **rows}

        def pictures(sentence):
            return {"Alignment": np.zeros(1), f"Durations by {name}": np.ones(1)}

        notes = (f"{name} is here.", "All are.")
        return Material("t", 8000, reference, systems, notes=notes, pictures=pictures)

    base = {"griffin-lim": reference}
    found = together(loaded, [material("a", 0.5, **base), material("b", 0.5)], ["First."])
    assert list(found.systems) == ["a", "b", "noisy", "griffin-lim"]
    assert found.title == "a and b"
    assert found.notes == ("First.", "a is here.", "All are.", "b is here.")
    captions = ["Alignment, a", "Durations by a", "Alignment, b", "Durations by b"]
    assert list(found.pictures("s")) == captions
    with pytest.raises(ValueError, match="not given the same inputs for the same sentences"):
        together(loaded, [material("a", 0.5), material("b", 0.4)])

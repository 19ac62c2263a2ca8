"""Answers: each fault by file and field, the post-screening, means and preferences by hand."""

import base64
import json
import re

import numpy as np
import pytest
from scipy import stats

from ganspeech.commands.cli import main
from ganspeech.evaluation.listening.answers import AnswersError, read_results
from ganspeech.evaluation.listening.design import ANCHOR, decoded, name_of
from ganspeech.evaluation.listening.statistics import preferences, ratings
from ganspeech.evaluation.quality.scores import RECORDING


def rater(offset, hidden=100):
    """A listener who hears systems 10 apart, all higher by an offset."""
    levels = {"alpha": 60, "<beta>": 50, "griffin-lim": 40, RECORDING: hidden, ANCHOR: 10}
    return lambda system, trial: levels[system] + (offset + trial) * (system != RECORDING)


def test_means_are_over_listeners_with_students_interval(answer):
    files = [answer("mushra", f"l{n}", rater(2 * n)) for n in range(6)]
    found = ratings(read_results(files))
    # Trials add 0, 1, 2 to each rating, and listeners 0, 2, … 10.
    own = 61 + 2.0 * np.arange(6)
    half = stats.t.ppf(0.975, 5) * own.std(ddof=1) / np.sqrt(6)
    mean = found.means["alpha"]
    assert (mean.value, mean.count) == (66.0, 6)
    assert (mean.low, mean.high) == pytest.approx((66 - half, 66 + half))
    apart = [answer("mushra", f"m{n}", lambda *_, v=v: v) for n, v in enumerate((90, 100))]
    wide = ratings(read_results(apart)).means["alpha"]
    assert (wide.value, wide.high) == (95, 100) and wide.low == pytest.approx(31.469)
    assert found.means[RECORDING].value == 100 and found.items["s2"]["alpha"] == 67
    assert set(found.differences) == {
        ("alpha", "<beta>"), ("alpha", "griffin-lim"), ("<beta>", "griffin-lim"),
    }  # fmt: skip
    difference = found.differences["alpha", "<beta>"]
    assert difference.value == difference.low == difference.high == 10 and difference.count == 6


def test_who_misses_the_hidden_reference_is_left_out_and_named(answer, tmp_path, capsys):
    good = [answer("mushra", f"l{n}", rater(n)) for n in range(2)]
    # Below 90 in one of three trials is more than 15 %; 90 itself is not below.
    bad = answer("mushra", "deaf", lambda s, n: 80 if s == RECORDING and n == 1 else 90)
    at_the_edge = answer("mushra", "edge", rater(0, hidden=90))
    files = [str(file) for file in (*good, bad, at_the_edge)]
    assert main(["listening", *files, "--json", str(tmp_path / "r.json")]) == 0
    said = capsys.readouterr().out
    assert "3 listeners, 3 sentences" in said and "Left out: deaf (1 of 3)" in said
    assert "(fewer than 5 listeners)" in said
    content = json.loads((tmp_path / "r.json").read_text())
    assert content["listeners"] == ["l0", "l1", "edge"] and content["screening"]["applied"]
    assert content["screening"]["listeners"]["deaf"] == {"missed": 1, "trials": 3, "fails": True}
    assert content["differences"][0]["p"] is None
    assert main(["listening", *files, "--unscreened"]) == 0
    said = capsys.readouterr().out
    assert "4 listeners" in said and "Kept: deaf (1 of 3)" in said
    assert main(["listening", str(bad)]) == 1
    assert "no listener passes the post-screening" in capsys.readouterr().err
    assert main(["listening", str(good[0])]) == 0
    assert "Nobody rated the hidden reference below" in capsys.readouterr().out


def test_preferences_by_answer_and_by_listener(answer, capsys):
    choices = {
        "l0": ("alpha", "alpha", None),
        "l1": ("alpha", "alpha", "<beta>"),
        "l2": ("alpha", None, None),
        "l3": ("alpha", "alpha", "alpha"),
        "l4": ("alpha", "alpha", "<beta>"),
    }
    files = [answer("ab", name, lambda _, n, c=c: c[n]) for name, c in choices.items()]
    (found,) = preferences(read_results(files))
    assert found.pair == ("alpha", "<beta>")
    assert (found.first, found.none, found.second, found.answers) == (10, 3, 2, 15)
    exact = stats.binomtest(10, 12)
    assert found.p == pytest.approx(exact.pvalue) and found.share.count == 12
    assert found.share.low == pytest.approx(100 * exact.proportion_ci(0.95, "exact").low)
    difference = np.mean([2 / 3, 1 / 3, 1 / 3, 1, 1 / 3])
    assert found.difference.value == pytest.approx(100 * difference)
    assert found.difference.count == 5 and found.difference.low > 0
    assert main(["listening", *map(str, files)]) == 0
    said = capsys.readouterr().out
    assert re.search(
        r"alpha : <beta> +15 +66\.7 % +20\.0 % +13\.3 % +83\.3 % \[51\.6, 97\.9\]", said
    )
    assert re.search(r"alpha : <beta> +\+ \+53\.3 \[", said)


def test_pairs_without_any_preference(answer, capsys):
    assert main(["listening", str(answer("ab", "l", lambda *_: None))]) == 0
    assert re.search(r"3 +0\.0 % +100\.0 % +0\.0 % +- % +-", capsys.readouterr().out)


def test_faults_are_one_line_with_file_and_field(answer, tests, tmp_path, capsys):
    good = answer("mushra", "good", rater(0))
    content = json.loads(good.read_text())

    def broken(**changes):
        path = tmp_path / "broken.json"
        path.write_text(json.dumps(content | {"listener": "other"} | changes))
        return path

    def trials(change):
        copy = json.loads(json.dumps(content["trials"]))
        change(copy)
        return broken(trials=copy)

    id = next(iter(content["trials"][0]["ratings"]))
    text = tmp_path / "text.json"
    text.write_text("{")
    for path, message in (
        (lambda: text, "text.json is not JSON"),
        (lambda: broken(ganspeech_listening=2), "broken.json: ganspeech_listening is 2, not 1"),
        (lambda: broken(key=3), "broken.json: key must be a text, not 3"),
        (lambda: broken(method="abx"), "method is 'abx', not ab or mushra"),
        (lambda: broken(listener=" "), "listener is empty"),
        (lambda: broken(listener="good"), "listener is 'good', as in .*good.json: leave one out"),
        (lambda: broken(key=tests["ab"].key), "key is not that of test"),
        (lambda: trials(lambda t: t.pop()), "trials lacks 1 of 3"),
        (lambda: trials(lambda t: t.append(t[0])), r"trials\.4\.trial is there twice"),
        (lambda: trials(lambda t: t[1].update(trial="x")), r"trials\.2\.trial is 'x', which"),
        (lambda: trials(lambda t: t[0]["ratings"].pop(id)), r"trials\.1\.ratings must rate the 5"),
        (lambda: trials(lambda t: t[0]["ratings"].update({id: 101})), f"ratings.{id} is 101, not"),
        (lambda: trials(lambda t: t[0]["ratings"].update({id: True})), "is True, not from 0 to"),
        (lambda: answer("ab", "pairs", lambda *_: None), "give the answers of one test"),
    ):
        assert main(["listening", str(good), str(path())]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert re.search(message, line), line
    pairs = answer("ab", "pairs", lambda *_: None)
    wrong = json.loads(pairs.read_text())
    wrong["trials"][0]["choice"] = "neither"
    pairs.write_text(json.dumps(wrong))
    (tmp_path / "other.json").write_text('{"a": 1}')
    for arguments, status, message in (
        ([str(pairs)], 1, r"trials\.1\.choice is 'neither', not a sound of it or null"),
        ([str(tmp_path / "other.json")], 1, "holds no answers of a listening test"),
        ([str(tmp_path / "absent.json")], 1, "No such file"),
        ([], 2, "name at least one file"),
    ):
        assert main(["listening", *arguments]) == status
        assert re.search(message, capsys.readouterr().err)


@pytest.mark.parametrize(
    "changes",
    [
        {"trials": 3},
        {"trials": [{}]},
        {"trials": [{"trial": 1, "item": "a", "systems": {}}]},
        {"trials": [{"trial": "a", "item": "a", "systems": {"x": "alpha"}}]},
        {"systems": {}},
        {"systems": [1]},
    ],
)
def test_a_key_that_names_itself_but_is_of_no_test_is_refused(answer, tests, changes):
    content = decoded(tests["ab"].key) | changes
    key = base64.b64encode(json.dumps(content).encode()).decode()
    path = answer("ab", "other", lambda *_: None, key=key, test=name_of(key))
    with pytest.raises(AnswersError, match=r"other\.json: key is of no test: \S"):
        read_results([path])


def test_choices_of_other_types_and_files_that_are_too_deep_are_refused(answer, tmp_path):
    path = answer("ab", "pairs", lambda *_: None)
    wrong = json.loads(path.read_text())
    wrong["trials"][0]["choice"] = []
    path.write_text(json.dumps(wrong))
    with pytest.raises(ValueError, match=r"trials\.1\.choice is \[\], not a sound"):
        read_results([path])
    path.write_text("[" * 9999)
    with pytest.raises(AnswersError, match=r"pairs\.json is not JSON"):
        read_results([path])

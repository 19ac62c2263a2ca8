"""Recognizers side by side: rates and differences by condition, what each heard, refusals."""

from pathlib import Path

import numpy as np
import pytest

from ganspeech.evaluation.comparison import recognition
from ganspeech.evaluation.comparison.recognition import compare_recognition
from ganspeech.evaluation.recognition.accuracy import Answer, Recognized
from ganspeech.evaluation.recognition.page import RecognitionExhibit
from ganspeech.evaluation.request import Request
from ganspeech.experiments.recognition_digits import experiment
from ganspeech.runs.folder import Run

RUNS = tuple(Run(Path(f"runs/{name}"), experiment, {}, (), 1, name) for name in ("a", "b"))


def heard(texts, snr=None, **fields):
    return [
        Answer(f"u{n}", "one two", text, f"s{n}", "hum" * (snr is not None), snr)
        for n, text in enumerate(texts)
    ]


def rows(wrong, words="one two"):
    """Six utterances, clean and at 5 dB, so many of them wrong in noise."""
    clean = heard(["one two"] * 6)
    noisy = heard(["one"] * wrong + ["one two"] * (6 - wrong), 5.0)
    own = {"clean": clean, "5 dB": noisy}
    return {
        name: [Answer(a.id, words, a.hypothesis, a.speaker, a.noise, a.snr_db) for a in answers]
        for name, answers in own.items()
    }


@pytest.fixture
def compare(monkeypatch):
    def compare(ours, theirs, units=("word", "word"), gain=1.0):
        exhibits = (
            RecognitionExhibit(8000, lambda _, g=g: np.full(4000, 0.1 * g, np.float32))
            for g in (1.0, gain)
        )
        found = {
            name: (Recognized(name, own, (unit,), notes=(f"{name} is here.",)), exhibit)
            for name, own, unit, exhibit in zip("ab", (ours, theirs), units, exhibits)
        }
        monkeypatch.setattr(recognition, "among_common", lambda runs, request: (request, ["Note."]))
        monkeypatch.setattr(recognition, "recognized_by_run", lambda run, _: found[run.name])
        return compare_recognition(RUNS, Request())

    return compare


def test_runs_are_paired_by_utterance_in_every_condition(compare):
    found = compare(rows(6), rows(0))
    lines = {line.split("  ")[0]: line for line in found.text.splitlines()}
    assert "6 utterances of 6 speakers" in found.text and "Note.\n\na is here." in found.text
    assert "50.0 [50.0, 50.0]   0.0" in lines["WER % 5 dB"]
    assert "- 50.0 [50.0, 50.0] p 0.0002" in lines["WER 5 dB"] and "= 0.0" in lines["WER clean"]
    (difference,) = found.content["5 dB"]["differences"]
    assert (difference["row"], difference["minus"], difference["value"]) == ("a", "b", 50.0)


def test_the_page_shows_what_each_run_heard(compare):
    found = compare(rows(4), rows(2))
    titles, bodies = zip(*found.sections())
    assert titles == ("Rates", "Differences", "Utterances")
    rates, differences, utterances = bodies
    assert "WER <small>↓ 5 dB</small>" in rates and "chart" not in rates  # one SNR is no curve
    assert differences.count("a − b") == 2
    # Two are heard differently, two alike but wrongly; the rest is right.
    assert "hear 2 utterances differently, and 2 alike but wrongly" in utterances
    assert utterances.count("<article") == 4 and utterances.count("<audio") == 4
    first = utterances.split("<article")[1]
    assert 'class="pair D"' in first and first.count('class="by"') == 2


def test_other_words_noises_and_conditions_are_refused(compare):
    with pytest.raises(ValueError, match=r"runs/a and runs/b do not count .* task\.vocabulary"):
        compare(rows(1), rows(1, words="one too"))
    with pytest.raises(ValueError, match=r"task\.vocabulary"):
        compare(rows(1), rows(1), units=("word", "phone"))
    with pytest.raises(ValueError, match=r"not given the same inputs .* noises on disk"):
        compare(rows(1), {"clean": rows(1)["clean"], "5 dB": heard(["one two"] * 5, 5.0)})
    found = compare(rows(1), {"clean": rows(1)["clean"]})
    assert list(found.content) == ["clean"]
    assert "a alone was heard at 5 dB, which is left out." in found.text
    with pytest.raises(ValueError, match="not given the same inputs"):
        compare(rows(1), rows(1), gain=2.0)

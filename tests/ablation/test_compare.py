"""Numbers of the table against the same by hand, from results as members leave them."""

import csv
import io
import math

import numpy as np
import pytest

from ganspeech.ablation import members as results
from ganspeech.ablation import table
from ganspeech.ablation.compare import compare, paired, units_of
from ganspeech.ablation.members import Result, TrainingRecord, members_of
from ganspeech.ablation.record import RowFacts
from ganspeech.ablation.request import read
from ganspeech.evaluation.pages.intervals import paired_difference
from ganspeech.evaluation.request import Measure, Outcome

SENTENCES = [f"s{i}" for i in range(6)]


def training(minutes):
    return TrainingRecord(
        step=6,
        minutes=minutes,
        core_minutes=2 * minutes,
        fingerprint="f",
        memory={"host_mib": 100.0 + minutes, "device_mib": None},
        device={"kind": "cpu", "count": 1, "processor": "x"},
        versions={},
        code=None,
    )


def outcome(values, **references):
    mean = float(np.nanmean(values))
    units = {"pesq": dict(zip(SENTENCES, values))}
    return Outcome({"pesq": Measure("PESQ", "MOS", 2, True, mean)}, units, references)


@pytest.fixture
def comparison(tmp_path):
    """Two rows of three seeds; the base has lost one, the other has one unfinished."""
    asked = read(["vocoder_demo", "--vary", "rules.r1=0,1", "--seeds", "3", "--run", str(tmp_path)])
    members = members_of(asked)
    scores = {
        ("rules.r1=0", 0): np.array([1.0, 2, 3, 4, 5, 6]),
        ("rules.r1=0", 1): np.array([2.0, 3, 4, 5, 6, 7]),
        ("rules.r1=1", 0): np.array([2.5, 3.5, 4.5, 5.5, 6.5, np.nan]),
        ("rules.r1=1", 1): np.array([2.5, 3.5, 4.5, 5.5, 6.7, 8]),
    }
    for member in members:
        key = member.row.name, member.seed
        if key in scores:
            results.write_training(member.folder, training(1.0 + member.seed))
            first = {"griffin-lim": {"pesq": 2.25}} if key == ("rules.r1=0", 0) else {}
            results.write_result(member.folder, outcome(scores[key], **first))
    results.write_result(members[2].folder, None, "it broke")
    return compare(members, {row.name: RowFacts(1000, 10, "f") for row in asked.rows})


def test_means_are_over_seeds_with_students_interval(comparison):
    base, other = comparison.lines
    assert (base.finished, base.failed, base.lost) == (2, 1, "1 of 3 failed")
    assert (other.finished, other.failed, other.lost) == (2, 0, "1 of 3 unfinished")
    found = base.intervals["pesq"]
    # Seeds have 3.5 and 4.5: mean 4, deviation sqrt(1/2), and t(0.975; 1) = 12.7062.
    half = 12.706205 * math.sqrt(0.5) / math.sqrt(2)
    assert found.value == 4.0 and found.count == 2
    assert found.low == pytest.approx(4 - half) and found.high == pytest.approx(4 + half)
    assert base.minutes == 1.5 and base.core_minutes == 3.0 and base.memory == 102.0
    assert comparison.failures == (("rules.r1=0", 2, "it broke"),)
    assert comparison.references == {"griffin-lim": {"pesq": 2.25}}


def test_rows_are_paired_with_the_base_by_sentence_averaged_over_seeds(comparison):
    base, other = comparison.lines
    assert not base.differences
    found = other.differences["pesq"]
    # Base: 1.5 … 6.5; the last sentence of the other row has one seed's value alone.
    expected = paired_difference(np.array([2.5, 3.5, 4.5, 5.5, 6.6, 8.0]), np.arange(6) + 1.5)
    assert found == expected and found.count == 6
    assert found.value == pytest.approx((4 * 1.0 + 1.1 + 1.5) / 6)


def test_sentences_that_only_one_row_has_are_left_out():
    ours, theirs = {"a": 1.0, "b": 3.0}, {"b": 1.0, "c": 9.0}
    assert paired(ours, theirs).value == 2.0 and paired(ours, theirs).count == 1
    assert units_of([None, Result(None, None, "broke")]) == {}


def test_the_text_says_it_all(comparison):
    text = table.as_text(comparison)
    lines = {line.split("  ")[0]: line for line in reversed(text.splitlines())}
    assert "Student's t with n - 1" in text and "paired over the sentences" in text
    assert "4.00 [-2.35 … 10.35]" in lines["rules.r1=0"] and "1 of 3 failed" in lines["rules.r1=0"]
    assert "2.25" in lines["(griffin-lim)"] and "1.00 k" in text
    assert "+1.10 [1.00 … 1.27] p 0.0002 +" in text
    assert "  rules.r1=0, seed 2: it broke" in text


def test_json_and_csv_agree(comparison):
    content = table.as_json(comparison)
    row = content["rows"]["rules.r1=1"]
    assert content["base"] == "rules.r1=0" and row["differences"]["pesq"]["count"] == 6
    assert row["metrics"]["pesq"]["seeds"] == [4.5, pytest.approx(30.7 / 6)]
    first, second, reference = csv.DictReader(io.StringIO(table.as_csv(comparison)))
    assert first["row"] == "rules.r1=0" and float(first["pesq_mean"]) == 4.0
    assert first["pesq_difference"] == "" and first["failed"] == "1"
    assert float(second["pesq_difference_p"]) == row["differences"]["pesq"]["p"]
    assert reference["row"] == "griffin-lim" and float(reference["pesq_mean"]) == 2.25


def test_results_come_back_as_they_were_written(tmp_path):
    found = outcome(np.array([1.0, 2, 3, 4, 5, np.nan]), noise={"pesq": 1.0})
    results.write_training(tmp_path, training(1.0))
    results.write_result(tmp_path, found)
    again = results.read_result(tmp_path)
    assert again.training == training(1.0) and again.outcome.metrics == found.metrics
    assert (
        again.outcome.units["pesq"]["s5"] is None and again.outcome.references == found.references
    )


@pytest.mark.parametrize(
    "content", ["{", "7", "{}", '{"outcome": 1}', '{"outcome": {"metrics": {"a": {}}}}', "[" * 9999]
)
def test_damaged_results_are_named(tmp_path, content):
    (tmp_path / "result.json").write_text(content)
    with pytest.raises(results.ResultError, match=r"result\.json is damaged"):
        results.read_result(tmp_path)
    (tmp_path / "trained.json").write_text(content)
    with pytest.raises(results.ResultError, match=r"trained\.json is damaged"):
        results.read_training(tmp_path)


def test_sentences_of_known_speakers_are_drawn_by_speaker(tmp_path):
    theirs = {f"s{n:02d}": 0.0 for n in range(30)}
    # Five speakers, the last of whom alone differs: no matter how many sentences, that is luck.
    speakers = {unit: f"speaker {n % 5}" for n, unit in enumerate(theirs)}
    ours = {unit: float(speaker == "speaker 4") for unit, speaker in speakers.items()}
    by_sentence, by_speaker = paired(ours, theirs), paired(ours, theirs, speakers)
    assert by_sentence.value == by_speaker.value == pytest.approx(0.2)
    assert by_sentence.low > 0 and by_sentence.count == 30
    assert by_speaker.low == 0 and by_speaker.count == 5
    assert paired(ours, theirs, dict.fromkeys(["s00"], "one")).count == 30
    results.write_result(tmp_path, Outcome({}, speakers=speakers))
    assert results.read_result(tmp_path).outcome.speakers == speakers

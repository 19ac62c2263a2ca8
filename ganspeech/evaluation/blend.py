"""A page of the path from one speaker of a voice to another: sounds, pitch and similarity."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from ganspeech.audio.quality import Undefined
from ganspeech.evaluation.pages import tiles
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.quality.metrics import METRICS, Audio
from ganspeech.evaluation.quality.pitch import pitch
from ganspeech.evaluation.quality.speakers import SIMILARITY, speaker_similarity
from ganspeech.models.speakers import described
from ganspeech.models.voice import Voice

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Weights of the second speaker."""
F0 = next(metric for metric in METRICS if metric.name == "f0")
"""The metric whose package tracks pitch."""
FIRST, SECOND, BETWEEN = "--system-0", "--system-1", "--baseline"


@dataclass(frozen=True)
class Step:
    """One blend on the path."""

    share: float
    """Weight of the second speaker, from 0 to 1."""
    audio: Audio
    f0: float | None
    """Mean F0 of its voiced frames in Hz; None if there are none, or nothing tracks them."""
    similarities: tuple[float, float] | None
    """Similarity to the first and to the last step; None without the package, or for silence."""


def path(voice: Voice, speakers: tuple[str, str], text: str, seed: int = 0) -> list[Step]:
    """A text spoken by blends of two speakers, all with the same draws.

    Raises ValueError for an unknown speaker and for a text that cannot be spoken.
    """
    said = [voice.say(text, seed=seed, speaker=_weights(share, speakers)) for share in SHARES]
    ends, rate = (said[0], said[-1]), voice.sample_rate
    return [
        Step(share, audio, _mean_f0(audio, rate), _similarities(ends, audio, rate))
        for share, audio in zip(SHARES, said)
    ]


def blend_page(steps: Sequence[Step], speakers: tuple[str, str], text: str, rate: int) -> str:
    """HTML of a path, in one file; packages that are missing are named on it."""
    first, second = speakers
    colors = [FIRST, *[BETWEEN] * (len(steps) - 2), SECOND]
    shown = [
        tiles.Version(_name(step, speakers), step.audio, color, _chips(step))
        for step, color in zip(steps, colors)
    ]
    missing = [
        f"{what} is left out: pip install {' '.join(packages)}."
        for what, metric in (("F0", F0), (SIMILARITY.label, SIMILARITY))
        if (packages := metric.missing_packages())
    ]
    introduction = [
        f"One text, said by blends of {first} and {second}: the network is given the weighted mean "
        "of their embeddings. Sound, melody and pace are its own at every weight.",
        *missing,
    ]
    sections = [
        ("Listen", tiles.KEYS + tiles.versions(f"<q>{escape(text)}</q>", shown, rate)),
        ("Figures", _table(steps, speakers, rate)),
    ]
    heading = f"From {first} to {second}"
    return page("blended speakers", f"ganspeech: {heading}", heading, introduction, sections)


def _weights(share: float, speakers: tuple[str, str]) -> dict[str, float]:
    """Weights of both speakers, without one that has no share."""
    return {name: weight for name, weight in zip(speakers, (1 - share, share)) if weight}


def _name(step: Step, speakers: tuple[str, str]) -> str:
    return described(_weights(step.share, speakers))


def _chips(step: Step) -> str:
    chips = [] if step.f0 is None else [f"F0 {step.f0:.0f} Hz"]
    if step.similarities:
        chips.append(f"like the ends {step.similarities[0]:.2f}, {step.similarities[1]:.2f}")
    return "".join(f"<span>{chip}</span>" for chip in chips)


def _table(steps: Sequence[Step], speakers: tuple[str, str], rate: int) -> str:
    first, second = map(escape, speakers)
    columns = ("Seconds", "Mean F0 <small>Hz</small>", f"Like {first}", f"Like {second}")
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    rows = []
    for step in steps:
        f0 = "" if step.f0 is None else f"{step.f0:.1f}"
        alike = [f"{value:.3f}" for value in step.similarities] if step.similarities else ["", ""]
        seconds = f"{len(step.audio) / rate:.2f}"
        cells = "".join(f"<td>{cell}</td>" for cell in (seconds, f0, *alike))
        rows.append(f'<tr><th scope="row">{escape(_name(step, speakers))}</th>{cells}</tr>')
    hint = (
        "<p class='hint'>F0 is the mean over voiced frames, by swift-f0. Likeness is the cosine of "
        "GE2E speaker embeddings with what either speaker says alone.</p>"
    )
    return (
        f'{hint}<div class="wide"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _mean_f0(audio: Audio, rate: int) -> float | None:
    if F0.missing_packages():
        return None
    found = pitch(audio, rate)
    return float(np.mean(found.frequency[found.voiced])) if found.voiced.any() else None


def _similarities(ends: tuple[Audio, Audio], audio: Audio, rate: int) -> tuple[float, float] | None:
    if SIMILARITY.missing_packages():
        return None
    try:
        first, last = (speaker_similarity(end, audio, rate) for end in ends)
    except Undefined:
        return None
    return first, last

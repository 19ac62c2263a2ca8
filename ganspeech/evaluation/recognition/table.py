"""Scores of recognition: plain text for the terminal, and JSON."""

import itertools
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.pages.intervals import Difference, Interval, interval
from ganspeech.evaluation.quality.table import TOO_FEW, columns, null_for_nan, show, verdict
from ganspeech.evaluation.recognition.accuracy import (
    RATES,
    Answer,
    ErrorRate,
    Recognized,
    Unit,
    by_speaker,
    confusions,
    error_difference,
    error_rate,
    grouping,
    right,
)

ERRORS_SHOWN = 8
"""Utterances heard wrongly that the text shows, if as many rows allow it; JSON has all."""
LISTED = 10
"""Speakers that the text names; JSON has all."""
GAP = "·"
"""Stands where the other line has a token too many."""


def summary(recognized: Recognized) -> str:
    """How much was heard, and over what intervals are."""
    answers = recognized.first
    utterances = len({answer.id for answer in answers})
    speakers = len(by_speaker(answers))
    said_by = f" of {speakers} speaker{'s' * (speakers != 1)}" if speakers else ""
    return (
        f"{utterances} utterance{'s' * (utterances != 1)}{said_by}; errors in % of what was said "
        f"[95 % bootstrap interval over {grouping(answers)[0]}]; lower is better"
    )


def rate_of(answers: Sequence[Answer], unit: Unit) -> str:
    """A rate with its interval."""
    return cell(error_rate(answers, unit).interval)


def cell(found: Interval | Difference) -> str:
    """A value in % with its interval, if it has one."""
    bounds = f" [{show(found.low, 1)}, {show(found.high, 1)}]"
    return show(found.value, 1) + bounds * (show(found.low, 1) != "-")


def differences(recognized: Recognized) -> list[tuple[str, str, Unit, Difference]]:
    """The first row minus the second, for each pair of systems; nothing else is compared."""
    if not recognized.systems:
        return []
    return [
        (ours, theirs, unit, error_difference(recognized.rows[ours], recognized.rows[theirs], unit))
        for ours, theirs in itertools.combinations(recognized.rows, 2)
        for unit in recognized.units
    ]


def as_text(recognized: Recognized) -> str:
    """The errors beside the true text, the rates, and what is missing and why."""
    parts = [
        *_errors(recognized),
        recognized.title,
        summary(recognized),
        columns(_rate_rows(recognized)),
    ]
    if recognized.noises:
        parts += [f"{RATES[recognized.units[0]]} by noise, %", columns(_noise_rows(recognized))]
    parts += [*_differences(recognized), *_speakers(recognized)]
    if recognized.notes:
        parts.append("\n".join(recognized.notes))
    if recognized.problems:
        parts.append("\n".join(["Problems:", *(f"  {line}" for line in recognized.problems)]))
    return "\n\n".join(parts)


def as_json(recognized: Recognized) -> dict[str, Any]:
    """Everything, each utterance's texts and errors too, as plain JSON values."""
    rows = {}
    for name, answers in recognized.rows.items():
        rows[name] = {
            "rates": {unit: rate_json(error_rate(answers, unit)) for unit in recognized.units},
            "utterances_right": asdict(interval(100 * right(answers, recognized.units[0]))),
            "speakers": {
                speaker: {unit: rate_json(error_rate(own, unit)) for unit in recognized.units}
                for speaker, own in by_speaker(answers).items()
            },
            "confusions": [list(one) for one in confusions(answers, recognized.units[0])],
            "utterances": [_answer_json(answer, recognized.units) for answer in answers],
        }
    return null_for_nan(
        {
            "title": recognized.title,
            "units": {unit: RATES[unit] for unit in recognized.units},
            "intervals_over": grouping(recognized.first)[0],
            "rows": rows,
            "noises": {
                noise: {
                    row: {unit: rate_json(error_rate(own, unit)) for unit in recognized.units}
                    for row, own in by_row.items()
                }
                for noise, by_row in recognized.noises.items()
            },
            "differences": [
                {"row": ours, "minus": theirs, "unit": unit} | asdict(difference)
                for ours, theirs, unit, difference in differences(recognized)
            ],
            "notes": list(recognized.notes),
            "problems": list(recognized.problems),
        }
    )


def rate_json(rate: ErrorRate) -> dict[str, Any]:
    """A rate as plain values, in %."""
    return {
        "rate": rate.value,
        "low": rate.interval.low,
        "high": rate.interval.high,
        "substitutions": rate.substitutions,
        "deletions": rate.deletions,
        "insertions": rate.insertions,
        "length": rate.length,
    }


def side_by_side(answer: Answer, unit: Unit) -> list[str]:
    """The true text above the heard one, token under token, and a line that marks S, D and I."""
    true, heard, marks = [], [], []
    for said, got in answer.edits(unit).pairs:
        width = max(len(said or GAP), len(got or GAP))
        true.append((said or GAP).ljust(width))
        heard.append((got or GAP).ljust(width))
        marks.append(mark(said, got).ljust(width))
    return [
        f"  true   {' '.join(true)}".rstrip(),
        f"  heard  {' '.join(heard)}".rstrip(),
        f"         {' '.join(marks)}".rstrip(),
    ]


def mark(said: str | None, heard: str | None) -> str:
    """The letter of an error: substituted, deleted or inserted; nothing for what is right."""
    if said == heard:
        return ""
    return "D" if heard is None else "I" if said is None else "S"


def _errors(recognized: Recognized) -> list[str]:
    unit, each = recognized.units[0], -(-ERRORS_SHOWN // len(recognized.rows))
    wrong = {
        row: [answer for answer in answers if answer.edits(unit).errors]
        for row, answers in recognized.rows.items()
    }
    total = sum(map(len, wrong.values()))
    if not total:
        return ["Every utterance was heard rightly."]
    shown = [(row, answer) for row, own in wrong.items() for answer in at_even_places(own, each)]
    lines = [f"Heard wrongly, {len(shown)} of {total} (S substituted, D deleted, I inserted):"]
    for row, answer in shown:
        where = f"{answer.noise}, {row}" if answer.noise else row
        lines += [f"{answer.id} ({where})", *side_by_side(answer, unit)]
    return ["\n".join(lines)]


def _rate_rows(recognized: Recognized) -> list[list[str]]:
    unit, *others = recognized.units
    plural = {"word": "words", "character": "characters", "phone": "phones"}[unit]
    heads = [f"{RATES[unit]} %", "S", "D", "I", plural, *(f"{RATES[other]} %" for other in others)]
    rows = [["", *heads, "utterances right %"]]
    for name, answers in recognized.rows.items():
        rate = error_rate(answers, unit)
        counts = (rate.substitutions, rate.deletions, rate.insertions, rate.length)
        rest = [rate_of(answers, other) for other in others]
        whole = show(100 * float(right(answers, unit).mean()), 1)
        rows.append([name, cell(rate.interval), *map(str, counts), *rest, whole])
    return rows


def _noise_rows(recognized: Recognized) -> list[list[str]]:
    unit = recognized.units[0]
    names = [row for row in recognized.rows if any(row in of for of in recognized.noises.values())]
    rows = [["", *names]]
    for noise, by_row in recognized.noises.items():
        rows.append([noise, *(rate_of(by_row[row], unit) for row in names)])
    return rows


def _differences(recognized: Recognized) -> list[str]:
    found = differences(recognized)
    if not found:
        return []
    rows = [["", "", "points", ""]]
    for ours, theirs, unit, difference in found:
        certainty = f"({TOO_FEW})" if difference.too_few else f"p {show(difference.p, 4)}"
        rows.append([f"{ours} - {theirs}", RATES[unit], cell(difference), certainty])
        rows[-1][-1] += f" {verdict(difference, higher_is_better=False)}"
    head = "Differences [95 % paired bootstrap interval]: + better, - worse, = not certain"
    return [head, columns(rows)]


def _speakers(recognized: Recognized) -> list[str]:
    unit = recognized.units[0]
    name, answers = next(iter(recognized.rows.items()))
    rates = {s: error_rate(own, unit).value for s, own in by_speaker(answers).items()}
    if len(rates) < 2:
        return []
    worst = sorted(rates, key=lambda speaker: -rates[speaker])[:LISTED]
    told = ", ".join(f"{speaker} {show(rates[speaker], 1)}" for speaker in worst)
    more = f" (the {LISTED} worst of {len(rates)})" if len(rates) > LISTED else ""
    return [f"{RATES[unit]} of speakers, {name}, %{more}: {told}"]


def _answer_json(answer: Answer, units: Sequence[Unit]) -> dict[str, Any]:
    errors = {}
    for unit in units:
        found = answer.edits(unit)
        errors[unit] = {
            "substitutions": found.substitutions,
            "deletions": found.deletions,
            "insertions": found.insertions,
            "length": found.length,
        }
    return asdict(answer) | {"errors": errors}

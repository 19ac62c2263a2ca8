"""Results of a listening test as text for the terminal, and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ganspeech.evaluation.listening.answers import Results
from ganspeech.evaluation.listening.statistics import (
    LEAST_RATING,
    MOST_MISSED,
    Preference,
    Ratings,
    preferences,
    ratings,
)
from ganspeech.evaluation.pages.intervals import FEWEST_PAIRS, Difference, Interval
from ganspeech.evaluation.quality.table import columns, null_for_nan, show

RULE = (
    f"rated the hidden reference below {LEAST_RATING:g} in more than {MOST_MISSED:.0%} of trials "
    "(post-screening of ITU-R BS.1534-3)"
)


def tables(results: Results, *, screen: bool = True) -> tuple[str, dict[str, Any]]:
    """Text and JSON of a test; `screen` leaves out listeners as ITU-R BS.1534 recommends.

    Raises ValueError if nobody is left.
    """
    if results.method == "mushra":
        rated = ratings(results, screen=screen)
        text, content = _rated_text(results, rated, screen), _rated_json(rated, screen)
    else:
        found = preferences(results)
        text, content = _preferred_text(results, found), {"preferences": list(map(_json, found))}
    about = {
        "method": results.method,
        "test": results.test,
        "systems": list(results.systems),
        "answered": {one.name: str(one.file) for one in results.listeners},
    }
    return text, null_for_nan(about | content)


def _rated_text(results: Results, rated: Ratings, screen: bool) -> str:
    count = len(rated.listeners)
    rows = [["", "rating"], *([name, _cell(found)] for name, found in rated.means.items())]
    parts = [
        f"{count} listener{'s' * (count != 1)}, {len(rated.items)} sentences: mean rating, 0 to "
        "100 [95 % interval over listeners, Student's t]; higher is better",
        columns(rows),
    ]
    if rated.differences:
        pairs = [[f"{a} - {b}", _difference(found)] for (a, b), found in rated.differences.items()]
        parts += [
            "Differences [95 % paired bootstrap interval over listeners]: + better, - worse, "
            "= not certain",
            columns([["", "points"], *pairs]),
        ]
    failed = [one for one in rated.screened if one.excluded]
    told = ", ".join(f"{one.name} ({one.missed} of {one.trials})" for one in failed)
    if failed:
        what = "Left out" if screen else "Kept"
        parts.append(f"{what}: {told} {RULE}.")
    else:
        parts.append(f"Nobody {RULE}.")
    return "\n\n".join(parts)


def _rated_json(rated: Ratings, screen: bool) -> dict[str, Any]:
    return {
        "listeners": list(rated.listeners),
        "screening": {
            "rule": RULE,
            "applied": screen,
            "listeners": {
                one.name: {"missed": one.missed, "trials": one.trials, "fails": one.excluded}
                for one in rated.screened
            },
        },
        "ratings": {name: asdict(found) for name, found in rated.means.items()},
        "items": {item: dict(own) for item, own in rated.items.items()},
        "differences": [
            {"system": ours, "minus": theirs} | asdict(found)
            for (ours, theirs), found in rated.differences.items()
        ],
    }


def _preferred_text(results: Results, found: Sequence[Preference]) -> str:
    count = len(results.listeners)
    head = ["", "answers", "first", "none", "second", "first of those with a preference"]
    rows, overall = [[*head, "binomial p"]], [["", "first - second, points"]]
    for one in found:
        shares = [f"{100 * n / one.answers:.1f} %" for n in (one.first, one.none, one.second)]
        name = f"{one.pair[0]} : {one.pair[1]}"
        rows.append([name, str(one.answers), *shares, _cell(one.share, " %"), show(one.p, 4)])
        overall.append([name, _difference(one.difference)])
    return "\n\n".join(
        [
            f"{count} listener{'s' * (count != 1)}: preferences [95 % interval of Clopper and "
            "Pearson]. The interval and the binomial test take all answers as independent.",
            columns(rows),
            "The same by listener [95 % paired bootstrap interval over listeners]: + the first is "
            "preferred, - the second, = not certain",
            columns(overall),
        ]
    )


def _json(one: Preference) -> dict[str, Any]:
    return {
        "first": one.pair[0],
        "second": one.pair[1],
        "answers": {"first": one.first, "none": one.none, "second": one.second},
        "share_of_first": asdict(one.share),
        "binomial_p": one.p,
        "difference": asdict(one.difference),
    }


def _cell(found: Interval, unit: str = "") -> str:
    low, high = show(found.low, 1), show(found.high, 1)
    return show(found.value, 1) + unit + (f" [{low}, {high}]" if low != "-" else "")


def _difference(found: Difference) -> str:
    value = f"{found.value:+.1f}"
    if found.too_few:
        return f"= {value} (fewer than {FEWEST_PAIRS} listeners)"
    sign = "=" if found.low <= 0 <= found.high else "+" if found.value > 0 else "-"
    return f"{sign} {value} [{found.low:+.1f}, {found.high:+.1f}] p {found.p:.4f}"

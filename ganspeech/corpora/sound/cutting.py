"""A recording cut into clips at its pauses."""

from collections.abc import Sequence

from ganspeech.corpora.sound.activity import Span

PAUSE = 0.5
"""Seconds of a pause at which speech is always cut: sentences end so."""
APART = 1.5
"""Seconds of a pause across which nothing is one clip, however short it is."""
MARGIN = 0.15
"""Seconds kept before and after the speech of a clip: words begin and end softly."""


def clips_of(speech: Sequence[Span], shortest: float, longest: float) -> list[Span]:
    """Begins and ends of the speech of clips, of `shortest` to `longest` seconds where that can be.

    It is cut at pauses of `PAUSE` seconds, unless that makes a piece too short, and pieces that
    are too long at the longest pause inside. Shorter pieces that stand alone, and longer ones
    without a pause, stay as they are: who chooses clips leaves them out.
    """
    return list(_cut(list(speech), shortest, longest - 2 * MARGIN)) if speech else []


def with_margins(clips: Sequence[Span], seconds: float) -> list[Span]:
    """Clips with `MARGIN` on both sides, less where the recording or half a pause ends."""
    found = []
    for n, (begin, end) in enumerate(clips):
        before = clips[n - 1][1] if n else -begin
        after = clips[n + 1][0] if n + 1 < len(clips) else 2 * seconds - end
        found.append(
            (
                begin - min(MARGIN, (begin - before) / 2),
                min(end + min(MARGIN, (after - end) / 2), seconds),
            )
        )
    return found


def _cut(pieces: list[Span], shortest: float, longest: float) -> list[Span]:
    """Clips of neighboring pieces, by cutting at the longest pause again and again."""
    groups, done = [pieces], list[Span]()
    while groups:
        group = groups.pop()
        place = _place(group, shortest, longest)
        if place is None:
            done.append((group[0][0], group[-1][1]))
        else:
            groups += [group[:place], group[place:]]
    return sorted(done)


def _place(group: list[Span], shortest: float, longest: float) -> int | None:
    """The piece before which a group is cut; None: it stays whole."""
    if len(group) < 2:
        return None
    begin, end = group[0][0], group[-1][1]
    too_long = end - begin > longest
    pauses = [
        (
            # A cut that leaves nothing too short is better than one at a longer pause.
            min(group[n - 1][1] - begin, end - group[n][0]) >= shortest,
            group[n][0] - group[n - 1][1],
            n,
        )
        for n in range(1, len(group))
    ]
    widest = max(pauses, key=lambda pause: pause[1])
    if widest[1] >= APART:
        return widest[2]
    fits, pause, place = max(pauses)
    return place if too_long or (fits and pause >= PAUSE) else None

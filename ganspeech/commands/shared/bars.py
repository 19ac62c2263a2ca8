"""Bars of long recordings."""

from collections.abc import Iterable, Iterator

from tqdm import tqdm

from ganspeech.audio.pieces import Audio


def under_bar(
    pieces: Iterable[Audio], rate: int, seconds: float, *, hidden: bool
) -> Iterator[Audio]:
    """Pieces of a recording, under a bar of the seconds that have been taken."""
    with tqdm(total=round(seconds), unit="s", leave=False, disable=hidden) as bar:
        samples = 0
        for piece in pieces:
            yield piece
            samples += len(piece)
            bar.update(round(samples / rate) - bar.n)

"""Tiles: a picture that plays, and the player under it."""

from collections.abc import Sequence
from html import escape

KEYS = (
    "<p class='hint'>Click a spectrogram to play from there. The keys <kbd>1</kbd>, "
    "<kbd>2</kbd>, … change to another version at the same moment; <kbd>space</kbd> stops "
    "and goes on.</p>"
)
"""How sentences are heard, in HTML."""


def tile(
    name: str,
    picture: str,
    sound: str,
    color: str,
    *,
    alt: str = "",
    before: str = "",
    after: str = "",
    caption: bool = True,
) -> str:
    """HTML of a tile: URIs of its picture and its sound, under its name in plain words.

    `color` is one of the style's variables, `alt` describes the picture if it is not the name,
    and `before` and `after` are HTML around the name. Without a `caption` the name is there for
    screen readers alone.
    """
    shown = f"<figcaption>{before}<b>{escape(name)}</b>{after}</figcaption>"
    return (
        f'<figure class="tile" style="--color:var({color})">'
        f"{shown if caption else f'<b hidden>{escape(name)}</b>'}"
        f'<div class="picture"><img alt="{escape(alt or name)}" src="{picture}">'
        '<span class="head"></span></div>'
        f'<audio controls preload="metadata" src="{sound}"></audio></figure>'
    )


def sentence(title: str, tiles: Sequence[str], more: str = "") -> str:
    """Versions of one sentence side by side, under a title; `title` and `more` are HTML."""
    return (
        f'<article class="sentence"><h3>{title}</h3><div class="tiles">{"".join(tiles)}</div>'
        f"{more}</article>"
    )

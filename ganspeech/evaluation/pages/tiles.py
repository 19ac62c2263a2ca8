"""Tiles: a picture that plays, and the player under it."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from ganspeech.evaluation.pages.media import audio_uri, loudest, spectrogram_uri

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


class Version(NamedTuple):
    """One version of a sentence."""

    name: str
    audio: np.ndarray
    """float32 `[samples]`."""
    color: str
    """One of the style's variables."""
    chips: str = ""
    """HTML of its scores, a `<span>` each."""


def versions(title: str, shown: Sequence[Version], rate: int, more: str = "") -> str:
    """Numbered tiles of a sentence, as loud as the first; `title` and `more` are HTML."""
    top = loudest(shown[0].audio, rate)
    numbered = [
        tile(
            version.name,
            spectrogram_uri(version.audio, rate, top),
            audio_uri(version.audio, rate),
            version.color,
            alt=f"Spectrogram of {version.name}",
            before=f"<kbd>{number}</kbd>",
            after=f'<span class="chips">{version.chips}</span>',
        )
        for number, version in enumerate(shown, 1)
    ]
    return sentence(title, numbered, more)

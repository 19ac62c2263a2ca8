"""Examples side by side, as parts of a page: pictures, and players where there is sound."""

from collections.abc import Sequence
from html import escape

import numpy as np

from ganspeech.data.examples import Scale
from ganspeech.evaluation.pages.media import audio_uri, picture_uri
from ganspeech.evaluation.pages.tiles import tile
from ganspeech.tasks.representations import SpokenView, View


class Shown:
    """Examples as tiles: their pictures, and their sounds where the view speaks."""

    def __init__(self, view: View, scale: Scale | None, values: np.ndarray):
        self._speaks = isinstance(view, SpokenView)
        palette = "magma" if self._speaks else "gray"
        self._pictures = [picture_uri(image, palette) for image in view.images(values)]
        if isinstance(view, SpokenView):
            sounds = view.audio(values, scale)
            self._sounds = [audio_uri(sound, view.sample_rate) for sound in sounds]

    def tile(self, place: int, caption: str, alt: str) -> str:
        """One example, with a caption and a text for those who do not see it."""
        if not self._speaks:
            return picture(self._pictures[place], alt, caption)
        return tile(caption, self._pictures[place], self._sounds[place], "--system-0", alt=alt)


def article(title: str, figures: Sequence[str]) -> str:
    """Figures in a row, under a title in HTML."""
    body = "".join(figures)
    return f'<article class="sentence"><h3>{title}</h3><div class="strip">{body}</div></article>'


def picture(uri: str, alt: str, caption: str) -> str:
    """A picture by itself."""
    return (
        f'<figure class="step"><img alt="{escape(alt)}" src="{uri}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def hint(text: str) -> str:
    """Content of a section."""
    return f"<p class='hint'>{text}</p>"

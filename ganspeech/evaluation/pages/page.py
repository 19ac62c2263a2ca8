"""A page in one file that needs nothing else: what all pages share."""

from collections.abc import Sequence
from html import escape

from ganspeech.evaluation.pages.style import SCRIPT, STYLE


def page(
    kind: str,
    title: str,
    heading: str,
    introduction: Sequence[str],
    sections: Sequence[tuple[str, str]],
    *,
    style: str = "",
) -> str:
    """HTML of a page: plain words, but for the bodies of sections, which are HTML.

    `kind` stands above the `heading`, `introduction` holds paragraphs. Sections (title and
    body) without a body are left out; `style` is CSS beside that of all pages.
    """
    shown = [(name, name.lower().replace(" ", "-"), body) for name, body in sections if body]
    links = "".join(f'<a href="#{place}">{escape(name)}</a>' for name, place, _ in shown)
    bodies = "".join(
        f'<section id="{place}"><h2>{escape(name)}</h2>{body}</section>'
        for name, place, body in shown
    )
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in introduction)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head><body>"
        f"<header><p class='brand'>ganspeech · {escape(kind)}</p><h1>{escape(heading)}</h1>"
        f"{paragraphs}<nav>{links}</nav></header>"
        f"<main>{bodies}</main><script>{SCRIPT}</script></body></html>\n"
    )

"""Hooks of MkDocs: pages that are made from the program join those that are written.

`mkdocs.yml` lists written pages by name, and folders of made pages by a name that ends in `/`. The
pages themselves are made in docs/website/, one file a kind.
"""

import os
from typing import Any

from mkdocs.structure.files import File
from website import api, commands, drawing, experiments, formulas, links, notebooks, parts

MAP = "<!-- map -->"
_made: dict[str, str | bytes] = {}


def on_config(config: Any) -> None:
    """Makes all pages, and puts them in place of their folders in the navigation."""
    tiny = os.environ.get("NOTEBOOKS") == "tiny"
    _made.clear()
    for pages in (
        links.documents(),
        notebooks.pages(tiny),
        commands.pages(),
        parts.pages(),
        api.pages(),
        experiments.pages(),
    ):
        _made.update(pages)
    config.nav = _unfolded(config.nav)


def _unfolded(nav: Any) -> Any:
    if isinstance(nav, list):
        return [_unfolded(item) for item in nav]
    if isinstance(nav, dict):
        return {title: _unfolded(item) for title, item in nav.items()}
    if not nav.endswith("/"):
        return nav
    below = [page for page in _made if page.startswith(nav) and page.endswith(".md")]
    return sorted(below, key=lambda page: not page.endswith("/index.md"))


def on_files(files: Any, config: Any) -> Any:
    """Adds the made pages."""
    for path, content in _made.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links within the site, and the map of the package."""
    path = page.file.src_uri
    if MAP in markdown:
        rooms = drawing.uses()
        summaries = {room: api.summary(room) for room in rooms}
        addresses = {room: f"api/{room}.html" for room in api.ROOMS}
        addresses |= {"commands": "commands/index.html", "experiments": "experiments.html"}
        return links.rewritten(markdown, path).replace(MAP, drawing.page(summaries, addresses))
    return links.rewritten(markdown, path)


def on_page_content(content: str, **_: Any) -> str:
    """Formulas as MathML, which needs no script."""
    return formulas.set_in(content)

"""Links of the repository's documents, as links between pages of the site.

The documents are read in the repository, too, so they link to files there. On the site a file that
is a page becomes a link to that page, a sound becomes a player, and for any other file, since the
project has no public address yet, the words of the link stay and the link goes.
"""

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CODE = r"^```.*?^```|`[^`\n]+`"
LINK = r"(!?)\[([^\]]*)\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)"
LINK_OR_CODE = re.compile(f"{CODE}|{LINK}", re.MULTILINE | re.DOTALL)
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "notebooks": "tutorials/index.md",
}
"""Documents outside docs/ and the page that each becomes."""


def documents() -> dict[str, str]:
    """Text of every page that is a document outside docs/, by the page's path."""
    cards = {f"ganspeech/shipped/{card.name}" for card in ROOT.glob("ganspeech/shipped/*.md")}
    paths = [path for path in (*PAGES, *sorted(cards)) if path.endswith(".md")]
    return {page_of(path): (ROOT / path).read_text(encoding="utf-8") for path in paths}


def page_of(path: str) -> str:
    """Path in the site of a file of the repository; empty where the site has no such page."""
    folder, name = posixpath.split(path)
    if path in PAGES:
        return PAGES[path]
    if folder == "ganspeech/shipped" and name.endswith(".md"):
        return f"models/{name}"
    if folder == "ganspeech/experiments" and name.endswith(".py"):
        return f"experiments/{name.removesuffix('.py')}.md"
    if folder == "notebooks":  # and what they show
        return f"tutorials/{re.sub('[.]ipynb$', '.md', name)}"
    return path.removeprefix("docs/") if path.startswith("docs/") else ""


def source_of(page: str) -> str:
    """Path in the repository of the document that a page is made of; empty for generated pages."""
    inverse = {there: here for here, there in PAGES.items()}
    if page in inverse:
        return inverse[page] if page != "tutorials/index.md" else ""
    folder, name = posixpath.split(page)
    for source in (f"docs/{page}", f"ganspeech/shipped/{name}" if folder == "models" else ""):
        if source and (ROOT / source).is_file():
            return source
    return f"notebooks/{name.removesuffix('.md')}.ipynb" if folder == "tutorials" else ""


def rewritten(text: str, page: str) -> str:
    """Text of a page that is a document of the repository, with the links of the site."""
    source = source_of(page)
    if not source:
        return text

    def replace(found: re.Match[str]) -> str:
        picture, words, target, anchor = found.groups()
        if found[0].startswith("`"):
            return found[0].replace(r"\|", "|")  # which only the repository's tables need
        if not target:  # a place on the same page
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        there = page_of(path)
        if not there:
            return words
        address = posixpath.relpath(there, posixpath.dirname(page) or ".")
        if there.endswith(".ogg"):
            return player(words, address)
        return f"{picture}[{words}]({address}{anchor or ''})"

    return LINK_OR_CODE.sub(replace, text)


def player(words: str, address: str) -> str:
    """HTML of a sound with its name."""
    return (
        f'<span class="sound">{words} '
        f'<audio controls preload="metadata" src="{address}" aria-label="{words}"></audio></span>'
    )

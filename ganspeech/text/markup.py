"""Marks of HTML and Markdown, which are no text: tags, entities, links, emphasis, code, headings.

Signs stay where they may be text: `a < b`, `snake_case`, a tag that is never closed.
"""

import html
import re

_UNREAD = (
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<script\b[^<>]{0,500}>", re.IGNORECASE), re.compile("</script>", re.IGNORECASE)),
    (re.compile(r"<style\b[^<>]{0,500}>", re.IGNORECASE), re.compile("</style>", re.IGNORECASE)),
)
"""Beginnings and ends of what is not read at all."""
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]{0,30})(?:[\s/][^<>]{0,1000})?>")
_BREAK = frozenset(("br", "wbr"))
_BLOCK = frozenset(
    ("p", "li", "div", "hr", "ul", "ol", "dl", "dt", "dd", "tr", "td", "th", "table", "section",
     "article", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6")
)  # fmt: skip
_ALONE = frozenset(("img", "input", "meta", "link", "hr", "p", "li", "dt", "dd", "tr", "td", "th"))
"""Elements that need no closing tag."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,30});")

_FENCE = re.compile(r"^ {0,3}(?:```|~~~)[^\n`]*$", re.MULTILINE)
_LINE_OF_CODE = re.compile(r"\n(?:\$ (?=[a-z]))?(?!\n|$)")
_HEADING = re.compile(r"^ {0,3}#{1,6} +(?=\D)([^\n]*)$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*([-=*_~#+.])(?: ?\1){2,}[ \t]*$", re.MULTILINE)
_BULLET = re.compile(
    r"^ {0,8}(?:[*+-] +(?:\[[ xX]\] +)?(?=[^\W\d]|[\"'“(\[*_`]|\d+ [A-Za-z])|[•◦▪‣·] *)",
    re.MULTILINE,
)
_NUMBER = re.compile(r"^ {0,8}(?=\d{1,3}[.)] +\S)", re.MULTILINE)
_TABLE_RULE = re.compile(r"^(?=[^\n]*\|)(?=[^\n]*-)[ :|+-]+$", re.MULTILINE)
_TABLE_ROW = re.compile(r"^ {0,3}\|([^\n]*)\|[ \t]*$", re.MULTILINE)
_LEADER = re.compile(r"(?<=\w) ?\.{5,} ?(?=[\w$£€])")
_QUOTE = re.compile(r"^ {0,3}>+ ?(?=[^\W\d]|[\"'“(\[*_`])", re.MULTILINE)
_LINK = re.compile(
    r"!?\[([^\[\]\n]{0,500})\]\((?=[^()\s]*[/.#:@])[^()\s]{1,2000}(?: \"[^\"]*\")?\)"
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)?[\w.+-]+[@./:][^\s<>]{1,2000})>")
_PAIRED = (
    re.compile(r"(?<![\w`])(`{1,2})([^`\n]{1,500})\1(?![\w`])"),
    re.compile(r"(?<![\w*])(\*{1,3})([^\s*](?:[^*\n]{0,500}[^\s*])?)\1(?![\w*])"),
    re.compile(r"(~~)([^\s~](?:[^~\n]{0,500}[^\s~])?)~~"),
    re.compile(r"(?<!\w)(_{1,3})([^\s_](?:[^_\n]{0,500}[^\s_])?)\1(?!\w)"),
)


def without_markup(text: str) -> str:
    """Text without marks of HTML and Markdown; blocks of theirs become paragraphs."""
    if "<" in text:
        for begin, end in _UNREAD:
            text = _without_stretches(text, begin, end)
        text = _AUTOLINK.sub(r"\1", text)
        closed = {found[2].lower() for found in _TAG.finditer(text) if found[1]}
        text = _TAG.sub(lambda found: _without_tag(found, closed), text)
    text = _ENTITY.sub(lambda found: html.unescape(found[0]).replace("\xa0", " "), text)
    text = _HEADING.sub(lambda f: f"\n\n{f[1].rstrip(' #')}\n\n", _code_in_lines(text))
    text = _LEADER.sub(", ", _RULE.sub("\n", _TABLE_RULE.sub("\n", text)))
    text = _TABLE_ROW.sub(lambda f: "\n\n" + _cells(f[1]), text)
    text = _NUMBER.sub("\n\n", text)
    text = _LINK.sub(r"\1", _QUOTE.sub("", _BULLET.sub("\n\n", text)))
    for pair in _PAIRED:
        text = pair.sub(r"\2", text)
    return text


def _code_in_lines(text: str) -> str:
    """Text without fences of code; the lines between two are paragraphs, without their prompts."""
    parts = _FENCE.split(text)
    code = [_LINE_OF_CODE.sub("\n\n", part) for part in parts[1::2]]
    parts[1::2] = code
    return "\n".join(parts)


def _cells(row: str) -> str:
    """Cells of a row of a table with pauses between them."""
    cells = [cell.strip() for cell in row.split("|")]
    return re.sub(r"(?<=[.,:;!?]),", "", ", ".join(cell for cell in cells if cell))


def _without_stretches(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Text without what lies between two marks, up to the first mark that has no end."""
    kept, at = [], 0
    while (first := begin.search(text, at)) and (last := end.search(text, first.end())):
        kept.append(text[at : first.start()])
        at = last.end()
    return " ".join([*kept, text[at:]])


def _without_tag(found: re.Match, closed: set[str]) -> str:
    name = found[2].lower()
    if name in _BREAK:
        return "\n"
    alone = found[1] or found[0].endswith("/>") or name in _ALONE
    if not alone and name not in closed:
        return found[0]
    return "\n\n" if name in _BLOCK else ""

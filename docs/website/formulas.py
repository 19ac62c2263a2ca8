"""Formulas as MathML, which a browser sets without a script."""

import html
import re

from latex2mathml.converter import convert

_MARKED = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
_SPACE = '<mspace width="0.167em" />'


def set_in(page: str) -> str:
    """HTML of a page with its formulas, which the extension arithmatex has marked."""
    return _MARKED.sub(lambda found: mathml(html.unescape(found[2]), found[1] == "div"), page)


def mathml(formula: str, display: bool) -> str:
    """MathML of a formula in LaTeX's notation, in a line or on a line of its own."""
    made = convert(formula.replace(r"\|", "‖"), display="block" if display else "inline")
    made = re.sub(r"(<m[io]>(?:log|mean)</m[io]>)(?!<mo)", rf"\1{_SPACE}", made)
    if display:  # What a minimum is over stands below it.
        made = re.sub(
            r"<msub>(<mo>(?:min|max)</mo>)(.*?)</msub>", rf"<munder>\1\2</munder>{_SPACE}", made
        )
    return made

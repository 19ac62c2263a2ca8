"""Beginnings of SSML documents, by which they are told from plain texts."""

import re

_DOCTYPE = r"""<!(?i:DOCTYPE)(?:"[^"]*"|'[^']*'|[^\["'>])*+(?:\[.*?\]\s*)?>"""
_BEGINNING = re.compile(
    # Atomic, so that a long run of comments is scanned once.
    rf"\ufeff?(?>\s+|<\?.*?\?>|<!--.*?-->|{_DOCTYPE})*+<(?:[\w.-]{{1,100}}:)?speak[\s/>]",
    re.S,
)


def is_ssml(text: str) -> bool:
    """Returns whether a text begins as SSML does, with `<speak`.

    A prefix of it, and what may stand before it, comments and a DOCTYPE too, make no difference.
    """
    return _BEGINNING.match(text) is not None

"""N-gram language models, and ARPA files of them."""

import gzip
import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganspeech.process.writing import write_whole

START, END, UNKNOWN = "<s>", "</s>", "<unk>"
"""Start and end of each sentence, and any token that a model does not list."""
NEVER = -99.0
"""Log-probability of `START` in ARPA files, which is never predicted."""
UNLISTED = -100.0
"""Log10 probability of unknown tokens in a model without `UNKNOWN`."""

LONGEST_LINE = 1 << 20
"""Characters of a line at most: a few compressed bytes could hold one longer than any memory."""

Context = tuple[str, ...]


class LanguageModelError(ValueError):
    """A language model that cannot be read or learned; the message names file and line."""


@dataclass(frozen=True)
class NGram:
    """A backoff model (Katz 1987), in log10.

    p(token | context) is listed, or else it is the backoff weight of the context times
    p(token | the context without its first token).
    """

    order: int
    """Number of tokens of the longest n-grams."""
    followers: Mapping[Context, Mapping[str, float]]
    """Log10 probabilities of the tokens listed after each context; () has all tokens."""
    backoffs: Mapping[Context, float]
    """Log10 weights of contexts; 0 where missing."""

    def known(self, token: str) -> bool:
        """True if the model lists the token."""
        return token in self.followers[()]

    def state(self, context: Sequence[str]) -> Context:
        """Relevant part of a context: its last `order - 1` tokens, unknown ones as `UNKNOWN`."""
        last = context[max(0, len(context) - self.order + 1) :]
        return tuple(token if self.known(token) else UNKNOWN for token in last)

    def score(self, context: Sequence[str], token: str) -> float:
        """log10 p(token | context), where a sentence's first context is `START`."""
        token = token if self.known(token) else UNKNOWN
        state, weights = self.state(context), 0.0
        while token not in (found := self.followers.get(state, {})):
            if not state:
                return weights + UNLISTED
            weights += self.backoffs.get(state, 0.0)
            state = state[1:]
        return weights + found[token]

    def score_sentence(self, tokens: Sequence[str]) -> float:
        """log10 of the probability of all tokens and that the sentence then ends."""
        whole = (START, *tokens, END)
        return sum(self.score(whole[:n], whole[n]) for n in range(1, len(whole)))


def read_arpa(path: str | Path) -> NGram:
    """Read an ARPA file, `.gz` too; tokens are kept as written.

    Raises `LanguageModelError`, naming the file and the line of the first fault: sections
    missing, cut off or out of order, wrong counts, malformed numbers, n-grams of other lengths or
    listed twice.
    """
    path = Path(path)
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            return _Reader(path).read(iter(lambda: file.readline(LONGEST_LINE), ""))
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is corrupt or is not UTF-8 text"
        raise LanguageModelError(f"cannot read the language model {path}: {reason}") from None


def write_arpa(path: str | Path, model: NGram) -> None:
    """Write a model as an ARPA file, whole or not at all; `.gz` is compressed."""
    path = Path(path)
    grams = [
        sorted(
            (*context, token)
            for context, followers in model.followers.items()
            if len(context) == n
            for token in followers
        )
        for n in range(model.order)
    ]
    lines = ["\\data\\", *(f"ngram {n}={len(found)}" for n, found in enumerate(grams, 1)), ""]
    for n, found in enumerate(grams, start=1):
        lines.append(f"\\{n}-grams:")
        for gram in found:
            weight = f"\t{model.backoffs[gram]:.7f}" if gram in model.backoffs else ""
            lines.append(f"{model.followers[gram[:-1]][gram[-1]]:.7f}\t{' '.join(gram)}{weight}")
        lines.append("")
    data = "\n".join([*lines, "\\end\\", ""]).encode()
    write_whole(path, gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


class _Reader:
    """Reads the lines of an ARPA file once."""

    def __init__(self, path: Path):
        self.path = path
        self.line = 0
        self.declared: list[int] = []
        self.followers: dict[Context, dict[str, float]] = {(): {}}
        self.backoffs: dict[Context, float] = {}

    def read(self, lines: Iterable[str]) -> NGram:
        """Return the model; anything before the data section is a comment."""
        section = -1  # before the data, then 0 for the counts and n for the n-grams
        found = 0
        for self.line, raw in enumerate(lines, start=1):
            if len(raw) >= LONGEST_LINE:
                raise self._error(f"more than {LONGEST_LINE} characters")
            line = raw.strip()
            if section < 0:
                section = 0 if line == "\\data\\" else section
            elif not line:
                continue
            elif line.startswith("\\") and (line == "\\end\\" or line.endswith("-grams:")):
                self._close(section, found)
                expected = f"\\{section + 1}-grams:" if section < len(self.declared) else "\\end\\"
                if line != expected:
                    raise self._error(f"expected {expected}, not {line}")
                if line == "\\end\\":
                    return NGram(len(self.declared), self.followers, self.backoffs)
                section, found = section + 1, 0
            elif section == 0:
                self._count(line)
            else:
                self._gram(line, section)
                found += 1
        raise self._error("the file ends before \\end\\" if section >= 0 else "no \\data\\ section")

    def _count(self, line: str) -> None:
        match = re.fullmatch(r"ngram\s+(\d{1,3})\s*=\s*(\d{1,15})", line)
        if not match or int(match[1]) != len(self.declared) + 1:
            raise self._error(f"expected 'ngram {len(self.declared) + 1}=COUNT', not {line!r}")
        self.declared.append(int(match[2]))

    def _close(self, section: int, found: int) -> None:
        if section == 0 and not self.declared:
            raise self._error("no counts (ngram 1=...) before the n-grams")
        if section > 0 and found != self.declared[section - 1]:
            declared = self.declared[section - 1]
            raise self._error(f"{declared} {section}-grams are declared, but {found} are listed")

    def _gram(self, line: str, order: int) -> None:
        fields = line.split()
        last = order == len(self.declared)
        if len(fields) not in ((order + 1,) if last else (order + 1, order + 2)):
            weight = "" if last else " and optionally a backoff weight"
            raise self._error(f"expected a number, {order} tokens{weight}, not {line!r}")
        gram = tuple(fields[1 : order + 1])
        probability = self._number(fields[0])
        if probability > 0:
            raise self._error(f"a log10 probability cannot be above 0: {fields[0]}")
        listed = self.followers.setdefault(gram[:-1], {})
        if gram[-1] in listed:
            raise self._error(f"the {order}-gram {' '.join(gram)!r} is listed twice")
        listed[gram[-1]] = probability
        if len(fields) == order + 2:
            self.backoffs[gram] = self._number(fields[-1])

    def _number(self, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self._error(f"{text!r} is not a number")
        return number

    def _error(self, what: str) -> LanguageModelError:
        return LanguageModelError(f"{self.path}, line {self.line}: {what}")

"""ARPA files for tests."""

import gzip
from pathlib import Path

from ganspeech.recognizers.language_model import NGram


def write_arpa(path: str | Path, model: NGram) -> None:
    """Write a model as an ARPA file; `.gz` is compressed. It appears whole or not at all."""
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
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)

"""Corpora that are made rather than recorded: once, in the cache, beside an index."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from ganspeech.audio.writing import write_audio
from ganspeech.data.cache import build_once, cache_root, digest
from ganspeech.data.corpus import Problems, Utterance
from ganspeech.data.utterances import Utterances, in_order

INDEX = "utterances.json"


class MadeSound(NamedTuple):
    """An utterance before it is written."""

    id: str
    text: str
    speaker: str
    audio: Float32[np.ndarray, " samples"]
    rate: int


def made_once(
    kind: str, key: object, make: Callable[[], Iterable[MadeSound]], problems: Problems | None
) -> Utterances:
    """Utterances of the cache's folder KIND-DIGEST, sorted by id; made now if there is none.

    `key` is all that they depend on, as JSON. Audio is kept as FLAC.
    """

    def build(folder: Path) -> None:
        rows = []
        for one in make():
            row = Utterance(one.id, f"{one.id}.flac", one.text, one.speaker)
            write_audio(folder / row.audio, one.audio, one.rate)
            rows.append(asdict(row))
        text = json.dumps(rows, ensure_ascii=False, indent=0)
        (folder / INDEX).write_text(text, encoding="utf-8")

    folder = build_once(cache_root() / f"{kind}-{digest(key)}", build)
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    found = [Utterance(**{**row, "audio": str(folder / row["audio"])}) for row in index]
    return in_order(found, problems, looked_for=str(folder))

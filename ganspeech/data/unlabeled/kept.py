"""Speech and texts that were made once, kept in the cache."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ganspeech.data.cache import build_once, cache_root, digest
from ganspeech.data.corpus import CorpusError, Names, Problems
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired
from ganspeech.process.damage import damage

# Incremented whenever what is made of the same content changes, so that no old cache is used.
VERSION = 3
FEATURES, CLUSTERS, ENDS = "features.float32", "clusters.int32", "ends.int32"
INDEX = "index.json"
"""Files of a folder: all segments' features, their clusters and ends, and all else."""


def kept(name: str, key: Any, make: Callable[[], Unpaired]) -> Unpaired:
    """What `make` returns, from the cache if it was made before for the same key.

    `key` is all that it depends on, as JSON can write it. Features stay on disk and are read where
    they are used. Raises `CorpusError` when the cache cannot be written or is damaged.
    """
    folder = cache_root() / f"{name.lower()}-{digest([VERSION, key])}"
    build_once(folder, lambda partial: _write(partial, make()))
    with damage(CorpusError, f"damaged cache, delete {folder}"):
        return _read(folder)


def fingerprint(data: Sequence[Segments], texts: Sequence[np.ndarray], phones: Any) -> str:
    """Digest of utterances in any order, of texts and of an inventory."""
    content = hashlib.blake2b(json.dumps(phones).encode(), digest_size=16)
    for one in sorted(data, key=lambda one: one.id):
        content.update(json.dumps([one.id, one.features.shape]).encode())
        for array in (one.features, one.clusters, one.phones):
            content.update(b"-" if array is None else array.tobytes())
    for text in texts:
        content.update(b"|" + text.tobytes())
    return content.hexdigest()


def _write(folder: Path, data: Unpaired) -> None:
    every = (*data.train, *data.held_out)
    for name, rows, kind in (
        (FEATURES, (one.features for one in every), "<f4"),
        (CLUSTERS, (one.clusters for one in every), "<i4"),
        (ENDS, (one.ends for one in every), "<i4"),
    ):
        with open(folder / name, "wb") as file:
            for row in rows:
                if row is not None:
                    file.write(row.astype(kind).tobytes())
    index = {
        "width": data.width,
        "parts": [[_row(one) for one in part] for part in (data.train, data.held_out)],
        "texts": [text.tolist() for text in data.texts],
        "phones": data.phones,
        "fingerprint": data.fingerprint,
        "problems": [
            {reason: [names, names.more] for reason, names in reasons.items()}
            for reasons in (data.problems.skipped, data.problems.mended)
        ],
        "clusters": data.clusters,
        "labeled": data.labeled,
    }
    (folder / INDEX).write_text(json.dumps(index), encoding="utf-8")


def _row(one: Segments) -> list[Any]:
    known = (None if row is None else row.tolist() for row in (one.phones, one.true_ends))
    return [one.id, len(one.features), *known]


def _read(folder: Path) -> Unpaired:
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    total = sum(count for part in index["parts"] for _, count, *_ in part)
    features = np.memmap(folder / FEATURES, "<f4", "r", shape=(total, index["width"]))
    clusters = _numbers(folder / CLUSTERS) if index["clusters"] else None
    ends = _numbers(folder / ENDS)
    parts, first = [], 0
    for rows in index["parts"]:
        part = []
        for id, count, *known in rows:
            place = slice(first, first + count)
            phones, true_ends = (None if row is None else np.array(row, np.int32) for row in known)
            part.append(
                Segments(
                    id,
                    features[place],
                    None if clusters is None else clusters[place],
                    phones,
                    ends[place],
                    true_ends,
                )
            )
            first += count
        parts.append(part)
    return Unpaired(
        parts[0],
        parts[1],
        texts=[np.array(text, np.int32) for text in index["texts"]],
        phones=tuple(index["phones"]),
        fingerprint=index["fingerprint"],
        problems=Problems(
            *(
                {reason: Names(*names) for reason, names in part.items()}
                for part in index["problems"]
            )
        ),
        clusters=index["clusters"],
        labeled=index["labeled"],
    )


def _numbers(file: Path) -> np.ndarray:
    return np.fromfile(file, "<i4").astype(np.int32)

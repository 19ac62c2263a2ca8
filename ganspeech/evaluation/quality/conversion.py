"""Scores of voice conversion: whose voice is heard, and which words."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from ganspeech.audio import AUDIO_SUFFIXES
from ganspeech.data.corpus import Problems
from ganspeech.evaluation.quality.material import Material, from_folders
from ganspeech.evaluation.quality.metrics import DNSMOS, Metric
from ganspeech.evaluation.quality.speakers import PACKAGE, SIMILARITY, SimilarityTo
from ganspeech.evaluation.recognition.texts import read_texts

MOST = 50
"""Recordings of the target speaker that are compared with, the first by name."""


def converted_material(
    source: Path,
    converted: Mapping[str, Path],
    target: Path,
    *,
    texts: Path | None = None,
    sentences: int | None = None,
) -> Material:
    """Folders of converted recordings, matched by name with those in `source`.

    Its metrics are similarities of speakers: to the recordings in `target`, and to the recording
    that was converted. The row of the recordings themselves says how near the two speakers are
    before. `texts` are lines ID TEXT, for a recognizer. Raises ValueError, naming the folder or
    file, for one that is missing or empty, or if nothing matches.
    """
    if not target.is_dir():
        raise ValueError(f"target: no such folder: {target}")
    recordings = sorted(p for p in target.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES)[:MOST]
    if not recordings:
        raise ValueError(f"target: {target} holds no audio file, at any depth")
    problems = Problems()
    said = {} if texts is None else read_texts(texts, problems)
    material = from_folders(source, converted, sentences, baseline=False)
    return dataclasses.replace(
        material,
        title=f"{', '.join(converted)}: conversion from {source.name} to {target.name}",
        texts={name: said[name] for name in material.reference if name in said},
        metrics=(*_similarities(tuple(recordings)), dataclasses.replace(DNSMOS, whole=True)),
        notes=(
            f"The target speaker is the mean embedding of {len(recordings)} recordings.",
            "A conversion is right where it is nearer to the target than to its recording, and as "
            "well understood as that.",
        ),
        problems=(*material.problems, *problems.lines()),
    )


def _similarities(recordings: tuple[Path, ...]) -> tuple[Metric, Metric]:
    to_target = Metric(
        "similarity_target",
        "Similarity to the target speaker",
        "",
        True,
        SimilarityTo(recordings),
        (PACKAGE,),
        compares=False,
        digits=3,
        whole=True,
    )
    to_source = dataclasses.replace(
        SIMILARITY,
        name="similarity_source",
        label="Similarity to the recording's speaker",
        higher_is_better=False,
    )
    return to_target, to_source

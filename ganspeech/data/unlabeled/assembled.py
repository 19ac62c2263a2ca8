"""Features and texts become segments and rows of phones."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ganspeech.data.corpus import CorpusError, Problems, read_lines
from ganspeech.data.unlabeled.frames import Frames
from ganspeech.data.unlabeled.kept import fingerprint
from ganspeech.data.unlabeled.phone_texts import Pronunciation, with_silence, without_silence
from ganspeech.data.unlabeled.segmentation import Segmentation, Segmenter
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired


def assembled(
    train: Mapping[str, Frames],
    held_out: Mapping[str, Frames],
    texts: Sequence[tuple[str, str]],
    said: Mapping[str, str],
    *,
    segmentation: Segmentation,
    pronunciation: Pronunciation,
    seed: int,
    problems: Problems,
    labeled: bool = False,
) -> Unpaired:
    """Segments of utterances, given by their ids, and phones of texts, pairs of name and text.

    Features are read once for clusters and once for segments, and may come from disk. Clusters and
    components are those of `train`. `said` has transcripts by id, as far as they are
    known, for scores. What cannot be used is noted in `problems`. Raises `CorpusError` for too few
    texts, for phones outside a given inventory, and for too few frames.
    """
    words = pronunciation.words(texts, problems)
    phones = pronunciation.phones(words, problems)
    spoken = {id: said[id] for id in (*train, *held_out) if said.get(id)}
    spoken_words = pronunciation.words(spoken.items(), problems)
    truth = {id: without_silence(row, phones) for id, row in spoken_words.items()}
    for id in (id for id, row in truth.items() if row is None):
        problems.mend("transcripts with phones that no text has, without a score", id)
    rng = np.random.default_rng(seed)
    rows = [with_silence(row, phones, pronunciation.silence, rng) for row in words.values()]
    segmenter = segmentation.fit(train.values(), seed)
    heard, apart = (_segments(part, segmenter, truth) for part in (train, held_out))
    return Unpaired(
        heard,
        apart,
        texts=rows,
        phones=phones,
        fingerprint=fingerprint([*heard, *apart], rows, phones),
        problems=problems,
        clusters=segmentation.clusters,
        labeled=labeled,
    )


def _segments(
    features: Mapping[str, Frames], segmenter: Segmenter, truth: Mapping[str, np.ndarray | None]
) -> list[Segments]:
    found = []
    for id, frames in tqdm(features.items(), "segments", delay=5, leave=False):
        pooled = segmenter(frames)
        found.append(Segments(id, pooled.features, pooled.clusters, truth.get(id)))
    return found


def sentences_of(file: str) -> Iterator[tuple[str, str]]:
    """Name and text of each line of a file that is not empty; `CorpusError` if it is unreadable."""
    for number, line in enumerate(read_lines(Path(file).expanduser()), start=1):
        if line.strip():
            yield f"{file}, line {number}", line


def content_of(file: str) -> str:
    """Digest of a file's bytes; raises `CorpusError` for a file that cannot be read."""
    try:
        return hashlib.blake2b(Path(file).expanduser().read_bytes(), digest_size=10).hexdigest()
    except OSError as error:
        raise CorpusError(f"cannot read {file!r}: {error.strerror}") from None

"""Features and texts become segments and rows of phones."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from tqdm import tqdm

from ganspeech.data.corpus import CorpusError, Problems, read_lines
from ganspeech.data.unlabeled.boundary_files import Ends
from ganspeech.data.unlabeled.frames import Frames
from ganspeech.data.unlabeled.kept import fingerprint
from ganspeech.data.unlabeled.phone_texts import Pronunciation, with_silence, without_silence
from ganspeech.data.unlabeled.segmentation import Segmentation, Segmenter
from ganspeech.data.unlabeled.unpaired import Segments, Unpaired

NOTHING: Mapping[str, Ends] = MappingProxyType({})


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
    true_ends: Mapping[str, Ends] = NOTHING,
) -> Unpaired:
    """Segments of utterances, given by their ids, and phones of texts, pairs of name and text.

    Features are read once for clusters and once for segments, and may come from disk. Clusters and
    components are those of `train`. `said` has transcripts by id, and `true_ends` the ends of
    phones, as far as they are known, for scores. What cannot be used is noted in `problems`. Raises
    `CorpusError` for too few texts, for phones outside a given inventory, and as
    `Segmentation.fit` does.
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
    heard, apart = (
        segments_of(part, segmenter, truth, true_ends, problems=problems)
        for part in (train, held_out)
    )
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


def segments_of(
    features: Mapping[str, Frames],
    segmenter: Segmenter,
    phones: Mapping[str, np.ndarray | None],
    true_ends: Mapping[str, Ends],
    *,
    problems: Problems,
) -> list[Segments]:
    """Segments of utterances, by id, with the phones that were said and their ends if known.

    Those that the segmenter does not have are noted in `problems`.
    """
    found = []
    for id, frames in tqdm(features.items(), "segments", delay=5, leave=False):
        if not segmenter.has(id):
            problems.skip(f"not in {segmenter.settings.boundaries}", id)
            continue
        means, clusters, ends = segmenter(frames, id)
        found.append(Segments(id, means, clusters, phones.get(id), ends, true_ends.get(id)))
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

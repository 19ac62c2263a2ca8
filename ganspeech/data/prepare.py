"""Preparation of a corpus for training: recordings are checked, converted once, memory-mapped."""

import functools
import hashlib
import itertools
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from jaxtyping import Float32, Int16
from tqdm import tqdm

from ganspeech.audio.files import AudioFileError, read_audio
from ganspeech.data.cache import build_once, cache_root, digest
from ganspeech.data.corpus import Corpus, CorpusError, Problems, Utterance
from ganspeech.data.readers.mixture import Mixture

# Incremented whenever the conversion below changes, so that no old cache is used.
VERSION = 2
PEAK = 0.95
FULL_SCALE = 32767
# Half the range from lowest to highest sample: 60 dB below full scale.
SILENT_BELOW = 1e-3
CHUNK = 64
SAMPLES, INDEX = "samples.int16", "index.json"


@dataclass(frozen=True)
class Recording:
    """Usable recording: `samples` values from `offset` of a flat int16 file.

    It holds no audio itself, so that it is cheap to send to a worker process.
    """

    id: str
    text: str
    speaker: str
    samples: int
    store: str
    offset: int

    def audio(self, start: int = 0, stop: int | None = None) -> Float32[np.ndarray, " samples"]:
        """Samples `start` to `stop`, clipped to the recording: float32 in [-0.95, 0.95]."""
        start, stop, _ = slice(start, stop).indices(self.samples)
        pcm = _memory_map(self.store)[self.offset + start : self.offset + stop]
        return pcm.astype(np.float32) / FULL_SCALE


@dataclass(frozen=True)
class Prepared:
    """Recordings of a corpus to train on and those held out, and problems with others.

    `fingerprint` is a digest of the content: rate, ids, texts, speakers, lengths and the bytes of
    the source files, wherever they are. It does not depend on how many are held out.
    """

    train: list[Recording]
    held_out: list[Recording]
    problems: Problems
    fingerprint: str


def prepare(
    corpus: Corpus,
    sample_rate: int,
    *,
    minimum_seconds: float,
    cache: str | Path | None = None,
    progress: bool = True,
) -> Prepared:
    """Reads a corpus into the cache, or finds it there: mono, `sample_rate` Hz, peak at 0.95.

    Unreadable, silent, too short and non-finite recordings are skipped; other rates and several
    channels are converted. Each reason is printed on standard error with its count and first names,
    and all names are in `Prepared.problems`. `corpus.divide` decides which usable ones are held
    out: the last `corpus.held_out` by id, or whole speakers.

    The cache is `cache`, else `$GANSPEECH_CACHE`, else `~/.cache/ganspeech`, and is rebuilt
    when a file's size or time changes; one cache serves every `minimum_seconds`. A killed
    run leaves nothing that a later one would take for complete, and several processes may prepare
    at once. Raises `CorpusError` when nothing is usable, when `held_out` leaves nothing to train
    on, and for a cache that cannot be written. The parts of a `Mixture` are prepared one by one.
    """
    if isinstance(corpus, Mixture):
        settings: dict[str, Any] = {"minimum_seconds": minimum_seconds, "cache": cache}
        parts = [prepare(p, sample_rate, **settings, progress=progress) for p in corpus.parts]
        return _together(parts)
    problems = Problems()
    utterances = corpus.utterances(problems)
    key = digest([VERSION, sample_rate, [_identity(u) for u in utterances]])
    folder = cache_root(cache) / f"{type(corpus).__name__.lower()}-{sample_rate}-{key}"

    def fill(partial: Path) -> None:
        bar = tqdm(utterances, f"preparing {type(corpus).__name__}", disable=not progress)
        with bar, ThreadPoolExecutor(os.cpu_count()) as pool:
            converted = _converted(utterances, pool, sample_rate)
            _write(partial, converted, bar)

    build_once(folder, fill)
    recordings, found, fingerprint = _load(folder, sample_rate, minimum_seconds)
    problems.add(found)
    for line in problems.lines():
        print(f"{type(corpus).__name__}: {line}", file=sys.stderr)
    if not recordings:
        raise CorpusError(
            f"{type(corpus).__name__}: none of the {len(utterances)} recordings is usable, the "
            f"first being {utterances[0].audio}: {'; '.join(problems.lines())}"
        )
    train, held_out = corpus.divide(recordings)
    return Prepared(train, held_out, problems, fingerprint)


def _together(parts: list[Prepared]) -> Prepared:
    problems = Problems()
    for part in parts:
        problems.add(part.problems)
    # Interleaved, so that the first few that a run shows are from every corpus.
    turns = itertools.zip_longest(*(part.held_out for part in parts))
    return Prepared(
        train=[recording for part in parts for recording in part.train],
        held_out=[recording for turn in turns for recording in turn if recording],
        problems=problems,
        fingerprint=digest([part.fingerprint for part in parts]),
    )


@dataclass
class _Conversion:
    utterance: Utterance
    pcm: Int16[np.ndarray, " samples"] | None = None
    content: str = ""
    problems: Problems = field(default_factory=Problems)


def _identity(utterance: Utterance) -> list[object]:
    path = Path(utterance.audio)
    stat = path.stat() if path.is_file() else None
    size, time = (stat.st_size, stat.st_mtime_ns) if stat else (0, 0)
    return [utterance.id, str(path.absolute()), utterance.text, utterance.speaker, size, time]


def _converted(
    utterances: list[Utterance], pool: ThreadPoolExecutor, sample_rate: int
) -> Iterator[_Conversion]:
    convert = functools.partial(_convert, sample_rate=sample_rate)
    # In chunks, because the pool would otherwise run ahead of the writer through the whole corpus.
    for start in range(0, len(utterances), CHUNK):
        yield from pool.map(convert, utterances[start : start + CHUNK])


def _convert(utterance: Utterance, *, sample_rate: int) -> _Conversion:
    result = _Conversion(utterance)
    path, name = Path(utterance.audio), utterance.id
    try:
        audio, _ = read_audio(path, sample_rate)
        header = soundfile.info(path)
        content = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except (AudioFileError, OSError) as error:
        result.problems.skip(str(error).replace(str(path), "the file"), name)
        return result
    if not len(audio):
        result.problems.skip(f"no sample left at {sample_rate} Hz", name)
        return result
    if np.ptp(audio) / 2 < SILENT_BELOW:
        result.problems.skip("silent (at least 60 dB below full scale)", name)
        return result
    if header.channels > 1:
        result.problems.mend(f"{header.channels} channels averaged to mono", name)
    if header.samplerate != sample_rate:
        result.problems.mend(f"resampled from {header.samplerate} to {sample_rate} Hz", name)
    scale = FULL_SCALE * PEAK / np.abs(audio).max()
    result.pcm = np.round(audio * scale).astype("<i2")
    result.content = content
    return result


def _write(folder: Path, converted: Iterator[_Conversion], bar: tqdm) -> None:
    problems, rows = Problems(), []
    with open(folder / SAMPLES, "wb") as store:
        for result in converted:
            problems.add(result.problems)
            if result.pcm is not None:
                utterance = result.utterance
                row = [utterance.id, utterance.text, utterance.speaker, len(result.pcm)]
                rows.append([*row, result.content])
                store.write(result.pcm.tobytes())
            bar.update()
    index = {"recordings": rows, "problems": asdict(problems)}
    (folder / INDEX).write_text(json.dumps(index), encoding="utf-8")


def _load(
    folder: Path, sample_rate: int, minimum_seconds: float
) -> tuple[list[Recording], Problems, str]:
    """Recordings that are long enough, problems with others, and the fingerprint of the former."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        size = (folder / SAMPLES).stat().st_size
    except (OSError, ValueError) as error:
        raise CorpusError(f"damaged cache, delete {folder}: {error}") from error
    store, offset, recordings, short = str(folder / SAMPLES), 0, [], []
    content = hashlib.blake2b(str(sample_rate).encode(), digest_size=16)
    for row in index["recordings"]:
        id, text, speaker, samples, _ = row
        if samples < minimum_seconds * sample_rate:
            short.append(id)
        else:
            recordings.append(Recording(id, text, speaker, samples, store, offset))
            content.update(json.dumps(row).encode())
        offset += samples
    if size != 2 * offset:
        raise CorpusError(
            f"damaged cache, delete {folder}: {SAMPLES} has {size} bytes of {2 * offset}"
        )
    found = _without_mended(Problems(**index["problems"]), set(short))
    for id in short:
        found.skip(f"shorter than {minimum_seconds:g} s", id)
    return recordings, found, content.hexdigest()


def _without_mended(problems: Problems, names: set[str]) -> Problems:
    # Recordings skipped after their conversion must not be counted as used as well.
    left = {why: [n for n in ns if n not in names] for why, ns in problems.mended.items()}
    return Problems(problems.skipped, {why: ns for why, ns in left.items() if ns})


@functools.lru_cache(maxsize=16)
def _memory_map(store: str) -> Int16[np.ndarray, " samples"]:
    return np.memmap(store, "<i2", mode="r")

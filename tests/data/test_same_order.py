"""Fingerprints and batches are those that earlier checkpoints were trained on.

All values here were made by the code before lists lay on disk.
"""

import hashlib

import numpy as np
import pytest
import soundfile

from ganspeech.data.buckets import bucketed, shapes
from ganspeech.data.feed import Feed
from ganspeech.data.labels.transcribed import transcribed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.data.segments import segments
from ganspeech.text.vocabulary import Characters

RATE, BUCKETS = 8000, (0.1, 0.2, 0.4)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(11)
    for n in range(60):
        folder = root / f"s{n % 3}" / f"c{n % 5}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"s{n % 3}-c{n % 5}-{n:03d}"
        audio = rng.uniform(-0.9, 0.9, int(rng.integers(150, 3000)))
        soundfile.write(f"{path}.wav", audio, RATE, subtype="PCM_16")
        words = [("one", "two", "three", "four")[i] for i in rng.integers(0, 4, rng.integers(0, 3))]
        path.with_suffix(".normalized.txt").write_text(" ".join(words))
    return root


def prepared(corpus, root):
    return prepare(corpus, RATE, minimum_seconds=0.03, cache=root.parent / "cache", progress=False)


def digest(*parts: object) -> str:
    content = hashlib.blake2b(digest_size=8)
    for part in parts:
        content.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return content.hexdigest()


def digest_of(batches, count: int, names: tuple[str, ...]) -> str:
    drawn = [next(batches) for _ in range(count)]
    batches.close()
    return digest(*(part for b in drawn for name in names for part in (b[name].shape, b[name])))


CORPORA = {
    "folder": lambda root: AudioFolder(str(root), held_out=5),
    "speakers": lambda root: LibriSpeech(str(root), held_out_speakers=1),
    "mixture": lambda root: Mixture(
        (LibriSpeech(str(root), held_out=4), AudioFolder(str(root / "s1"), held_out=2))
    ),
}


def of_corpus(name, root):
    found = prepared(CORPORA[name](root), root)
    ids = digest([[r.id for r in part] for part in (found.train, found.held_out)])
    source = segments(found.train, Feed(4, seed=3), length=500)
    return found.fingerprint, ids, digest_of(source, 50, ("audio",))


def of_lines(share, speeds, root):
    found = prepared(CORPORA["speakers"](root), root)
    lines = transcribed(
        found,
        Characters(),
        buckets=BUCKETS,
        sample_rate=RATE,
        frames_of=lambda n: n // 80,
        share=share,
    )
    rows = [(x.recording.id, x.labels, x.least_samples, x.speaker) for x in lines.train]
    source = bucketed(
        lines.train,
        Feed(4, seed=9, together=2),
        buckets=BUCKETS,
        sample_rate=RATE,
        conditions=Conditions(speeds=speeds, silence=0.02),
        noises=Noises({}, {}),
    )
    # Resampled speech may differ in its last bits on another machine.
    names = ("audio", "clean", "samples", "labels", "label_lengths", "speaker")
    drawn = digest_of(source, 60, names if speeds == (1.0,) else names[2:])
    widths = [(int(a), int(b)) for a, b in shapes(lines.train, BUCKETS, RATE, speeds)]
    return lines.fingerprint, digest(rows), widths, drawn


EXPECTED = {
    "folder": ("d77e7a49b5d8884df4fad9297038d61f", "eb3540b7e5cb5957", "c1e48bd6c6562065"),
    "mixture": ("8d25048133c84c328e62", "91b0c05a10c0afcb", "5f0ebd5185220469"),
    "speakers": ("2af7a37695e001038ec57fcbf3eb0b35", "69f7057523fbddda", "e6ec05d72a03f605"),
}
LINES = {
    (0.5, (0.8, 1.0, 1.25)): (
        "8d559ecb0f7952d3f2053077531f8fa1",
        "79a04e3f159a3854",
        [(800, 4), (1600, 9), (3200, 11)],
        "7df0b530b0e8da5b",
    ),
    (0.5, (1.0,)): (
        "8d559ecb0f7952d3f2053077531f8fa1",
        "79a04e3f159a3854",
        [(800, 4), (1600, 9), (3200, 11)],
        "92f96280b3b4a01c",
    ),
    (1.0, (0.8, 1.0, 1.25)): (
        "8d559ecb0f7952d3f2053077531f8fa1",
        "64bbb37706e0786f",
        [(800, 5), (1600, 9), (3200, 11)],
        "2fadfe68ee949483",
    ),
    (1.0, (1.0,)): (
        "8d559ecb0f7952d3f2053077531f8fa1",
        "64bbb37706e0786f",
        [(800, 5), (1600, 9), (3200, 11)],
        "30319d0d5848004c",
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_fingerprints_and_segments_are_the_same(name, root):
    assert of_corpus(name, root) == EXPECTED[name]


@pytest.mark.parametrize("share, speeds", LINES)
def test_labels_shapes_and_buckets_are_the_same(share, speeds, root):
    assert of_lines(share, speeds, root) == LINES[share, speeds]

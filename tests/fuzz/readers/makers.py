"""Readers of the maker of corpora: its journals, the list of its clips, and texts that it takes."""

import json
from pathlib import Path

from fuzz.layers import in_json
from fuzz.reader import Files, Reader

from ganspeech.corpora import kept
from ganspeech.corpora.journal import Journal
from ganspeech.corpora.sources import Source
from ganspeech.corpora.texts.tables import texts_for
from ganspeech.corpora.texts.transcripts import Transcript
from ganspeech.corpora.writing import written_plans

KEY = [1, "a.wav", 3]
SOUND = {
    "measures": {"level": -26.5, "snr": 31.0, "clipped": 0.0, "speech": 0.8, "dnsmos": None},
    "speaker": [0.1] * 256,
    "envelope": [-60.0, -20.5, -21.0],
}
VALUES = {
    "speech": [0, 5, 99, 100],
    "clip a": SOUND,
    "heard 0": "one two",
    "parts": [[0, 2], [2, 3]],
    "fits 0": [1.2, 4.0, 10.0],
}
SOURCES = [Source(id, Path(f"{id}.wav"), 3.0) for id in ("a", "b", "day/c")]


def _journal() -> Files:
    lines = [["key", KEY], *VALUES.items()]
    return {"a.jsonl": ["".join(f"{json.dumps(line)}\n" for line in lines).encode()]}


def _recalled(folder: Path) -> None:
    journal, transcript = Journal(folder / "a.jsonl", KEY), Transcript.of("One two, three.")
    readers = {
        "speech": kept.probabilities,
        "clip a": kept.sound,
        "heard 0": kept.heard,
        "parts": lambda parts: [transcript.text(part) for part in kept.parts(parts, 2)],
        "fits 0": kept.fits,
    }
    for name, read in readers.items():
        journal.recall(name, lambda name=name: VALUES[name], read)


def _clips() -> Files:
    plan = ["/in/a.wav", 64044, 1795977890154803219, 0.25, 1.5, -26.5, 22050]
    rows = [
        {"id": "a", "left_out": "", "audio": plan, "text": "One two."},
        {"id": "b", "left_out": "clipped", "audio": None},
        {"id": "c", "recording": "/in/c.wav", "left_out": "silent"},
    ]
    return {"clips.json": [json.dumps(rows).encode()]}


READERS = {
    "journal of a recording": Reader(_journal, _recalled, 300, in_json),
    "clips of a corpus": Reader(_clips, lambda folder: written_plans(folder), 150, in_json),
    "table of texts": Reader(
        lambda: {"texts.csv": [b"a|One, two.\nb|Three.\n", b"id,text\na,One\nc,Two\n", b"a One\n"]},
        lambda folder: texts_for(folder / "texts.csv", SOURCES),
        200,
    ),
    "transcript": Reader(
        lambda: {"a.txt": ["One two — three.\n".encode()], "day/c.txt": [b"Four,\n\nfive.\n"]},
        lambda folder: [Transcript.of(text) for text in texts_for(folder, SOURCES).said.values()],
        150,
    ),
}

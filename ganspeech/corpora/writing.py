"""The corpus as files: LJSpeech's layout, each clip at one level and one rate."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from tqdm import tqdm

from ganspeech.audio import read_audio, write_audio
from ganspeech.corpora.clips import Clip, Fault
from ganspeech.corpora.selection import Selection
from ganspeech.process.damage import damage
from ganspeech.process.writing import write_whole

LEVEL = -26.0
"""dB relative to full scale that speech is brought to, the usual one of ITU-T P.56."""
MOST_PEAK = 0.95
"""Peak that no clip exceeds for it."""
METADATA, CLIPS, WAVS = "metadata.csv", "clips.json", "wavs"
FADE = 0.005
"""Seconds over which clips begin and end, so that no cut clicks."""


class CorpusFileError(ValueError):
    """A file of a corpus that cannot be read; the message names it."""


def write_corpus(
    folder: Path, selection: Selection, faults: Sequence[Fault], rate: int, *, hidden: bool
) -> None:
    """Writes `wavs/ID.wav`, `metadata.csv` (where there are texts) and `clips.json`.

    Audio that is there at this place, rate and level is kept, and audio of clips that are not used
    any more is removed. Recordings are read anew, one at a time. Raises CorpusFileError, naming it,
    for a damaged `clips.json`.
    """
    wavs = folder / WAVS
    done = written_plans(folder)
    plans = {clip.id: _plan(clip, rate) for clip in selection.kept}
    if done != plans:
        # It must never say of audio what a stopped call has written over.
        (folder / CLIPS).unlink(missing_ok=True)
    if wavs.is_dir():
        for path in wavs.glob("*.wav"):
            if path.stem not in plans:
                path.unlink()
    with tqdm(total=len(plans), desc="writing", unit="clip", disable=hidden) as bar:
        for source, those in groupby(selection.kept, key=lambda clip: clip.source):
            clips = list(those)
            new = [c for c in clips if done.get(c.id) != plans[c.id] or not _path(wavs, c).exists()]
            if new:
                audio, _ = read_audio(source.path, rate, note=lambda fault: None)
            for clip in new:
                write_audio(_path(wavs, clip), _finished(clip, audio, rate), rate)
            bar.update(len(clips))
    rows = list(_rows(selection, faults, plans))
    write_whole(folder / CLIPS, (json.dumps(rows, indent=1, ensure_ascii=False) + "\n").encode())
    texts = [f"{clip.id}|{clip.text}|{clip.text}\n" for clip in selection.kept if clip.text]
    if texts:
        write_whole(folder / METADATA, "".join(texts).encode())
    else:
        (folder / METADATA).unlink(missing_ok=True)


def _path(wavs: Path, clip: Clip) -> Path:
    return wavs / f"{clip.id}.wav"


def _plan(clip: Clip, rate: int) -> list:
    """What the audio of a clip depends on."""
    return [
        str(clip.source.path.resolve()), *clip.source.state,
        round(clip.begin, 4), round(clip.end, 4), round(clip.measures.level, 2), rate,
    ]  # fmt: skip


def written_plans(folder: Path) -> dict[str, list]:
    """What the audio of the clips that were written depends on, by id.

    Raises CorpusFileError, naming the file, for a damaged `clips.json`.
    """
    path = folder / CLIPS
    if not path.is_file():
        return {}
    with damage(CorpusFileError, f"{path} is damaged: remove it, and all clips are written anew"):
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {str(row["id"]): row["audio"] for row in rows if row.get("audio")}


def _finished(clip: Clip, audio: Float32[np.ndarray, " samples"], rate: int) -> np.ndarray:
    """A clip at `LEVEL`, or quieter where its peak would be too high, with soft ends."""
    piece = audio[round(clip.begin * rate) : round(clip.end * rate)]
    piece = piece - piece.mean()
    gain = 10 ** ((LEVEL - clip.measures.level) / 20)
    gain = min(gain, MOST_PEAK / max(float(np.abs(piece).max(initial=0)), 1e-9))
    edge = np.linspace(0, 1, max(1, min(round(FADE * rate), len(piece) // 2)), dtype=np.float32)
    shape = np.ones(len(piece), np.float32)
    shape[: len(edge)] *= edge
    shape[len(piece) - len(edge) :] *= edge[::-1]
    return piece * np.float32(gain) * shape


def _rows(selection: Selection, faults: Sequence[Fault], plans: dict[str, list]) -> Iterator[dict]:
    """What became of each clip and recording."""
    dropped = [(reason, clip) for reason, clips in selection.dropped.items() for clip in clips]
    for reason, clip in [("", clip) for clip in selection.kept] + dropped:
        yield {
            "id": clip.id,
            "recording": str(clip.source.path),
            "begin": round(clip.begin, 3),
            "end": round(clip.end, 3),
            "text": clip.text,
            "text_is": clip.origin,
            "left_out": reason,
            "misfit": clip.misfit,
            "misheard": clip.misheard,
            **asdict(clip.measures),
            "audio": plans.get(clip.id) if not reason else None,
        }
    for fault in faults:
        yield {
            "id": fault.source.name,
            "recording": str(fault.source.path),
            "left_out": fault.reason,
        }

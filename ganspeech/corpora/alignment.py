"""Where the symbols of recordings end, by a voice that says their texts, too.

The voice knows how long its own symbols last, and dynamic time warping (Sakoe and Chiba 1978) finds
which frame of its speech is which of the recording. It need not be the recording's speaker.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from tqdm import tqdm

from ganspeech.audio.quality import RATE
from ganspeech.data.labels.symbol_ends import line_of_ends
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.recordings import Recording
from ganspeech.evaluation.quality.metrics import CEPSTRAL_HOP
from ganspeech.evaluation.quality.speech_metrics import Warp, warp
from ganspeech.load import load_voice
from ganspeech.models.speaking import spoken_symbols
from ganspeech.models.voice import Voice
from ganspeech.process.messages import one_line, shown
from ganspeech.process.writing import write_whole
from ganspeech.text.vocabulary import EmptyText

SHORTEST = 0.1
"""Seconds of a recording that can be aligned."""
SHOWN = 5
"""Recordings that are named of those left out."""


def aligned_corpus(source: str, root: Path, out: Path, *, quiet: bool = False) -> int:
    """Writes the ends of the symbols of a corpus; returns the exit status.

    The corpus is in LibriSpeech's layout where it has such transcripts, and else in LJSpeech's.

    The status is 1 if some recordings could not be aligned, which are named on standard error.
    Raises ValueError for a voice that cannot be loaded, CorpusError for a corpus that cannot be
    read, and ValueError if nothing could be aligned.
    """
    voice = load_voice(source)
    rate = voice.sample_rate
    spoken = any(root.rglob("*.trans.txt"))
    corpus = (LibriSpeech if spoken else LJSpeech)(str(root), held_out=0)
    recordings = prepare(corpus, rate, minimum_seconds=SHORTEST).train
    lines, left = list[str](), list[str]()
    for recording in tqdm(recordings, "aligning", unit="recording", disable=quiet):
        try:
            lines.append(line_of_ends(recording.id, *aligned(voice, recording)))
        except ValueError as error:
            left.append(f"{recording.id}: {error}")
    if not lines:
        raise ValueError(f"{source} could align none of the recordings in {root}: {left[0]}")
    write_whole(out, "".join(lines).encode())
    for reason in left[:SHOWN]:
        print(one_line(f"left out: {reason}"), file=sys.stderr)
    if not quiet:
        more = f"; {len(left):,} left out" if left else ""
        print(f"{out}: {len(lines):,} recordings{more}", file=sys.stderr)
    return 1 if left else 0


def aligned(voice: Voice, recording: Recording) -> tuple[Sequence[str], list[float]]:
    """Symbols of a recording's text, as the voice reads it, and the seconds to their ends.

    Raises EmptyText for a text of which the voice can say nothing, and ValueError for one that is
    too long or has symbols that it lacks.
    """
    spelled = voice.text.spell(recording.text)
    if spelled.unknown:
        raise ValueError(f"the voice has no symbol for {', '.join(map(repr, spelled.unknown))}")
    if not spelled.ids:
        raise EmptyText(f"nothing to say in the text {shown(recording.text)}")
    settings = voice.settings(noise_scale=0.0, duration_noise=0.0)
    said = spoken_symbols(voice, spelled, settings, 0)
    if said is None:
        raise ValueError(f"its text is too long to be said at once: {shown(recording.text)}")
    spoken, frames = said
    audio = recording.audio()
    ends = np.cumsum(frames) * voice.spec.hop_length / voice.sample_rate
    there = carried(ends, warp(audio, spoken, voice.sample_rate))
    there[-1] = len(audio) / voice.sample_rate
    return spelled.symbols, np.minimum(there, there[-1]).tolist()


def carried(ends: Float[np.ndarray, " symbols"], path: Warp) -> Float[np.ndarray, " symbols"]:
    """Times of a spoken text in seconds, as times of the recording that a path leads to.

    A frame that is several of the recording's is the mean of these.
    """
    frames = np.unique(path.theirs)
    sums = np.bincount(path.theirs, path.ours)[frames]
    means = sums / np.bincount(path.theirs)[frames]
    hop = CEPSTRAL_HOP / RATE
    return np.interp(ends / hop, frames, means) * hop

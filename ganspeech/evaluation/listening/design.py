"""Design of a listening test: trials of sounds at one level, under names that say nothing.

What stands behind a sound is in the key, which travels in the page and in every answer as base64:
nobody reads it by accident, and answers need no other file. It is no secret from who decodes it.
"""

import base64
import dataclasses
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.quality.scores import RECORDING
from ganspeech.evaluation.request import Stimuli

Method = Literal["ab", "mushra"]
ANCHOR = "low-pass 3.5 kHz"
"""Name of the anchor: the recording without what lies above 3.5 kHz (ITU-R BS.1534)."""
PASS_HZ, STOP_HZ, STOP_DB = 3500.0, 4000.0, 60.0
LEVEL = 10 ** (-26 / 20)
"""Root mean square of every sound: 26 dB below full scale."""
MOST_SOUNDS = 12
"""Sounds in a trial that ITU-R BS.1534 allows, the open reference among them."""


@dataclasses.dataclass(frozen=True)
class Trial:
    """Sounds that are judged together, in no order."""

    id: str
    item: str
    """Sentence, or another name of what is heard."""
    text: str
    """What is said."""
    sounds: Mapping[str, Audio]
    """By opaque id."""
    systems: Mapping[str, str]
    """The system behind each id."""
    reference: str = ""
    """Another id, of the open reference; empty where there is none."""


@dataclasses.dataclass(frozen=True)
class ListeningTest:
    """A test of one method."""

    method: Method
    rate: int
    systems: tuple[str, ...]
    """Names of all that is judged, runs first."""
    trials: tuple[Trial, ...]

    @property
    def key(self) -> str:
        """What stands behind every sound, encoded."""
        content = {
            "method": self.method,
            "systems": list(self.systems),
            "trials": [
                {"trial": one.id, "item": one.item, "systems": dict(one.systems)}
                for one in self.trials
            ],
        }
        return base64.b64encode(json.dumps(content).encode()).decode()


def name_of(key: str) -> str:
    """Name of the test that a key belongs to: a digest."""
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def decoded(key: str) -> Any:
    """Content of a key as parsed JSON; ValueError for what is none."""
    return json.loads(base64.b64decode(key, validate=True))


def design(stimuli: Stimuli, method: Method) -> ListeningTest:
    """A trial for each item, or for each item and pair of runs.

    The same sounds make the same test. Raises ValueError for nothing that all runs make, for more
    sounds than a listener can judge in a trial, and for a rate that is too low for the anchor.
    """
    if not stimuli.texts:
        raise ValueError("there is no sound that all runs make, so nothing to listen to")
    every = stimuli.systems if method == "ab" else _rated(stimuli)
    groups = itertools.combinations(every, 2) if method == "ab" else [tuple(every)]
    trials = tuple(
        _trial(item, text, {name: every[name][item] for name in group}, method == "mushra")
        for group in groups
        for item, text in stimuli.texts.items()
    )
    return ListeningTest(method, stimuli.rate, tuple(every), trials)


def _rated(stimuli: Stimuli) -> dict[str, Mapping[str, Audio]]:
    """All that is rated in a trial, by name."""
    every = {
        **stimuli.systems,
        **stimuli.baselines,
        RECORDING: stimuli.reference,
        ANCHOR: {
            item: low_anchor(audio, stimuli.rate) for item, audio in stimuli.reference.items()
        },
    }
    if len(every) + 1 > MOST_SOUNDS:
        raise ValueError(
            f"a trial of {len(every) + 1} sounds is more than listeners can judge (ITU-R "
            f"BS.1534 allows {MOST_SOUNDS}): compare fewer runs, or give --method ab"
        )
    return every


def _trial(item: str, text: str, sounds: Mapping[str, Audio], referenced: bool) -> Trial:
    level = leveled(list(sounds.values()))
    ids = {name: _opaque(item, *sounds, name, audio=audio) for name, audio in zip(sounds, level)}
    # Sorted by ids that nobody can foretell, or the order would tell what is what.
    found = dict(sorted((ids[name], audio) for name, audio in zip(sounds, level)))
    systems = dict(sorted((id, name) for name, id in ids.items()))
    reference = ""
    if referenced:
        audio = found[ids[RECORDING]]
        reference = _opaque(item, "open reference", audio=audio)
        found[reference] = audio
    return Trial(_opaque(item, *sounds, audio=level[0]), item, text, found, systems, reference)


def _opaque(*words: str, audio: Audio) -> str:
    content = hashlib.blake2b(json.dumps(words).encode(), digest_size=5)
    content.update(np.asarray(audio, np.float32).tobytes())
    return content.hexdigest()


def leveled(sounds: Sequence[Audio]) -> list[Audio]:
    """Sounds of one root mean square, that of `LEVEL` or, if a peak would be cut, a lower one.

    Silence stays silent.
    """
    scaled = [
        audio * (LEVEL / power) if (power := float(np.sqrt(np.mean(np.square(audio))))) else audio
        for audio in sounds
    ]
    peak = max(float(np.abs(audio).max(initial=0.0)) for audio in scaled)
    return [np.asarray(audio / max(peak, 1.0), np.float32) for audio in scaled]


def low_anchor(audio: Audio, rate: int) -> Audio:
    """The recording up to 3.5 kHz (ripple below 0.1 dB), 60 dB lower from 4 kHz on, no later."""
    from scipy import signal  # slow to import, and only needed here

    if rate < 2 * STOP_HZ:
        raise ValueError(
            f"speech at {rate} Hz has nothing above the anchor of 3.5 kHz: give --method ab"
        )
    count, beta = signal.kaiserord(STOP_DB, (STOP_HZ - PASS_HZ) / (rate / 2))
    taps = signal.firwin(count | 1, (PASS_HZ + STOP_HZ) / 2, window=("kaiser", beta), fs=rate)
    padded = np.pad(np.asarray(audio, np.float64), len(taps) // 2)
    return np.asarray(signal.oaconvolve(padded, taps, mode="valid"), np.float32)

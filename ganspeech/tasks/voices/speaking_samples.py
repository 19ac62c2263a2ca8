"""Samples of a voice in training."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from ganspeech.audio import AudioSpec
from ganspeech.game.contract import Tree
from ganspeech.generators.vits.network import DURATION_NOISE, NOISE_SCALE
from ganspeech.tasks.voices.padded_speech import (
    LONGEST,
    Speaker,
    Speaking,
    decode_speech,
    plan_speech,
)

TIMES_LONGER = 2
"""Longest sample relative to its recording, while durations are not learned yet."""


def speak_sample(
    network: Speaking,
    variables: Tree,
    ids: Sequence[int],
    symbols: int,
    speaker: Speaker,
    spec: AudioSpec,
    reference_frames: int,
) -> Float32[np.ndarray, " samples"]:
    """Speaks a text with fixed noise, cut where it gets far too long.

    `ids` are below `symbols`; the text's recording has `reference_frames`.
    """
    rng = np.random.default_rng(0)
    noise = np.float32(DURATION_NOISE) * rng.standard_normal((len(ids), 2), np.float32)
    plan = plan_speech(network, variables, ids, symbols, speaker, noise, 1.0)
    most = min(TIMES_LONGER * reference_frames, LONGEST)
    ends = np.minimum(np.cumsum(np.clip(plan.frames, 0, most), dtype=np.int64), most)
    plan = dataclasses.replace(plan, frames=np.diff(ends, prepend=0).astype(np.int32))
    noise = np.float32(NOISE_SCALE) * rng.standard_normal(
        (int(ends[-1]), network.latent), np.float32
    )
    return decode_speech(network, variables, plan, speaker, noise, spec)

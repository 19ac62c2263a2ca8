"""Small voice that learns from the speech of a large one, whose durations it is told.

The network, the losses and the game are those of `tts_mel`: the teacher says which symbol each
frame is of, and a shipped vocoder speaks what is learned.

Paper: speech and durations by a teacher as in FastSpeech, Ren et al. 2019,
https://arxiv.org/abs/1905.09263; network and game as in Yang et al. 2021,
https://arxiv.org/abs/2106.15153.
Data: what `ganspeech distill VOICE DIR` has a voice say, the last 60 sentences held out.
Command: `python train.py tts_distilled --corpus.root DIR --task.durations DIR/durations.jsonl`
"""

import dataclasses
from typing import cast

from ganspeech.experiments import tts_mel
from ganspeech.tasks.voices.text_to_mel import TextToMel

experiment = dataclasses.replace(
    tts_mel.experiment,
    task=dataclasses.replace(cast(TextToMel, tts_mel.experiment.task), durations="durations.jsonl"),
)
"""A voice of one speaker, which another one spoke for."""

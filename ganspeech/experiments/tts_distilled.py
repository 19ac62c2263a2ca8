"""Small voice that learns from the speech of a large one, whose durations it is told.

The network, the losses and the game are those of `tts_small`; frames are not aligned with symbols
by search, since the teacher says which symbol each is of.

Paper: durations by a teacher as in FastSpeech, Ren et al. 2019, https://arxiv.org/abs/1905.09263;
the network is that of Kim et al. 2021, https://arxiv.org/abs/2106.06103, at a small size.
Data: what `ganspeech distill VOICE DIR` has a voice say, the last 60 sentences held out.
Command: `python train.py tts_distilled --corpus.root DIR --task.durations DIR/durations.jsonl`
Score: none yet: not trained to the end here.
"""

import dataclasses
from typing import cast

from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.experiments import tts_small
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

experiment = dataclasses.replace(
    tts_small.experiment,
    corpus=LJSpeech(held_out=60),
    task=dataclasses.replace(
        cast(TextToSpeech, tts_small.experiment.task),
        buckets=(3.0, 4.0, 5.0, 6.0),
        durations="durations.jsonl",
    ),
)

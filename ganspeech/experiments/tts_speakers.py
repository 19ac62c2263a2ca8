"""Small voice of several speakers, to blend and to convert to: a VITS that a CPU can train.

That of `tts_small`, told who speaks. The half hour of the first speaker teaches the language, a
minute and a half of each other one what differs.

Paper: Kim et al. 2021, https://arxiv.org/abs/2106.06103, at a small size and 16 kHz; the decoder is
ours.
Data: one speaker in LJSpeech's layout, whose name is LJ, the last 40 sentences held out, and
speakers of a folder in LibriSpeech's layout, by default the four of speechocean762 with the most
speech in sentences of up to 6 seconds.
Command: `python train.py tts_speakers --corpus.parts.0.root KATHLEEN --corpus.parts.1.root
SPEECHOCEAN/train`
Score: none yet: not trained to the end here.
"""

import dataclasses
from typing import cast

from ganspeech.config.experiment import Budget
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.experiments import tts_small
from ganspeech.generators.vits.network import VITS_SMALL
from ganspeech.tasks.text_to_speech import TextToSpeech

experiment = dataclasses.replace(
    tts_small.experiment,
    corpus=Mixture((LJSpeech(held_out=40), LibriSpeech(held_out=0))),
    task=dataclasses.replace(
        cast(TextToSpeech, tts_small.experiment.task),
        speakers=("LJ", "9611", "1362", "1260", "1407"),
        buckets=(3.0, 4.5, 6.0),
    ),
    generator=dataclasses.replace(VITS_SMALL, speaker_width=64),
    budget=Budget(steps=16_000, batch_size=8, sample_every=2000, save_every=500),
)

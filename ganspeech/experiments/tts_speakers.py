"""Small voice of 25 speakers, to blend and to convert to: a VITS that a CPU can train.

That of `tts_small`, from which it starts, told who speaks. The hour of the first speaker has taught
the language, a minute of each other one teaches what differs.

Paper: Kim et al. 2021, https://arxiv.org/abs/2106.06103, at a small size and 16 kHz; the decoder is
ours.
Data: one speaker in LJSpeech's layout, whose name is LJ, the last 60 sentences held out, and
speakers of a folder in LibriSpeech's layout, by default the 24 of speechocean762 with the most
speech in sentences of up to 6 seconds.
Command: `python train.py tts_speakers --start runs/tts_small --corpus.parts.0.root KATHLEEN
--corpus.parts.1.root SPEECHOCEAN/train`
Time: 63 minutes on two busy CPU cores for 1,500 steps, where it was stopped, before the game.
Score: 20 held-out sentences of the first speaker, converted to 9611: similarity to her 0.70 [0.68,
0.71] (before 0.57), PocketSphinx's word errors 92 % [89, 95] (before 35 %): so early, the words are
lost. `--start` the voice of `tts_small`, `--budget.steps 2400`, seed 0.
"""

import dataclasses
from typing import cast

from ganspeech.config.experiment import Budget
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.experiments import tts_small
from ganspeech.generators.vits.network import VITS_SMALL
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

OTHERS = (
    "9611", "1362", "1260", "1407", "960", "9630", "2059", "9613", "2061", "1064", "2251", "2168",
    "739", "2402", "482", "560", "2380", "2244", "594", "2170", "2036", "9639", "575", "36",
)  # fmt: skip
"""Sixteen women and eight men."""

experiment = dataclasses.replace(
    tts_small.experiment,
    corpus=Mixture((LJSpeech(held_out=60), LibriSpeech(held_out=0))),
    task=dataclasses.replace(
        cast(TextToSpeech, tts_small.experiment.task),
        speakers=("LJ", *OTHERS),
        buckets=(3.0, 4.5, 6.0),
    ),
    generator=dataclasses.replace(VITS_SMALL, speaker_width=64),
    rules=dataclasses.replace(tts_small.experiment.rules, adversary_from=3000),
    budget=Budget(steps=5000, batch_size=8, sample_every=1000, save_every=250),
)

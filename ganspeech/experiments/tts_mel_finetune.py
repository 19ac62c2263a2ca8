"""The shipped voice as another speaker's, from minutes of recordings.

`--task.minutes 5` takes the first minutes alone, and `--rules.frozen text_encoder` leaves a part as
it is. The game goes on against the discriminators that the base was trained with, so it begins at
once; with `--start-discriminators False` they are fresh, and with `--discriminators none` there is
none.

Paper: as `tts_mel`, Yang et al. 2021, https://arxiv.org/abs/2106.15153.
Data: one speaker in LJSpeech's layout, the last 60 sentences held out (of a few minutes rather
`--corpus.held-out 10`), and FILE of `ganspeech align VOICE DIR FILE`.
Command: `python train.py tts_mel_finetune --corpus.root DIR --task.durations FILE`
Time: 14 processor minutes.
Score: 5 minutes of "kathleen", from a distilled man's voice that never heard her: mel-cepstral
distortion 4.85 dB (before 6.83), words wrong 29.9 % [21.5, 38.3] (before 32.2, recordings 22.0),
DNSMOS 1.86 (before 2.39, recordings 2.86); her first 24 held-out sentences, seed 0.
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.experiments import tts_mel
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules

experiment = dataclasses.replace(
    tts_mel.experiment,
    rules=Rules(ema=0.0),
    generator_optimizer=Optimizer(
        learning_rate=5e-4, b1=0.9, b2=0.98, clip=10.0, warmup=20, schedule="cosine", final=0.02
    ),
    budget=Budget(steps=400, batch_size=8, log_every=10, sample_every=0, save_every=100),
    start="kathleen-16k",
    start_discriminators=True,
)
"""A voice of one speaker, which begins as another one's."""

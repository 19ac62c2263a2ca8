"""Phones of accented English sentences by a small Conformer.

There are 39 phones, looked up in a lexicon.

Paper: Gulati et al. 2020, https://arxiv.org/abs/2005.08100, cut to a corpus of under two hours.
Data: speechocean762's training part, its last 10 speakers (200 sentences of adults) held out.
Command: `python train.py recognition_speechocean --corpus.root SPEECHOCEAN/train
--task.vocabulary.lexicon SPEECHOCEAN/lexicon.txt`
Time: at most two hours on two cores for the whole recipe of 8,000 steps.
Score: phone error rate 62.4 % [58.9, 65.8] of unseen speakers after 3,000 steps, 50 minutes of one
core.
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.recognizers.conformer import CONFORMER_XS
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Phones

OPTIMIZER = Optimizer(
    learning_rate=1e-3, b1=0.9, b2=0.98, weight_decay=1e-2, clip=5.0, warmup=500, schedule="cosine"
)
TASK = Recognition(
    vocabulary=Phones(lexicon="lexicon.txt"),
    buckets=(3.5, 5.0, 8.0, 16.0),
    conditions=Conditions(speeds=(0.9, 1.0, 1.1)),
)

experiment = Experiment(
    corpus=LibriSpeech(held_out_speakers=10),
    task=TASK,
    generator=CONFORMER_XS,
    discriminators=(),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, ema=0.999),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=8000, minutes=120.0, batch_size=16, sample_every=1000, save_every=500),
)

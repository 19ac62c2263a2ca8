"""Phones in a telephone's band, by a small convolutional recognizer: a start for others.

As `recognition_phones`, with bands up to 4 kHz, which recordings of 8 kHz have, too. What it learns
of many people's speech serves recognizers of few people's words: `recognition_digits_unseen`.

Paper: in the manner of QuartzNet (Kriman et al. 2020), https://arxiv.org/abs/1910.10261, for CTC.
Data: speechocean762's training part, its last 10 speakers (200 sentences of adults) held out, and
one speaker in LJSpeech's layout, all to learn from.
Command: `python train.py recognition_phones_telephone --corpus.parts.0.root SPEECHOCEAN/train
--corpus.parts.1.root DIR --task.vocabulary.lexicon lexicon.txt`
Time: 49 processor minutes, half of them before dense gradients were mended.
Score: phone error rate 65.2 % [60.8, 70.3] of unseen speakers, 61.8 % [56.3, 67.8] with a 4-gram of
phones in the search; one seed.
"""

import dataclasses

from ganspeech.experiments import recognition_phones, recognition_speechocean
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.features import ZERO_PADDED, Features

TELEPHONE = Features(dataclasses.replace(ZERO_PADDED, n_mels=40, fmax=4000.0))
OPTIMIZER = dataclasses.replace(recognition_speechocean.OPTIMIZER, learning_rate=2e-3, warmup=300)

NETWORK = ConvolutionalRecognizer(width=128, blocks=6)

experiment = dataclasses.replace(
    recognition_phones.experiment,
    task=dataclasses.replace(recognition_phones.TASK, features=TELEPHONE),
    generator=NETWORK,
    generator_optimizer=OPTIMIZER,
    budget=dataclasses.replace(recognition_phones.experiment.budget, steps=3000),
)

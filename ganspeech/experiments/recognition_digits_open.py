"""Spoken digits, and other sounds that must not be taken for one.

A digit is one symbol, and all else another: pieces of other speech, and of noise. Bands end at
4 kHz, since recorded digits do, and bandwidth would tell words from other sounds. The recognizer
starts from that of `recognition_phones_telephone`; without `--start` it is the same network from
fresh weights. A speaker is held out by `--corpus.parts.0.unseen-speaker theo`.

Paper: in the manner of QuartzNet (Kriman et al. 2020), https://arxiv.org/abs/1910.10261, for CTC.
Data: Free Spoken Digit Dataset, LibriSpeech's layout for other speech and a folder of noises; the
last takes, ten speakers and five noises held out.
Command: `python train.py recognition_digits_open --corpus.parts.0.root FSDD
--corpus.parts.1.of.root SPEECH --corpus.parts.2.of.root NOISES --start RUN`
"""

import dataclasses

from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.data.readers.other_sounds import OtherSounds
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.experiments import (
    recognition_digits,
    recognition_digits_unseen,
    recognition_phones_telephone,
)
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Words

experiment = dataclasses.replace(
    recognition_digits.experiment,
    corpus=Mixture(
        parts=(
            SpokenDigits(),
            OtherSounds(LibriSpeech(held_out_speakers=10), pieces=2500),
            OtherSounds(AudioFolder(held_out=5), pieces=300),
        )
    ),
    task=Recognition(
        features=recognition_phones_telephone.TELEPHONE,
        vocabulary=Words(others=True),
        buckets=(0.75, 1.25, 2.5),
        conditions=Conditions(
            noisy=0.7,
            reverberant=0.15,
            silence=0.25,
            speeds=(0.9, 1.0, 1.1),
        ),
        throat=0.1,
    ),
    generator=recognition_digits_unseen.experiment.generator,
    generator_optimizer=recognition_digits_unseen.OPTIMIZER,
    budget=dataclasses.replace(recognition_digits.experiment.budget, steps=5000, save_every=500),
)

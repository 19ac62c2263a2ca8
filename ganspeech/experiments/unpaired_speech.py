"""Sentences of one speaker read without labels: MFCC, and texts of other sentences.

Paper: Baevski et al. 2021, "Unsupervised speech recognition", https://arxiv.org/abs/2105.11084, at
a small size and without an encoder; Wang et al. 2023, https://arxiv.org/abs/2310.02382, for the
distance of pairs of phones.
Data: any corpus with LJSpeech's layout of one speaker; half of its sentences are heard, the others
read.
Command: `python train.py unpaired_speech --corpus.recordings.root FOLDER`; of all, `ganspeech
ablate` with `--population True --seeds 8`
"""

import dataclasses

from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.unpaired_speech import UnpairedSpeech
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.experiments import unpaired_codes
from ganspeech.generators.phone_generator import PHONES
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition

experiment = dataclasses.replace(
    unpaired_codes.experiment,
    corpus=UnpairedSpeech(
        recordings=LJSpeech(held_out=60),
        pronunciation=Pronunciation(front="espeak", silence=0.25),
    ),
    task=UnpairedRecognition(
        width=39, phones=49, longest=128, smoothness=0.0, diversity=0.0, skipgram_weight=2.0
    ),
    generator=PHONES,
)

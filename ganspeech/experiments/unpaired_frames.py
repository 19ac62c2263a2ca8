"""Synthetic speech in frames, read without labels in segments that k-means finds.

Noisier than that of `unpaired_codes`, and two or three frames to a phone, which clusters cut into
pieces: of single frames, and of those of a whole phone, a reader makes many and few errors. Learned
boundaries (`boundaries_codes`) are measured from here. It goes on from a reader of less noise,
since no seed of four left wrong readings behind from fresh weights, within 1,150 steps.

Paper: Baevski et al. 2021, "Unsupervised speech recognition", https://arxiv.org/abs/2105.11084.
Data: generated, and RUN, a run of `unpaired_codes --seed 4`.
Command: `python train.py unpaired_frames --start RUN`
Time: half a minute of one CPU core.
Score: phone error rate 18.3 % [16.8, 19.7] (36.8 before), boundary F1 91.8 %; 100 held-out
utterances, one seed.
"""

import dataclasses

from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.data.unlabeled.segmentation import Segmentation
from ganspeech.experiments import unpaired_codes
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition

experiment = dataclasses.replace(
    unpaired_codes.experiment,
    corpus=PhoneCodes(repeats=0.6, noise=1.0, segmentation=Segmentation(clusters=64, merge=False)),
    task=UnpairedRecognition(
        width=32, phones=47, longest=64, smoothness=0.0, diversity=0.0, skipgram_weight=2.0
    ),
    budget=dataclasses.replace(unpaired_codes.experiment.budget, steps=500),
)

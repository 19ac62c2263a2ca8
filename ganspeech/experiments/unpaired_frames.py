"""Synthetic speech in frames, read without labels in segments that k-means finds.

Noisier than that of `unpaired_codes`, and several frames to a phone: clusters cut phones into
pieces, and join others. What learned boundaries add is measured from here, by `boundaries_codes`.

Paper: Baevski et al. 2021, "Unsupervised speech recognition", https://arxiv.org/abs/2105.11084.
Data: generated.
Command: `python train.py unpaired_frames`
Score: None yet: not trained to the end here.
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

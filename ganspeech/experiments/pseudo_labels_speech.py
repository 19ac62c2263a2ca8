"""CTC on segments of one speaker's sentences: self-training, or the supervised row beside it.

Paper: Kahn et al. 2020, "Self-training for end-to-end speech recognition",
https://arxiv.org/abs/1909.09116, from the labels of `unpaired_speech`.
Data: that of `unpaired_speech`, and LABELS, a file of `ganspeech unpaired-labels RUN LABELS`; with
`--truth`, of what was said.
Command: `python train.py pseudo_labels_speech --corpus.recordings.root FOLDER --task.labels LABELS`
Time: 16 minutes of two CPU cores that did much else.
Score: with `--truth`, of "kathleen" and 670 sentences, phone error rate 46.9 % [44.3, 49.6]; 60
held-out sentences, 1,500 steps, seed 0. Self-training had nothing to begin with: `unpaired_speech`
did not learn to read.
"""

import dataclasses

from ganspeech.experiments import pseudo_labels_codes, unpaired_speech
from ganspeech.nn.spec_augment import Masks
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.unlabeled.pseudo_labeled import PseudoLabeled

experiment = dataclasses.replace(
    pseudo_labels_codes.experiment,
    corpus=unpaired_speech.experiment.corpus,
    task=PseudoLabeled(width=39, phones=49, longest=128),
    generator=ConvolutionalRecognizer(blocks=4, kernel=7, masks=Masks(frequency_share=0.15)),
    budget=dataclasses.replace(
        pseudo_labels_codes.experiment.budget, steps=1500, sample_every=500, save_every=500
    ),
)

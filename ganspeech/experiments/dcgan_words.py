"""The textbook's GAN on speech: log-mel patches of spoken words as its pictures.

A word is 32 frames of 32 mel bands, which go back to audio through the pseudo-inverse of the mel
filters and Griffin-Lim.

Paper: Radford et al. 2016, https://arxiv.org/abs/1511.06434.
Data: Free Spoken Digit Dataset, the last 300 takes held out.
Command: `python train.py dcgan_words --corpus.root FSDD`
Score: not trained here yet.
"""

import dataclasses

from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.experiments import dcgan_mnist
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.spectrogram_representations import LogMelPatch

experiment = dataclasses.replace(
    dcgan_mnist.experiment,
    corpus=SpokenDigits(),
    task=Generation(view=LogMelPatch()),
)

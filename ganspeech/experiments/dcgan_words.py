"""The textbook's GAN on speech: log-mel patches of spoken words as its pictures.

Paper: Radford et al. 2016 for the networks; a word is 32 frames of 32 mel bands, which go back to
audio through the pseudo-inverse of the mel filters and Griffin-Lim.
Command: `python train.py dcgan_words --corpus.root FSDD`.
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

"""SpecGAN: the log-magnitude spectrogram of a spoken digit from noise.

As WaveGAN, in two dimensions; phases by Griffin-Lim. Needs a GPU at this size.

Paper: Donahue et al. 2019, "Adversarial audio synthesis", https://arxiv.org/abs/1802.04208.
Data: Free Spoken Digit Dataset, the last 300 takes held out.
Command: `python train.py specgan_digits --corpus.root FSDD`
Score: not trained here at this size; at an eighth of the width, 2.7 processor minutes, inception
score 3.06 [-1.43, 7.54] (real words 9.66, noise 1.00): seeds differ.
"""

import dataclasses

from ganspeech.discriminators.specgan import SpecGANDiscriminator
from ganspeech.experiments import wavegan_digits
from ganspeech.generators.specgan import SpecGANGenerator
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.spectrogram_representations import LogSpectrum

experiment = dataclasses.replace(
    wavegan_digits.experiment,
    task=Generation(view=LogSpectrum(), prior="uniform"),
    generator=SpecGANGenerator(),
    discriminators=(SpecGANDiscriminator(),),
)

"""SpecGAN: the log-magnitude spectrogram of a spoken digit from noise.

Paper: Donahue et al. 2019, "Adversarial audio synthesis": as WaveGAN, in two dimensions; phases by
Griffin-Lim.
Command: `python train.py specgan_digits --corpus.root FSDD`. Needs a GPU at this
size.
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

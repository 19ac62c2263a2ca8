"""The textbook's GAN: handwritten digits by a DCGAN.

Paper: Goodfellow et al. 2014 for the game, Radford et al. 2016 for the networks. Generator G and
discriminator D play

    min over G, max over D of  E[log D(x)] + E[log(1 - D(G(z)))],

x a picture, z noise, D the probability that a picture is real. D climbs that sum; G, which only
the second term concerns, in practice climbs E[log D(G(z))] instead, whose gradient does not vanish
while D is sure (`--objective minimax` plays the sum itself).

The published example that this one makes good could not run. Its generator's layers end at 32 x 32
while the pictures have 28 x 28: here the pictures get a black edge of two pixels. It scaled
pictures to [0, 1] under a generator that ends in tanh: here they lie in [-1, 1]. It never trained
its generator, and gave both losses one sign: here the two take turns, each with its own loss and
Adam. The rest is as the text has it: dense layers of 256, 512 and 1024 with LeakyReLU(0.2) and
batch normalization (momentum 0.8), 4 x 4 x 256, three transposed convolutions, tanh; two
convolutions of 64 and 128 with LeakyReLU and dropout 0.3, one logit; Adam(2e-4, 0.5), batches of
128, 50 epochs of 10,000 pictures.

Command: `python train.py dcgan_mnist --corpus.root mnist.npz`; 24 to 29 processor minutes.
Score: inception score 0.39 of real digits', one seed: the dense layers outrun the discriminator,
and the generator collapses to a few pictures. `--generator.hidden`, with nothing after it, leaves
them out, as Radford et al. do: 0.69 [0.60, 0.78], three seeds.
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.mnist import MNIST
from ganspeech.discriminators.dcgan import DCGANDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.dcgan import DCGANGenerator
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import Pictures

EPOCH = 10_000 // 128
"""Steps that see every picture about once."""

experiment = Experiment(
    corpus=MNIST(),
    task=Generation(view=Pictures()),
    generator=DCGANGenerator(),
    discriminators=(DCGANDiscriminator(),),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, ema=0.0),
    generator_optimizer=Optimizer(learning_rate=2e-4, b1=0.5, b2=0.999),
    discriminator_optimizer=Optimizer(learning_rate=2e-4, b1=0.5, b2=0.999),
    budget=Budget(
        steps=50 * EPOCH,
        batch_size=128,
        log_every=EPOCH,
        sample_every=EPOCH,
        save_every=5 * EPOCH,
        keep=10,
    ),
)

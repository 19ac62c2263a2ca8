"""The textbook's GAN: handwritten digits by a DCGAN.

Generator G and discriminator D play

    min over G, max over D of  E[log D(x)] + E[log(1 - D(G(z)))],

where x is a picture, z noise, and D the probability that a picture is real. D maximizes the sum; in
practice G maximizes E[log D(G(z))] instead of minimizing the second term, since its gradient does
not vanish while D is confident (`--objective minimax` uses the sum itself).

This corrects a published example that could not run. Its generator's layers end at 32 x 32 while
the pictures are 28 x 28: here they are padded with two black pixels. It scaled pictures to [0, 1]
although its generator ends in tanh: here they are in [-1, 1]. It never trained its generator, and
gave both losses the same sign: here the two take turns, each with its own loss and Adam. The rest
follows the text: dense layers of 256, 512 and 1024 with LeakyReLU(0.2) and
batch normalization (momentum 0.8), 4 x 4 x 256, three transposed convolutions, tanh; two
convolutions of 64 and 128 with LeakyReLU and dropout 0.3, one logit; Adam(2e-4, 0.5), batches of
128, 50 epochs of 10,000 pictures.

Paper: Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661, for the game; Radford et al. 2016,
https://arxiv.org/abs/1511.06434, for the networks.
Data: MNIST, 10,000 pictures to train with; Keras' file mnist.npz.
Command: `python train.py dcgan_mnist --corpus.root mnist.npz`
Time: 24 to 29 processor minutes.
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
"""Steps in which every picture is used about once."""

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

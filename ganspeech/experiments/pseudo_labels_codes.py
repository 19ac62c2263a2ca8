"""Self-training on synthetic speech: CTC on phones that a run without labels read.

Paper: Kahn et al. 2020, "Self-training for end-to-end speech recognition",
https://arxiv.org/abs/1909.09116, from the labels of `unpaired_codes`.
Data: generated, and LABELS, a file of `ganspeech unpaired-labels runs/unpaired_codes LABELS`.
Command: `python train.py pseudo_labels_codes --task.labels LABELS`
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.nn.spec_augment import Masks
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.unlabeled.pseudo_labeled import PseudoLabeled

OPTIMIZER = Optimizer(
    learning_rate=2e-3, b1=0.9, b2=0.98, weight_decay=1e-2, clip=5.0, warmup=60, schedule="cosine"
)

experiment = Experiment(
    corpus=PhoneCodes(),
    task=PseudoLabeled(width=32, phones=47, longest=128),
    # A narrow context: a wide one could learn the errors of sentences by heart.
    generator=ConvolutionalRecognizer(blocks=2, kernel=5, masks=Masks(frequency_share=0.15)),
    discriminators=(),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, ema=0.99),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=400, batch_size=32, sample_every=200, save_every=200),
)

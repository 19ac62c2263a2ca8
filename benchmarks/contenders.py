"""Published vocoders, each as a PyTorch module and as ours with the same weights."""

import dataclasses
from typing import Any

import jax
import numpy as np
import ours
import torch
from peers import bigvgan, counts, hifigan, vocos
from peers import discriminators as judges
from peers.game import Game as PeerGame
from peers.vocoding import Vocoding as PeerVocoding
from peers.weights import discriminator_params, tensors_of
from torch import nn

from ganspeech.audio import BIGVGAN_24K, HIFIGAN_22K, VOCOS_24K, AudioSpec
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_resolution import MultiResolutionDiscriminator
from ganspeech.discriminators.multi_scale import MultiScaleDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.interop.vocoders import bigvgan as bigvgan_reader
from ganspeech.interop.vocoders import hifigan as hifigan_reader
from ganspeech.interop.vocoders import vocos as vocos_reader
from ganspeech.losses.adversarial import Hinge, LeastSquares
from ganspeech.models.vocoder import Vocoder
from ganspeech.tasks.vocoding import Vocoding

HIFIGAN = {"hifigan-v1": hifigan.V1, "hifigan-v2": hifigan.V2, "hifigan-v3": hifigan.V3}
OPTIMIZER = Optimizer(learning_rate=2e-4, b1=0.8, b2=0.99, weight_decay=0.01)
MEL_WEIGHT = 45.0
SMALL = {
    "upsample_rates": [16, 16],
    "upsample_kernel_sizes": [32, 32],
    "upsample_initial_channel": 8,
    "resblock_kernel_sizes": [3],
    "resblock_dilation_sizes": [[1, 3]],
}
"""Fields of a HiFi-GAN or BigVGAN for a first look."""

Pair = tuple[nn.Module, Any]
"""A discriminator of PyTorch, and ours of the same sizes."""


@dataclasses.dataclass
class Contender:
    """One vocoder twice, with what judges it in training."""

    peer: nn.Module
    model: Vocoder
    judges: tuple[Pair, ...]
    objective: LeastSquares | Hinge
    rules: Rules
    device: str

    @property
    def spec(self) -> AudioSpec:
        """The features that both take."""
        return self.model.spec

    @property
    def parameters(self) -> tuple[int, int]:
        """Trained numbers of PyTorch's game and of ours."""
        own = (discriminator_params(peer) for peer, _ in self.judges)
        return (
            counts.parameters_of(self.peer, *(peer for peer, _ in self.judges)),
            ours.parameters_of(self.model.variables["params"], *own),
        )

    def theirs(self, precision: str) -> PeerGame:
        """PyTorch's game."""
        rules = dataclasses.replace(self.rules, precision=precision)
        player = PeerVocoding(self.peer, self.spec, MEL_WEIGHT, precision).to(self.device)
        panel = nn.ModuleList(peer for peer, _ in self.judges).to(self.device)
        return PeerGame(player, panel, self.objective, rules, OPTIMIZER)

    def ours(self, audio: np.ndarray, precision: str):
        """Our update of `audio` `[batch, samples]`, with PyTorch's weights: see `ours.updates`."""
        frames = audio.shape[1] // self.spec.hop_length
        game = Game(
            Vocoding(self.spec, segment_frames=frames, mel_weight=MEL_WEIGHT),
            self.model.generator,
            tuple(own for _, own in self.judges),
            self.objective,
            dataclasses.replace(self.rules, precision=precision),
            OPTIMIZER,
            OPTIMIZER,
        )
        params = tuple(discriminator_params(peer) for peer, _ in self.judges)
        return ours.updates(game, self.model.variables["params"], params, [{"audio": audio}])


def shared_device() -> str:
    """Where PyTorch computes: on JAX's GPU if both have one."""
    both = jax.default_backend() == "gpu" and torch.cuda.is_available()
    return "cuda" if both else "cpu"


def contender(name: str, device: str, *, small: bool, same_padding: bool) -> Contender:
    """The vocoder of that name with random weights; `same_padding` is what segments need.

    Weights of losses are those of the experiments: means here, sums in the papers.
    """
    torch.manual_seed(0)
    if name == "vocos":
        size = {"width": 8, "hidden": 24, "blocks": 1} if small else {}
        padding = "same" if same_padding else "center"
        generator = vocos.Vocos(**size, padding=padding)
        spec = dataclasses.replace(VOCOS_24K, padding=padding)
        model = vocos_reader.read(tensors_of(generator), None, spec, name)
        pairs, objective = (periods(small), resolutions(small)), Hinge()
        rules = Rules(adversarial=1.0, feature_matching=5.0, ema=0.0)
    elif name == "bigvgan-base":
        config = bigvgan.BASE | (SMALL if small else {})
        generator = bigvgan.Generator(**config)
        model = bigvgan_reader.read(tensors_of(generator), config, BIGVGAN_24K, name)
        pairs, objective = (periods(small), resolutions(small)), LeastSquares()
        rules = Rules(adversarial=8.0, feature_matching=80.0, ema=0.0)
    else:
        config = HIFIGAN[name] | (SMALL if small else {})
        generator = hifigan.Generator(**config)
        model = hifigan_reader.read(tensors_of(generator), config, HIFIGAN_22K, name)
        pairs, objective = (periods(small), scales(small)), LeastSquares()
        rules = Rules(adversarial=8.0, feature_matching=92.0, ema=0.0)
    return Contender(generator, model, pairs, objective, rules, device)


def periods(small: bool) -> Pair:
    """HiFi-GAN's multi-period discriminator; one narrow period if `small`."""
    size = {"periods": (3,), "channels": 4, "max_channels": 8} if small else {}
    return judges.MultiPeriod(**size), MultiPeriodDiscriminator(**size)


def scales(small: bool, count: int = 3) -> Pair:
    """HiFi-GAN's multi-scale discriminator of `count` scales; one narrow scale if `small`."""
    size = {"scales": count}
    if small:
        size = {"scales": 1, "channels": 8, "max_channels": 16}
    return judges.MultiScale(**size), MultiScaleDiscriminator(**size)


def resolutions(small: bool) -> Pair:
    """UnivNet's multi-resolution discriminator; one narrow resolution if `small`."""
    size = {"resolutions": ((512, 128, 512),), "channels": 4} if small else {}
    return judges.MultiResolution(**size), MultiResolutionDiscriminator(**size)

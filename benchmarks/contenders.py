"""Published vocoders, each as a PyTorch module and as ours with the same weights."""

import dataclasses
from collections.abc import Callable

import jax
import numpy as np
import torch
from peers import discriminators as judges
from peers import hifigan, vocos
from peers.game import Game as PeerGame
from peers.weights import discriminator_params, tensors_of
from torch import nn

from ganspeech.audio import HIFIGAN_22K, VOCOS_24K, AudioSpec
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_resolution import MultiResolutionDiscriminator
from ganspeech.discriminators.multi_scale import MultiScaleDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.interop.vocoders import hifigan as hifigan_reader
from ganspeech.interop.vocoders import vocos as vocos_reader
from ganspeech.losses.adversarial import Hinge, LeastSquares
from ganspeech.models.vocoder import Vocoder
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training.parallel import ParallelUpdate

HIFIGAN = {"hifigan-v1": hifigan.V1, "hifigan-v2": hifigan.V2, "hifigan-v3": hifigan.V3}
OPTIMIZER = Optimizer(learning_rate=2e-4, b1=0.8, b2=0.99, weight_decay=0.01)
MEL_WEIGHT = 45.0


@dataclasses.dataclass
class Contender:
    """One vocoder twice, with what judges it in training."""

    peer: nn.Module
    model: Vocoder
    judges: tuple[tuple[nn.Module, object], ...]
    """Each discriminator, PyTorch's and ours."""
    objective: LeastSquares | Hinge
    rules: Rules
    device: str

    @property
    def spec(self) -> AudioSpec:
        """The features that both take."""
        return self.model.spec

    def games(self, audio: np.ndarray, precision: str) -> tuple[PeerGame, Callable[[], dict]]:
        """PyTorch's game, and our update of `audio` as training runs it; both return losses."""
        rules = dataclasses.replace(self.rules, precision=precision)
        panel = nn.ModuleList(peer for peer, _ in self.judges).to(self.device)
        peer = PeerGame(
            self.peer.to(self.device), panel, self.spec, self.objective, rules, OPTIMIZER,
            MEL_WEIGHT,
        )  # fmt: skip
        frames = audio.shape[1] // self.spec.hop_length
        game = Game(
            Vocoding(self.spec, segment_frames=frames, mel_weight=MEL_WEIGHT),
            self.model.generator,
            tuple(ours for _, ours in self.judges),
            self.objective,
            rules,
            OPTIMIZER,
            OPTIMIZER,
        )
        params = tuple(discriminator_params(peer) for peer, _ in self.judges)
        state = jax.jit(lambda key: create_state(game, key, 1))(jax.random.key(0))
        state = state.replace(
            generator=state.generator.replace(params=self.model.variables["params"]),
            discriminator=state.discriminator.replace(params=params),
        )
        update = ParallelUpdate(game, 1)
        held = [update.place(state)]

        def ours() -> dict[str, float]:
            held[0], logs = update(held[0], [{"audio": audio}])
            return {name: float(value[-1]) for name, value in logs.items()}

        return peer, ours


def contender(name: str, *, small: bool, same_padding: bool) -> Contender:
    """The vocoder of that name with random weights; `same_padding` is what segments need."""
    torch.manual_seed(0)
    period = {"channels": 4, "max_channels": 16} if small else {}
    periods = (judges.MultiPeriod(**period), MultiPeriodDiscriminator(**period))
    device = "cuda" if jax.default_backend() == "gpu" and torch.cuda.is_available() else "cpu"
    # Means of losses here, sums in the papers: see the experiments of these two.
    if name == "vocos":
        size = {"width": 32, "hidden": 96, "blocks": 2} if small else {}
        resolution = {"channels": 4} if small else {}
        padding = "same" if same_padding else "center"
        generator = vocos.Vocos(**size, padding=padding)
        spec = dataclasses.replace(VOCOS_24K, padding=padding)
        model = vocos_reader.read(tensors_of(generator), None, spec, name)
        other = (judges.MultiResolution(**resolution), MultiResolutionDiscriminator(**resolution))
        rules = Rules(adversarial=1.0, feature_matching=5.0, ema=0.0)
        return Contender(generator, model, (periods, other), Hinge(), rules, device)
    scale = {"channels": 8, "max_channels": 32} if small else {}
    config = HIFIGAN[name] | ({"upsample_initial_channel": 16} if small else {})
    generator = hifigan.Generator(**config)
    model = hifigan_reader.read(tensors_of(generator), config, HIFIGAN_22K, name)
    other = (judges.MultiScale(**scale), MultiScaleDiscriminator(**scale))
    rules = Rules(adversarial=8.0, feature_matching=92.0, ema=0.0)
    return Contender(generator, model, (periods, other), LeastSquares(), rules, device)

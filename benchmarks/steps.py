"""The whole training step of a model in PyTorch and here: the same networks, losses and batch."""

import dataclasses
import os
import shutil
from collections.abc import Callable
from typing import Any

import contenders
import numpy as np
import ours
import torch
from peers import counts, wavegan
from peers.game import Game as PeerGame
from peers.weights import discriminator_params
from torch import nn
from torch.utils._triton import has_triton

from ganspeech.discriminators.wavegan import WaveGANDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.vits.network import VITS, VITS_PAPER
from ganspeech.generators.wavegan import WaveGANGenerator
from ganspeech.losses.adversarial import LeastSquares, Wasserstein
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import Waveform
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

MODELS = ("hifigan-v1", "vocos", "bigvgan-base", "vits", "wavegan")
SEGMENTS = {"hifigan-v1": (16, 8192), "vocos": (16, 16384), "bigvgan-base": (16, 8192)}
"""Segments and their samples in one batch of a vocoder."""
VITS_SMALL = VITS(
    width=8,
    hidden=8,
    layers=1,
    latent=8,
    flows=1,
    flow_layers=1,
    posterior_layers=1,
    duration_flows=1,
    duration_layers=1,
    duration_bins=4,
    decoder=HiFiGAN((16, 16), (32, 32), 8, "1", (3,), ((1, 3),)),
)

Arrays = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Step:
    """One training step in each way; a call runs it and waits for its end."""

    theirs: Callable[[], Any]
    """PyTorch's, eager."""
    compiled: Callable[[], Any] | None
    """PyTorch's through `torch.compile`; None where that has no compiler."""
    ours: Callable[[], Any]
    """Ours; the first call compiles."""
    parameters: tuple[int, int]
    """Trained numbers of PyTorch's networks and of ours, which are equal."""
    audio_seconds: float
    """Of recordings that one step learns from."""
    work: float
    """Floating-point operations of one step, by PyTorch's counter; for all ways alike."""


def step_of(name: str, precision: str, small: bool, device: str) -> Step:
    """The step of one of `MODELS` on "cpu" or "cuda", in "float32" or "bfloat16".

    On CUDA float32 products are those of TF32, as JAX's are by default, and PyTorch chooses the
    fastest convolutions. `small` takes toy networks and batches, and has `torch.compile` capture
    programs without making code of them, which takes minutes.
    """
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    make = {"vits": _vits, "wavegan": _wavegan}.get(name, _vocoder)
    return make(name, precision, small, device)


def backend_of(device: str, small: bool) -> str | None:
    """The backend of `torch.compile`; None without Triton on CUDA, elsewhere a C++ compiler."""
    if small:
        return "aot_eager"
    found = has_triton() if device == "cuda" else shutil.which(os.environ.get("CXX", "g++"))
    return "inductor" if found else None


def _vocoder(name: str, precision: str, small: bool, device: str) -> Step:
    one = contenders.contender(name, device, small=small, same_padding=True)
    shape = (2, 2048) if small else SEGMENTS[name]
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, shape).astype(np.float32)
    seconds = audio.size / one.spec.sample_rate
    own = one.ours(audio, precision)
    both = one.theirs(precision), own, one.parameters
    return _step(*both, {"audio": audio}, seconds, small, device)


def _vits(name: str, precision: str, small: bool, device: str) -> Step:
    # transformers takes seconds to import.
    from peers.vits_training import VitsTraining, model_of, params_of

    torch.manual_seed(0)
    network, segment = (VITS_SMALL, 8) if small else (VITS_PAPER, 32)
    task = TextToSpeech(segment_frames=segment)
    model = model_of(network, task.text.size, task.spec.bins)
    pairs = contenders.periods(small), contenders.scales(small, count=1)
    rules = Rules(adversarial=6.0, feature_matching=64.0, ema=0.0, precision=precision)
    judges = tuple(own for _, own in pairs)
    batch = spoken(task, *((2, 16, 8) if small else (16, 512, 192)))
    optimizer, objective = contenders.OPTIMIZER, LeastSquares()
    game = Game(task, network, judges, objective, rules, optimizer, optimizer)
    params = params_of(network, model), tuple(discriminator_params(peer) for peer, _ in pairs)
    player = VitsTraining(model, task, precision).to(device)
    panel = nn.ModuleList(peer for peer, _ in pairs).to(device)
    theirs = PeerGame(player, panel, objective, rules, optimizer)
    parameters = counts.parameters_of(player, panel), ours.parameters_of(params[0], *params[1])
    seconds = float(batch["samples"].sum()) / task.spec.sample_rate
    own = ours.updates(game, *params, [batch])
    return _step(theirs, own, parameters, batch, seconds, small, device)


def spoken(task: TextToSpeech, examples: int, frames: int, symbols: int) -> Arrays:
    """A batch of noise, of the shapes and kinds of `TextToSpeech.play`.

    The recordings have from 60 % of `frames` on, their texts from 60 % of `symbols` on.
    """
    rng = np.random.default_rng(0)
    lengths = np.linspace(0.6, 1, examples)
    samples = (lengths * frames).astype(np.int32) * task.spec.hop_length
    audio = rng.uniform(-0.5, 0.5, (examples, frames * task.spec.hop_length))
    audio[np.arange(audio.shape[1]) >= samples[:, None]] = 0
    return {
        "audio": audio.astype(np.float32),
        "samples": samples,
        "labels": rng.integers(1, task.text.size, (examples, symbols)).astype(np.int32),
        "label_lengths": (lengths * symbols).astype(np.int32),
        "speaker": np.zeros(examples, np.int32),
    }


def _wavegan(name: str, precision: str, small: bool, device: str) -> Step:
    torch.manual_seed(0)
    channels, shape = (2, (2, 4, 16384)) if small else (64, (5, 64, 16384))
    generator, critic = wavegan.Generator(channels), wavegan.Critic(channels)
    objective, optimizer = Wasserstein(), Optimizer(learning_rate=1e-4, b1=0.5, b2=0.9)
    rules = Rules(feature_matching=0.0, critic_steps=shape[0], ema=0.0, precision=precision)
    task = Generation(view=Waveform(), prior="uniform")
    own = WaveGANGenerator(channels), (WaveGANDiscriminator(channels),)
    game = Game(task, *own, objective, rules, optimizer, optimizer)
    params = wavegan.generator_params(generator), (wavegan.critic_params(critic),)
    values = np.random.default_rng(0).uniform(-0.5, 0.5, shape).astype(np.float32)
    label = np.zeros(shape[1], np.int32)
    batches = [{"values": part, "label": label} for part in values]
    theirs = wavegan.Game(
        generator.to(device), critic.to(device), objective.gradient_penalty, precision, optimizer
    )
    parameters = counts.parameters_of(generator, critic), ours.parameters_of(params[0], *params[1])
    step = ours.updates(game, *params, batches)
    seconds = values.size / Waveform().sample_rate
    return _step(theirs, step, parameters, {"values": values}, seconds, small, device)


def _step(
    game: PeerGame | wavegan.Game,
    own: Callable[[], Any],
    parameters: tuple[int, int],
    batch: Arrays,
    audio_seconds: float,
    small: bool,
    device: str,
) -> Step:
    """Both ways of PyTorch's game beside our own; counts the work of a first eager step."""

    def way(game: PeerGame | wavegan.Game) -> Callable[[], Any]:
        def run() -> dict[str, torch.Tensor]:
            # From the host in every call, as ours.
            losses = game.update({k: torch.from_numpy(v).to(device) for k, v in batch.items()})
            if device == "cuda":
                torch.cuda.synchronize()
            return losses

        return run

    theirs, backend = way(game), backend_of(device, small)
    compiled = None if backend is None else way(game.compiled(backend))
    work = counts.flops_of(theirs)
    return Step(theirs, compiled, own, parameters, audio_seconds, work)

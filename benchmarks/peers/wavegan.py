"""WaveGAN in PyTorch (Donahue et al. 2019): generator, critic, and WGAN-GP's game of both.

The structure and sizes are those of `ganspeech.generators.wavegan` and
`ganspeech.discriminators.wavegan`.
"""

import copy
from typing import Any, Self

import numpy as np
import torch
from peers.game import Batch, Losses, adam, autocast, detached
from peers.weights import tensors_of
from torch import Tensor, nn
from torch.nn import functional as F

from ganspeech.game.optimizer import Optimizer

START = 16
LATENT = 100


class Generator(nn.Module):
    """Audio `[batch, 16384]` of noise `[batch, 100]`."""

    def __init__(self, channels: int = 64):
        super().__init__()
        self.start = nn.Linear(LATENT, START * 16 * channels)
        widths = [factor * channels for factor in (16, 8, 4, 2, 1)]
        self.upsample = nn.ModuleList(
            nn.ConvTranspose1d(inputs, width, 25, 4, padding=11, output_padding=1)
            for inputs, width in zip(widths, [*widths[1:], 1])
        )

    def forward(self, noise: Tensor) -> Tensor:
        """Audio within (-1, 1), float32."""
        x = self.start(noise).unflatten(1, (-1, START))
        for layer in self.upsample:
            x = layer(F.relu(x))
        return torch.tanh(x[:, 0].float())


class Critic(nn.Module):
    """One score for each audio, with phases shuffled between the layers."""

    def __init__(self, channels: int = 64, phase_shuffle: int = 2):
        super().__init__()
        widths = [factor * channels for factor in (1, 2, 4, 8, 16)]
        self.convs = nn.ModuleList(
            nn.Conv1d(inputs, width, 25, 4, padding=12)
            for inputs, width in zip([1, *widths], widths)
        )
        self.logit = nn.Linear(START * widths[-1], 1)
        self.reach = phase_shuffle

    def forward(self, audio: Tensor) -> Tensor:
        """Scores `[batch, 1]` of audio `[batch, 16384]`."""
        x = audio[:, None]
        for n, conv in enumerate(self.convs):
            x = F.leaky_relu(conv(x), 0.2)
            if self.reach and n < 4:
                x = shuffled(x, self.reach)
        return self.logit(x.flatten(1))


def shuffled(x: Tensor, reach: int) -> Tensor:
    """`x` `[batch, channels, time]`, every example moved by up to `reach` steps."""
    batch, channels, time = x.shape
    starts = torch.randint(0, 2 * reach + 1, (batch, 1, 1), device=x.device)
    places = (starts + torch.arange(time, device=x.device)).expand(-1, channels, -1)
    return F.pad(x, (reach, reach), mode="reflect").gather(2, places)


class Game:
    """Both networks and their optimizers; `update` plays some turns of the critic and one more."""

    def __init__(
        self,
        generator: Generator,
        critic: Critic,
        penalty_weight: float,
        precision: str,
        optimizer: Optimizer,
    ):
        self.generator, self.critic = generator, critic
        self.generate, self.judge = generator, critic
        self.penalty_weight, self.precision = penalty_weight, precision
        self.optimizers = adam(critic, optimizer), adam(generator, optimizer)

    def compiled(self, backend: str = "inductor") -> Self:
        """The same networks and optimizers, moved by programs of `torch.compile`.

        The penalty is not compiled: `torch.compile` has no second derivatives.
        """
        game = copy.copy(self)
        game.generate = torch.compile(self.generator, backend=backend)
        game.judge = torch.compile(self.critic, backend=backend)
        return game

    def update(self, batch: Batch) -> Losses:
        """A turn of the critic for each row of `batch["values"]`, `[turns, batch, samples]`."""
        move_critic, move_generator = self.optimizers
        self.critic.requires_grad_(True)
        for real in batch["values"]:
            noise = torch.rand(len(real), LATENT, device=real.device) * 2 - 1
            with torch.no_grad():
                fake = self._made(noise)
            told_apart = self._score(fake).mean() - self._score(real).mean()
            penalty = self.penalty_weight * gradient_penalty(self.critic, real, fake)
            move_critic.zero_grad(set_to_none=True)
            (told_apart + penalty).backward()
            move_critic.step()

        self.critic.requires_grad_(False)
        # The noise that the critic has just seen, as in our update.
        passed = -self._score(self._made(noise)).mean()
        move_generator.zero_grad(set_to_none=True)
        passed.backward()
        move_generator.step()
        return detached(
            {
                "discriminator/adversarial": told_apart,
                "discriminator/gradient_penalty": penalty,
                "generator/adversarial": passed,
            }
        )

    def _made(self, noise: Tensor) -> Tensor:
        with autocast(noise, self.precision):
            return self.generate(noise)

    def _score(self, audio: Tensor) -> Tensor:
        with autocast(audio, self.precision):
            return self.judge(audio).float()


def gradient_penalty(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """Mean squared distance of the slope's norm from 1 between real and fake; in float32."""
    share = torch.rand(len(real), 1, device=real.device)
    between = (fake + share * (real - fake)).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slope.square().sum(1) + 1e-12).sqrt() - 1).square().mean()


def generator_params(peer: Generator) -> dict[str, Any]:
    """Parameters of our generator, equal to the peer's."""
    tensors = tensors_of(peer)
    width = peer.upsample[0].in_channels
    # Channels lie before the samples of the start there, after them here.
    kernel = tensors["start.weight"].reshape(width, START, LATENT).transpose(2, 1, 0)
    params = {
        "start": {
            "kernel": np.ascontiguousarray(kernel.reshape(LATENT, -1)),
            "bias": tensors["start.bias"].reshape(width, START).T.reshape(-1).copy(),
        }
    }
    names = [*(f"upsample_{n}" for n in range(len(peer.upsample) - 1)), "audio"]
    for n, name in enumerate(names):
        kernel = tensors[f"upsample.{n}.weight"].transpose(2, 0, 1)
        bias = tensors[f"upsample.{n}.bias"]
        params[name] = {"kernel": np.ascontiguousarray(kernel), "bias": bias}
    return params


def critic_params(peer: Critic) -> dict[str, Any]:
    """Parameters of our critic, equal to the peer's."""
    tensors, params = tensors_of(peer), {}
    for n in range(len(peer.convs)):
        kernel = tensors[f"convs.{n}.weight"].transpose(2, 1, 0)
        params[f"conv_{n}"] = {
            "kernel": np.ascontiguousarray(kernel),
            "bias": tensors[f"convs.{n}.bias"],
        }
    weight = tensors["logit.weight"].reshape(-1, START).T.reshape(-1, 1)
    logit = {"kernel": np.ascontiguousarray(weight), "bias": tensors["logit.bias"]}
    return params | {"head": {"logit": logit}}

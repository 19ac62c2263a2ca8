"""One update of the adversarial game in PyTorch, with the losses of `ganspeech.game.update`.

Written as a careful user would: the fake is made once, the generator's turn needs no gradients of
the discriminators' weights, real feature maps have no graph, AdamW is the fused one, and no loss
is fetched from the device.
"""

import copy
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import Hinge, LeastSquares

Batch = dict[str, Tensor]
Losses = dict[str, Tensor]


class Play(NamedTuple):
    """What a player makes of a batch."""

    real: Tensor
    """Recordings or segments of them, `[batch, samples]`."""
    fake: Tensor
    """What the discriminators are to take for recordings, of the same shape; float32."""
    terms: Losses
    """The player's own losses, weighted."""


def autocast(tensor: Tensor, precision: str) -> torch.autocast:
    """A context in which networks compute in `precision` on the tensor's device."""
    return torch.autocast(tensor.device.type, torch.bfloat16, enabled=precision == "bfloat16")


def adam(player: nn.Module, optimizer: Optimizer) -> torch.optim.Optimizer:
    """The fused AdamW of these settings, at their peak step size."""
    return torch.optim.AdamW(
        player.parameters(),
        optimizer.learning_rate,
        (optimizer.b1, optimizer.b2),
        weight_decay=optimizer.weight_decay,
        fused=True,
    )


class Game:
    """A player, discriminators of its audio and both optimizers; `update` plays one step.

    The player is called with a batch, returns a `Play`, and chooses its precision itself.
    """

    def __init__(
        self,
        player: nn.Module,
        discriminators: nn.ModuleList,
        objective: LeastSquares | Hinge,
        rules: Rules,
        optimizer: Optimizer,
    ):
        self.player, self.panel = player, Panel(discriminators, rules.precision)
        self.hinge, self.rules = isinstance(objective, Hinge), rules
        self.play, self.judge = player, self.panel
        self.optimizers = adam(self.panel, optimizer), adam(player, optimizer)

    def compiled(self, backend: str = "inductor") -> Self:
        """The same players and optimizers, moved by programs of `torch.compile`."""
        game = copy.copy(self)
        game.play = torch.compile(self.player, backend=backend)
        game.judge = torch.compile(self.panel, backend=backend)
        return game

    def update(self, batch: Batch) -> Losses:
        """The discriminators move, then the player; the losses stay on the device."""
        move_discriminators, move_player = self.optimizers
        play = self.play(batch)

        self.panel.requires_grad_(True)
        on_real, on_fake = self.judge(play.real), self.judge(play.fake.detach())
        told_apart = _mean(self._told_apart(r[-1], f[-1]) for r, f in zip(on_real, on_fake))
        move_discriminators.zero_grad(set_to_none=True)
        told_apart.backward()
        move_discriminators.step()

        self.panel.requires_grad_(False)
        on_fake = self.judge(play.fake)
        with torch.no_grad():
            on_real = self.judge(play.real)
        matching = _mean(
            F.l1_loss(f.float(), r.float())
            for real_maps, fake_maps in zip(on_real, on_fake)
            for r, f in zip(real_maps[:-1], fake_maps[:-1])
        )
        adversarial = _mean(self._passed(maps[-1]) for maps in on_fake)
        losses = {f"generator/{name}": term for name, term in play.terms.items()} | {
            "generator/adversarial": self.rules.adversarial * adversarial,
            "generator/feature_matching": self.rules.feature_matching * matching,
        }
        move_player.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        move_player.step()
        return detached(losses | {"discriminator/adversarial": told_apart})

    def _told_apart(self, real: Tensor, fake: Tensor) -> Tensor:
        real, fake = real.float(), fake.float()
        if self.hinge:
            return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        return (real - 1).square().mean() + fake.square().mean()

    def _passed(self, fake: Tensor) -> Tensor:
        return -fake.float().mean() if self.hinge else (fake.float() - 1).square().mean()


class Panel(nn.Module):
    """All discriminators as one: the maps of every sub-discriminator, logits last."""

    def __init__(self, discriminators: nn.ModuleList, precision: str):
        super().__init__()
        self.discriminators, self.precision = discriminators, precision

    def forward(self, audio: Tensor) -> list[list[Tensor]]:
        """Feature maps of audio `[batch, samples]`."""
        with autocast(audio, self.precision):
            return [maps for one in self.discriminators for maps in one(audio)]


def detached(losses: Losses) -> Losses:
    """The losses without their graphs, which would be kept alive."""
    return {name: loss.detach() for name, loss in losses.items()}


def _mean(values):
    values = list(values)
    return sum(values) / len(values)

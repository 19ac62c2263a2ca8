"""One update of the adversarial game in PyTorch, with the losses of `ganspeech.game.update`.

Written as a careful user would: the fake is made once, the generator's turn needs no gradients of
the discriminators' weights, real feature maps have no graph, AdamW is the fused one.
"""

import torch
from torch import nn
from torch.nn import functional as F

from ganspeech.audio import AudioSpec
from ganspeech.audio.mel import mel_filterbank
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import Hinge, LeastSquares


class LogMel(nn.Module):
    """Log-mels `[batch, mels, frames]` of audio, for specs with "same" padding."""

    def __init__(self, spec: AudioSpec):
        super().__init__()
        self.spec = spec
        self.register_buffer("window", torch.hann_window(spec.win_length))
        self.register_buffer("filters", torch.from_numpy(mel_filterbank(spec).T.copy()))

    def forward(self, audio: torch.Tensor) -> torch.Tensor:
        """The logarithm of clipped mel bands."""
        spec = self.spec
        padded = F.pad(audio[:, None], spec.pads(), "reflect")[:, 0]
        spectrum = torch.stft(
            padded, spec.n_fft, spec.hop_length, spec.win_length, self.window, center=False,
            return_complex=True,
        )  # fmt: skip
        return (self.filters @ spectrum.abs()).clamp(min=spec.log_floor).log()


class Game:
    """A generator, its discriminators and their optimizers; `update` plays one step."""

    def __init__(
        self,
        generator: nn.Module,
        discriminators: nn.ModuleList,
        spec: AudioSpec,
        objective: LeastSquares | Hinge,
        rules: Rules,
        optimizer: Optimizer,
        mel_weight: float,
    ):
        self.generator, self.discriminators = generator, discriminators
        self.mel = LogMel(spec).to(next(generator.parameters()).device)
        self.hinge, self.rules, self.mel_weight = isinstance(objective, Hinge), rules, mel_weight
        betas, decay = (optimizer.b1, optimizer.b2), optimizer.weight_decay
        self.optimizers = [
            torch.optim.AdamW(
                player.parameters(), optimizer.learning_rate, betas, weight_decay=decay, fused=True
            )
            for player in (discriminators, generator)
        ]

    def update(self, real: torch.Tensor) -> dict[str, float]:
        """The discriminators move, then the generator; audio `[batch, samples]`."""
        move_discriminators, move_generator = self.optimizers
        with torch.no_grad():
            real_mel = self.mel(real)
        with self._autocast():
            fake = self.generator(real_mel)
        fake = fake.reshape(real.shape).float()

        self.discriminators.requires_grad_(True)
        on_real, on_fake = self._judge(real), self._judge(fake.detach())
        logs = {
            "discriminator/adversarial": _mean(
                self._told_apart(r[-1], f[-1]) for r, f in zip(on_real, on_fake)
            )
        }
        move_discriminators.zero_grad(set_to_none=True)
        logs["discriminator/adversarial"].backward()
        move_discriminators.step()

        self.discriminators.requires_grad_(False)
        on_fake = self._judge(fake)
        with torch.no_grad():
            on_real = self._judge(real)
        matching = _mean(
            F.l1_loss(f.float(), r.float())
            for real_maps, fake_maps in zip(on_real, on_fake)
            for r, f in zip(real_maps[:-1], fake_maps[:-1])
        )
        adversarial = _mean(self._passed(maps[-1]) for maps in on_fake)
        logs["generator/mel"] = self.mel_weight * F.l1_loss(self.mel(fake), real_mel)
        logs["generator/adversarial"] = self.rules.adversarial * adversarial
        logs["generator/feature_matching"] = self.rules.feature_matching * matching
        move_generator.zero_grad(set_to_none=True)
        sum(value for name, value in logs.items() if name.startswith("generator")).backward()
        move_generator.step()
        return {name: value.item() for name, value in logs.items()}

    def _judge(self, audio):
        with self._autocast():
            return [maps for judge in self.discriminators for maps in judge(audio)]

    def _autocast(self):
        device = next(self.generator.parameters()).device.type
        enabled = self.rules.precision == "bfloat16"
        return torch.autocast(device, torch.bfloat16, enabled=enabled)

    def _told_apart(self, real, fake):
        real, fake = real.float(), fake.float()
        if self.hinge:
            return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        return (real - 1).square().mean() + fake.square().mean()

    def _passed(self, fake):
        return -fake.float().mean() if self.hinge else (fake.float() - 1).square().mean()


def _mean(values):
    values = list(values)
    return sum(values) / len(values)

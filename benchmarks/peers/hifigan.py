"""HiFi-GAN's generator in PyTorch (Kong et al. 2020), with the published checkpoints' names."""

import warnings
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

V1 = {
    "resblock": "1",
    "upsample_rates": [8, 8, 2, 2],
    "upsample_kernel_sizes": [16, 16, 4, 4],
    "upsample_initial_channel": 512,
    "resblock_kernel_sizes": [3, 7, 11],
    "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
    "num_mels": 80,
}
"""The generator's fields of the authors' config.json; V2 and V3 have the same names."""
V2 = V1 | {"upsample_initial_channel": 128}
V3 = V1 | {
    "resblock": "2",
    "upsample_rates": [8, 8, 4],
    "upsample_kernel_sizes": [16, 16, 8],
    "upsample_initial_channel": 256,
    "resblock_kernel_sizes": [3, 5, 7],
    "resblock_dilation_sizes": [[1, 2], [2, 6], [3, 12]],
}


def weight_norm(layer: nn.Module) -> nn.Module:
    """The layer with its weight as weight_g and weight_v: the spelling of 2020."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # newer checkpoints spell it otherwise
        return nn.utils.weight_norm(layer)


def fold(model: nn.Module) -> nn.Module:
    """Multiplies every weight normalization into its weight, in place: what inference uses."""
    for layer in model.modules():
        if hasattr(layer, "weight_g"):
            nn.utils.remove_weight_norm(layer)
    return model


class Generator(nn.Module):
    """Log-mels `[batch, mels, frames]` to audio `[batch, 1, frames * hop]`."""

    def __init__(
        self,
        *,
        resblock: str,
        upsample_rates: Sequence[int],
        upsample_kernel_sizes: Sequence[int],
        upsample_initial_channel: int,
        resblock_kernel_sizes: Sequence[int],
        resblock_dilation_sizes: Sequence[Sequence[int]],
        num_mels: int,
    ):
        super().__init__()
        width = upsample_initial_channel
        self.conv_pre = weight_norm(nn.Conv1d(num_mels, width, 7, padding=3))
        self.ups, self.resblocks = nn.ModuleList(), nn.ModuleList()
        self.branches = len(resblock_kernel_sizes)
        Block = DoubleBlock if str(resblock) == "1" else SingleBlock
        for rate, taps in zip(upsample_rates, upsample_kernel_sizes):
            up = nn.ConvTranspose1d(width, width // 2, taps, rate, padding=(taps - rate) // 2)
            self.ups.append(weight_norm(up))
            width //= 2
            for kernel, dilations in zip(resblock_kernel_sizes, resblock_dilation_sizes):
                self.resblocks.append(Block(width, kernel, dilations))
        self.conv_post = weight_norm(nn.Conv1d(width, 1, 7, padding=3))

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Audio within [-1, 1]."""
        x = self.conv_pre(mel)
        for n, up in enumerate(self.ups):
            x = up(F.leaky_relu(x, 0.1))
            blocks = self.resblocks[n * self.branches : (n + 1) * self.branches]
            x = sum(block(x) for block in blocks) / self.branches
        return torch.tanh(self.conv_post(F.leaky_relu(x)))


class DoubleBlock(nn.Module):
    """The residual block of V1 and V2."""

    def __init__(self, width: int, kernel: int, dilations: Sequence[int]):
        super().__init__()
        self.convs1 = nn.ModuleList(_conv(width, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(_conv(width, kernel, 1) for _ in dilations)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Refine `x`."""
        for dilated, plain in zip(self.convs1, self.convs2):
            x = x + plain(F.leaky_relu(dilated(F.leaky_relu(x, 0.1)), 0.1))
        return x


class SingleBlock(nn.Module):
    """The residual block of V3."""

    def __init__(self, width: int, kernel: int, dilations: Sequence[int]):
        super().__init__()
        self.convs = nn.ModuleList(_conv(width, kernel, dilation) for dilation in dilations)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Refine `x`."""
        for conv in self.convs:
            x = x + conv(F.leaky_relu(x, 0.1))
        return x


def _conv(width: int, kernel: int, dilation: int) -> nn.Module:
    padding = (kernel - 1) * dilation // 2
    return weight_norm(nn.Conv1d(width, width, kernel, dilation=dilation, padding=padding))

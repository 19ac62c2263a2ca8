"""BigVGAN's generator in PyTorch (Lee et al. 2023), with the names of the published checkpoints."""

from collections.abc import Sequence

import torch
from peers.hifigan import weight_norm
from scipy.signal import kaiser_atten, kaiser_beta
from torch import nn
from torch.nn import functional as F

BASE = {
    "resblock": "1",
    "upsample_rates": [8, 8, 2, 2],
    "upsample_kernel_sizes": [16, 16, 4, 4],
    "upsample_initial_channel": 512,
    "resblock_kernel_sizes": [3, 7, 11],
    "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
    "activation": "snakebeta",
    "snake_logscale": True,
    "num_mels": 100,
}
"""The generator's fields of the authors' config.json; the large models have the same names."""
LARGE = BASE | {
    "upsample_rates": [4, 4, 2, 2, 2, 2],
    "upsample_kernel_sizes": [8, 8, 4, 4, 4, 4],
    "upsample_initial_channel": 1536,
}
V2 = LARGE | {"use_tanh_at_final": False, "use_bias_at_final": False}

TAPS = 12


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
        activation: str,
        snake_logscale: bool,
        num_mels: int,
        use_tanh_at_final: bool = True,
        use_bias_at_final: bool = True,
    ):
        super().__init__()
        if str(resblock) != "1":
            raise ValueError("only the residual block of the published models is here, '1'")
        snake = (activation == "snakebeta", snake_logscale)
        width = upsample_initial_channel
        self.tanh, self.branches = use_tanh_at_final, len(resblock_kernel_sizes)
        self.conv_pre = weight_norm(nn.Conv1d(num_mels, width, 7, padding=3))
        self.ups, self.resblocks = nn.ModuleList(), nn.ModuleList()
        for rate, taps in zip(upsample_rates, upsample_kernel_sizes):
            up = nn.ConvTranspose1d(width, width // 2, taps, rate, padding=(taps - rate) // 2)
            self.ups.append(nn.ModuleList([weight_norm(up)]))
            width //= 2
            for kernel, dilations in zip(resblock_kernel_sizes, resblock_dilation_sizes):
                self.resblocks.append(Block(width, kernel, dilations, *snake))
        self.activation_post = Activation(width, *snake)
        last = nn.Conv1d(width, 1, 7, padding=3, bias=use_bias_at_final)
        self.conv_post = weight_norm(last)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Audio within [-1, 1]."""
        x = self.conv_pre(mel)
        for n, (up,) in enumerate(self.ups):
            x = up(x)
            blocks = self.resblocks[n * self.branches : (n + 1) * self.branches]
            x = sum(block(x) for block in blocks) / self.branches
        x = self.conv_post(self.activation_post(x))
        return torch.tanh(x) if self.tanh else torch.clamp(x, -1, 1)


class Block(nn.Module):
    """Dilated and plain convolutions in turns, an activation before each."""

    def __init__(self, width: int, kernel: int, dilations: Sequence[int], beta: bool, log: bool):
        super().__init__()
        self.convs1 = nn.ModuleList(_conv(width, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(_conv(width, kernel, 1) for _ in dilations)
        self.activations = nn.ModuleList(
            Activation(width, beta, log) for _ in range(2 * len(dilations))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Refine `x`."""
        for n, (dilated, plain) in enumerate(zip(self.convs1, self.convs2)):
            y = dilated(self.activations[2 * n](x))
            x = x + plain(self.activations[2 * n + 1](y))
        return x


class Activation(nn.Module):
    """A snake at twice the rate."""

    def __init__(self, width: int, beta: bool, log: bool):
        super().__init__()
        self.act = Snake(width, beta, log)
        self.upsample = Upsample()
        self.downsample = Downsample()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Activate `[batch, width, time]`."""
        return self.downsample(self.act(self.upsample(x)))


class Snake(nn.Module):
    """`x + sin(alpha x)^2 / beta`, where beta is alpha if it is not learned apart."""

    def __init__(self, width: int, beta: bool, log: bool):
        super().__init__()
        first = torch.zeros if log else torch.ones
        self.log = log
        self.alpha = nn.Parameter(first(width))
        if beta:
            self.beta = nn.Parameter(first(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Activate `[batch, width, time]`."""
        alpha, beta = self.alpha[:, None], getattr(self, "beta", self.alpha)[:, None]
        if self.log:
            alpha, beta = alpha.exp(), beta.exp()
        return x + torch.sin(alpha * x) ** 2 / (beta + 1e-9)


class Upsample(nn.Module):
    """To twice the rate, by zeros between the samples and a low-pass filter."""

    def __init__(self):
        super().__init__()
        self.register_buffer("filter", lowpass_filter())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`[batch, width, time]` to `[batch, width, 2 * time]`."""
        width = x.shape[1]
        x = F.pad(x, (TAPS // 2 - 1,) * 2, mode="replicate")
        filters = 2 * self.filter.expand(width, -1, -1)
        x = F.conv_transpose1d(x, filters, stride=2, groups=width)
        excess = 2 * (TAPS // 2 - 1) + TAPS // 2 - 1
        return x[..., excess:-excess]


class Downsample(nn.Module):
    """To half the rate."""

    def __init__(self):
        super().__init__()
        self.lowpass = Lowpass()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`[batch, width, 2 * time]` to `[batch, width, time]`."""
        return self.lowpass(x)


class Lowpass(nn.Module):
    """A low-pass filter of which every second output is made."""

    def __init__(self):
        super().__init__()
        self.register_buffer("filter", lowpass_filter())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`[batch, width, 2 * time]` to `[batch, width, time]`."""
        width = x.shape[1]
        x = F.pad(x, (TAPS // 2 - 1, TAPS // 2), mode="replicate")
        return F.conv1d(x, self.filter.expand(width, -1, -1), stride=2, groups=width)


def lowpass_filter() -> torch.Tensor:
    """A sinc under a Kaiser window that passes half the band, `[1, 1, 12]`."""
    beta = kaiser_beta(kaiser_atten(TAPS // 2, 1.2))
    window = torch.kaiser_window(TAPS, beta=beta, periodic=False)
    taps = window * torch.sinc((torch.arange(TAPS) - (TAPS - 1) / 2) / 2)
    return (taps / taps.sum())[None, None]


def _conv(width: int, kernel: int, dilation: int) -> nn.Module:
    padding = (kernel - 1) * dilation // 2
    return weight_norm(nn.Conv1d(width, width, kernel, dilation=dilation, padding=padding))

"""The discriminators of HiFi-GAN (Kong et al. 2020) and UnivNet (Jang et al. 2021) in PyTorch.

They have the structure and the sizes of `ganspeech.discriminators`, in PyTorch's layout: channels
first, periods as columns of two-dimensional convolutions, grouped convolutions as such. Each maps
audio `[batch, samples]` to one list a sub-discriminator: feature maps first, logits last.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

SCALE_LAYERS = (
    (1, 15, 1, 1),
    (1, 41, 2, 4),
    (2, 41, 2, 16),
    (4, 41, 4, 16),
    (8, 41, 4, 16),
    (8, 41, 1, 16),
    (8, 5, 1, 1),
)
"""Of each layer: width as a multiple of the first layer's, taps, stride, groups."""


class MultiPeriod(nn.Module):
    """HiFi-GAN's multi-period discriminator."""

    def __init__(self, periods=(2, 3, 5, 7, 11), channels=32, max_channels=1024):
        super().__init__()
        widths = [min(channels * 4**layer, max_channels) for layer in range(5)]
        self.discriminators = nn.ModuleList(Period(period, widths) for period in periods)

    def forward(self, x):
        """Feature maps of each period."""
        return [discriminator(x) for discriminator in self.discriminators]


class Period(nn.Module):
    """Two-dimensional convolutions along columns of samples one period apart."""

    def __init__(self, period, widths):
        super().__init__()
        self.period = period
        self.convs = nn.ModuleList(
            weight_norm(nn.Conv2d(inputs, width, (5, 1), (stride, 1), (2, 0)))
            for inputs, width, stride in zip([1, *widths], widths, (3, 3, 3, 3, 1))
        )
        self.conv_post = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), 1, (1, 0)))

    def forward(self, x):
        """Feature maps `[batch, channels, time, period]`."""
        x = F.pad(x[:, None], (0, -x.shape[-1] % self.period), "reflect")
        return _maps(x.unflatten(-1, (-1, self.period)), self.convs, self.conv_post, 0.1)


class MultiScale(nn.Module):
    """MelGAN's multi-scale discriminator as HiFi-GAN has it, weight norm on every scale."""

    def __init__(self, scales=3, channels=128, max_channels=1024):
        super().__init__()
        self.discriminators = nn.ModuleList(Scale(channels, max_channels) for _ in range(scales))

    def forward(self, x):
        """Feature maps of each scale."""
        x, scales = x[:, None], []
        for n, discriminator in enumerate(self.discriminators):
            x = F.avg_pool1d(x, 4, 2, padding=2) if n else x
            scales.append(discriminator(x))
        return scales


class Scale(nn.Module):
    """Long grouped convolutions with strides."""

    def __init__(self, channels, max_channels):
        super().__init__()
        self.convs, inputs = nn.ModuleList(), 1
        for multiple, taps, stride, groups in SCALE_LAYERS:
            width = min(multiple * channels, max_channels)
            groups = math.gcd(groups, inputs, width, max(1, inputs // 8), max(1, width // 8))
            conv = nn.Conv1d(inputs, width, taps, stride, taps // 2, groups=groups)
            self.convs.append(weight_norm(conv))
            inputs = width
        self.conv_post = weight_norm(nn.Conv1d(inputs, 1, 3, padding=1))

    def forward(self, x):
        """Feature maps `[batch, channels, time]`."""
        return _maps(x, self.convs, self.conv_post, 0.1)


class MultiResolution(nn.Module):
    """UnivNet's multi-resolution spectrogram discriminator."""

    def __init__(
        self, resolutions=((1024, 120, 600), (2048, 240, 1200), (512, 50, 240)), channels=32
    ):
        super().__init__()
        self.discriminators = nn.ModuleList(
            Resolution(resolution, channels) for resolution in resolutions
        )

    def forward(self, x):
        """Feature maps of each resolution."""
        return [discriminator(x) for discriminator in self.discriminators]


class Resolution(nn.Module):
    """Two-dimensional convolutions over one magnitude spectrogram."""

    def __init__(self, resolution, channels):
        super().__init__()
        self.n_fft, self.hop, self.win_length = resolution
        self.register_buffer("window", torch.hann_window(self.win_length), persistent=False)
        layers = [((9, 3), (1, 1)), *[((9, 3), (2, 1))] * 3, ((3, 3), (1, 1))]
        self.convs = nn.ModuleList(
            weight_norm(nn.Conv2d(channels if n else 1, channels, taps, stride, _half(taps)))
            for n, (taps, stride) in enumerate(layers)
        )
        self.conv_post = weight_norm(nn.Conv2d(channels, 1, (3, 3), padding=(1, 1)))

    def forward(self, x):
        """Feature maps `[batch, channels, frames, bins]`."""
        before = (self.n_fft - self.hop) // 2
        x = F.pad(x[:, None], (before, self.n_fft - self.hop - before), "reflect")[:, 0]
        spectrum = torch.stft(
            x, self.n_fft, self.hop, self.win_length, self.window, center=False,
            return_complex=True,
        )  # fmt: skip
        return _maps(spectrum.abs().mT[:, None], self.convs, self.conv_post, 0.2)


def _maps(x, convs, conv_post, slope):
    maps = []
    for conv in convs:
        x = F.leaky_relu(conv(x), slope)
        maps.append(x)
    return [*maps, conv_post(x)]


def _half(taps):
    return tuple(size // 2 for size in taps)

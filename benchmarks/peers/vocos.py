"""Vocos for log-mels in PyTorch (Siuzdak 2023), with the names of the published checkpoints.

The published state dict also has buffers of the feature extractor, which is not part of this.
"""

import torch
from torch import nn


class Vocos(nn.Module):
    """Log-mels `[batch, mels, frames]` to audio; the defaults are the published 24 kHz model.

    With `padding` "center" audio is `[batch, (frames - 1) * hop]`, with "same"
    `[batch, frames * hop]`.
    """

    def __init__(
        self,
        *,
        mels: int = 100,
        width: int = 512,
        hidden: int = 1536,
        blocks: int = 8,
        n_fft: int = 1024,
        hop: int = 256,
        padding: str = "center",
    ):
        super().__init__()
        self.backbone = Backbone(mels, width, hidden, blocks)
        self.head = Head(width, n_fft, hop, padding)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Audio, not limited to [-1, 1]."""
        return self.head(self.backbone(mel))


class Backbone(nn.Module):
    """ConvNeXt blocks at frame rate; `[batch, frames, width]`."""

    def __init__(self, mels: int, width: int, hidden: int, blocks: int):
        super().__init__()
        self.embed = nn.Conv1d(mels, width, 7, padding=3)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.convnext = nn.ModuleList(Block(width, hidden, 1 / blocks) for _ in range(blocks))
        self.final_layer_norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Features of each frame."""
        x = self.norm(self.embed(mel).mT).mT
        for block in self.convnext:
            x = block(x)
        return self.final_layer_norm(x.mT)


class Block(nn.Module):
    """The ConvNeXt block over time."""

    def __init__(self, width: int, hidden: int, scale: float):
        super().__init__()
        self.dwconv = nn.Conv1d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.pwconv1 = nn.Linear(width, hidden)
        self.pwconv2 = nn.Linear(hidden, width)
        self.gamma = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Refine `x`, `[batch, width, frames]`."""
        y = self.norm(self.dwconv(x).mT)
        y = self.pwconv2(nn.functional.gelu(self.pwconv1(y)))
        return x + (self.gamma * y).mT


class Head(nn.Module):
    """Log-magnitudes and phases, and their inverse STFT."""

    def __init__(self, width: int, n_fft: int, hop: int, padding: str):
        super().__init__()
        self.n_fft, self.hop, self.padding = n_fft, hop, padding
        self.out = nn.Linear(width, n_fft + 2)
        self.istft = nn.Module()  # holds the window under its published name
        self.istft.register_buffer("window", torch.hann_window(n_fft))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Audio of features `[batch, frames, width]`."""
        log_magnitude, phase = self.out(x).mT.chunk(2, dim=1)
        spectrum = torch.polar(log_magnitude.exp().clip(max=1e2), phase)
        window = self.istft.window
        if self.padding == "center":
            return torch.istft(spectrum, self.n_fft, self.hop, window=window, center=True)
        windowed = torch.fft.irfft(spectrum, dim=1) * window[:, None]
        squared = (window**2)[:, None].expand(-1, spectrum.shape[-1])[None]
        cut = (self.n_fft - self.hop) // 2
        audio, envelope = (self._overlap_add(part)[:, cut:-cut] for part in (windowed, squared))
        return audio / envelope

    def _overlap_add(self, frames: torch.Tensor) -> torch.Tensor:
        length = (frames.shape[-1] - 1) * self.hop + self.n_fft
        folded = nn.functional.fold(frames, (1, length), (1, self.n_fft), stride=(1, self.hop))
        return folded[:, 0, 0]

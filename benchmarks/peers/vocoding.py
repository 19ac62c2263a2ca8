"""Vocoding as a player of the PyTorch game: log-mels on the device, a generator, the mel loss."""

import torch
from peers.game import Batch, Play, autocast
from torch import nn
from torch.nn import functional as F

from ganspeech.audio import AudioSpec
from ganspeech.audio.mel import mel_filterbank


class LogMel(nn.Module):
    """Log-mels `[batch, mels, frames]` of audio `[batch, samples]`.

    For specs with a power of 1, reflected padding and natural logarithms; always in float32.
    """

    def __init__(self, spec: AudioSpec):
        super().__init__()
        self.spec = spec
        self.register_buffer("window", torch.hann_window(spec.win_length))
        self.register_buffer("filters", torch.from_numpy(mel_filterbank(spec).T.copy()))

    def forward(self, audio: torch.Tensor) -> torch.Tensor:
        """The logarithm of clipped mel bands."""
        magnitudes = self.magnitude(audio)
        return (self.filters @ magnitudes).clamp(min=self.spec.log_floor).log()

    def magnitude(self, audio: torch.Tensor) -> torch.Tensor:
        """Magnitudes of the spectrum, `[batch, bins, frames]`."""
        spec = self.spec
        padded = F.pad(audio[:, None], spec.pads(), "reflect")[:, 0]
        spectrum = torch.stft(
            padded, spec.n_fft, spec.hop_length, spec.win_length, self.window, center=False,
            return_complex=True,
        )  # fmt: skip
        return spectrum.abs()


class Vocoding(nn.Module):
    """A generator that is to give back the audio of log-mels."""

    def __init__(self, generator: nn.Module, spec: AudioSpec, mel_weight: float, precision: str):
        super().__init__()
        self.generator, self.mel = generator, LogMel(spec)
        self.mel_weight, self.precision = mel_weight, precision

    def forward(self, batch: Batch) -> Play:
        """The play of `batch["audio"]`, `[batch, samples]`."""
        real = batch["audio"]
        with torch.no_grad():
            real_mel = self.mel(real)
        with autocast(real, self.precision):
            fake = self.generator(real_mel)
        fake = fake.reshape(real.shape).float()
        return Play(real, fake, {"mel": self.mel_weight * F.l1_loss(self.mel(fake), real_mel)})

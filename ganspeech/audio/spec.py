"""The frozen contract between every part of the code that touches features."""

import dataclasses
import hashlib
import json
import math
import sys
from dataclasses import dataclass
from typing import Any, Literal

LARGEST = 1 << 24
"""Largest of all whole numbers of a spec: 17 million Hz, or samples."""


class SpecMismatch(ValueError):
    """Two parts that should share an audio spec do not; the message names each differing field."""


@dataclass(frozen=True)
class AudioSpec:
    """Settings of (mel) spectrograms; every field changes the features.

    Saved with features and checkpoints, and compared field by field where they meet. All fields
    are validated on construction, which raises `ValueError`, naming a bad one.
    """

    sample_rate: int = 22050
    """Sample rate, in Hz."""
    n_fft: int = 1024
    """Length of the discrete Fourier transform, in samples; even."""
    hop_length: int = 256
    """Samples between two frames."""
    win_length: int = 1024
    """Length of the periodic Hann window, centered in n_fft, in samples."""
    n_mels: int = 80
    """Number of mel bands."""
    fmin: float = 0.0
    """Lowest frequency of the mel bands, in Hz."""
    fmax: float = 8000.0
    """Highest frequency of the mel bands, in Hz."""
    mel_scale: Literal["slaney", "htk"] = "slaney"
    """Slaney's scale (linear below 1 kHz) or HTK's (logarithmic throughout)."""
    mel_norm: Literal["slaney", "none"] = "slaney"
    """Bands of equal area, or of equal height 1."""
    power: float = 1.0
    """Exponent on the magnitude before the mel bands: 1 magnitude, 2 power."""
    log_base: Literal["e", "10"] = "e"
    """Base of the logarithm of log-mel features."""
    log_floor: float = 1e-5
    """Floor at which mel values are clipped before the logarithm."""
    padding: Literal["center", "same"] = "same"
    """center: n_fft/2 samples on both sides, 1 + samples//hop frames (librosa);
    same: n_fft - hop samples shared by both sides, samples//hop frames (HiFi-GAN)."""
    pad_mode: Literal["reflect", "constant"] = "reflect"
    """Content of the padding: the mirrored audio, or zeros."""

    def __post_init__(self):
        for name in ("sample_rate", "n_fft", "hop_length", "win_length", "n_mels"):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not 1 <= value <= LARGEST:
                raise ValueError(
                    f"AudioSpec.{name} must be an integer from 1 to {LARGEST}, not {value!r}"
                )
        for name in ("fmin", "fmax", "power", "log_floor"):
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not abs(value) <= sys.float_info.max:
                raise ValueError(f"AudioSpec.{name} must be a finite number, not {value!r}")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"AudioSpec.{name} must be one of {', '.join(choices)}, "
                    f"not {getattr(self, name)!r}"
                )
        nyquist = self.sample_rate / 2
        checks = {
            "n_fft": (self.n_fft % 2 == 0, "be even"),
            "win_length": (2 <= self.win_length <= self.n_fft, f"be 2 to n_fft ({self.n_fft})"),
            "hop_length": (
                self.hop_length <= self.win_length,
                f"not exceed win_length ({self.win_length})",
            ),
            "fmin": (0 <= self.fmin < nyquist, f"be 0 to half the sample rate ({nyquist:g} Hz)"),
            "fmax": (
                self.fmin < self.fmax <= nyquist,
                f"lie above fmin ({self.fmin:g}) and not above half the sample rate "
                f"({nyquist:g} Hz)",
            ),
            "power": (self.power > 0, "be positive"),
            "log_floor": (self.log_floor > 0, "be positive"),
        }
        for name, (good, rule) in checks.items():
            if not good:
                raise ValueError(f"AudioSpec.{name} must {rule}, not {getattr(self, name)!r}")

    @property
    def bins(self) -> int:
        """Frequency bins of a spectrum, from 0 Hz to half the sample rate inclusive."""
        return self.n_fft // 2 + 1

    @property
    def silence(self) -> float:
        """Log-mel value of silence: the logarithm of the floor, in the spec's base."""
        return (math.log if self.log_base == "e" else math.log10)(self.log_floor)

    def pads(self) -> tuple[int, int]:
        """Samples of padding before and after the audio."""
        if self.padding == "center":
            return self.n_fft // 2, self.n_fft // 2
        total = self.n_fft - self.hop_length
        return total // 2, total - total // 2

    def frames(self, samples: int) -> int:
        """Number of STFT frames of this many samples."""
        return samples // self.hop_length + (self.padding == "center")

    def digest(self) -> str:
        """Short hexadecimal hash of all fields, the same in every process."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """JSON object of all fields."""
        return json.dumps(dataclasses.asdict(self._canonical()), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "AudioSpec":
        """Parse JSON of `to_json`; raises `ValueError`, naming unknown or missing fields."""
        try:
            values = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"an audio spec must be a JSON object: {error}") from None
        if not isinstance(values, dict):
            raise ValueError(f"an audio spec must be a JSON object, not {type(values).__name__}")
        known = {field.name for field in dataclasses.fields(cls)}
        for problem, names in (("unknown", set(values) - known), ("missing", known - set(values))):
            if names:
                raise ValueError(f"audio spec with {problem} fields: {', '.join(sorted(names))}")
        return cls(**values)

    def require_bands(self, bands: int) -> None:
        """Raise `ValueError` unless the spec has this many mel bands."""
        if bands != self.n_mels:
            raise ValueError(f"{bands} mel bands given, but n_mels is {self.n_mels}")

    def require_hop(self, name: str, rates: tuple[int, ...]) -> None:
        """Raise `ValueError` unless `rates`, the field `name`, multiply to the hop length."""
        if math.prod(rates) != self.hop_length:
            raise ValueError(
                f"{name} {rates} multiply to {math.prod(rates)}, but hop_length is "
                f"{self.hop_length}"
            )

    def require_same(self, other: "AudioSpec", what: str = "features") -> None:
        """Raise `SpecMismatch` naming the fields in which the spec of `what` differs."""
        ours, theirs = dataclasses.asdict(self), dataclasses.asdict(other)
        differing = [
            f"{name} is {theirs[name]!r} there, {ours[name]!r} here"
            for name in ours
            if ours[name] != theirs[name]
        ]
        if differing:
            raise SpecMismatch(f"the audio spec of the {what} differs: {'; '.join(differing)}")

    def _canonical(self) -> "AudioSpec":
        # 8000 and 8000.0 are equal, so they must have the same JSON and digest.
        return dataclasses.replace(
            self,
            fmin=float(self.fmin),
            fmax=float(self.fmax),
            power=float(self.power),
            log_floor=float(self.log_floor),
        )


_CHOICES: dict[str, tuple[Any, ...]] = {
    "mel_scale": ("slaney", "htk"),
    "mel_norm": ("slaney", "none"),
    "log_base": ("e", "10"),
    "padding": ("center", "same"),
    "pad_mode": ("reflect", "constant"),
}

HIFIGAN_22K = AudioSpec()
VOCOS_24K = AudioSpec(
    sample_rate=24000,
    n_mels=100,
    fmax=12000.0,
    mel_scale="htk",
    mel_norm="none",
    log_floor=1e-7,
    padding="center",
)
RECOGNITION_16K = AudioSpec(
    sample_rate=16000,
    n_fft=512,
    win_length=400,
    hop_length=160,
    power=2.0,
    padding="center",
)
SPEECH_16K = AudioSpec(sample_rate=16000)
SPEECHT5_16K = AudioSpec(
    sample_rate=16000,
    fmin=80.0,
    fmax=7600.0,
    log_base="10",
    log_floor=1e-10,
    padding="center",
)
BIGVGAN_24K = AudioSpec(sample_rate=24000, n_mels=100, fmax=12000.0)
BIGVGAN_44K = AudioSpec(
    sample_rate=44100, n_fft=2048, win_length=2048, hop_length=512, n_mels=128, fmax=22050.0
)

PRESETS = {
    "hifigan_22k": HIFIGAN_22K,
    "vocos_24k": VOCOS_24K,
    "recognition_16k": RECOGNITION_16K,
    "speech_16k": SPEECH_16K,
    "speecht5_16k": SPEECHT5_16K,
    "bigvgan_24k": BIGVGAN_24K,
    "bigvgan_44k": BIGVGAN_44K,
}

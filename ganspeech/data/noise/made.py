"""Ten kinds of synthetic noise, for training without recordings of noise."""

import zlib
from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float32

SECONDS = 20.0


def made_noises(sample_rate: int) -> dict[str, Float32[np.ndarray, " samples"]]:
    """Synthetic noises by kind, 20 seconds each; always the same for one sample rate."""
    samples = round(SECONDS * sample_rate)
    made = {}
    for name in sorted(KINDS):
        # Seeded by name, so that a kind is the same whatever other kinds there are.
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        made[name] = KINDS[name](rng, samples, sample_rate).astype(np.float32)
    return made


Wave = Float[np.ndarray, " samples"]
Kind = Callable[[np.random.Generator, int, int], Wave]


def _white(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    return rng.standard_normal(samples)


def _pink(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    return _shaped(rng, samples, rate, lambda hertz: hertz**-0.5)


def _brown(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    return _shaped(rng, samples, rate, lambda hertz: 1 / hertz)


def _babble(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    """Eight talkers: noise with the long-term spectrum of speech, in syllables."""

    def talker() -> Wave:
        knee = rng.uniform(350, 650)
        voice = _shaped(rng, samples, rate, lambda hertz: 1 / (1 + (hertz / knee) ** 1.5))
        return voice * np.clip(_wander(rng, samples, rate, rng.uniform(6, 10)), 0, None)

    return sum((talker() for _ in range(8)), np.zeros(samples))


def _hum(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    """Mains at 50 Hz with its harmonics, the odd ones stronger, over a faint hiss."""
    time = np.arange(samples) / rate
    tones = sum(
        (1 if k % 2 else 0.4) / k * np.sin(2 * np.pi * (50 * k * time + rng.random()))
        for k in range(1, 25)
    )
    return tones * (1 + 0.1 * _wander(rng, samples, rate, 1.0)) + 0.05 * _white(rng, samples, rate)


def _engine(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    """Harmonics of a frequency that drifts around 40 Hz, over a rumble."""
    turns = np.cumsum(40 + 6 * _wander(rng, samples, rate, 0.5)) / rate
    tones = sum(np.sin(2 * np.pi * (k * turns + rng.random())) / k**0.7 for k in range(1, 30))
    return tones + _unit(_brown(rng, samples, rate))


def _rain(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    """About 400 drops a second, each a decaying click, over pink noise."""
    drops = np.where(rng.random(samples) < 400 / rate, rng.exponential(size=samples), 0)
    click = np.exp(-np.arange(rate // 100) / (0.002 * rate)) * rng.standard_normal(rate // 100)
    return _unit(_convolved(drops, click)[:samples]) + 0.5 * _unit(_pink(rng, samples, rate))


def _siren(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    """A tone that rises and falls between 500 and 1,200 Hz in four seconds, over pink noise."""
    hertz = 850 + 350 * np.sin(2 * np.pi * np.arange(samples) / (4 * rate))
    turns = np.cumsum(hertz) / rate
    tones = np.sum([np.sin(2 * np.pi * k * turns) / k for k in (1, 2, 3)], axis=0)
    return _unit(tones) + 0.3 * _unit(_pink(rng, samples, rate))


def _typing(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    """About 8 strokes a second, each a short burst, over a faint hiss."""
    strokes = np.where(rng.random(samples) < 8 / rate, rng.uniform(0.5, 1.5, samples), 0)
    burst = np.exp(-np.arange(rate // 25) / (0.008 * rate)) * rng.standard_normal(rate // 25)
    return _unit(_convolved(strokes, burst)[:samples]) + 0.1 * _white(rng, samples, rate)


def _wind(rng: np.random.Generator, samples: int, rate: int) -> Wave:
    """Low noise in gusts, and a band of whistling."""
    gusts = np.exp(0.7 * _wander(rng, samples, rate, 0.7))
    low = _shaped(rng, samples, rate, lambda hertz: 1 / (1 + (hertz / 150) ** 1.5))
    band = _shaped(rng, samples, rate, lambda hertz: np.exp(-(((hertz - 500) / 150) ** 2)))
    return (_unit(low) + 0.3 * gusts * _unit(band)) * gusts


KINDS: dict[str, Kind] = {
    "babble": _babble,
    "brown": _brown,
    "engine": _engine,
    "hum": _hum,
    "pink": _pink,
    "rain": _rain,
    "siren": _siren,
    "typing": _typing,
    "white": _white,
    "wind": _wind,
}
"""Kinds of noise; the last five by name, which are held out by default, differ most."""


def _shaped(
    rng: np.random.Generator, samples: int, rate: int, gain: Callable[[Wave], Wave]
) -> Wave:
    """White noise filtered by a gain at each frequency (in Hz, at least 20)."""
    hertz = np.maximum(np.fft.rfftfreq(samples, 1 / rate), 20)
    return np.fft.irfft(np.fft.rfft(rng.standard_normal(samples)) * gain(hertz), samples)


def _wander(rng: np.random.Generator, samples: int, rate: int, hertz: float) -> Wave:
    """Normal values, `hertz` a second, and straight lines between them."""
    knots = rng.standard_normal(int(samples * hertz / rate) + 2)
    return np.interp(np.arange(samples) * (hertz / rate), np.arange(len(knots)), knots)


def _unit(wave: Wave) -> Wave:
    return wave / np.sqrt(np.mean(wave**2))


def _convolved(a: Wave, b: Wave) -> Wave:
    from scipy.signal import fftconvolve  # takes more than half a second to import

    return fftconvolve(a, b)

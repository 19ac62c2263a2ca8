"""Recording from a microphone, with the package sounddevice and PortAudio."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import soxr

from ganspeech.audio.endpointing import Audio


def record(device: str, sample_rate: int, seconds: float) -> Iterator[Audio]:
    """Records chunks of about `seconds` from a device, by number or part of its name, without end.

    An empty name selects the system's default. The device runs at its default rate, since many
    reject others, and the audio is resampled. Lost samples are reported once, on standard error.
    Raises ValueError without the package or PortAudio, and for a device that is missing or cannot
    be opened.
    """
    sounddevice = _sounddevice()
    number: int | str | None = int(device) if device.isdecimal() else device or None
    try:
        about = sounddevice.query_devices(number, "input")
        rate = round(about["default_samplerate"])
        stream = sounddevice.InputStream(
            samplerate=rate, channels=1, dtype="float32", device=number, latency="high"
        )
    # sounddevice raises ValueError for names that match no device, or several.
    except (sounddevice.PortAudioError, ValueError) as error:
        raise ValueError(
            f"no sound from the microphone {device!r}: {error}"
            if device
            else f"no sound from a microphone: {error}; give a file instead, or --device NAME"
        ) from error
    return _chunks(stream, about["name"], rate, sample_rate, seconds)


def _chunks(stream: Any, name: str, rate: int, sample_rate: int, seconds: float) -> Iterator[Audio]:
    resample = soxr.ResampleStream(rate, sample_rate, 1, dtype="float32")
    lossless = True
    with stream:
        print(f"listening to {name}; press Ctrl-C to stop", file=sys.stderr)
        while True:
            audio, lost = stream.read(round(seconds * rate))
            if lost and lossless:
                print("warning: lost audio, this machine is too slow", file=sys.stderr)
            lossless = lossless and not lost
            yield resample.resample_chunk(audio[:, 0])


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except ImportError as error:
        raise ValueError(
            "a microphone needs the package sounddevice: pip install 'ganspeech[microphone]', "
            "or give a file to listen to"
        ) from error
    except OSError as error:
        raise ValueError(
            f"a microphone needs PortAudio ({error}): on Debian and Ubuntu apt install "
            "libportaudio2, or give a file to listen to"
        ) from error
    return sounddevice

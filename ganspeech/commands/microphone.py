"""Sound from a microphone, by the package sounddevice and PortAudio."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import soxr

from ganspeech.audio.endpointing import Audio


def record(device: str, sample_rate: int, seconds: float) -> Iterator[Audio]:
    """Endless chunks of about so many seconds, from a device by its number or part of its name.

    An empty name is the system's own choice. The device runs at its usual rate, since many refuse
    others, and what comes is resampled. Sound that is lost because the machine was too slow is said
    once, on standard error. ValueError without the package, without PortAudio, and for a device
    that is not there or cannot be opened.
    """
    sounddevice = _sounddevice()
    number: int | str | None = int(device) if device.isdecimal() else device or None
    try:
        about = sounddevice.query_devices(number, "input")
        rate = round(about["default_samplerate"])
        stream = sounddevice.InputStream(
            samplerate=rate, channels=1, dtype="float32", device=number, latency="high"
        )
    # sounddevice raises ValueErrors of its own for names that fit no device, or several.
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
        print(f"listening to {name}; Ctrl-C ends it", file=sys.stderr)
        while True:
            audio, lost = stream.read(round(seconds * rate))
            if lost and lossless:
                print("some sound was lost: this machine is too slow", file=sys.stderr)
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

"""A small program around espeak-ng, run in a process of its own: requests in, samples out.

espeak-ng is GPL-3.0. It is not part of this project: the shared library of the
`espeakng-loader` wheel is called as it is, through `ctypes`, in a separate process. That also
makes the speech repeatable, since the library keeps wave phases and random state from one
sentence to the next: a fresh process and one order of sentences give the same bits. (Voice
variants with breath noise, such as `f2` or `whisper`, differ all the same.)

Standard input is one JSON object: `library` and `data` (paths) and `lines`, a list of
`[voice, text, pitch 0..99, words a minute]`. For every line standard output gets a JSON line
`{"rate": Hz, "bytes": n}` and n bytes of native int16 samples, or `{"error": "..."}` and ends.
Only the standard library is imported, so that it starts quickly.
"""

import ctypes
import json
import sys
from collections.abc import Callable

SYNCHRONOUS_OUTPUT = 2
UTF8 = 1
RATE, VOLUME, PITCH = 1, 2, 3
# Below the default 100, at which the louder variants clip.
QUIETER = 60
BUFFER_MILLISECONDS = 1000

Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def open_voice(library: str, data: str) -> tuple[int, Callable[[str, str, int, int], bytes]]:
    """Loads espeak-ng; returns its sample rate and `say(voice, text, pitch, speed) -> int16 bytes`.

    Raises `RuntimeError` when it does not start, and from `say` for an unknown voice.
    """
    espeak = ctypes.CDLL(library)
    rate = espeak.espeak_Initialize(SYNCHRONOUS_OUTPUT, BUFFER_MILLISECONDS, data.encode(), 0)
    if rate <= 0:
        raise RuntimeError(f"espeak-ng does not start with its data in {data}")
    pieces: list[bytes] = []

    def collect(samples, count, _events):
        if samples and count > 0:
            pieces.append(ctypes.string_at(samples, 2 * count))
        return 0

    callback = Callback(collect)
    espeak.espeak_SetSynthCallback(callback)

    def say(voice: str, text: str, pitch: int, speed: int, _alive=callback) -> bytes:
        # The default argument keeps the callback alive as long as the C code may call it.
        pieces.clear()
        if espeak.espeak_SetVoiceByName(voice.encode()):
            raise RuntimeError(f"espeak-ng has no voice {voice!r}")
        for parameter, value in ((RATE, speed), (PITCH, pitch), (VOLUME, QUIETER)):
            espeak.espeak_SetParameter(parameter, value, 0)
        encoded = text.encode()
        espeak.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, UTF8, None, None)
        espeak.espeak_Synchronize()
        return b"".join(pieces)

    return rate, say


def main() -> None:
    """Answers the one request on standard input."""
    request = json.load(sys.stdin)
    out = sys.stdout.buffer
    try:
        rate, say = open_voice(request["library"], request["data"])
        for voice, text, pitch, speed in request["lines"]:
            samples = say(voice, text, pitch, speed)
            out.write(json.dumps({"rate": rate, "bytes": len(samples)}).encode() + b"\n" + samples)
    except (RuntimeError, OSError) as error:
        out.write(json.dumps({"error": str(error)}).encode() + b"\n")


if __name__ == "__main__":
    main()

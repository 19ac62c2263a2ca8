"""A small program around espeak-ng, run in a process of its own: texts in, phonemes out.

espeak-ng is GPL-3.0. It is not part of this project: the shared library of the
`espeakng-loader` wheel is called as it is, through `ctypes`, in a separate process.

Its arguments are the paths of the library and of its data. For every line of standard input, a JSON
list `[voice, text]`, one line of standard output is a JSON list of `[phonemes, text read]`, one
pair a clause, or `{"error": "..."}`. It exits when its input ends. Only the standard library is
imported, so that it starts quickly.
"""

import ctypes
import json
import sys

SYNCHRONOUS_OUTPUT = 2
UTF8 = 1
IPA = 2


def clauses(espeak: ctypes.CDLL, text: str) -> list[tuple[str, str]]:
    """Phonemes of each clause by espeak-ng, and the text it had read by then.

    It looks one character ahead, so that a clause's text may begin one character late.
    """
    content = text.encode()
    buffer = ctypes.create_string_buffer(content)
    start = ctypes.addressof(buffer)
    place, before, found = ctypes.c_void_p(start), 0, []
    while place.value is not None:
        phonemes = espeak.espeak_TextToPhonemes(ctypes.byref(place), UTF8, IPA)
        after = len(content) if place.value is None else place.value - start
        found.append((phonemes.decode(), content[before:after].decode(errors="replace")))
        before = after
    return found


def main() -> None:
    """Answers requests line by line."""
    library, data = sys.argv[1:]
    espeak = ctypes.CDLL(library)
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    started = espeak.espeak_Initialize(SYNCHRONOUS_OUTPUT, 0, data.encode(), 0) > 0
    voice = None
    for line in sys.stdin.buffer:
        requested, text = json.loads(line)
        answer: object
        if not started:
            answer = {"error": f"espeak-ng does not start with its data in {data}"}
        elif voice != requested and espeak.espeak_SetVoiceByName(requested.encode()):
            answer = {"error": f"espeak-ng has no voice {requested!r}"}
        else:
            voice = requested
            answer = clauses(espeak, text)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

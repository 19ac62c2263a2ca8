"""Voices of Piper (https://github.com/OHF-Voice/piper1-gpl): an ONNX file and its config."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ganspeech.audio import AudioSpec
from ganspeech.formats.onnx_reader import read_graph
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.voices.piper_graph import weights_of
from ganspeech.interop.voices.vits_weights import network_of, variables_of
from ganspeech.models.voice import Voice
from ganspeech.models.voice_settings import LENGTH_SCALES, NOISES, SAMPLE_RATES, require_within
from ganspeech.process.damage import damage
from ganspeech.process.messages import printable
from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd, Plain
from ganspeech.text.spoken_text import SpokenText

_FIRST, _LAST, _BLANK = "^", "$", "_"


def read_piper(path: str | Path) -> Voice:
    """Reads the voice of a Piper ONNX file, whose config is `PATH.json`.

    The onnx package is not needed, and nothing in the file is run. Raises ForeignFileError, naming
    the file and its fault: truncated, not ONNX, not VITS, a missing or bad config, or an
    unsupported phonemizer.
    """
    source = str(path)
    graph = read_graph(path)
    tensors, unshown = weights_of(graph, source)
    network = network_of(tensors, unshown, source)
    settings = _Config(Path(f"{path}.json"))
    variables = variables_of(network, tensors, source)
    try:
        model = Voice(
            network=network,
            variables=variables,
            text=_text(settings, len(tensors["enc_p.emb.weight"])),
            spec=_spec(settings, math.prod(unshown.upsample_rates)),
            speakers=_speakers(settings, len(tensors.get("emb_g.weight", ()))),
            noise_scale=settings.scale("noise_scale", 0.667, NOISES),
            duration_noise=settings.scale("noise_w", 0.8, NOISES),
            length_scale=settings.scale("length_scale", 1.0, LENGTH_SCALES),
            about=f"Voice of Piper, imported from {Path(path).name}.",
        )
    except ForeignFileError:
        raise
    except ValueError as error:  # from the network, the spec or the text
        raise ForeignFileError(f"{source}: {error}") from None
    return model


class _Config:
    """Fields of a config; errors name the file and the field."""

    def __init__(self, path: Path):
        self.path = path
        if not path.is_file():
            raise ForeignFileError(f"no such file: {path}, the config that comes with the voice")
        with damage(ForeignFileError, f"{path} is no JSON"):
            self._fields = json.loads(path.read_text("utf-8"))
        if not isinstance(self._fields, dict):
            raise ForeignFileError(f"{path} must hold an object of settings")

    def get(self, name: str, part: str = "", *, kind: type | tuple, default: Any = None) -> Any:
        """Returns a field, of the object `part` if given; a field without a default is required."""
        holder = self._fields.get(part, {}) if part else self._fields
        value = holder.get(name, default) if isinstance(holder, dict) else None
        if not isinstance(value, kind) or isinstance(value, bool):
            field = f"{part}.{name}" if part else name
            raise self.error(f"{field} must be {_kind_name(kind)}, not {printable(repr(value))}")
        return value

    def scale(self, name: str, default: float, bounds: tuple[float, float]) -> float:
        """Returns a number of `inference`, checked to be within bounds."""
        value = self.get(name, "inference", kind=(int, float), default=default)
        self.require_within(f"inference.{name}", value, bounds)
        return float(value)

    def require_within(self, name: str, value: Any, bounds: tuple[float, float]) -> None:
        """Raises ForeignFileError, naming the field, for a number out of bounds."""
        try:
            require_within(name, value, bounds)
        except ValueError as error:
            raise self.error(str(error)) from None

    def error(self, what: str) -> ForeignFileError:
        """Returns an error about this file, to be raised."""
        return ForeignFileError(f"{self.path}: {what}")


def _kind_name(kind: type | tuple) -> str:
    names = {dict: "an object", str: "a text", int: "a whole number"}
    return names[kind] if isinstance(kind, type) else "a number"


def _spec(config: _Config, hop: int) -> AudioSpec:
    rate = config.get("sample_rate", "audio", kind=int)
    config.require_within("audio.sample_rate", rate, SAMPLE_RATES)
    return AudioSpec(sample_rate=rate, hop_length=hop, fmax=rate / 2)


def _text(config: _Config, symbols: int) -> SpokenText:
    if config.get("phoneme_map", kind=dict, default={}):
        raise config.error("phoneme_map replaces phonemes, which is not known here")
    ids = config.get("phoneme_id_map", kind=dict)
    names, others = [""] * symbols, []
    for symbol, numbers in ids.items():
        good = isinstance(numbers, list) and all(type(n) is int and n >= 0 for n in numbers)
        if not good or not numbers or not symbol:
            raise config.error(f"phoneme_id_map gives {printable(symbol)!r} no whole numbers")
        if max(numbers) >= symbols:
            raise config.error(
                f"phoneme_id_map gives {printable(symbol)!r} the number {max(numbers)}, "
                f"but the network knows {symbols} symbols"
            )
        if len(numbers) == 1 and not names[numbers[0]]:
            names[numbers[0]] = symbol
        else:
            others += [(symbol, n) for n in numbers]
    if missing := [symbol for symbol in (_FIRST, _LAST, _BLANK) if symbol not in ids]:
        raise config.error(f"phoneme_id_map has no {missing[0]!r}")
    return SpokenText(
        front=_front(config),
        symbols=tuple(names),
        others=tuple(others),
        blank=_BLANK,
        blanks="between",
        first=_FIRST,
        last=_LAST,
    )


def _front(config: _Config) -> FrontEnd:
    kind = config.get("phoneme_type", kind=str, default="espeak")
    if kind == "espeak":
        return Espeak(config.get("voice", "espeak", kind=str))
    if kind == "text":
        return Plain(lowercase=True, form="NFD")
    raise config.error(f"phoneme_type is {printable(kind)!r}; known here are espeak and text")


def _speakers(config: _Config, count: int) -> tuple[str, ...]:
    """Names of the speakers; numbers for unnamed ones."""
    numbers: Mapping[str, Any] = config.get("speaker_id_map", kind=dict, default={})
    names = {n: name for name, n in numbers.items() if type(n) is int}
    return tuple(names.get(n, str(n)) for n in range(count))

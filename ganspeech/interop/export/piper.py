"""A voice as Piper's runtimes read it (https://github.com/OHF-Voice/piper1-gpl).

`voice.onnx` has the inputs `input`, `input_lengths`, `scales` and, with several speakers, `sid`;
`voice.onnx.json` beside it has the phonemes; `voice.tokens.txt` and the graph's metadata are what
sherpa-onnx asks for besides. Texts are read by the runtime's own espeak-ng: numbers and
abbreviations are in its words, not in ours.
"""

import json
from pathlib import Path
from typing import Any

from ganspeech.interop.export.piper_program import PiperProgram
from ganspeech.models.files import Precision
from ganspeech.models.voice import Voice
from ganspeech.process.writing import write_whole
from ganspeech.text.phonemes.front_ends import Espeak, Plain
from ganspeech.text.spoken_text import SpokenText

FIRST, LAST, BLANK = "^", "$", "_"
"""Marks that Piper puts around a sentence and between its symbols."""


def save_piper(path: str | Path, voice: Voice, dtype: Precision = "float32") -> None:
    """Writes the graph, its config and its table of symbols; see `files_beside`.

    The graph speaks one text at a time, of any length. float16 halves the file; computation stays
    in float32. Raises ValueError for a front end that Piper lacks, for other marks than its own,
    if the exporter is not installed, and for a weight that is NaN, infinite or too large for
    float16.
    """
    path = Path(path)
    ids = phoneme_ids(voice.text)
    config = config_of(voice, ids)
    model = PiperProgram(voice, dtype).model()
    for name, text in _metadata(voice, config["espeak"]["voice"]).items():
        model.metadata_props.add(key=name, value=text)
    table = "".join(f"{symbol} {numbers[0]}\n" for symbol, numbers in ids.items())
    config_path, table_path = files_beside(path)
    write_whole(config_path, (json.dumps(config, indent=2, ensure_ascii=False) + "\n").encode())
    write_whole(table_path, table.encode())
    write_whole(path, model.SerializeToString())


def files_beside(path: Path) -> tuple[Path, Path]:
    """Paths of the config and of the table of symbols that are written with a voice."""
    return path.with_name(f"{path.name}.json"), path.with_name(f"{path.stem}.tokens.txt")


def phoneme_ids(text: SpokenText) -> dict[str, list[int]]:
    """Ids of each symbol, as Piper's configs have them; raises ValueError as `save_piper` does."""
    front = text.front
    if isinstance(front, Plain):
        if front.numbers or front.form != "NFD":
            raise ValueError(
                f"Piper reads texts letter by letter in NFD, and this voice by {front}"
            )
    elif not isinstance(front, Espeak):
        raise ValueError(
            f"Piper has phonemes by espeak-ng alone, and this voice reads {type(front).__name__}'s "
            f"({front}); train with --task.text.front espeak"
        )
    marks = text.first, text.last, text.blank
    if marks != (FIRST, LAST, BLANK) or text.blanks != "between":
        raise ValueError(
            f"Piper begins sentences with {FIRST!r}, ends them with {LAST!r} and puts {BLANK!r} "
            f"between symbols; this voice has {marks} and blanks {text.blanks}"
        )
    ids = {symbol: list(numbers) for symbol, numbers in text.numbers.items()}
    if isinstance(front, Plain) and front.lowercase:
        # Piper keeps the case of letters.
        ids |= {
            s.upper(): n for s, n in ids.items() if len(s.upper()) == 1 and s.upper() not in ids
        }
    if wide := [symbol for symbol in ids if len(symbol) > 1]:
        raise ValueError(f"Piper's symbols are single characters, and this voice has {wide[0]!r}")
    return ids


def config_of(voice: Voice, ids: dict[str, list[int]]) -> dict[str, Any]:
    """The config that Piper reads beside the graph."""
    front = voice.text.front
    spoken = isinstance(front, Espeak)
    language = front.voice if isinstance(front, Espeak) else ""
    return {
        "audio": {"sample_rate": voice.sample_rate},
        "espeak": {"voice": language},
        "language": {"code": language},
        "phoneme_type": "espeak" if spoken else "text",
        "phoneme_map": {},
        "phoneme_id_map": ids,
        "num_symbols": voice.text.size,
        "num_speakers": max(len(voice.speakers), 1),
        "speaker_id_map": {name: number for number, name in enumerate(voice.speakers)},
        "hop_length": voice.spec.hop_length,
        "inference": {
            "noise_scale": voice.noise_scale,
            "length_scale": voice.length_scale,
            "noise_w": voice.duration_noise,
        },
        "about": voice.about,
    }


def _metadata(voice: Voice, language: str) -> dict[str, str]:
    """What sherpa-onnx reads from the graph."""
    return {
        "model_type": "vits",
        "comment": "piper",
        "language": language,
        "voice": language,
        "has_espeak": "1",
        "n_speakers": str(max(len(voice.speakers), 1)),
        "sample_rate": str(voice.sample_rate),
        "about": voice.about,
    }

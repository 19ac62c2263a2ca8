"""`ganspeech export`: a trained model as one file, a vocoder for other programs, too."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ganspeech.commands.shared.files import naming
from ganspeech.commands.shared.reports import report_written
from ganspeech.formats.torch_writer import write_state_dict
from ganspeech.interop.export import piper
from ganspeech.interop.export.onnx import save_onnx
from ganspeech.interop.export.stablehlo import description_path, save_stablehlo
from ganspeech.interop.vocoders import hifigan
from ganspeech.load import KINDS, load, voice_of
from ganspeech.models.discriminators import Discriminators
from ganspeech.models.files import Precision, weights_as
from ganspeech.models.recognizer import Recognizer
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.models.voice_variables import converting_part
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_file, write_whole
from ganspeech.runs.sources import split_source

Model = Vocoder | Voice | Recognizer
Format = Literal["hifigan", "safetensors", "stablehlo", "onnx"]

FORMAT_OF: dict[str, Format] = {
    ".safetensors": "safetensors",
    ".stablehlo": "stablehlo",
    ".onnx": "onnx",
    ".pth": "hifigan",
    ".pt": "hifigan",
}
"""Default format by suffix."""

FORMATS: dict[type, tuple[Format, ...]] = {
    Vocoder: ("safetensors", "onnx", "stablehlo", "hifigan"),
    Voice: ("safetensors", "onnx"),
    Recognizer: ("safetensors",),
}
"""Formats of each kind of model."""


def export(
    source: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="MODEL")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    format: Format | None = None,
    float16: bool = False,
    for_conversion: bool = False,
    training_state: bool = False,
    threshold: float | None = None,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Writes what a run has trained as one file; vocoders and voices for other programs, too.

    safetensors is ganspeech's own, for a vocoder, a voice or a recognizer. onnx runs in ONNX
    runtimes: a vocoder, with its audio spec in the metadata; a voice of espeak-ng's phonemes as
    Piper, Home Assistant, NVDA and sherpa-onnx speak it, with Piper's config in OUT.json and
    sherpa-onnx's table in OUT.tokens.txt. Vocoders can be more: stablehlo runs in JAX without
    ganspeech, with its audio spec in OUT.json; hifigan is a checkpoint of the authors' PyTorch
    code, with the config.json that it looks for.

    Example: ganspeech export runs/vocoder_demo vocoder.onnx
    Example: ganspeech export runs/tts_small en_US-mine-medium.onnx
    Example: ganspeech export runs/tts_finetune voice.safetensors --float16
    Example: ganspeech export runs/tts_speakers voices.safetensors --for-conversion
    Example: ganspeech export runs/vocoder_universal base.safetensors --training-state

    Args:
        source: A run folder, a file of ganspeech (.safetensors), or a shipped model's name.
            Weights of a voice that only training needs are left out.
        target: The file to write.
        format: The format; by default that of the suffix: .safetensors .stablehlo .onnx .pth.
        float16: Store the weights in half the space; they are loaded as float32.
        for_conversion: Keep a voice's posterior encoder, which `ganspeech convert` needs.
        training_state: Keep the run's discriminators, and all parts of a voice, so that
            `train.py --start OUT --start-discriminators True` plays on with other recordings. The
            optimizer is left out.
        threshold: The confidence, 0 to 1, below which `ganspeech listen` rejects a sound, kept with
            a recognizer: `eval.py recognition` of a run with other sounds tells it.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    chosen = format or _by_suffix(target)
    _require_kept(chosen, training_state, for_conversion)
    require_file(target, overwrite)
    model, discriminators = (
        game_of(source)
        if training_state
        else (model_of(source, for_conversion=for_conversion), None)
    )
    if threshold is not None:
        model = _with_threshold(model, threshold, source)
    _require_possible(model, chosen, source)
    written = files_of(target, model, chosen)
    for path in written:
        require_file(path, overwrite)
    write(target, model, chosen, "float16" if float16 else "float32", discriminators)
    for path in written:
        report_written(path, f"{path.stat().st_size:,} bytes", quiet=quiet)
    return 0


def _require_possible(model: Model, format: Format, source: str) -> None:
    """Raises UsageError for a format that models of this kind do not have."""
    possible = FORMATS[type(model)]
    if format not in possible:
        kind = type(model).__name__.lower()
        raise UsageError(
            f"{source} is a {kind}, which can be {' or '.join(possible)}, not {format}"
        )


def _by_suffix(target: Path) -> Format:
    """Default format of a file; raises UsageError for one of no known suffix."""
    try:
        return FORMAT_OF[target.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"{target}: unknown suffix; give --format, or one of {' '.join(FORMAT_OF)}"
        ) from None


def _with_threshold(model: Model, threshold: float, source: str) -> Recognizer:
    if not isinstance(model, Recognizer):
        raise UsageError(f"--threshold is for recognizers; {source} is a {type(model).__name__}")
    if not 0 <= threshold <= 1:
        raise UsageError(f"--threshold must be 0 to 1, not {threshold:g}")
    return dataclasses.replace(model, threshold=threshold)


def files_of(target: Path, model: Model, format: Format) -> list[Path]:
    """All files written, the model itself last."""
    beside: list[Path] = []
    if format == "hifigan":
        beside = [target.with_name("config.json")]
    elif format == "stablehlo":
        beside = [description_path(target)]
    elif isinstance(model, Voice) and format == "onnx":
        beside = [*piper.files_beside(target)]
    return [*beside, target]


def model_of(source: str, *, for_conversion: bool = False) -> Model:
    """Model of a run, of a model file, or shipped.

    Voices are without the weights that only training needs, or `for_conversion` with a posterior
    encoder; raises ValueError for what cannot convert.
    """
    model = load(source)
    if not isinstance(model, Voice):
        if for_conversion:
            kind = type(model).__name__.lower()
            raise UsageError(f"--for-conversion is for voices, and {source} is a {kind}")
        return model
    if not for_conversion:
        return model.without_training()
    with naming(Path(source)):
        model.require_converts()
    return dataclasses.replace(model, variables=converting_part(model))


def game_of(source: str) -> tuple[Model, Discriminators]:
    """Whole model of a run, and the discriminators it plays against.

    Raises UsageError for what is no run, or no run of a vocoder or a voice, and ValueError for one
    that was trained without discriminators.
    """
    if not split_source(source)[0].is_dir():
        raise UsageError(f"--training-state is of run folders, and {source} is none")
    # Imported here: checkpoints take a moment to import, and files do not need them.
    from ganspeech.runs.folder import load_run

    run = load_run(source)
    discriminators = Discriminators.from_run(run)
    kind = KINDS.get(type(run.experiment.task).__name__)
    if kind == "vocoder":
        return Vocoder.from_run(run), discriminators
    if kind == "voice":
        return voice_of(run), discriminators
    task = type(run.experiment.task).__name__
    raise UsageError(f"--training-state is of vocoders and voices; {source} was trained for {task}")


def _require_kept(format: Format, training_state: bool, for_conversion: bool) -> None:
    """Raises UsageError for parts that a format does not keep, and for the same parts twice."""
    asked = "training-state" if training_state else "for-conversion" if for_conversion else ""
    if asked and format != "safetensors":
        raise UsageError(f"--{asked} is kept in .safetensors alone, not in {format}")
    if training_state and for_conversion:
        raise UsageError("--training-state keeps all parts of a voice: leave --for-conversion out")


def write(
    target: Path,
    model: Model,
    format: Format,
    dtype: Precision,
    discriminators: Discriminators | None = None,
) -> None:
    """Writes a model in one of the formats, its discriminators too if they are given.

    Raises ValueError if it cannot.
    """
    if discriminators and not isinstance(model, Recognizer):
        model.save(target, dtype, discriminators)
    elif isinstance(model, Voice) and format == "onnx":
        piper.save_piper(target, model, dtype)
    elif format == "safetensors" or not isinstance(model, Vocoder):
        model.save(target, dtype)
    elif format == "stablehlo":
        save_stablehlo(target, model, dtype)
    elif format == "onnx":
        save_onnx(target, model, dtype)
    else:
        tensors, config = hifigan.write(model)
        write_whole(target.with_name("config.json"), (json.dumps(config, indent=2) + "\n").encode())
        write_state_dict(target, weights_as(tensors, dtype), wrap="generator")

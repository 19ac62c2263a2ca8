"""`ganspeech import`: conversion of other projects' vocoders and voices."""

from pathlib import Path
from typing import Annotated, Literal

import tyro

from ganspeech.audio import PRESETS, AudioSpec
from ganspeech.commands.shared.reports import report_written
from ganspeech.interop.vocoders.foreign import import_vocoder
from ganspeech.interop.voices.foreign import import_voice, is_foreign_voice
from ganspeech.models.files import kind_of, read_safetensors
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_file

SUFFIX = ".safetensors"


def import_(
    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    spec: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE")] = None,
    config: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    float16: bool = False,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Makes a model file of another project's vocoder, or a voice file of its voice.

    Vocoders: HiFi-GAN, Vocos and others, from safetensors or files of PyTorch. Voices: Piper's
    (.onnx next to its .onnx.json), and folders of Hugging Face's VITS, such as MMS-TTS. None of
    their code is run.
    Example: ganspeech import generator_v1 vocoder.safetensors --spec hifigan_22k
    Example: ganspeech import en_US-joe-medium.onnx joe.safetensors

    Args:
        source: The weights, or the folder of a voice.
        target: The model file or voice file (.safetensors).
        spec: Required for vocoders: the spec of their log-mels, a preset's name or a JSON file.
            Voices include theirs.
        config: For vocoders: settings as JSON or YAML; by default config.json or config.yaml in the
            same folder.
        float16: Store the weights in half the space.
        overwrite: Replace a file that exists.
        quiet: Print nothing but faults.
    """
    if not source.exists():
        raise ValueError(f"no such file or folder: {source}")
    if kind := kind_of(source):
        raise ValueError(f"{source} is a {kind} file of ganspeech already")
    if (source / "experiment.json").is_file():
        raise UsageError(f"{source} is a run: ganspeech export {source} {target}")
    is_voice = is_foreign_voice(source) or source.is_dir()
    if is_voice and (spec or config):
        raise UsageError(f"{source} is a voice, which comes with its spec and config")
    if spec is None and not is_voice:
        if source.suffix == SUFFIX:
            read_safetensors(source)  # a damaged file is reported first
        raise UsageError(
            "foreign weights do not include an audio spec; "
            f"give --spec NAME ({', '.join(PRESETS)}) or a JSON file"
        )
    if target.suffix != SUFFIX:
        raise UsageError(f"{target} must end in {SUFFIX}")
    require_file(target, overwrite)
    dtype: Literal["float16", "float32"] = "float16" if float16 else "float32"
    if is_voice:
        model: Voice | Vocoder = import_voice(source)
    else:
        model = import_vocoder(source, read_spec(str(spec)), config)
    model.save(target, dtype)
    report_written(target, model.about.rstrip("."), quiet=quiet)
    return 0


def read_spec(name: str) -> AudioSpec:
    """Audio spec by preset name or JSON file; raises ValueError, naming the file."""
    if name in PRESETS:
        return PRESETS[name]
    if not name.endswith(".json"):
        raise UsageError(f"--spec {name}: neither a JSON file nor one of {', '.join(PRESETS)}")
    try:
        return AudioSpec.from_json(Path(name).read_text("utf-8"))
    except FileNotFoundError:
        raise ValueError(f"no such file: {name}") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None

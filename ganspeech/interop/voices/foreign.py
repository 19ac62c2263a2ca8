"""Voices of this project and of others: a file or a folder in, a voice out."""

from pathlib import Path

from ganspeech.interop.formats.tensors import ForeignFileError
from ganspeech.interop.voices.mms import CONFIG, read_mms
from ganspeech.interop.voices.piper import read_piper
from ganspeech.models.voice_file import VoiceModel, read_voice


def load_voice_model(source: str | Path) -> VoiceModel:
    """Our own voice file, Piper's ONNX file, or a folder of Hugging Face's VITS.

    ``ValueError``, naming the file, for what is none of them or cannot be used.
    """
    path = Path(source)
    if path.is_dir():
        if not is_foreign_voice(path):
            raise ForeignFileError(f"{path} is no folder of a voice: it has no {CONFIG}")
        return read_mms(path)
    return read_piper(path) if is_foreign_voice(path) else read_voice(path)


def is_foreign_voice(path: Path) -> bool:
    """Whether it looks like a voice of another project, good or bad."""
    return path.suffix.lower() == ".onnx" or (path / CONFIG).is_file()

"""Names of published models, and what each is: repository, revision, files, license.

A revision is a commit of the repository, found in other projects' published pins, so that a name
means the same file for ever. MMS has a repository for each language, of which only English is
pinned: the others are resolved when they are downloaded, and the model file says to which commit.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ganspeech.process.errors import UsageError

PIPER, MMS = "piper:", "mms:"
"""Starts of names: a voice of Piper, and MMS's code of a language."""
PIPER_VOICE = re.compile(r"(([a-z]{2,3})_[A-Z]{2})-(\w+)-(x_low|low|medium|high)")
MMS_LANGUAGE = re.compile(r"[a-z]{3}(-(script|dialect)_\w+)?")
PIPER_VOICES = "https://huggingface.co/rhasspy/piper-voices"
MMS_LANGUAGES = "https://huggingface.co/facebook/mms-tts"


@dataclass(frozen=True)
class PublishedModel:
    """Model in a repository of the hub."""

    name: str
    kind: Literal["voice", "vocoder"]
    repository: str
    revision: str
    """Commit; empty: the newest at the download."""
    files: tuple[str, ...]
    """Files to fetch, the one to import first; A|B is the first of the two that is there."""
    license: str
    title: str = ""
    spec: str = ""
    """Preset of a vocoder's log-mels."""
    card: str = ""
    """File that says under which license the recordings are."""
    english: bool = True
    """Whether it speaks English."""

    @property
    def file(self) -> str:
        """Name of the model file that is made of it."""
        return f"{self.name.replace(':', '-')}.safetensors"


def _vits(name: str, repository: str, revision: str, license: str, title: str) -> PublishedModel:
    """Voice of Hugging Face's `VitsModel`."""
    weights = "model.safetensors|pytorch_model.bin"
    files = ("config.json", "vocab.json", "tokenizer_config.json", weights)
    return PublishedModel(name, "voice", repository, revision, files, license, title)


def _bigvgan(name: str, size: str, revision: str, spec: str, title: str) -> PublishedModel:
    return PublishedModel(
        name,
        "vocoder",
        f"nvidia/bigvgan_v2_{size}",
        revision,
        ("bigvgan_generator.pt", "config.json"),
        "MIT",
        title,
        spec,
    )


NAMED: Mapping[str, PublishedModel] = {
    model.name: model
    for model in (
        PublishedModel(
            "vocos-mel-24khz",
            "vocoder",
            "charactr/vocos-mel-24khz",
            "0feb3fdd929bcd6649e0e7c5a688cf7dd012ef21",
            ("pytorch_model.bin", "config.yaml"),
            "MIT",
            "Vocos of LibriTTS (Siuzdak 2023)",
            "vocos_24k",
        ),
        _bigvgan(
            "bigvgan-v2-22khz",
            "22khz_80band_fmax8k_256x",
            "a9d8b711c344f3c49cc1a05d0c8b6741cf733aa8",
            "hifigan_22k",
            "BigVGAN 2 for HiFi-GAN's log-mels (Lee et al. 2023)",
        ),
        _bigvgan(
            "bigvgan-v2-24khz",
            "24khz_100band_256x",
            "c329ede9e9bbc100ddf5c91e2330a61921262370",
            "bigvgan_24k",
            "BigVGAN 2, 24 kHz",
        ),
        _bigvgan(
            "bigvgan-v2-44khz",
            "44khz_128band_512x",
            "95a9d1dcb12906c03edd938d77b9333d6ded7dfb",
            "bigvgan_44k",
            "BigVGAN 2, 44.1 kHz",
        ),
        PublishedModel(
            "speecht5-hifigan",
            "vocoder",
            "microsoft/speecht5_hifigan",
            "bb6f429406e86a9992357a972c0698b22043307d",
            ("pytorch_model.bin", "config.json"),
            "MIT",
            "HiFi-GAN of SpeechT5, 16 kHz (Ao et al. 2022)",
            "speecht5_16k",
        ),
        _vits(
            "vits-ljs",
            "kakao-enterprise/vits-ljs",
            "3bcb8321394f671bd948ebf0d086d694dda95464",
            "MIT",
            "the authors' VITS of LJSpeech (Kim et al. 2021)",
        ),
    )
}
"""Models with a name of their own."""
_PIPER_REVISION = "1162a9173d0ce503555aed757976b7a9912eae4c"
_MMS_REVISIONS = {"eng": "c71de0fe7204c83f1c10820a7d696d0b450048ba"}


def is_model(name: str) -> bool:
    """Returns whether a name is meant as a model's, right or wrong."""
    return name in NAMED or name.startswith((PIPER, MMS))


def find(name: str) -> PublishedModel:
    """Model of a name; raises UsageError, saying what names look like, for a wrong one."""
    if name.startswith(PIPER):
        return _piper(name)
    if name.startswith(MMS):
        return _mms(name)
    if name not in NAMED:
        near = difflib.get_close_matches(name, NAMED, n=1, cutoff=0.0)[0]
        raise UsageError(f"no model is called {name!r}; the nearest is {near!r}")
    return NAMED[name]


def _piper(name: str) -> PublishedModel:
    voice = name.removeprefix(PIPER)
    parts = PIPER_VOICE.fullmatch(voice)
    if not parts:
        raise UsageError(
            f"{name!r}: a voice of Piper is called LANGUAGE_COUNTRY-NAME-QUALITY, such as "
            f"piper:en_US-lessac-medium; {PIPER_VOICES} lists them"
        )
    country, language, speaker, quality = parts.groups()
    folder = f"{language}/{country}/{speaker}/{quality}"
    return PublishedModel(
        name,
        "voice",
        "rhasspy/piper-voices",
        _PIPER_REVISION,
        (f"{folder}/{voice}.onnx", f"{folder}/{voice}.onnx.json"),
        "MIT",
        card=f"{folder}/MODEL_CARD",
        english=language == "en",
    )


def _mms(name: str) -> PublishedModel:
    language = name.removeprefix(MMS)
    if not MMS_LANGUAGE.fullmatch(language):
        raise UsageError(
            f"{name!r}: MMS names languages by three letters (ISO 639-3), such as mms:eng; "
            f"{MMS_LANGUAGES} lists them"
        )
    revision = _MMS_REVISIONS.get(language, "")
    model = _vits(name, f"facebook/mms-tts-{language}", revision, "CC BY-NC 4.0", "")
    return replace(model, english=language == "eng")

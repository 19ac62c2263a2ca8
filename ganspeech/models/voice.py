"""Voice: `voice = load_voice("kathleen-16k"); audio = voice.say("Good morning.")`."""

import dataclasses
import functools
import json
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import jax
import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.game.contract import Tree
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.acoustic.vocoded import Vocoded
from ganspeech.generators.vits.network import DURATION_NOISE, NOISE_SCALE
from ganspeech.models.conversion import ConvertsSpeech
from ganspeech.models.discriminators import Discriminators
from ganspeech.models.files import (
    Precision,
    decode,
    encode,
    fingerprint,
    naming,
    read_model,
    write_model,
)
from ganspeech.models.speakers import Speaker, weights_of
from ganspeech.models.speaking import Audio, SpokenSentence, speak
from ganspeech.models.voice_script import lexicon_of, script_of, silences_of
from ganspeech.models.voice_settings import (
    LENGTH_SCALES,
    NOISES,
    SAMPLE_RATES,
    SCALES,
    VoiceSettings,
    require_within,
    scales_of,
)
from ganspeech.models.voice_variables import (
    digest,
    divided,
    ready_to_speak,
    require_speaks,
    speaking_part,
)
from ganspeech.tasks.voices.padded_speech import Speaking
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.spoken_text import SpokenText

if TYPE_CHECKING:
    from ganspeech.models.vocoder import Vocoder
    from ganspeech.runs.folder import Run


VOCODER = "vocoder"
"""Entry of a file's header: the name of a shipped vocoder, and the digest of its weights."""


@dataclasses.dataclass(frozen=True)
class Voice(ConvertsSpeech):
    """A trained voice, which speaks any text in its language."""

    network: Speaking
    variables: Tree = dataclasses.field(repr=False)
    """Collections of float32 arrays; parts that only training needs may be missing."""
    text: SpokenText
    """Conversion of texts to the network's symbols."""
    spec: AudioSpec
    """Audio spec of its output, and of the spectrograms it was trained on."""
    speakers: tuple[str, ...] = ()
    """Names of its speakers, in the order of their one-hot vectors; empty: it has only one."""
    noise_scale: float = NOISE_SCALE
    """Standard deviation of the noise in latent frames: variation of its sound."""
    duration_noise: float = DURATION_NOISE
    """Standard deviation of the noise in durations."""
    length_scale: float = 1.0
    """Factor on durations; above 1 it speaks slower."""
    about: str = ""
    """Origin, in a sentence."""
    vocoder: str = ""
    """Name of the shipped vocoder that speaks its mels, whose weights its file then leaves out."""

    def __post_init__(self):
        require_within("noise_scale", self.noise_scale, NOISES)
        require_within("duration_noise", self.duration_noise, NOISES)
        require_within("length_scale", self.length_scale, LENGTH_SCALES)
        require_within("sample_rate", self.spec.sample_rate, SAMPLE_RATES)
        if not all(isinstance(name, str) for name in self.speakers):
            raise ValueError("speakers must be names")
        if bool(self.speakers) != bool(self.network.speaker_width):
            width = self.network.speaker_width
            raise ValueError(f"{len(self.speakers)} speakers, but speaker_width is {width}")
        if len(set(self.speakers)) < len(self.speakers):
            raise ValueError("two speakers have one name")

    @classmethod
    def from_run(cls, run: "Run") -> "Voice":
        """Voice of a run; raises ValueError if the run trained something else."""
        # Imported here: training code takes a second, and files do not need it.
        from ganspeech.tasks.voices.spoken_texts import SpokenTexts

        task, network = run.experiment.task, run.experiment.generator
        if not isinstance(task, SpokenTexts) or not isinstance(network, Speaking):
            raise ValueError(f"{run.folder} was trained for {type(task).__name__}, not to speak")
        return cls(network, run.variables, task.text, task.spec, task.speakers, about=run.about)

    @classmethod
    def read(cls, path: str | Path) -> "Voice":
        """Reads a voice file; the weights are float32 whatever they were stored in.

        Raises ValueError, naming the file, for one that is damaged or holds something else, and for
        a network that this version does not have or whose weights do not fit it.
        """
        variables, header = read_model(path, "voice")
        with naming(path):
            voice = cls(
                network=cast(Speaking, decode(header, "network", *get_args(Speaking))),
                variables=variables,
                text=decode(header, "text", SpokenText),
                spec=AudioSpec.from_json(header.get("spec", "")),
                speakers=tuple(json.loads(header.get("speakers", ""))),
                about=header.get("about", ""),
                **scales_of(header),
            )
            # Files with a matching digest were checked on writing; tracing again takes seconds.
            if header.get("fits") != digest(header, variables):
                require_speaks(voice)
            if VOCODER in header:
                # Imported here: most voices need none.
                from ganspeech.models.vocoder import shipped_vocoder

                name, weights = json.loads(header[VOCODER])
                return voice.through(shipped_vocoder(name, weights), name)
        return voice

    def save(
        self,
        path: str | Path,
        dtype: Precision = "float32",
        discriminators: Discriminators | None = None,
    ) -> None:
        """Writes a voice file, whole or not at all; float16 halves it.

        With `discriminators`, games can go on from it. Raises ValueError, naming the weight, for
        one that is NaN, infinite or too large for float16, and for variables that do not fit the
        network.
        """
        require_speaks(self)
        network, variables = self.network, self.variables
        named = {}
        if self.vocoder:
            network, variables, weights = divided(self)
            named = {VOCODER: json.dumps([self.vocoder, fingerprint(self.vocoder, weights)])}
        header = {
            "network": encode(network),
            "text": encode(self.text),
            "spec": self.spec.to_json(),
            "speakers": json.dumps(self.speakers),
            "scales": json.dumps({name: getattr(self, name) for name in SCALES}),
            "about": self.about,
        }
        header |= named | {"fits": digest(header, variables)}
        write_model(path, "voice", variables, header, dtype, discriminators)

    def through(self, vocoder: "Vocoder", name: str = "") -> "Voice":
        """Returns the voice with a vocoder that speaks its mels in place of Griffin-Lim.

        `name` is that of a shipped one, which the voice's file need not hold then. Raises
        ValueError for a voice that makes audio itself, and SpecMismatch, naming the fields, for a
        vocoder of another spec.
        """
        if not isinstance(self.network, FastSpeech):
            raise ValueError(f"a {type(self.network).__name__} makes audio itself, not mels")
        vocoder.spec.require_same(self.spec, "mels of the voice")
        ours, theirs = self.variables, vocoder.variables
        variables = {
            name: {
                part: tree[name]
                for part, tree in (("acoustic", ours), ("vocoder", theirs))
                if name in tree
            }
            for name in ours.keys() | theirs.keys()
        }
        network = Vocoded(self.network, vocoder.generator)
        return dataclasses.replace(self, network=network, variables=variables, vocoder=name)

    def without_training(self) -> "Voice":
        """Returns the voice without variables that only training needs."""
        return dataclasses.replace(self, variables=speaking_part(self))

    @property
    def sample_rate(self) -> int:
        """Samples a second of the audio it makes."""
        return self.spec.sample_rate

    @property
    def parameters(self) -> int:
        """Number of trainable parameters, without those that only training needs."""
        return sum(leaf.size for leaf in jax.tree.leaves(speaking_part(self)))

    @functools.cached_property
    def ready(self) -> Tree:
        """Variables on the device, as speaking needs them."""
        return ready_to_speak(self)

    def say(
        self,
        text: str,
        *,
        speed: float = 1.0,
        seed: int = 0,
        speaker: Speaker = None,
        noise_scale: float | None = None,
        duration_noise: float | None = None,
        ssml: bool = False,
        lexicon: Lexicon | str | PathLike[str] | None = None,
        sentence_silence: float | None = None,
        paragraph_silence: float | None = None,
    ) -> Audio:
        """Speaks a text: float32 in [-1, 1] at `sample_rate`, all sentences of `stream`."""
        spoken = self.stream(
            text,
            speed=speed,
            seed=seed,
            speaker=speaker,
            noise_scale=noise_scale,
            duration_noise=duration_noise,
            ssml=ssml,
            lexicon=lexicon,
            sentence_silence=sentence_silence,
            paragraph_silence=paragraph_silence,
        )
        return np.concatenate([sentence.audio for sentence in spoken])

    def stream(
        self,
        text: str,
        *,
        speed: float = 1.0,
        seed: int = 0,
        speaker: Speaker = None,
        noise_scale: float | None = None,
        duration_noise: float | None = None,
        ssml: bool = False,
        lexicon: Lexicon | str | PathLike[str] | None = None,
        sentence_silence: float | None = None,
        paragraph_silence: float | None = None,
    ) -> Iterator[SpokenSentence]:
        """Speaks a text sentence by sentence, with silence between them.

        `speed` above 1 is faster, from 0.25 to 4. The same text, `seed` and settings give the same
        audio; another `seed` gives another melody, unless both noises are 0. `speaker` is one of
        `speakers`, the first by default, or a blend such as "anna:0.7, tom:0.3". The text is plain,
        with phonemes as `[[IPA]]`, or with `ssml` an SSML document. `lexicon` has words'
        pronunciations. Silences are in seconds, from 0 to 60, at any speed. Symbols that the voice
        does not have, and what of SSML is not supported, are left out and reported once on standard
        error. Raises ValueError if nothing in the text can be spoken, for broken SSML, a bad line
        of a lexicon, an unknown speaker or a bad weight, and if the package of its front end is
        missing.
        """
        settings = self.settings(
            speed=speed,
            seed=seed,
            speaker=speaker,
            noise_scale=noise_scale,
            duration_noise=duration_noise,
        )
        silences = silences_of(sentence_silence, paragraph_silence)
        words = lexicon_of(lexicon, self)
        script = script_of(self, text, speed, ssml, silences)
        return speak(self, script, settings, words, text)

    def settings(
        self,
        *,
        speed: float = 1.0,
        seed: int = 0,
        speaker: Speaker = None,
        noise_scale: float | None = None,
        duration_noise: float | None = None,
    ) -> VoiceSettings:
        """Settings of speech, checked. Raises ValueError for invalid ones."""
        return VoiceSettings(
            speed=speed,
            seed=seed,
            speaker=weights_of(speaker, self.speakers),
            noise_scale=self.noise_scale if noise_scale is None else noise_scale,
            duration_noise=self.duration_noise if duration_noise is None else duration_noise,
        )

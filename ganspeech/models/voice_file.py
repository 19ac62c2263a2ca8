"""A voice in one file: safetensors whose header holds the network and how it reads.

Like the model files of vocoders, it holds no code and no pickle.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util

from ganspeech.audio import AudioSpec
from ganspeech.config import serialize
from ganspeech.game.contract import Tree
from ganspeech.generators.vits.network import VITS
from ganspeech.interop.formats.tensors import printable, require_shapes
from ganspeech.models.weights import kind_of, read_safetensors, variables_of, write_weights
from ganspeech.text.spoken_text import SpokenText

FORMAT = "ganspeech-voice-1"
NOISES = (0.0, 2.0)
"""Deviations of either noise; voices are trained for 1, and speak best below."""
LENGTH_SCALES = (0.1, 10.0)
SAMPLE_RATES = (1000, 384_000)
SCALES = ("noise_scale", "duration_noise", "length_scale")
"""The settings of a voice that its file keeps together."""


@dataclass(frozen=True)
class VoiceModel:
    """A network that speaks, with its weights and all that it speaks by."""

    network: VITS
    variables: Tree
    """Collections of float32 arrays; parts that only training needs may be missing."""
    text: SpokenText
    """How texts become the network's symbols."""
    spec: AudioSpec
    """Of the audio it makes, and of the spectrograms it was trained on."""
    speakers: tuple[str, ...] = ()
    """Names, in the order of their one-hot vectors; none if there is one speaker only."""
    noise_scale: float = 0.667
    """Deviation of the noise in latent frames."""
    duration_noise: float = 0.8
    """Deviation of the noise in durations."""
    length_scale: float = 1.0
    """Factor on durations; above 1 it speaks slower."""
    about: str = ""
    """Where it comes from, in a sentence."""

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


def require_within(name: str, value: Any, bounds: tuple[float, float]) -> None:
    """``ValueError`` unless a setting of a voice is a number within bounds."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not bounds[0] <= value <= bounds[1]:
        raise ValueError(
            f"{name} must be from {bounds[0]:g} to {bounds[1]:g}, not {printable(repr(value))}"
        )


def write_voice(
    path: str | Path, model: VoiceModel, dtype: Literal["float16", "float32"] = "float32"
) -> None:
    """Writes a voice, whole or not at all; float16 halves the file.

    ``ValueError`` names a weight that is NaN, infinite or too large for float16, and one that the
    network cannot speak with.
    """
    require_speaks(model)
    numbers = {name: getattr(model, name) for name in SCALES}
    header = {
        "format": FORMAT,
        "network": json.dumps(json.loads(serialize.dumps(model.network))),
        "text": json.dumps(json.loads(serialize.dumps(model.text))),
        "spec": model.spec.to_json(),
        "speakers": json.dumps(model.speakers),
        "scales": json.dumps(numbers),
        "about": model.about,
    }
    header["fits"] = _digest(header, model.variables)
    write_weights(path, model.variables, header, dtype)


def read_voice(path: str | Path) -> VoiceModel:
    """Reads such a file; the weights are float32 whatever they were stored in.

    ``ValueError``, naming the file, for what is no voice, for a damaged file, and for a network
    that this version does not have or whose weights do not fit it.
    """
    tensors, header = read_safetensors(path)
    if header.get("format") != FORMAT:
        raise ValueError(f"{path} is {_strange(path)}")
    try:
        model = VoiceModel(
            network=_part(header, "network", VITS),
            variables=variables_of(tensors),
            text=_part(header, "text", SpokenText),
            spec=AudioSpec.from_json(header.get("spec", "")),
            speakers=tuple(json.loads(header.get("speakers", ""))),
            about=header.get("about", ""),
            **_scales(header),
        )
        # Seen to fit when it was written; to trace the network again would take seconds.
        if header.get("fits") != _digest(header, model.variables):
            require_speaks(model)
    # A header that somebody edited can hold fields of any type, and modules do not check theirs.
    except ZeroDivisionError:
        raise ValueError(f"{path}: its network has a size of 0") from None
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    return model


def require_speaks(model: VoiceModel) -> None:
    """``ValueError`` unless the variables are those with which the network can speak.

    Those that only training needs may be missing, each of them. ``ValueError``s of the network
    itself, about its sizes or the spec, pass through.
    """
    wanted, given = _wanted(model), traverse_util.flatten_dict(model.variables)
    if given.keys() - wanted.keys():
        learns = _wanted(model, to_learn=True)
        wanted |= {path: leaf for path, leaf in learns.items() if path in given}
    require_shapes(traverse_util.unflatten_dict(wanted), model.variables, ValueError)


def for_speaking(model: VoiceModel) -> VoiceModel:
    """The same voice without what only training needs."""
    wanted = _wanted(model)
    given = traverse_util.flatten_dict(model.variables)
    needed = {path: leaf for path, leaf in given.items() if path in wanted}
    return replace(model, variables=traverse_util.unflatten_dict(needed))


def _wanted(model: VoiceModel, to_learn: bool = False) -> dict[tuple[str, ...], Any]:
    """The shapes of the variables that speaking, or learning, initialises."""
    network, spec, symbols = model.network, model.spec, model.text.size
    speakers = jax.ShapeDtypeStruct((1, len(model.speakers)), np.float32)
    one_hot = speakers if model.speakers else None
    tokens = jax.ShapeDtypeStruct((1, 8), np.int32)
    lengths = jax.ShapeDtypeStruct((1,), np.int32)

    def speak(module: VITS, tokens: Any, lengths: Any, one_hot: Any) -> None:
        encoded = module.encode(tokens, lengths, one_hot, symbols)
        module.durations(encoded.hidden, lengths, one_hot, jnp.zeros((1, 8, 2)))
        noise = jnp.zeros((1, 8, network.latent))
        module.decode(encoded.mean, encoded.log_std, tokens, one_hot, noise, spec)

    def learn(module: VITS, tokens: Any, lengths: Any, one_hot: Any) -> None:
        linear = jnp.zeros((1, 8, spec.bins))
        module(tokens, lengths, linear, lengths, one_hot, symbols, spec, 8)

    def init(*inputs: Any) -> Tree:
        return network.init(jax.random.key(0), *inputs, method=learn if to_learn else speak)

    return traverse_util.flatten_dict(jax.eval_shape(init, tokens, lengths, one_hot))


def _digest(header: dict[str, str], variables: Tree) -> str:
    """Of all that decides whether weights fit a network: the header, and their names and shapes."""
    leaves = traverse_util.flatten_dict(variables, sep=".")
    shapes = sorted((name, list(np.shape(leaf))) for name, leaf in leaves.items())
    said = [header.get(name) for name in ("network", "text", "spec", "speakers")]
    return hashlib.sha256(json.dumps([said, shapes]).encode()).hexdigest()[:16]


def _strange(path: str | Path) -> str:
    """What a file is that is no voice of this version."""
    kind = kind_of(path)
    if kind == "voice":
        return "a voice of another version of ganspeech, which this one does not read"
    if kind:
        return f"a {kind} of ganspeech, and no voice: give a voice file"
    return "no voice of ganspeech; Hugging Face's are given by their folder"


def _scales(header: dict[str, str]) -> dict[str, Any]:
    """The scales of a file; those that are missing are a voice's usual ones."""
    told = f"its scales must be a JSON object of {', '.join(SCALES)}"
    try:
        scales = json.loads(header.get("scales", ""))
    except ValueError:
        raise ValueError(told) from None
    if not isinstance(scales, dict):
        raise ValueError(told)
    if strange := [name for name in scales if name not in SCALES]:
        raise ValueError(f"{told}, without {printable(strange[0])}")
    return scales


def _part(header: dict[str, str], name: str, kind: type) -> Any:
    part = serialize.loads(header.get(name, ""), f"its {name}")
    if not isinstance(part, kind):
        raise ValueError(f"its {name} is no {kind.__name__}, but {type(part).__name__}")
    return part

"""Voices of Hugging Face's `VitsModel` (transformers), such as those of MMS-TTS: a folder.

Pratap et al. 2024, "Scaling speech technology to 1,000+ languages". The folder holds
model.safetensors or pytorch_model.bin, config.json, vocab.json and tokenizer_config.json.
"""

import math
from pathlib import Path
from typing import Any

from ganspeech.audio import AudioSpec
from ganspeech.formats.tensors import ForeignFileError, Reader, Tensors
from ganspeech.interop.hugging_face import CONFIG, read_json, read_weights
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.interop.voices.mms_names import authors_tensors
from ganspeech.interop.voices.vits_weights import Unshown, network_of, variables_of
from ganspeech.models.voice import Voice
from ganspeech.process.messages import printable
from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd, Plain
from ganspeech.text.spoken_text import SpokenText

PART = "a part of a voice of Hugging Face"
_VOCABULARY, _TOKENIZER = "vocab.json", "tokenizer_config.json"
# Defaults of VitsConfig, which a config may omit.
_RATES, _DILATIONS, _HEADS, _BINS = (8, 8, 2, 2), ((1, 3, 5),) * 3, 2, 513
_ONLY = {
    "hidden_act": "relu",
    "leaky_relu_slope": 0.1,
    "layer_norm_eps": 1e-5,
    "depth_separable_channels": 2,
}
"""Settings that have a single supported value."""
_NUMBERS = {
    "eng": "en",
    "deu": "de",
    "fra": "fr",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "nld": "nl",
    "pol": "pl",
    "tur": "tr",
}
"""Languages by MMS's and num2words' codes, to spell out digits, which voices lack."""


def read_mms(folder: str | Path) -> Voice:
    """Reads the voice of such a folder, with its posterior encoder, for further training.

    Raises ForeignFileError, naming the file and its fault: missing or damaged, of another
    architecture, with unsupported settings, or with texts that must be romanized by uroman, which
    is not included.
    """
    folder = Path(folder)
    stated = _config(folder / CONFIG)
    read, source = read_weights(folder)
    tensors = authors_tensors(read, source)
    network = network_of(tensors, _unshown(tensors, stated, source), source)
    variables = variables_of(network, tensors, source)
    posterior = tensors.get("enc_q.pre.weight")
    bins = stated.value("spectrogram_bins", _BINS) if posterior is None else posterior.shape[1]
    decoder: Any = network.decoder
    try:
        return Voice(
            network=network,
            variables=variables,
            text=_text(folder, len(tensors["enc_p.emb.weight"])),
            spec=_spec(stated, bins, math.prod(decoder.upsample_rates)),
            speakers=tuple(map(str, range(len(tensors.get("emb_g.weight", ()))))),
            noise_scale=stated.value("noise_scale", 0.667),
            duration_noise=stated.value("noise_scale_duration", 0.8),
            length_scale=1 / stated.value("speaking_rate", 1.0),
            about=f"VITS of Hugging Face, imported from {folder.resolve().name}.",
        )
    except ForeignFileError:
        raise
    except (ValueError, TypeError, ArithmeticError) as error:  # from values in the config
        raise ForeignFileError(f"{folder / CONFIG}: {error}") from None


def _config(path: Path) -> Stated:
    config = read_json(path, PART)
    kind = config.get("model_type")
    if kind != "vits":
        raise ForeignFileError(f"{path}: model_type is {printable(repr(kind))}, not 'vits'")

    def error(what: str) -> ForeignFileError:
        return ForeignFileError(f"{path}: {what}")

    stated = Stated(config, error)
    for name, value in _ONLY.items():
        stated.require(name, value, "the only one of ours")
    return stated


def _unshown(tensors: Tensors, stated: Stated, source: str) -> Unshown:
    reader = Reader(tensors, source)
    blocks, stages = reader.count("dec.resblocks"), reader.count("dec.ups")
    if not stages or not blocks or blocks % stages:
        raise reader.error(f"{blocks} residual blocks cannot be shared by {stages} upsamplings")
    taps = tuple(tensors[f"dec.ups.{n}.weight"].shape[-1] for n in range(stages))
    steps = [reader.count(f"dec.resblocks.{n}.convs1") for n in range(blocks // stages)]
    return Unshown(
        upsample_rates=stated.rates(_RATES, taps),
        dilations=stated.counts("resblock_dilation_sizes", _DILATIONS, steps),
        heads=stated.value("num_attention_heads", _HEADS),
        dilation_rate=stated.value("wavenet_dilation_rate", 1),
        duration_bound=stated.value("duration_predictor_tail_bound", 5.0),
    )


def _spec(stated: Stated, bins: int, hop: int) -> AudioSpec:
    rate, n_fft = stated.value("sampling_rate", 16000), 2 * (bins - 1)
    return AudioSpec(sample_rate=rate, n_fft=n_fft, win_length=n_fft, hop_length=hop, fmax=rate / 2)


def _text(folder: Path, symbols: int) -> SpokenText:
    path = folder / _VOCABULARY
    names = [""] * symbols
    for symbol, number in read_json(path, PART).items():
        if type(number) is not int or not 0 <= number < symbols:
            raise ForeignFileError(
                f"{path}: {printable(symbol)!r} has the number {printable(repr(number))}, but the "
                f"network knows {symbols} symbols"
            )
        names[number] = symbol
    if not names[0]:
        raise ForeignFileError(f"{path}: no symbol has the number 0, that of the blank")
    settings = read_json(folder / _TOKENIZER, PART)
    cedillas = settings.get("language") == "ron" and "ţ" in names and "ț" not in names
    return SpokenText(
        front=_front(settings, names, folder / _TOKENIZER),
        symbols=tuple(names),
        # Romanian's t with a comma is read as t with a cedilla.
        others=(("ț", names.index("ţ")),) if cedillas else (),
        blank=names[0],
        blanks="around" if settings.get("add_blank", True) else "none",
        first="",
        last="",
    )


def _front(settings: dict[str, Any], names: list[str], path: Path) -> FrontEnd:
    if settings.get("is_uroman", False):
        raise ForeignFileError(
            f"{path}: is_uroman is set: the voice reads text that uroman has romanized, which is "
            "not known here"
        )
    if settings.get("phonemize", True):
        return Espeak("en-us")
    # Capitals that are symbols of their own are kept.
    capitals = any(name != name.lower() for name in names if len(name) == 1)
    digits = any(name.isdigit() for name in names)
    language = str(settings.get("language"))
    return Plain(
        lowercase=bool(settings.get("normalize", True)) and not capitals,
        numbers="" if digits else _NUMBERS.get(language, ""),
    )

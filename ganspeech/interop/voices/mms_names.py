"""Conversion of Hugging Face's names of VITS's tensors to those of its authors."""

import re

import numpy as np

from ganspeech.formats.tensors import ForeignFileError, Reader, Tensors

_LAYER = r"^text_encoder\.encoder\.layers\.(\d+)\."
_NAMES = (
    (r"^text_encoder\.embed_tokens", "enc_p.emb"),
    (r"^text_encoder\.project", "enc_p.proj"),
    (_LAYER + "attention", r"enc_p.encoder.attn_layers.\1"),
    (_LAYER + "feed_forward", r"enc_p.encoder.ffn_layers.\1"),
    (_LAYER + "layer_norm", r"enc_p.encoder.norm_layers_1.\1"),
    (_LAYER + "final_layer_norm", r"enc_p.encoder.norm_layers_2.\1"),
    (r"\.([qkvo])\w*_proj\.", r".conv_\1."),
    (r"^posterior_encoder", "enc_q"),
    (r"^duration_predictor", "dp"),
    (r"^embed_speaker", "emb_g"),
    (r"^decoder\.upsampler", "dec.ups"),
    (r"^decoder", "dec"),
    (r"\bwavenet\b", "enc"),
    (r"conv_dds", "convs"),
    (r"convs_dilated", "convs_sep"),
    (r"convs_pointwise", "convs_1x1"),
    (r"\btranslate$", "m"),
    (r"\blog_scale$", "logs"),
    (r"^((?:flow|enc_q|dp)\..*)conv_(pre|post|proj)\.", r"\1\2."),
    (r"(\bnorm\w*\.(?:\d+\.)?)weight$", r"\1gamma"),
    (r"(\bnorm\w*\.(?:\d+\.)?)bias$", r"\1beta"),
)
"""Patterns and replacements, applied in this order."""
_ATTENTION = re.compile(r"attn_layers\.\d+\.conv_.\.weight$")
_NORMALIZED = re.compile(r"(.*)\.(weight_g|parametrizations\.weight\.original0)$")
_PARTS = re.compile(r"\.(weight_[gv]|parametrizations\.weight\.original[01])$")


def authors_tensors(tensors: Tensors, source: str) -> dict[str, np.ndarray]:
    """Returns the tensors under the authors' names, with weight normalization folded.

    Missing biases of the attention, which the authors always have, become zeros. Layers for
    speakers are dropped if there is only one.
    Raises ForeignFileError for damaged weight normalization and for tensors that are not a VITS.
    """
    named = {_authors_name(name): array for name, array in tensors.items()}
    if not any(name.startswith("enc_p.") for name in named):
        raise ForeignFileError(f"{source} holds no VITS: nothing in it is named text_encoder")
    reader = Reader(named, source)
    for name in [name for name in named if _NORMALIZED.match(name)]:
        layer = _NORMALIZED.sub(r"\1", name)
        named[f"{layer}.weight"] = reader.weight(layer)
    named = {name: array for name, array in named.items() if not _PARTS.search(name)}
    speakers = named.get("emb_g.weight")
    if speakers is None or not speakers.size:
        named = {k: v for k, v in named.items() if not re.search(r"\b(cond|cond_layer|emb_g)\.", k)}
    for name in [name for name in named if _ATTENTION.search(name)]:
        weight = named[name]
        if weight.ndim != 2:
            raise reader.error(f"{name} is {list(weight.shape)}, but a matrix in a VITS")
        named[name] = weight[..., None]
        named.setdefault(name.removesuffix("weight") + "bias", np.zeros(len(weight), np.float32))
    return named


def _authors_name(name: str) -> str:
    for pattern, replacement in _NAMES:
        name = re.sub(pattern, replacement, name)
    # The authors also count the reversals between couplings.
    name = re.sub(r"^flow\.flows\.(\d+)", lambda n: f"flow.flows.{2 * int(n[1])}", name)
    return re.sub(
        r"^(dp\.(?:post_)?flows)\.([1-9]\d*)", lambda n: f"{n[1]}.{2 * int(n[2]) - 1}", name
    )

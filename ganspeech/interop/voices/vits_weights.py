"""VITS under the names of its authors' PyTorch code (Kim et al. 2021), to and from our network.

Piper's and Hugging Face's voices are converted to these names first.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from flax import traverse_util

from ganspeech.formats.tensors import ForeignFileError, Reader, Tensors
from ganspeech.game.contract import Tree
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.vits.network import VITS
from ganspeech.interop.voices.vits_layers import Around, layers_of
from ganspeech.process.messages import printable

MOST_DILATION = 10
"""Maximum ratio of a WaveNet layer's dilation to the previous one's; it compounds over layers."""


@dataclass(frozen=True)
class Unshown:
    """Settings that the shapes of tensors do not show."""

    upsample_rates: tuple[int, ...]
    """Upsampling rates of the decoder."""
    dilations: tuple[tuple[int, ...], ...]
    """Dilations of the decoder's residual blocks, for each of its kernels."""
    heads: int
    """Attention heads of the text encoder."""
    dilation_rate: int = 1
    """Dilation rate of the flow's and the posterior encoder's WaveNets."""
    duration_bound: float = 5.0
    """End of the duration predictor's splines."""


def network_of(tensors: Tensors, unshown: Unshown, source: str) -> VITS:
    """Returns the network with tensors of these shapes; dropout is that of the paper.

    Weight normalization must be folded. Raises ForeignFileError if they are not a VITS.
    """
    seen = _Shapes(tensors, source)
    width, latent = seen.shape("enc_p.emb.weight", 2)[1], seen.shape("enc_p.proj.weight", 3)[0] // 2
    heads = unshown.heads
    if type(heads) is not int or heads < 1 or width % heads:
        raise seen.error(f"a width of {width} cannot be shared by {heads!r} heads")
    rate, bound = unshown.dilation_rate, unshown.duration_bound
    if type(rate) is not int or not 1 <= rate <= MOST_DILATION:
        shown = printable(repr(rate))
        raise seen.error(f"its dilation rate must be from 1 to {MOST_DILATION}, not {shown}")
    if type(bound) not in (int, float) or not 0 < bound < math.inf:
        raise seen.error(f"its splines must end above 0, not at {printable(repr(bound))}")
    if latent % 2:
        raise seen.error(f"latent frames of {latent} numbers have no halves")
    hidden, _, kernel = seen.shape("enc_p.encoder.ffn_layers.0.conv_1.weight", 3)
    sizes: dict[str, Any] = {
        "width": width,
        "hidden": hidden,
        "heads": heads,
        "layers": seen.count("enc_p.encoder.attn_layers"),
        "kernel": kernel,
        "window": seen.shape("enc_p.encoder.attn_layers.0.emb_rel_k", 3)[1] // 2,
        "latent": latent,
        # The authors also count the reversals between couplings.
        "flows": (seen.count("flow.flows") + 1) // 2,
        "flow_layers": seen.count("flow.flows.0.enc.in_layers"),
        "flow_kernel": seen.shape("flow.flows.0.enc.in_layers.0.weight", 3)[2],
        "dilation_rate": unshown.dilation_rate,
        "stochastic": "dp.flows.0.m" in tensors,
        "duration_bound": unshown.duration_bound,
        "decoder": _decoder(seen, unshown),
    }
    if "enc_q.pre.weight" in tensors:
        sizes["posterior_layers"] = seen.count("enc_q.enc.in_layers")
        sizes["posterior_kernel"] = seen.shape("enc_q.enc.in_layers.0.weight", 3)[2]
    if sizes["stochastic"]:
        flows = seen.count("dp.flows") // 2
        sizes["duration_flows"] = flows
        sizes["duration_layers"] = seen.count("dp.convs.convs_sep")
        sizes["duration_kernel"] = seen.shape("dp.convs.convs_sep.0.weight", 3)[2]
        outputs, _, _ = seen.shape(f"dp.flows.{2 * flows - 1}.proj.weight", 3)
        sizes["duration_bins"] = (outputs + 1) // 3
    else:
        inner, _, taps = seen.shape("dp.conv_1.weight", 3)
        sizes |= {"duration_width": inner, "duration_kernel": taps}
    if "emb_g.weight" in tensors:
        sizes["speaker_width"] = seen.shape("emb_g.weight", 2)[1]
    return VITS(**sizes)


def variables_of(network: VITS, tensors: Tensors, source: str) -> Tree:
    """Returns the variables of the network that has these tensors.

    Parts that only training needs may be missing. Raises ForeignFileError for missing, superfluous
    or misshapen tensors, and for values that are NaN or infinite.
    """
    reader = Reader(tensors, source)
    params: dict[tuple[str, ...], np.ndarray] = {}
    for layer in layers_of(network, _around(tensors)):
        if layer.training and not any(name.startswith(f"{layer.theirs}.") for name in tensors):
            continue
        try:
            found = layer.kind.read(reader, layer.theirs)
        except ForeignFileError:
            raise
        except ValueError:  # from NumPy, about an axis longer than one
            raise reader.error(f"{layer.theirs} has one axis too many for a VITS") from None
        for name, array in found.items():
            if array.shape not in (layer.shape, layer.shape[-1:]):
                raise reader.error(
                    f"{layer.theirs} is {list(array.shape)} as our {name}, but it has "
                    f"{list(layer.shape)} in a VITS of these sizes"
                )
            if not np.isfinite(array).all():
                raise reader.error(f"{layer.theirs} has values that are NaN or infinite")
            params[*layer.ours, name] = array
    reader.done()
    return {"params": traverse_util.unflatten_dict(params)}


def _around(tensors: Tensors) -> Around:
    """Counts symbols, speakers and the posterior encoder's input bins, from shapes."""
    posterior = tensors.get("enc_q.pre.weight")
    return Around(
        symbols=len(tensors["enc_p.emb.weight"]),
        speakers=len(tensors.get("emb_g.weight", ())),
        bins=0 if posterior is None or posterior.ndim < 2 else posterior.shape[1],
    )


def tensors_of(network: VITS, variables: Tree) -> dict[str, np.ndarray]:
    """Inverts `variables_of`, with weight normalization folded; float32.

    Raises ValueError for a decoder that the authors' code does not have.
    """
    if not isinstance(network.decoder, HiFiGAN):
        raise ValueError(f"VITS's authors have no decoder as {type(network.decoder).__name__}")
    params = traverse_util.flatten_dict(variables["params"])
    tensors: dict[str, np.ndarray] = {}
    for layer in layers_of(network, Around(0, 0, 0)):
        ours = {path[-1]: array for path, array in params.items() if path[:-1] == layer.ours}
        if ours:
            tensors |= layer.kind.write(layer.theirs, ours)
    return {name: np.asarray(array, np.float32) for name, array in tensors.items()}


class _Shapes:
    """Shapes of required tensors."""

    def __init__(self, tensors: Tensors, source: str):
        self._tensors, self._reader = tensors, Reader(tensors, source)
        self.error, self.has = self._reader.error, self._reader.has

    def shape(self, name: str, axes: int) -> tuple[int, ...]:
        """Returns the shape of a tensor, checked to have `axes` axes, none of them empty."""
        if name not in self._tensors:
            raise self.error(f"no tensor {name!r}")
        shape = self._tensors[name].shape
        if len(shape) != axes or 0 in shape:
            raise self.error(f"{name} is {list(shape)}, but has {axes} axes in a VITS")
        return shape

    def count(self, prefix: str) -> int:
        """Returns the number of layers of a numbered list, at least one."""
        count = self._reader.count(prefix)
        if not count:
            raise self.error(f"no tensor '{prefix}.0...'")
        return count


def _decoder(seen: _Shapes, unshown: Unshown) -> HiFiGAN:
    double = seen.has("dec.resblocks.0.convs1.0.weight")
    first = "convs1.0" if double else "convs.0"
    branches, stages = len(unshown.dilations), seen.count("dec.ups")
    blocks = [seen.shape(f"dec.resblocks.{n}.{first}.weight", 3) for n in range(branches)]
    kernels = tuple(taps for _, _, taps in blocks)
    if len(set(kernels)) < branches or not all(taps % 2 for taps in kernels):
        raise seen.error(f"residual blocks of {kernels} taps: ours have different, odd numbers")
    channels = seen.shape("dec.conv_pre.weight", 3)[0]
    if channels % 2**stages:
        raise seen.error(f"{channels} channels cannot be halved at each of {stages} upsamplings")
    rates = unshown.upsample_rates
    upsamplers = tuple(seen.shape(f"dec.ups.{n}.weight", 3)[2] for n in range(stages))
    if len(rates) != stages or any(
        taps < rate or (taps - rate) % 2 for taps, rate in zip(upsamplers, rates)
    ):
        raise seen.error(
            f"upsamplings by {rates} with {upsamplers} taps: ours have as many or more, by an even "
            "number"
        )
    return HiFiGAN(
        upsample_rates=rates,
        upsample_kernels=upsamplers,
        channels=channels,
        resblock="1" if double else "2",
        kernels=kernels,
        dilations=unshown.dilations,
    )

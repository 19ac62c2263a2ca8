"""Parts of transformers' VITS (Kim et al. 2021) as training needs them, and `torch.compile`.

Parameters are those of transformers. What differs is how some layers compute: without indexing by a
mask, for which a device would have to wait for the host, and without a tensor as a slice's end,
at which a compiled program would break.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.models.vits import modeling_vits as vits


class WaveNet(vits.VitsWaveNet):
    """Gated convolutions that all add to the output, for one speaker."""

    def forward(self, inputs, padding_mask, global_conditioning=None):
        """The sum of the layers' outputs, `[batch, width, time]`."""
        total, last = torch.zeros_like(inputs), len(self.in_layers) - 1
        for n, (gate, out) in enumerate(zip(self.in_layers, self.res_skip_layers)):
            content, openness = gate(inputs).chunk(2, dim=1)
            y = out(torch.tanh(content) * torch.sigmoid(openness))
            if n < last:
                residual, y = y.chunk(2, dim=1)
                inputs = (inputs + residual) * padding_mask
            total = total + y
        return total * padding_mask


class SplineCoupling(vits.VitsConvFlow):
    """A coupling that maps the second of two channels by a spline of the first."""

    def forward(self, inputs, padding_mask, global_conditioning=None, reverse=False):
        """The mapped pair and the log-determinant; forward alone."""
        kept, moved = inputs.chunk(2, dim=1)
        hidden = self.conv_dds(self.conv_pre(kept), padding_mask, global_conditioning)
        shape = (self.conv_proj(hidden) * padding_mask).float().mT[:, None]
        widths, heights, slopes = shape.split([self.num_bins, self.num_bins, self.num_bins - 1], -1)
        scale = self.filter_channels**-0.5
        moved, log_slope = spline(
            moved.float(), widths * scale, heights * scale, slopes, self.tail_bound
        )
        outputs = torch.cat([kept.float(), moved], dim=1) * padding_mask
        return outputs, (log_slope * padding_mask).sum((1, 2))


class Affine(vits.VitsElementwiseAffine):
    """Scale and shift of a pair, which then keeps its order.

    The flow reverses the pair after every layer, as transformers has it; the authors reverse it
    after couplings alone.
    """

    def forward(self, inputs, padding_mask, global_conditioning=None, reverse=False):
        """The mapped pair and the log-determinant; forward alone."""
        outputs, stretch = super().forward(inputs, padding_mask)
        return outputs.flip(1), stretch


_OURS = {
    vits.VitsWaveNet: WaveNet,
    vits.VitsConvFlow: SplineCoupling,
    vits.VitsElementwiseAffine: Affine,
}


def for_training(model: nn.Module) -> nn.Module:
    """The model with these layers in the place of transformers', in place."""
    for module in model.modules():
        module.__class__ = _OURS.get(type(module), type(module))
    return model


def spline(
    x: Tensor, widths: Tensor, heights: Tensor, slopes: Tensor, bound: float
) -> tuple[Tensor, Tensor]:
    """`x` mapped by a rational-quadratic spline (Durkan et al. 2019), and the log of its slope.

    The identity outside of `bound`; widths and heights before a softmax, slopes before a softplus.
    """
    x_knots, y_knots = _knots(widths, bound), _knots(heights, bound)
    knot_slopes = F.pad(1e-3 + F.softplus(slopes), (1, 1), value=1.0)
    within = x.clamp(-bound, bound)
    piece = (within[..., None] >= x_knots[..., 1:-1]).sum(-1, keepdim=True)

    def pick(values: Tensor) -> Tensor:
        return values.gather(-1, piece)[..., 0]

    width, height = pick(x_knots.diff()), pick(y_knots.diff())
    before, after = pick(knot_slopes[..., :-1]), pick(knot_slopes[..., 1:])
    mean = height / width
    share = (within - pick(x_knots[..., :-1])) / width
    both = share * (1 - share)
    below = mean + (before + after - 2 * mean) * both
    y = pick(y_knots[..., :-1]) + height * (mean * share**2 + before * both) / below
    above = after * share**2 + 2 * mean * both + before * (1 - share) ** 2
    log_slope = 2 * mean.log() + above.log() - 2 * below.log()
    inside = x.abs() <= bound
    return torch.where(inside, y, x), torch.where(inside, log_slope, 0.0)


def _knots(shares: Tensor, bound: float) -> Tensor:
    shares = 1e-3 + (1 - 1e-3 * shares.shape[-1]) * shares.softmax(-1)
    inner = bound * (2 * shares.cumsum(-1)[..., :-1] - 1)
    return F.pad(F.pad(inner, (1, 0), value=-bound), (0, 1), value=bound)


@torch.compiler.disable
def align(scores: Tensor, lengths: Tensor, frame_lengths: Tensor) -> Tensor:
    """The likeliest monotonic paths `[batch, tokens, frames]`, found on the host.

    The authors' way, with Numba for Cython: scores `[batch, tokens, frames]` are fetched, every
    example is aligned in a thread of its own, and the paths are sent back.
    """
    values = scores.detach().float().cpu().numpy()
    paths = np.zeros_like(values)
    sizes = torch.stack([lengths, frame_lengths], 1).tolist()
    list(_THREADS.map(_align_one, values, paths, *zip(*sizes)))
    return torch.from_numpy(paths).to(scores.device)


_THREADS = ThreadPoolExecutor(os.cpu_count())


@numba.njit(nogil=True, cache=True)
def _align_one(best, path, tokens, frames):
    """Fills `path`; `best` holds the scores, and then those of the best path to each place."""
    for frame in range(1, frames):
        for token in range(max(0, tokens + frame - frames), min(tokens, frame + 1)):
            stayed = best[token, frame - 1] if token < frame else -np.inf
            moved = best[token - 1, frame - 1] if token else -np.inf
            best[token, frame] += max(stayed, moved)
    token = tokens - 1
    for frame in range(frames - 1, -1, -1):
        path[token, frame] = 1
        if token and (token == frame or best[token, frame - 1] < best[token - 1, frame - 1]):
            token -= 1

"""Training of transformers' VITS (Kim et al. 2021) as a player of the PyTorch game.

transformers has the modules and no training: the losses are those of `ganspeech.tasks`, alignment
is the authors' way, on the host. The decoder is `peers.hifigan`, which normalizes weights as ours.
"""

import math
from typing import Any

import torch
from peers import hifigan
from peers.game import Batch, Play, autocast
from peers.vits_parts import align, for_training
from peers.vocoding import LogMel
from peers.weights import tensors_of
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import VitsConfig, VitsModel

from ganspeech.game.contract import Tree
from ganspeech.generators.vits.network import VITS
from ganspeech.interop.voices.mms_names import authors_tensors
from ganspeech.interop.voices.vits_weights import variables_of
from ganspeech.tasks.voices.text_to_speech import TextToSpeech


def sizes_of(network: VITS, symbols: int, bins: int) -> dict[str, Any]:
    """Fields of transformers' `VitsConfig` for the sizes of our network, of one speaker."""
    decoder: Any = network.decoder
    if network.flow_kernel != network.posterior_kernel:
        raise ValueError("transformers has one kernel for both, flow and posterior encoder")
    return {
        "vocab_size": symbols,
        "hidden_size": network.width,
        "num_hidden_layers": network.layers,
        "num_attention_heads": network.heads,
        "window_size": network.window,
        "ffn_dim": network.hidden,
        "ffn_kernel_size": network.kernel,
        "flow_size": network.latent,
        "spectrogram_bins": bins,
        "hidden_dropout": network.dropout,
        "attention_dropout": network.dropout,
        "activation_dropout": network.dropout,
        "use_stochastic_duration_prediction": True,
        "upsample_initial_channel": decoder.channels,
        "upsample_rates": list(decoder.upsample_rates),
        "upsample_kernel_sizes": list(decoder.upsample_kernels),
        "resblock_kernel_sizes": list(decoder.kernels),
        "resblock_dilation_sizes": [list(steps) for steps in decoder.dilations],
        "depth_separable_num_layers": network.duration_layers,
        "duration_predictor_flow_bins": network.duration_bins,
        "duration_predictor_tail_bound": network.duration_bound,
        "duration_predictor_kernel_size": network.duration_kernel,
        "duration_predictor_dropout": network.duration_dropout,
        "duration_predictor_num_flows": network.duration_flows,
        "prior_encoder_num_flows": network.flows,
        "prior_encoder_num_wavenet_layers": network.flow_layers,
        "posterior_encoder_num_wavenet_layers": network.posterior_layers,
        "wavenet_kernel_size": network.flow_kernel,
        "wavenet_dilation_rate": network.dilation_rate,
    }


def model_of(network: VITS, symbols: int, bins: int) -> VitsModel:
    """transformers' model of the sizes of our network, with random weights, for training."""
    sizes = sizes_of(network, symbols, bins)
    model = for_training(VitsModel(VitsConfig(**sizes)))
    model.decoder = hifigan.Generator(
        resblock="1",
        upsample_rates=sizes["upsample_rates"],
        upsample_kernel_sizes=sizes["upsample_kernel_sizes"],
        upsample_initial_channel=sizes["upsample_initial_channel"],
        resblock_kernel_sizes=sizes["resblock_kernel_sizes"],
        resblock_dilation_sizes=sizes["resblock_dilation_sizes"],
        num_mels=network.latent,
    )
    return model.train()


def params_of(network: VITS, model: VitsModel) -> Tree:
    """Parameters of our network, equal to the model's."""
    tensors = authors_tensors(tensors_of(model), "the model")
    bias = tensors.pop("dec.conv_post.bias")  # the authors have none, our decoder has
    params = variables_of(network, tensors, "the model")["params"]
    params["decoder"]["after"]["bias"] = bias
    return params


class VitsTraining(nn.Module):
    """A VITS that is to give back segments of recordings, and to align them with their texts."""

    def __init__(self, model: VitsModel, task: TextToSpeech, precision: str):
        super().__init__()
        self.model, self.task, self.precision = model, task, precision
        self.mel = LogMel(task.spec)

    def forward(self, batch: Batch) -> Play:
        """The play of a batch, as `ganspeech.tasks.voices.text_to_speech.TextToSpeech` plays it."""
        model, task, hop = self.model, self.task, self.task.spec.hop_length
        audio, lengths = batch["audio"], batch["label_lengths"]
        frame_lengths = batch["samples"] // hop
        with torch.no_grad():
            linear = self.mel.magnitude(audio)
        mask = _mask(frame_lengths, linear.shape[-1])
        token_mask = _mask(lengths, batch["labels"].shape[1])
        with autocast(audio, self.precision):
            hidden, mean, log_std = self._encode(batch["labels"], token_mask)
            latent, _, posterior_log_std = model.posterior_encoder(linear, mask)
            prior_latent = model.flow(latent, mask).float()
        with torch.no_grad():
            scores = log_likelihoods(prior_latent, mean, log_std)
            path = align(scores, lengths, frame_lengths)
        with autocast(audio, self.precision):
            duration_loss = model.duration_predictor(
                hidden, token_mask, durations=path.sum(2)[:, None]
            )
            starts = self._starts(frame_lengths)
            fake = model.decoder(_cut(latent, starts, task.segment_frames))[:, 0].float()
        real = _cut(audio[:, None], starts * hop, task.segment_samples)[:, 0]
        with torch.no_grad():
            real_mel = self.mel(real)
        prior = mean @ path, log_std @ path
        nats = divergence(prior_latent, posterior_log_std.float(), *prior) * mask
        terms = {
            "mel": task.mel_weight * F.l1_loss(self.mel(fake), real_mel),
            "kl": task.kl_weight * nats.sum() / mask.sum(),
            "duration": task.duration_weight * duration_loss.sum() / token_mask.sum(),
        }
        return Play(real, fake, terms)

    def _encode(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states and the prior's mean and log standard deviation, channels before tokens."""
        encoder, across = self.model.text_encoder, mask.mT
        x = encoder.embed_tokens(tokens) * math.sqrt(self.model.config.hidden_size) * across
        bias = torch.zeros_like(mask).masked_fill(mask == 0, -1e4)[:, None]
        bias = bias.expand(-1, -1, tokens.shape[1], -1)
        for layer in encoder.encoder.layers:
            x = layer(x, padding_mask=across, attention_mask=bias)[0]
        hidden = (x * across).mT
        mean, log_std = (encoder.project(hidden) * mask).float().chunk(2, dim=1)
        return hidden, mean, log_std

    def _starts(self, frame_lengths: Tensor) -> Tensor:
        """First frames of random segments."""
        room = (frame_lengths - self.task.segment_frames + 1).clamp(min=1)
        return (torch.rand(len(room), device=room.device) * room).long()


def log_likelihoods(frames: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """Log-likelihoods `[batch, tokens, frames]` of frames `[batch, latent, frames]` under tokens'.

    In float32 and as four terms, like the authors.
    """
    precision = (-2 * log_std).exp()
    constant = (-0.5 * math.log(2 * math.pi) - log_std - 0.5 * mean**2 * precision).sum(1)
    return constant[..., None] + (-0.5 * precision).mT @ frames**2 + (mean * precision).mT @ frames


def divergence(latent: Tensor, posterior_log_std: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """Divergence of the posterior from the prior in nats, at a sample of the posterior."""
    squares = (latent - mean).square() * (-2 * log_std).exp()
    return log_std - posterior_log_std + 0.5 * (squares - 1)


def _mask(lengths: Tensor, total: int) -> Tensor:
    """1 at valid places, `[batch, 1, total]`."""
    return (torch.arange(total, device=lengths.device) < lengths[:, None]).float()[:, None]


def _cut(x: Tensor, starts: Tensor, length: int) -> Tensor:
    """`length` steps of `[batch, channels, time]`, from every example's own start."""
    places = starts[:, None] + torch.arange(length, device=x.device)
    return x.gather(2, places[:, None].expand(-1, x.shape[1], -1))

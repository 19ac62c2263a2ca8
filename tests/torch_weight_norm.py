"""Weight normalization of PyTorch models, as transformers' vocoders are published with it."""

import torch

SPELLINGS = ("original0", "weight_g")
"""Ends of the names of lengths: as parametrizations keep them, and as older files do."""


def normalize(model: torch.nn.Module, spelling: str) -> None:
    """Splits the weights of a model into lengths and directions, the latter not of length one."""
    if spelling == "original0":
        model.apply_weight_norm()
    else:
        for module in model.modules():
            if isinstance(module, torch.nn.Conv1d | torch.nn.ConvTranspose1d):
                torch.nn.utils.weight_norm(module)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Lengths of their own: a reader that took the directions alone would be wrong.
            if name.endswith(("original1", "weight_v")):
                parameter.mul_(2.0)

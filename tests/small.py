"""Parts of experiments made small, whatever part it is."""

from ganspeech.config.registry import MENUS
from ganspeech.config.serialize import fields_of

TINY = {
    "width": 8,
    "blocks": 1,
    "magnitude_blocks": 1,
    "iterations": 1,
    "max_channels": 8,
    "scales": 1,
    "periods": (2,),
    "kernels": (3,),
    "dilations": ((1,),),
    "upsample_rates": (4, 4),
    "upsample_kernels": (8, 8),
    "strides": (16,),
    "resolutions": ((64, 16, 64),),
    "band_rates": (2, 2),
    "layers": 1,
    "hop_lengths": (64,),
    "bins_per_octave": (4,),
    "octaves": 3,
    "hidden": (8,),
    "widths": (4, 8),
    "heads": 2,
    "stem": 4,
}
"""What makes a part small, whatever part it is."""


def tiny(part):
    """The part with few channels, blocks and sub-discriminators."""
    fields = {field.name: getattr(part, field.name) for field in fields_of(part)}
    if "channels" in fields:
        fields["channels"] = 8
    smaller = {name: TINY[name] for name in fields if name in TINY}
    return type(part)(**(fields | smaller))


def one_of_each_class(menu):
    """The first entry of every class in a menu, given by its name or itself, tiny."""
    menu = MENUS[menu] if isinstance(menu, str) else menu
    return list({type(part): tiny(part) for part in reversed(list(menu.values()))}.values())

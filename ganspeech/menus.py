"""What can be named by a flag in place of a whole part: one menu a kind.

The entries are ready-made instances, so that the published sizes of one class can be named;
their fields are then flags of their own (`--generator hifigan-v2 --generator.channels 64`).
"""

from typing import Any

from ganspeech import data, discriminators, generators, tasks
from ganspeech.losses import adversarial

MENUS: dict[str, dict[str, Any]] = {
    "task": tasks.MENU,
    "generator": generators.MENU,
    "discriminators": discriminators.MENU,
    "objective": adversarial.MENU,
    "corpus": data.MENU,
}

"""Fine-tuning of a voice: on other recordings, or part by part."""

import sys
from collections.abc import Collection

import jax.numpy as jnp
from flax import traverse_util

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.acoustic.vocoded import Vocoded
from ganspeech.generators.vits.network import VITS
from ganspeech.load import load_voice
from ganspeech.models.voice import Voice
from ganspeech.models.voice_variables import require_speaks
from ganspeech.tasks.voices.spoken_texts import SpokenTexts
from ganspeech.training.start.weights import load_start

TEXTS = "text_encoder"
"""Part that depends on the indices of symbols."""
SPEAKERS = "speaker_embedding"
"""Part that depends on the order of speakers."""


def with_voice(variables: Tree, experiment: Experiment) -> Tree:
    """Replaces a network's fresh variables by those of the voice that `start` names.

    Parts that the voice lacks start fresh, which is reported on standard error: imported voices
    often lack those that only training needs, those of one speaker lack what tells speakers apart,
    and new speakers need a new embedding. So do parts not in `task.start_parts`, if given. Raises
    ValueError for unknown parts, and for a voice with another text front end, rate, frames or sizes
    than the task.
    """
    network, task, start = experiment.generator, experiment.task, experiment.start
    assert isinstance(network, VITS | FastSpeech) and isinstance(task, SpokenTexts)
    voice = load_start(load_voice, start)
    theirs = dict(voice.variables["params"])
    if isinstance(voice.network, Vocoded):
        theirs = theirs["acoustic"]
    parts = task.start_parts or tuple(theirs)
    if strange := [name for name in parts if name not in theirs]:
        raise ValueError(
            f"--start {start} has no part {strange[0]!r}; it has {', '.join(sorted(theirs))}"
        )
    if TEXTS in parts:
        task.text.require_same(voice.text, f"--start {start}")
    _require_same_frames(voice, task, start)
    given = {name: theirs[name] for name in parts}
    if voice.speakers != task.speakers:
        given.pop(SPEAKERS, None)
    ours, flat = (
        traverse_util.flatten_dict(tree, sep="/") for tree in (variables["params"], given)
    )
    merged = traverse_util.unflatten_dict(
        ours | {path: jnp.asarray(leaf) for path, leaf in flat.items()}, sep="/"
    )
    try:
        require_speaks(Voice(network, {"params": merged}, task.text, task.spec, task.speakers))
    except ValueError as error:
        raise ValueError(f"--start {start}: {error}") from None
    if missing := {_part(path, flat.keys()) for path in ours.keys() - flat.keys()}:
        parts_left = ", ".join(sorted(missing))
        print(f"--start {start} lacks these, which start fresh: {parts_left}", file=sys.stderr)
    return {**variables, "params": merged}


def _part(path: str, given: Collection[str]) -> str:
    """Largest part around a missing weight of which nothing is given."""
    names = path.split("/")
    parts = ("/".join(names[:count]) for count in range(1, len(names)))
    return next(
        (part for part in parts if not any(name.startswith(f"{part}/") for name in given)), path
    )


def _require_same_frames(voice: Voice, task: SpokenTexts, start: str) -> None:
    """Raises ValueError for other frames; mel bands, which the network ignores, may differ."""
    for field in ("sample_rate", "hop_length", "n_fft", "win_length", "padding", "pad_mode"):
        was, now = getattr(voice.spec, field), getattr(task.spec, field)
        if was != now:
            raise ValueError(
                f"--start {start}: task.spec.{field} was {was!r} there, and is {now!r} here"
            )

"""A voice that is trained further: on other recordings, or part by part."""

import sys

import jax
import jax.numpy as jnp

from ganspeech.game import Tree
from ganspeech.interop.tensors import require_shapes
from ganspeech.nn.weight_norm import lengths
from ganspeech.speaking import Voice, load_voice
from ganspeech.tasks.text_to_speech import TextToSpeech

SPEAKERS = "speaker_embedding"
"""The part that knows speakers by their places."""


def with_voice(variables: Tree, task: TextToSpeech, start: str) -> Tree:
    """A network's fresh variables with those of the voice that `start` names.

    The parts that the voice lacks start afresh, which is said on standard error: an imported one
    often has no posterior encoder, and other speakers are embedded anew. ``ValueError`` for a voice
    that reads otherwise than the task, has another rate or frames, or other sizes.
    """
    voice = load_voice(start)
    task.text.require_same(voice.text, f"--start {start}")
    theirs = dict(voice.variables["params"])
    _require_same_frames(voice, task, start)
    if voice.speakers != task.speakers:
        theirs.pop(SPEAKERS, None)
    fresh = variables["params"]
    if missing := [name for name in fresh if name not in theirs]:
        print(f"--start {start} has no {', '.join(missing)}: trained from scratch", file=sys.stderr)
    wanted = {name: part for name, part in fresh.items() if name in theirs}
    theirs = _unfolded(wanted, theirs)
    require_shapes(
        {"params": wanted}, {"params": theirs}, lambda what: ValueError(f"--start {start}: {what}")
    )
    return {**variables, "params": {**fresh, **jax.tree.map(jnp.asarray, theirs)}}


def _require_same_frames(voice: Voice, task: TextToSpeech, start: str) -> None:
    """Mel bands may differ, which the network never sees."""
    for field in ("sample_rate", "hop_length", "n_fft", "win_length"):
        was, now = getattr(voice.spec, field), getattr(task.spec, field)
        if was != now:
            raise ValueError(
                f"--start {start}: task.spec.{field} was {was!r} there, and is {now!r} here"
            )


def _unfolded(wanted: Tree, given: Tree) -> Tree:
    """Weights with a gain where the network has one: voices may have it folded into the kernel."""
    if not hasattr(given, "items"):
        return given
    parts = {name: _unfolded(wanted.get(name, {}), part) for name, part in given.items()}
    if "gain" in wanted and "gain" not in parts and "kernel" in parts:
        parts["gain"] = lengths(parts["kernel"]).reshape(-1)
    return parts

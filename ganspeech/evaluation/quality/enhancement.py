"""A run that enhances speech as material: its held-out recordings in noise, and what it makes."""

import jax

from ganspeech.evaluation.held_out import held_out_of
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.scores import NOISY, SUBTRACTION
from ganspeech.evaluation.quality.spectral_subtraction import subtract_all
from ganspeech.evaluation.quality.speed import enhance_all
from ganspeech.evaluation.request import Request
from ganspeech.runs.folder import Run
from ganspeech.tasks.speech_enhancement import SpeechEnhancement, enhance


def enhanced_by_run(trained: Run, request: Request) -> Material:
    """The held-out recordings of a run, noisy and enhanced; spectral subtraction is the baseline.

    Raises ValueError, naming the folder, for a corpus that holds nothing out.
    """
    task, generator = trained.experiment.task, trained.experiment.generator
    assert isinstance(task, SpeechEnhancement)
    wanted = {recording.id for recording in held_out_of(trained, request)}
    heard = [one for one in task.held_out(trained.recordings) if one[0].id in wanted]
    noisy = {recording.id: audio for recording, _, audio in heard}
    name = trained.name
    enhanced, facts = enhance_all(
        lambda audio: enhance(generator, trained.variables, audio[None], task.spec)[0],
        noisy,
        task.spec.sample_rate,
        sum(leaf.size for leaf in jax.tree.leaves(trained.variables["params"])),
        name,
    )
    systems = {name: enhanced, NOISY: noisy}
    if request.baseline:
        systems[SUBTRACTION] = subtract_all(noisy, task.spec)
    return Material(
        title=f"{name} on its held-out sentences in noise",
        rate=task.spec.sample_rate,
        reference={recording.id: recording.audio() for recording, _, _ in heard},
        systems=systems,
        facts={name: facts},
        texts={recording.id: recording.text for recording, _, _ in heard},
        conditions={recording.id: noise for recording, noise, _ in heard},
        notes=(
            f"{name} is the checkpoint of step {trained.step}.",
            "The noises are those that training leaves out.",
        ),
    )

"""A run as material: its held-out recordings, what its vocoder makes of them, and Griffin-Lim."""

from functools import partial
from pathlib import Path

from ganspeech import data
from ganspeech.evaluation.audio_quality import GRIFFIN_LIM
from ganspeech.evaluation.material import Material
from ganspeech.evaluation.speed import griffin_lim_all, mels_of, vocode_all
from ganspeech.training.checkpoints import load_run


def run_systems(run: Path, sentences: int | None = None) -> Material:
    """Vocode the held-out recordings of a run, the first ``sentences`` or all, and time it."""
    loaded = load_run(run)
    experiment, spec = loaded.experiment, loaded.experiment.task.spec
    prepared = data.prepare(
        experiment.corpus,
        spec.sample_rate,
        minimum_seconds=experiment.task.segment_samples / spec.sample_rate,
    )
    held_out = prepared.held_out[:sentences]
    if not held_out:
        raise ValueError(f"{run}: its corpus holds no sentence out, so there is nothing to score")
    reference = {recording.id: recording.audio() for recording in held_out}
    mels = mels_of(reference, spec)
    name = run.resolve().name
    ours, our_facts = vocode_all(partial(loaded.vocoder, spec=spec), mels, spec, loaded.parameters)
    baseline, its_facts = griffin_lim_all(mels, spec)
    return Material(
        title=f"{name} on its held-out sentences",
        rate=spec.sample_rate,
        reference=reference,
        systems={name: ours, GRIFFIN_LIM: baseline},
        facts={name: our_facts, GRIFFIN_LIM: its_facts},
        texts={recording.id: recording.text for recording in held_out},
        notes=("Griffin-Lim is made from the same mels.",),
    )

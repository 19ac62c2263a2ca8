"""A run that vocodes as material: its held-out recordings, vocoded and timed."""

from functools import partial

from ganspeech.evaluation.held_out import held_out_of
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM
from ganspeech.evaluation.quality.speed import griffin_lim_all, mels_of, vocode_all
from ganspeech.evaluation.request import Request
from ganspeech.models.vocoder import Vocoder
from ganspeech.runs.folder import Run
from ganspeech.tasks.vocoding import Vocoding


def vocoded_by_run(run: Run, request: Request) -> Material:
    """The held-out recordings of a run, vocoded; with a row of Griffin-Lim as the baseline.

    Raises ValueError, naming the folder, for a corpus that holds nothing out.
    """
    vocoder, task = Vocoder.from_run(run), run.experiment.task
    assert isinstance(task, Vocoding)  # or there would be no vocoder
    held_out = held_out_of(run, request)
    spec, name = vocoder.spec, run.name
    reference = {recording.id: recording.audio() for recording in held_out}
    notes = [f"{name} is the checkpoint of step {run.step}."]
    features = run.recordings.features
    if features is None:
        mels = mels_of(reference, spec)
    else:
        places = {recording.id: n for n, recording in enumerate(run.recordings.held_out)}
        mels = {id: features.held_out.of(places[id]) for id in reference}
        notes.append("The log-mels are an acoustic model's, as the corpus brings them.")
    ours, our_facts = vocode_all(partial(vocoder, spec=spec), mels, spec, vocoder.parameters, name)
    systems, facts = {name: ours}, {name: our_facts}
    if request.baseline:
        systems[GRIFFIN_LIM], facts[GRIFFIN_LIM] = griffin_lim_all(mels, spec)
        notes.append("Griffin-Lim is made from the same mels.")
    return Material(
        title=f"{name} on its held-out sentences",
        rate=spec.sample_rate,
        reference=reference,
        systems=systems,
        facts=facts,
        texts={recording.id: recording.text for recording in held_out},
        notes=tuple(notes),
    )

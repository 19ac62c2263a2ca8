"""Held-out recordings of a run: those that a request asks for."""

from ganspeech.data.labels.labeled import LabeledRecording
from ganspeech.data.recordings import Recording
from ganspeech.evaluation.request import Request
from ganspeech.runs.folder import Run


def recording_of(line: Recording | LabeledRecording) -> Recording:
    """The recording of a held-out line, with or without labels."""
    return line.recording if isinstance(line, LabeledRecording) else line


def held_out_of(run: Run, request: Request) -> list:
    """Held-out lines of a run's corpus that are asked for, as its task has them.

    Raises ValueError, naming the folder, for a corpus that holds nothing out.
    """
    lines = run.recordings.held_out
    if not len(lines):
        raise ValueError(
            f"{run.folder}: its corpus holds no sentence out, so there is nothing to score"
        )
    if request.among is not None:
        lines = [line for line in lines if recording_of(line).id in request.among]
    return list(lines[: request.sentences])

"""What the commands on runs without labels share: reading, with a progress bar."""

from collections.abc import Iterable, Sequence

from tqdm import tqdm

from ganspeech.data.unlabeled.unpaired import Segments
from ganspeech.recognizers.phone_decoding import LogProbabilities
from ganspeech.runs.folder import Run
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading, read_phones


def read_shown(
    run: Run, task: PhoneReading, utterances: Sequence[Segments], quiet: bool
) -> Iterable[LogProbabilities]:
    """Log-probabilities of phones in each of a run's utterances."""
    read = read_phones(task, run.experiment.generator, run.variables, utterances)
    return tqdm(read, total=len(utterances), unit="utterance", dynamic_ncols=True, disable=quiet)

"""How many Griffin-Lim iterations the phase-primed Vocos needs: one trained run at other counts.

    python benchmarks/primed_iterations.py runs/vocoder_primed --sentences 20

The weights are those of the run, trained at its own counts (the row marked *); only the iterations
that prime the phase and those that settle it are changed. PESQ-WB over held-out sentences with 95 %
bootstrap intervals, and the difference to the run's own counts, paired.
"""

import dataclasses
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.evaluation.pages.intervals import interval, paired_difference
from ganspeech.evaluation.quality.metrics import METRICS
from ganspeech.evaluation.quality.scores import score
from ganspeech.evaluation.quality.speed import mels_of
from ganspeech.generators.primed import PrimedVocos
from ganspeech.models.vocoder import Vocoder
from ganspeech.runs.folder import load_run
from ganspeech.tasks.vocoding import vocode

COUNTS = ((0, 4), (4, 4), (8, 4), (16, 4), (32, 4), (64, 4), (16, 0), (16, 2), (16, 8), (16, 16))
"""Iterations before the correction, and after it."""


def main(run: Annotated[Path, tyro.conf.Positional], sentences: int = 20) -> None:
    """Vocodes, scores and prints a row for every pair of counts.

    Args:
        run: The folder of a run of a phase-primed Vocos.
        sentences: Held-out sentences to score, evenly spaced.
    """
    trained = load_run(run)
    experiment, spec = trained.experiment, Vocoder.from_run(trained).spec
    own = experiment.generator
    if not isinstance(own, PrimedVocos):
        raise SystemExit(f"{run} is a {type(own).__name__}, not a PrimedVocos")
    held_out = experiment.task.recordings(experiment.corpus).held_out
    chosen = held_out[:: max(1, len(held_out) // sentences)][:sentences]
    reference = {recording.id: recording.audio() for recording in chosen}
    mels = mels_of(reference, spec)
    counts = dict.fromkeys((*COUNTS, (own.iterations, own.settling)))
    systems = {}
    for iterations, settling in counts:
        generator = dataclasses.replace(own, iterations=iterations, settling=settling)
        systems[f"{iterations} {settling}"] = {
            name: vocode(generator, trained.variables, mel[None], spec)[0]
            for name, mel in mels.items()
        }
    pesq = next(metric for metric in METRICS if metric.name == "pesq")
    scores = score(reference, systems, spec.sample_rate, metrics=(pesq,))
    base = scores.of(f"{own.iterations} {own.settling}", pesq)
    print(f"{'iterations':>10} {'settling':>8}  {pesq.label:22}  against the run's own")
    for name in systems:
        iterations, settling = map(int, name.split())
        found = interval(scores.of(name, pesq))
        change = paired_difference(scores.of(name, pesq), base)
        mark = "*" if (iterations, settling) == (own.iterations, own.settling) else " "
        print(
            f"{iterations:10} {settling:8}{mark} "
            f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]       "
            f"{change.value:+.2f} [{change.low:+.2f}, {change.high:+.2f}]"
        )


if __name__ == "__main__":
    tyro.cli(main, description=__doc__)

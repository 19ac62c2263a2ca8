"""Quality over training time: scores the kept checkpoints of runs on their held-out sentences.

    python benchmarks/vocoder_curve.py runs/primed runs/vocos --sentences 20 --picture curve.png

Train with `--budget.keep 100`, so that there are checkpoints to score. Time is processor time over
`--cores`, which other work on the machine does not stretch. Griffin-Lim (60 iterations, same mels)
is the line to beat. Prints a table and writes a picture and JSON.
"""

import dataclasses
import json
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro
from matplotlib.figure import Figure

from ganspeech.evaluation.pages.intervals import interval
from ganspeech.evaluation.quality.metrics import METRICS
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, score
from ganspeech.evaluation.quality.speed import griffin_lim_all, mels_of, vocode_all
from ganspeech.models.vocoder import Vocoder
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import load_run


@dataclasses.dataclass(frozen=True)
class Curve:
    """Which runs, on how much, and where the results go."""

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Run folders."""
    sentences: int = 20
    """Held-out sentences to score, evenly spaced."""
    metric: str = "pesq"
    """Name of the metric, as in `ganspeech.evaluation.quality.metrics`."""
    cores: int = 2
    """Processor minutes are divided by this."""
    picture: Path | None = None
    """Where to write the picture."""
    json: Path | None = None
    """Where to write the numbers."""


def main(curve: Curve) -> None:
    """Scores every checkpoint, prints the table, draws the picture."""
    metric = next(m for m in METRICS if m.name == curve.metric)
    rows = [row for run in curve.runs for row in score_run(run, curve, metric)]
    print(f"{'system':24} {'minutes':>8} {'step':>7} {metric.label}")
    for row in rows:
        low, high = row["interval"]
        print(
            f"{row['system']:24} {row['minutes']:8.1f} {row['step']:7} "
            f"{row['mean']:.3f} [{low:.3f}, {high:.3f}]"
        )
    if curve.json:
        curve.json.write_text(json.dumps(rows, indent=2) + "\n")
    if curve.picture:
        draw(rows, metric.label, curve)


def score_run(run: Path, curve: Curve, metric) -> list[dict]:
    """One row a checkpoint, and one for Griffin-Lim."""
    checkpoints = Checkpoints(run / "checkpoints")
    systems, facts = {}, {}
    reference = None
    for step in checkpoints.steps():
        trained = load_run(run, step)
        vocoder = Vocoder.from_run(trained)
        if reference is None:
            experiment = trained.experiment
            held_out = experiment.task.recordings(experiment.corpus).held_out
            chosen = held_out[:: max(1, len(held_out) // curve.sentences)][: curve.sentences]
            reference = {recording.id: recording.audio() for recording in chosen}
            mels = mels_of(reference, vocoder.spec)
            systems[GRIFFIN_LIM], _ = griffin_lim_all(mels, vocoder.spec)
            facts[GRIFFIN_LIM] = (0, 0.0)
        name = f"{run.name} {step}"
        systems[name], _ = vocode_all(partial(vocoder, spec=vocoder.spec), mels, vocoder.spec)
        facts[name] = (step, checkpoints.about(step)["core_minutes"] / curve.cores)
    scores = score(reference, systems, vocoder.spec.sample_rate, metrics=(metric,))
    rows = []
    for name, (step, minutes) in facts.items():
        values = scores.of(name, metric)
        found = interval(values)
        rows.append(
            {
                "system": f"{run.name} griffin-lim" if name == GRIFFIN_LIM else run.name,
                "step": step,
                "minutes": minutes,
                "mean": found.value,
                "interval": [found.low, found.high],
            }
        )
    return rows


def draw(rows: list[dict], label: str, curve: Curve) -> None:
    """The curves with their intervals, Griffin-Lim as a level."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for name in dict.fromkeys(row["system"] for row in rows if not row["system"].endswith("lim")):
        points = [row for row in rows if row["system"] == name]
        x = [row["minutes"] for row in points]
        (line,) = axes.plot(x, [row["mean"] for row in points], marker="o", ms=3, label=name)
        low, high = zip(*(row["interval"] for row in points), strict=True)
        axes.fill_between(x, low, high, color=line.get_color(), alpha=0.15, lw=0)
    level = next(row for row in rows if row["system"].endswith("lim"))
    axes.axhline(level["mean"], color="0.4", ls="--", lw=1, label="Griffin-Lim, 60 iterations")
    axes.set_xlabel(f"processor minutes of training / {curve.cores}")
    axes.set_ylabel(label)
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(curve.picture, dpi=120)


if __name__ == "__main__":
    main(tyro.cli(Curve, description=__doc__))

"""Scores of several systems over the same sentences, in parallel, with no failure lost."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process

import numpy as np
from jaxtyping import Float
from tqdm import tqdm

from ganspeech.evaluation.quality.metrics import METRICS, Audio, Metric

RECORDING = "recording"
"""Name of the row that scores the references themselves, where a metric needs no reference."""
GRIFFIN_LIM = "griffin-lim"
"""Name of the baseline of vocoders, beside them in every table."""
COPY = "copy synthesis"
"""Name of the row of recordings that a voice has encoded to latent frames and decoded: the best
that its decoder can do."""
NOISY = "noisy"
"""Name of the row of what is given to an enhancer."""
SUBTRACTION = "spectral subtraction"
"""Name of the baseline of enhancers."""
BESIDE = RECORDING, GRIFFIN_LIM, COPY, NOISY, SUBTRACTION
"""Names of all rows that are no system's own."""
LENGTH_TOLERANCE = 0.1
"""Lengths are trimmed to the shorter unless a metric hears the whole; more than this is named."""


@dataclass(frozen=True)
class Facts:
    """Facts about a system besides its audio."""

    parameters: int | None = None
    compile_seconds: float | None = None
    real_time: Mapping[str, float] = field(default_factory=dict)
    """Seconds of audio made in a second, by sentence, compilation apart."""


@dataclass(frozen=True)
class Failure:
    """A value that is missing, and why."""

    system: str
    sentence: str
    metric: str
    """A metric's name, or `all`."""
    reason: str


@dataclass(frozen=True)
class Scores:
    """Everything the tables are made of."""

    rate: int
    sentences: tuple[str, ...]
    systems: tuple[str, ...]
    metrics: tuple[Metric, ...]
    values: Float[np.ndarray, "systems sentences metrics"]
    """NaN where a value is missing."""
    facts: Mapping[str, Facts]
    failures: tuple[Failure, ...]
    """One for each NaN of a metric that applies, or one with metric `all` for a whole row."""
    problems: tuple[str, ...]
    """Problems with the audio, one line each."""
    missing: tuple[str, ...]
    """How to install what the metrics left out need, one line each."""

    def of(self, system: str, metric: Metric) -> Float[np.ndarray, "sentences"]:
        """A metric's values of one system over the sentences."""
        return self.values[self.systems.index(system), :, self.metrics.index(metric)]

    @property
    def compared(self) -> tuple[str, ...]:
        """The systems without the recordings themselves."""
        return tuple(name for name in self.systems if name != RECORDING)


def score(
    reference: Mapping[str, Audio],
    systems: Mapping[str, Mapping[str, Audio]],
    rate: int,
    *,
    facts: Mapping[str, Facts] | None = None,
    problems: tuple[str, ...] = (),
    metrics: tuple[Metric, ...] = METRICS,
    workers: int | None = None,
    progress: bool = True,
) -> Scores:
    """Score float32 `[samples]` in [-1, 1] at `rate` Hz, by sentence, against the reference.

    Sentences run in `workers` fresh processes (all cores; 1: in this process). A script that
    calls this must be guarded by `if __name__ == "__main__"`, as always with such processes.
    A metric whose package is missing is left out and named in `missing`; a sentence that a system
    lacks, or whose metric fails, is NaN and named in `failures`. `problems` is what the caller
    knows to be wrong already. `ValueError` if there is nothing to score.
    """
    sentences = tuple(s for s in sorted(reference) if any(s in audio for audio in systems.values()))
    if not sentences:
        why = f": {problems[0]}" if problems else ""
        raise ValueError(f"nothing to score: no sentence of the reference is in any system{why}")
    if RECORDING in systems:
        raise ValueError(f"{RECORDING!r} is the reference's own name: name the system otherwise")
    available = tuple(m for m in metrics if not m.missing_packages())
    alone = any(not metric.compares for metric in available)
    names = (*systems, RECORDING) if alone else tuple(systems)
    values = np.full((len(names), len(sentences), len(available)), np.nan)
    found, failures = list(problems), list[Failure]()
    tasks: dict[str, Task] = {}
    for sentence in sentences:
        ours = reference[sentence]
        pairs = {name: audio[sentence] for name, audio in systems.items() if sentence in audio}
        failures += [Failure(s, sentence, "all", "no audio") for s in systems if s not in pairs]
        if not all(metric.whole for metric in available):
            for name, theirs in pairs.items():
                found += _length_problem(name, sentence, len(ours), len(theirs))
        pairs |= {RECORDING: ours} if alone else {}
        tasks[sentence] = (sentence, ours, pairs, rate, available)

    with tqdm(total=len(tasks), desc="scoring", unit="sentence", disable=not progress) as bar:
        for sentence, scored, failed in _run(tasks, workers):
            for name, row in scored.items():
                values[names.index(name), sentences.index(sentence)] = row
            failures += failed
            bar.update()
    return Scores(
        rate=rate,
        sentences=sentences,
        systems=names,
        metrics=available,
        values=values,
        facts=dict(facts or {}),
        failures=tuple(sorted(failures, key=lambda f: (f.system, f.sentence, f.metric))),
        problems=tuple(found),
        missing=_missing(metrics),
    )


Task = tuple[str, Audio, dict[str, Audio], int, tuple[Metric, ...]]
Scored = tuple[str, dict[str, np.ndarray], list[Failure]]


def score_sentence(
    sentence: str,
    reference: Audio,
    systems: dict[str, Audio],
    rate: int,
    metrics: tuple[Metric, ...],
) -> Scored:
    """All metrics of all systems on one sentence: a row of values a system, and the failures."""
    rows, failures = {}, []
    for name, audio in systems.items():
        pair = [np.asarray(x, np.float32) for x in (reference, audio)]
        common = [x[: min(map(len, pair))] for x in pair]
        row = rows[name] = np.full(len(metrics), np.nan)
        for i, metric in enumerate(metrics):
            if name == RECORDING and metric.compares:
                continue
            ours, theirs = pair if metric.whole else common
            try:
                if not np.isfinite(theirs).all():
                    raise ValueError("NaN or infinite samples")
                row[i] = metric.function(ours, theirs, rate)
                if not np.isfinite(row[i]):
                    raise ValueError("the value is not finite")
            except Exception as error:  # one bad pair must not lose the others
                row[i] = np.nan
                reason = str(error).strip().splitlines()
                failures.append(
                    Failure(name, sentence, metric.name, reason[0] if reason else repr(error))
                )
    return sentence, rows, failures


def _missing(metrics: tuple[Metric, ...]) -> tuple[str, ...]:
    return tuple(
        f"{metric.label} is left out: pip install {' '.join(packages)}"
        for metric in metrics
        if (packages := metric.missing_packages())
    )


def _length_problem(system: str, sentence: str, ours: int, theirs: int) -> list[str]:
    if abs(ours - theirs) <= LENGTH_TOLERANCE * max(ours, theirs):
        return []
    return [
        f"{system}: {sentence} has {theirs} samples, the reference {ours}: "
        f"scored over the shorter of the two"
    ]


def _run(tasks: dict[str, Task], workers: int | None) -> Iterator[Scored]:
    """Score each task; one that kills its process is run again alone, then given up by name."""
    workers = min(workers or os.cpu_count() or 1, len(tasks))
    if workers == 1:
        yield from (score_sentence(*task) for task in tasks.values())
        return
    left = dict(tasks)
    with _pool(workers) as pool:
        try:
            pool.submit(os.getpid).result()
        except BrokenProcessPool:
            raise RuntimeError(
                "the processes that score cannot start: guard the script by "
                "if __name__ == '__main__', or score with workers=1"
            ) from None
        futures = [pool.submit(score_sentence, *task) for task in tasks.values()]
        try:
            for done in as_completed(futures):
                if _alive(done):
                    left.pop(done.result()[0])
                    yield done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    while left:
        with _pool(1) as pool:
            alive = True
            while left and alive:
                sentence, task = left.popitem()
                future = pool.submit(score_sentence, *task)
                alive = _alive(future)
                if alive:
                    yield future.result()
                else:
                    reason = "the process that scored it died"
                    yield sentence, {}, [Failure(name, sentence, "all", reason) for name in task[2]]


def _pool(workers: int) -> ProcessPoolExecutor:
    # Forking with JAX's threads running may hang, hence fresh processes.
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leaves Ctrl-C to the parent, and ends when that does, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _alive(future: Future) -> bool:
    return not isinstance(future.exception(), BrokenProcessPool)

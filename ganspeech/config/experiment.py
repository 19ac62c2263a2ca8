"""The experiment: one frozen dataclass that says everything about a run."""

import dataclasses

from ganspeech.data.corpus import Corpus
from ganspeech.game.rules import Game
from ganspeech.process.checks import require_least
from ganspeech.tasks.trainable import AnyTrainable


@dataclasses.dataclass(frozen=True)
class Budget:
    """Length of a run, and intervals of its reports."""

    steps: int = 100_000
    """Updates of the generator; schedules stretch over them."""
    minutes: float = 0.0
    """Stop earlier, after this much training time over all resumed parts; 0: no such limit."""
    batch_size: int = 16
    """Examples of one update, over all devices and processes."""
    updates_per_dispatch: int = 1
    """Updates the device runs before it returns to the host; logging waits for them."""
    log_every: int = 50
    """Steps between lines of metrics."""
    sample_every: int = 2000
    """Steps between pictures and audio of held-out sentences."""
    save_every: int = 2000
    """Steps between checkpoints."""
    keep: int = 2
    """Checkpoints kept, the newest."""

    def __post_init__(self):
        positive = "steps", "batch_size", "updates_per_dispatch", "log_every", "save_every", "keep"
        require_least(self, "budget", 1, *positive)
        require_least(self, "budget", 0, "minutes", "sample_every")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Experiment(Game):
    """A game, what it is played on, and for how long."""

    task: AnyTrainable
    corpus: Corpus
    budget: Budget = Budget()
    start: str = ""
    """A vocoder or voice (run folder, file or shipped name; voices of Piper and Hugging Face, too)
    whose weights the generator starts from, or the run folder of a GAN whose network is the
    recognizer's front; empty: fresh ones."""
    workers: int = 0
    """Processes that cut training segments; 0 cuts them in a thread, best where the CPU trains."""
    seed: int = 0
    """Seed of the first parameters, the order of the data and all draws."""

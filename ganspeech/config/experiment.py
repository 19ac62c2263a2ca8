"""The experiment: one frozen dataclass with all settings of a run."""

import dataclasses

from ganspeech.data.corpus import Corpus
from ganspeech.game.rules import Game
from ganspeech.process.checks import require_least
from ganspeech.tasks.trainable import AnyTrainable


@dataclasses.dataclass(frozen=True)
class Budget:
    """Length of a run, and intervals of its reports."""

    steps: int = 100_000
    """Updates of the generator, over which schedules extend."""
    minutes: float = 0.0
    """Limit of training time in minutes, over all resumed parts; 0: no limit."""
    batch_size: int = 16
    """Examples of one update, over all devices and processes."""
    updates_per_dispatch: int = 1
    """Updates per dispatch to the device; logging waits for all of them."""
    log_every: int = 50
    """Steps between lines of metrics."""
    sample_every: int = 2000
    """Steps between pictures and audio of held-out sentences."""
    save_every: int = 2000
    """Steps between checkpoints."""
    keep: int = 2
    """Number of newest checkpoints to keep."""
    keep_best: str = ""
    """Metric of held-out sentences, such as pesq, dnsmos or wer, by which checkpoints are scored
    beside the training, and the best is kept beside the newest; empty: none are."""
    best_sentences: int = 20
    """Held-out sentences that are scored, the first ones; 0: all."""
    best_recognizer: str = ""
    """Recognizer of what is spoken, for wer: pocketsphinx, one of ours, a folder of a Whisper."""
    patience: int = 0
    """Scored checkpoints in a row without a better one that end the training; 0: none do."""

    def __post_init__(self):
        positive = "steps", "batch_size", "updates_per_dispatch", "log_every", "save_every", "keep"
        require_least(self, "budget", 1, *positive)
        require_least(self, "budget", 0, "minutes", "sample_every", "best_sentences", "patience")
        if self.patience and not self.keep_best:
            raise ValueError("budget.patience counts scores: name a metric in budget.keep_best")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Experiment(Game):
    """A game with its task, corpus and budget."""

    task: AnyTrainable
    corpus: Corpus
    budget: Budget = Budget()
    start: str = ""
    """A vocoder or voice (run folder, file or shipped name; voices of Piper and Hugging Face, too)
    whose weights the generator starts from, the run folder of a recognizer, perhaps of other
    symbols, or of a GAN whose network is the recognizer's front, or that of a reader without
    labels, from which it goes on or whose phones judge boundaries; empty: fresh ones."""
    start_discriminators: bool = False
    """Whether the discriminators, if there are any, start from those of `start`, too: of a run
    folder, or of a file of `ganspeech export --training-state`."""
    workers: int = 0
    """Processes that cut training segments; 0 cuts them in a thread, best where the CPU trains."""
    seed: int = 0
    """Seed of the initial parameters, the order of the data and all random draws."""

    def __post_init__(self):
        super().__post_init__()
        if self.start_discriminators and not self.start:
            raise ValueError("--start-discriminators True needs --start, which has them")

    @property
    def game_goes_on(self) -> bool:
        """Whether there are discriminators that have learned before the run starts."""
        return self.start_discriminators and bool(self.discriminators)

    def without_game(self, step: int) -> str:
        """Why no discriminator has played up to a step, in words; empty if one has, or has none."""
        begins = self.rules.adversary_from
        if not self.discriminators or step > begins:
            return ""
        return f"discriminators play after step {begins:,} (rules.adversary-from)"

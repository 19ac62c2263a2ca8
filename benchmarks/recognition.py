"""What GANs add to the recognition of digits in noise, beside the baselines that matter.

    python benchmarks/recognition.py --root FSDD --noises NOISES

Trains what the second stage starts from (enhancers with and without a discriminator, a maker of
noise, a discriminator of features), each with every seed, and then all rows of the table by the
runner of ablations: the same recognizer, the same steps, scored clean and at 10, 5 and 0 dB in
noises that no training has used. Everything is resumed by the same command. `--labels` makes the
other table: 1 %, 10 % and all of the labels, by a discriminator's maps, by random ones, by the
recognizer alone and by what that has read in the rest. Flags that are not its own, such as a small
budget, go to all runs.
"""

import dataclasses
import itertools
import subprocess
import sys
from pathlib import Path

import tyro

HOME = Path(__file__).resolve().parents[1]
FIRST = {
    "l1": ("enhancement_digits", "--discriminators", "none"),
    "gan": ("enhancement_digits",),
    "noise": ("noise_maker_digits",),
    "features": ("feature_gan_digits",),
}
"""The runs that the rows start from: an experiment and its flags."""
ROWS = (
    "multi-condition: --task.conditions.noisy 0.8",
    "clean only: --generator.masks.time 0 --generator.masks.frequency 0",
    "SpecAugment:",
    "L1 enhancement: recognition_digits_enhanced --start {first}/l1/seed-{{seed}}",
    "GAN enhancement: recognition_digits_enhanced --start {first}/gan/seed-{{seed}}",
    "GAN invariance: invariance_digits",
    "GAN augmentation: recognition_digits_augmented --start {first}/noise/seed-{{seed}}",
    "discriminator features: recognition_digits_discriminator --start "
    "{first}/features/seed-{{seed}}",
    "random maps: recognition_digits_discriminator",
)
"""The first is what all others are compared with; all but "clean only" have SpecAugment. The last
tells how much of the row before it is the discriminator's architecture."""
SHARES = (0.01, 0.1, 1.0)
ALONE = "--task.conditions.noisy 0.8 --task.share {share}"
LABELS = (
    "recognizer alone, {share:g}: " + ALONE,
    "random maps, {share:g}: recognition_digits_discriminator --task.share {share}",
    "discriminator's maps, {share:g}: recognition_digits_discriminator --task.share {share} "
    "--start {first}/features/seed-{{seed}}",
)
PSEUDO_LABELS = (
    "pseudo-labels, {share:g}: " + ALONE + " --task.transcripts "
    "{first}/teacher-{share:g}/seed-{{seed}}/labels.txt"
)
"""What the recognizer alone has read in the other recordings."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """Which table, and of what."""

    root: Path
    """Folder of spoken digits, DIGIT_SPEAKER_INDEX."""
    noises: Path | None = None
    """Folder of noises, of which the last five judge; without it they are made up."""
    seeds: int = 3
    """Members of each row."""
    run: Path = Path("runs/recognition")
    """Where everything goes."""
    labels: bool = False
    """The table of few labels in place of the one of noise."""


def main(asked: Asked, flags: list[str]) -> int:
    """Trains and prints; the exit status of the first command that fails.

    `flags` of train.py go to all runs.
    """
    run = asked.run.resolve()
    common = ["--corpus.root", str(asked.root.resolve()), *flags]
    if asked.noises:
        common += ["--task.conditions.noises", str(asked.noises.resolve())]
    wanted = ("features",) if asked.labels else tuple(FIRST)
    for name in wanted:
        for seed in range(asked.seeds):
            folder = str(run / name / f"seed-{seed}")
            arguments = [*FIRST[name], "--run", folder, "--seed", str(seed), *common]
            if status := _python("train.py", *arguments):
                return status
    if asked.labels:
        few = [share for share in SHARES if share < 1]
        for share, seed in itertools.product(few, range(asked.seeds)):
            if status := _read_the_rest(run, share, seed, common):
                return status
        rows = [row.format(first=run, share=share) for share in SHARES for row in LABELS]
        rows += [PSEUDO_LABELS.format(first=run, share=share) for share in few]
    else:
        rows = [row.format(first=run) for row in ROWS]
    table = run / ("labels" if asked.labels else "table")
    named = [word for row in rows for word in ("--row", row)]
    arguments = ["recognition_digits", "--run", str(table), "--seeds", str(asked.seeds)]
    return _python("-m", "ganspeech", "ablate", *arguments, *common, *named)


def _read_the_rest(run: Path, share: float, seed: int, common: list[str]) -> int:
    """Trains a recognizer on a share of the labels, and has it read the other recordings."""
    folder = run / f"teacher-{share:g}" / f"seed-{seed}"
    own = *ALONE.format(share=share).split(), "--run", str(folder), "--seed", str(seed)
    if status := _python("train.py", "recognition_digits", *own, *common):
        return status
    labels = str(folder / "labels.txt")
    return _python("-m", "ganspeech", "pseudo-labels", str(folder), labels, "--overwrite")


def _python(*arguments: str) -> int:
    return subprocess.run([sys.executable, *arguments], cwd=HOME).returncode


if __name__ == "__main__":
    sys.exit(main(*tyro.cli(Asked, description=__doc__, return_unknown_args=True)))

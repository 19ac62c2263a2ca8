"""The run that a command uses."""

from pathlib import Path

from ganspeech.inference import Vocoder, load

DEFAULT = Path("runs/vocoder_demo")


def load_vocoder(run: Path) -> Vocoder:
    """The vocoder of a run; ValueError says how to get one where there is none."""
    if not (run / "checkpoints").is_dir():
        raise ValueError(
            f"no run in {run}: train one by `python train.py vocoder_demo --run {run}`, "
            "or name another by --run DIR"
        )
    return load(run)

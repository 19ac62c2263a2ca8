"""Checkpoints that are whole or not there. The only file that knows Orbax.

A checkpoint is a folder `checkpoints/STEP` with the arrays of a state under `state/` and, beside
them, `about.json`: what the run knows besides, and the digest of every file. It is filled under
another name and appears by one rename, so a kill at any instant leaves the one before.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import numpy as np

Tree = Any
PARTIAL = "partial-"


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message names it and what is wrong."""


class Checkpoints:
    """The checkpoints of one run."""

    def __init__(self, folder: Path, keep: int = 2):
        self.folder, self._keep = Path(folder), keep
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future | None = None

    def steps(self) -> list[int]:
        """The steps there are checkpoints of, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdigit())

    def path(self, step: int) -> Path:
        """Path of the checkpoint of that step."""
        return self.folder / f"{step:09d}"

    def save(self, step: int, state: Tree, about: dict[str, Any]) -> None:
        """Writes in the background, after copying the state from the devices.

        `about` is what JSON can hold. An error of the previous save is raised here.
        """
        # Copied: on CPU a fetched array still is the device's memory, which the next update reuses.
        arrays = {name: np.array(leaf) for name, leaf in _named(jax.device_get(state))}
        self.wait()
        self._writing = self._writer.submit(self._write, step, arrays, about)

    def wait(self) -> None:
        """Returns once nothing is being written."""
        if self._writing:
            self._writing.result()
            self._writing = None

    def restore(self, like: Tree, step: int | None = None) -> tuple[Tree, dict[str, Any]]:
        """The newest usable checkpoint: a state shaped `like` (arrays or their shapes), and about.

        With `step`, the checkpoint of that step and no other. Raises CheckpointError when there is
        none, and when it holds a state of another shape.
        """
        about = self.newest_about() if step is None else self.about(step)
        path = self.path(about["step"])
        return _shaped(_read(path / "state"), like, path), about

    def newest_about(self) -> dict[str, Any]:
        """Content of about.json beside the newest state whose files are as they were written.

        A damaged checkpoint is named on standard error, and the one before is taken. Raises
        CheckpointError when none is left.
        """
        for step in reversed(self.steps()):
            try:
                return self.about(step)
            except CheckpointError as error:
                print(f"warning: {error}; looking for the one before", file=sys.stderr)
        raise CheckpointError(f"{self.folder} has no usable checkpoint")

    def about(self, step: int) -> dict[str, Any]:
        """Content of about.json beside the state of that step.

        Raises CheckpointError where there is no such checkpoint and where it is damaged.
        """
        path = self.path(step)
        if not path.is_dir():
            raise CheckpointError(f"there is no checkpoint of step {step} in {self.folder}")
        try:
            about = json.loads((path / "about.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CheckpointError(f"checkpoint {path} is damaged: about.json: {error}") from None
        files = about.pop("files", None) if isinstance(about, dict) else None
        if not isinstance(files, dict) or about.get("step") != step:
            raise CheckpointError(
                f"checkpoint {path} is damaged: about.json does not tell its step and files"
            )
        found = _digests(path / "state")
        for name in sorted(files.keys() | found.keys()):
            if files.get(name) != found.get(name):
                state = "is missing" if name not in found else "is not as it was written"
                raise CheckpointError(f"checkpoint {path} is damaged: state/{name} {state}")
        return about

    def _write(self, step: int, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        about = {"step": step, **about}
        for left in self.folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left)
        partial = self.folder / f"{PARTIAL}{step:09d}"
        import orbax.checkpoint as ocp

        with _checkpointer() as checkpointer:
            checkpointer.save(partial.absolute() / "state", ocp.args.PyTreeSave(arrays))
        about = {**about, "files": _digests(partial / "state")}
        (partial / "about.json").write_text(json.dumps(about, indent=2), encoding="utf-8")
        if self.path(step).exists():  # a damaged one, or a run went back and came here again
            self._drop(step)
        partial.rename(self.path(step))
        for old in self.steps()[: -self._keep]:
            self._drop(old)

    def _drop(self, step: int) -> None:
        # Renamed first: a kill must not leave half a checkpoint that looks like a damaged one.
        doomed = self.path(step).rename(self.folder / f"{PARTIAL}old-{step:09d}")
        shutil.rmtree(doomed)


def _checkpointer() -> Any:
    import orbax.checkpoint as ocp  # slow to import, and help does without

    # Every process reads for itself and the first writes for all, so Orbax need not meet others.
    alone = ocp.options.MultiprocessingOptions(
        primary_host=jax.process_index(),
        active_processes={jax.process_index()},
        barrier_sync_key_prefix=f"process{jax.process_index()}",
    )
    handler = ocp.PyTreeCheckpointHandler(multiprocessing_options=alone)
    return ocp.Checkpointer(handler, multiprocessing_options=alone)


def _read(folder: Path) -> dict[str, np.ndarray]:
    with _checkpointer() as checkpointer:
        return checkpointer.restore(folder.absolute())


def _named(tree: Tree) -> Iterator[tuple[str, Any]]:
    """The leaves of a tree, each with its path as one name."""
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        yield jax.tree_util.keystr(path, simple=True, separator="."), leaf


def _shaped(arrays: dict[str, np.ndarray], like: Tree, path: Path) -> Tree:
    wanted = dict(_named(like))
    for name in sorted(wanted.keys() | arrays.keys()):
        if name not in arrays:
            raise CheckpointError(f"checkpoint {path} has no {name}, which this experiment needs")
        if name not in wanted:
            raise CheckpointError(f"checkpoint {path} has {name}, which this experiment has not")
        there, here = arrays[name], wanted[name]
        if there.shape != here.shape or there.dtype != here.dtype:
            raise CheckpointError(
                f"checkpoint {path}: {name} is {there.dtype}{list(there.shape)} there, "
                f"{here.dtype}{list(here.shape)} in this experiment"
            )
    return jax.tree.unflatten(jax.tree.structure(like), [arrays[name] for name in wanted])


def _digests(folder: Path) -> dict[str, str]:
    """A digest of every file below a folder, by its path there."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
            digests[path.relative_to(folder).as_posix()] = digest.hexdigest()
    return digests

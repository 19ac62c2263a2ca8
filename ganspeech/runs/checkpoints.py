"""Atomic checkpoints. The only file that uses Orbax.

A checkpoint is a folder `checkpoints/STEP` with the arrays of a state under `state/` and, beside
them, `about.json`: metadata of the run, and the digest of every file. It is written under another
name and then renamed, so a kill at any time leaves the previous one intact.
"""

import hashlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ganspeech.process.damage import damage
from ganspeech.process.foreign_logs import quieted
from ganspeech.process.messages import one_line

Tree = Any
PARTIAL = "partial-"


class CheckpointError(ValueError):
    """Unusable checkpoint; the message names it and the fault."""


class Checkpoints:
    """The checkpoints of one run."""

    def __init__(self, folder: Path, keep: int = 2):
        self.folder, self._keep = Path(folder), keep
        self.spared: set[int] = set()
        """Steps of checkpoints that are still needed, however old."""
        self._writer = futures.ThreadPoolExecutor(1)
        self._writing: futures.Future | None = None

    def steps(self) -> list[int]:
        """Steps of all checkpoints, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdecimal())

    def path(self, step: int) -> Path:
        """Path of the checkpoint of that step."""
        return self.folder / f"{step:09d}"

    def save(
        self,
        step: int,
        state: Tree,
        about: dict[str, Any],
        then: Callable[[int], None] | None = None,
    ) -> None:
        """Writes in the background, after copying the state from the devices.

        `about` must be JSON-serializable; `then` is called with the step once the checkpoint is
        whole, in the background too. Raises the error of the previous save, if it failed.
        """
        # Copied: on CPU a fetched array shares the device's memory, which the next update reuses.
        arrays = {name: np.array(leaf) for name, leaf in _named(jax.device_get(state))}
        self.wait()
        self._writing = self._writer.submit(self._write_then, step, arrays, about, then)

    def wait(self) -> None:
        """Waits for the current write to finish; raises its error, once."""
        writing, self._writing = self._writing, None
        if writing:
            writing.result()

    def wait_quietly(self) -> None:
        """Waits for the current write to finish, and leaves its error to `wait`."""
        if self._writing:
            futures.wait([self._writing])

    def restore(self, like: Tree, step: int | None = None) -> tuple[Tree, dict[str, Any]]:
        """The newest usable checkpoint: a state shaped `like` (arrays or their shapes), and about.

        With `step`, only the checkpoint of that step. Raises CheckpointError if there is none,
        or if its state has another shape.
        """
        about = self.newest_about() if step is None else self.about(step)
        path = self.path(about["step"])
        with damage(CheckpointError, f"checkpoint {path} cannot be read"):
            arrays = _read(path / "state")
        return _shaped(arrays, like, path), about

    def newest_about(self) -> dict[str, Any]:
        """Content of about.json of the newest intact checkpoint.

        Damaged checkpoints are reported on standard error and skipped. Raises CheckpointError if
        none is left.
        """
        for step in reversed(self.steps()):
            try:
                return self.about(step)
            except CheckpointError as error:
                warning = f"warning: {error}; looking for the one before"
                print(one_line(warning), file=sys.stderr)
        raise CheckpointError(f"{self.folder} has no usable checkpoint")

    def about(self, step: int) -> dict[str, Any]:
        """Content of about.json of that step.

        Raises CheckpointError if the checkpoint is missing or damaged.
        """
        path = self.path(step)
        if not path.is_dir():
            raise CheckpointError(f"there is no checkpoint of step {step} in {self.folder}")
        with damage(CheckpointError, f"checkpoint {path} is damaged: about.json"):
            about = json.loads((path / "about.json").read_text(encoding="utf-8"))
        files = about.pop("files", None) if isinstance(about, dict) else None
        if not isinstance(files, dict) or about.get("step") != step:
            raise CheckpointError(
                f"checkpoint {path} is damaged: about.json lacks its step and files"
            )
        found = _digests(path / "state")
        for name in sorted(files.keys() | found.keys()):
            if files.get(name) != found.get(name):
                state = "is missing" if name not in found else "is not as it was written"
                raise CheckpointError(f"checkpoint {path} is damaged: state/{name} {state}")
        return about

    def adopt(self, other: "Checkpoints", step: int) -> None:
        """Keeps a checkpoint of another folder here too; its files are shared where they can be."""
        if step in self.steps():
            return
        partial = self._partial(step)
        shutil.copytree(other.path(step), partial, copy_function=_linked)
        partial.rename(self.path(step))

    def keep_only(self, step: int) -> None:
        """Deletes all other checkpoints."""
        for other in self.steps():
            if other != step:
                self._drop(other)

    def _partial(self, step: int) -> Path:
        """Folder of a checkpoint until it is whole; what earlier ones left is deleted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left)
        return self.folder / f"{PARTIAL}{step:09d}"

    def _write_then(
        self,
        step: int,
        arrays: dict[str, np.ndarray],
        about: dict[str, Any],
        then: Callable[[int], None] | None,
    ) -> None:
        self._write(step, arrays, about)
        if then:
            then(step)

    def _write(self, step: int, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
        partial = self._partial(step)
        about = {"step": step, **about}
        import orbax.checkpoint as ocp

        try:
            # Orbax logs, with tracebacks, errors that it raises as well.
            with quieted("absl", logging.CRITICAL), _checkpointer() as checkpointer:
                checkpointer.save(partial.absolute() / "state", ocp.args.PyTreeSave(arrays))
            about = {**about, "files": _digests(partial / "state")}
            (partial / "about.json").write_text(json.dumps(about, indent=2), encoding="utf-8")
        except (OSError, ValueError) as error:
            message = self._unwritten(step, arrays, error)
            shutil.rmtree(partial, ignore_errors=True)
            raise CheckpointError(message) from error
        if self.path(step).exists():  # damaged, or the run restarted from an earlier step
            self._drop(step)
        partial.rename(self.path(step))
        for old in self.steps()[: -self._keep]:
            if old not in self.spared:
                self._drop(old)

    def _unwritten(self, step: int, arrays: dict[str, np.ndarray], error: Exception) -> str:
        """Why a checkpoint could not be written, and what is left."""
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        reason = reason.partition(" [tensorstore_spec=")[0]
        if not self.folder.is_dir():
            return f"cannot write the checkpoint {self.path(step)}: its folder was removed"
        if "No space left" in reason or "quota" in reason.lower():
            needed = sum(leaf.nbytes for leaf in arrays.values())
            free = shutil.disk_usage(self.folder).free
            reason = f"no space left: {free / 1e6:.1f} MB are free, {needed / 1e6:.1f} MB needed"
        kept = self.steps()
        left = f"; the one of step {kept[-1]} is kept" if kept else ""
        return f"cannot write the checkpoint {self.path(step)}: {reason}{left}"

    def _drop(self, step: int) -> None:
        # Renamed first: a kill must not leave half a checkpoint that looks like a damaged one.
        doomed = self.path(step).rename(self.folder / f"{PARTIAL}old-{step:09d}")
        shutil.rmtree(doomed)


def _linked(source: str, target: str) -> None:
    """Links a file, which no one changes once it is written, or copies it where links fail."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _checkpointer() -> Any:
    import orbax.checkpoint as ocp  # slow to import, not needed for help

    # Each process reads by itself and only the first writes, so Orbax need not synchronize.
    alone = ocp.options.MultiprocessingOptions(
        primary_host=jax.process_index(),
        active_processes={jax.process_index()},
        barrier_sync_key_prefix=f"process{jax.process_index()}",
    )
    handler = ocp.PyTreeCheckpointHandler(multiprocessing_options=alone)
    return ocp.Checkpointer(handler, multiprocessing_options=alone)


def _read(folder: Path) -> dict[str, np.ndarray]:
    # Orbax logs, with tracebacks, errors that it raises as well.
    with quieted("absl", logging.CRITICAL), _checkpointer() as checkpointer:
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
            raise CheckpointError(
                f"checkpoint {path} has {name}, which this experiment does not have"
            )
        there, here = arrays[name], wanted[name]
        if there.shape != here.shape or there.dtype != here.dtype:
            raise CheckpointError(
                f"checkpoint {path}: {name} is {there.dtype}{list(there.shape)} there, "
                f"{here.dtype}{list(here.shape)} in this experiment"
            )
    return jax.tree.unflatten(jax.tree.structure(like), [arrays[name] for name in wanted])


def _digests(folder: Path) -> dict[str, str]:
    """Digest of every file below a folder, by relative path."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
            digests[path.relative_to(folder).as_posix()] = digest.hexdigest()
    return digests

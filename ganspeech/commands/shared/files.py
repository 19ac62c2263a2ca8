"""Conversion of one file, or of all files in a folder."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from ganspeech.commands.shared.reports import report_many, report_written
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import UnwritableError, require_file

Convert = Callable[[Path, Path], None]
"""Reads the first file and writes the second; ValueErrors name the first and the fault."""


def convert_all(
    source: Path,
    target: Path,
    convert: Convert,
    *,
    reads: Sequence[str],
    writes: Sequence[str],
    overwrite: bool,
    quiet: bool,
) -> int:
    """Converts a file, or every file of a folder and its subfolders; returns the exit status.

    `reads` and `writes` are suffixes; files in folders get the first of `writes`. Existing targets
    are replaced only with `overwrite`. In a folder, files that fail are listed and skipped, and the
    status is then 1.
    """
    if not source.exists():
        raise ValueError(f"no such file or folder: {source}")
    if not source.is_dir():
        target = _target_of_file(source, target, writes)
        require_file(target, overwrite)
        _convert(convert, source, target)
        report_written(target, quiet=quiet)
        return 0
    return _convert_folder(source, target, convert, reads, writes[0], overwrite, quiet)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Names the file in ValueErrors about its content."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _target_of_file(source: Path, target: Path, writes: Sequence[str]) -> Path:
    if target.is_dir():
        target = target / f"{source.stem}{writes[0]}"
    elif target.suffix.lower() not in writes:
        endings = f"one of {' '.join(writes)}" if len(writes) > 1 else writes[0]
        raise UsageError(f"{target} must end in {endings}, or be a folder that exists")
    if target.resolve() == source.resolve():
        raise UsageError(f"{target} would overwrite its own input")
    return target


def _convert_folder(
    source: Path,
    target: Path,
    convert: Convert,
    reads: Sequence[str],
    suffix: str,
    overwrite: bool,
    quiet: bool,
) -> int:
    if target.is_file() or (not target.exists() and target.suffix.lower() in (*reads, suffix)):
        raise UsageError(f"{source} is a folder, and {target} is a file: name a folder")
    if target.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{target} lies in {source}: name another folder")
    found = sorted(path for path in source.rglob("*") if _readable(path, reads))
    if not found:
        raise ValueError(f"{source} holds no file of {' '.join(reads)}, at any depth")
    left_out: list[str] = []
    written: dict[Path, Path] = {}
    kept = 0
    for path in tqdm(found, unit="file", dynamic_ncols=True, disable=quiet):
        to = (target / path.relative_to(source)).with_suffix(suffix)
        if to in written:
            left_out.append(f"{path}: {to} is made from {written[to]}")
            continue
        if to.exists() and not overwrite:
            kept += 1
            continue
        try:
            _convert(convert, path, to)
            written[to] = path
        except UnwritableError:
            raise
        except ValueError as error:
            left_out.append(str(error))
    summary = f"{len(written)} of {len(found)} files in {target}"
    return report_many(summary, kept, left_out, quiet=quiet)


def _readable(path: Path, reads: Sequence[str]) -> bool:
    # macOS creates hidden files with the same suffixes.
    return path.suffix.lower() in reads and not path.name.startswith(".") and path.is_file()


def _convert(convert: Convert, source: Path, target: Path) -> None:
    try:
        convert(source, target)
    except OSError as error:
        raise UnwritableError(f"cannot write {target}: {error.strerror or error}") from error

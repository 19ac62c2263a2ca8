"""Transfer of one file over HTTP, which goes on where an earlier one stopped."""

import os
import sys
from pathlib import Path
from typing import IO, Any

import requests
import urllib3
from tqdm import tqdm

import ganspeech
from ganspeech.data.corpus import CorpusError

CHUNK = 2**20
"""Bytes that are read at once."""
SECONDS = 60
"""Longest wait for an answer, or for its next bytes."""
OK, PARTIAL, BEYOND_THE_END = 200, 206, 416


class Resuming:
    """Downloader for pooch that keeps what came in `part`, and asks for the rest the next time.

    pooch deletes its own file when anything fails, which would cost hours of a large archive.
    """

    def __init__(self, part: Path, page: str):
        """`page` is an address for people, named when the server gives no file."""
        self._part, self._page = part, page

    def __call__(self, url: str, output: str, _pooch: Any) -> None:
        """Downloads to the file `output`; raises CorpusError, in one line."""
        transfer(url, self._part, self._page)
        print(f"{self._part.stem}: checking it", file=sys.stderr)
        os.remove(output)
        try:
            # The part stays until the checksum is known, so that Ctrl-C meanwhile costs nothing.
            os.link(self._part, output)
        except OSError:  # a file system without links
            os.replace(self._part, output)


def transfer(url: str, part: Path, page: str) -> None:
    """Completes the file `part`, from its end on if the server can do that.

    Raises CorpusError, in one line, if there is no connection or it breaks, if the server has no
    such file, and if the disk is full; what has come by then stays.
    """
    have = part.stat().st_size if part.exists() else 0
    headers = {
        "User-Agent": f"ganspeech/{ganspeech.__version__}",
        # Otherwise some servers would have archives decompressed on the way.
        "Accept-Encoding": "identity",
        **({"Range": f"bytes={have}-"} if have else {}),
    }
    try:
        with requests.get(url, headers=headers, stream=True, timeout=SECONDS) as answer:
            if answer.status_code == BEYOND_THE_END and have:
                if answer.headers.get("Content-Range", "").rpartition("/")[2] == str(have):
                    return
                part.unlink()  # longer than the file: from something else
                have = -1
            else:
                _receive(answer, part, have, page)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        kept = part.stat().st_size if part.exists() else 0
        left = f"; {part} has {gigabytes(kept)}, the same command goes on from there"
        raise CorpusError(f"{url}: {_reason(error)}{left if kept else ''}") from None
    if have < 0:
        transfer(url, part, page)


def gigabytes(size: int) -> str:
    """Size for people, in GB or MB."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _receive(answer: requests.Response, part: Path, have: int, page: str) -> None:
    if answer.status_code not in (OK, PARTIAL):
        raise CorpusError(
            f"{answer.url}: the server answers {answer.status_code} {answer.reason}; see {page}"
        )
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        raise CorpusError(f"{answer.url} is a web page now, and no archive; see {page}")
    if answer.status_code == OK:
        have = 0
    elif not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        raise CorpusError(f"{answer.url}: the server sends another range than was asked for")
    length = answer.headers.get("Content-Length")
    total = have + int(length) if length else None
    bar = tqdm(
        desc=part.stem,
        initial=have,
        total=total,
        unit="B",
        unit_scale=True,
        dynamic_ncols=True,
    )
    with bar, _opened(part, "ab" if have else "wb") as file:
        while chunk := answer.raw.read(CHUNK, decode_content=False):
            _write(file, chunk, part)
            bar.update(len(chunk))
    if total is not None and part.stat().st_size < total:
        raise urllib3.exceptions.ProtocolError("it ended early")


def _opened(part: Path, mode: str) -> IO[bytes]:
    try:
        # Unbuffered, so that nothing of what came is lost when the process is killed.
        return open(part, mode, buffering=0)
    except OSError as error:
        raise CorpusError(f"cannot write {part}: {error.strerror}") from None


def _write(file: IO[bytes], chunk: bytes, part: Path) -> None:
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise CorpusError(
            f"cannot write {part}: {error.strerror}; what is there stays, and the same command "
            "goes on from there"
        ) from None


def _reason(error: Exception) -> str:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return f"no answer within {SECONDS} seconds"
    if isinstance(error, urllib3.exceptions.HTTPError):
        return "the connection broke"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not valid"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return f"no valid answer ({type(error).__name__})"

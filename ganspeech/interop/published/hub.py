"""Files of published models, from the Hugging Face hub through huggingface_hub."""

import hashlib
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.published.catalog import PublishedModel

_SHA256 = re.compile("[0-9a-f]{64}")
EITHER = "|"
"""Between names of files of which the first that is there is taken."""


class MissingFile(ForeignFileError):
    """File that a repository does not have; the message names both."""


def download(model: PublishedModel, endpoint: str | None = None) -> tuple[Path, str]:
    """First file of a model, the others beside it in the hub's cache, and the commit.

    Files in the cache are not fetched again; a broken connection is taken up again five times.
    `endpoint` is the address of another hub; by default that of `HF_ENDPOINT`, or the Hugging Face
    hub.
    Raises ForeignFileError, in one line, without a connection, for a model, commit or file that is
    not there, for a large file with another checksum than the hub's, and if huggingface_hub is not
    installed.
    """
    print(f"{model.name}: asking the hub for {model.repository}", file=sys.stderr)
    commit = model.revision or _newest(model, endpoint)
    paths = [fetch(model, name, commit, endpoint) for name in model.files]
    return paths[0], commit


def fetch(model: PublishedModel, names: str, commit: str, endpoint: str | None = None) -> Path:
    """A file of a model's repository, A|B for either; see `download`, MissingFile for neither."""
    hub = _library()
    for name in names.split(EITHER):
        try:
            path = hub.hf_hub_download(
                model.repository, name, revision=commit, endpoint=endpoint, library_name="ganspeech"
            )
            break
        except hub.errors.LocalEntryNotFoundError as error:  # not there, and no connection either
            raise _failure(model, error) from None
        except hub.errors.EntryNotFoundError:
            continue
        except Exception as error:
            raise _failure(model, error) from None
    else:
        files = " or ".join(names.split(EITHER))
        raise MissingFile(f"{model.name}: {model.repository} has no {files} at {commit}")
    _require_sound(model, Path(path))
    return Path(path)


def _require_sound(model: PublishedModel, path: Path) -> None:
    """Compares a large file with its SHA-256, by which the hub and its cache name it."""
    stored = path.resolve()
    if not _SHA256.fullmatch(stored.name):
        return
    with open(stored, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != stored.name:
        stored.unlink()
        raise ForeignFileError(
            f"{model.name}: {path.name} is not what {model.repository} says it is, by its SHA-256, "
            "so it was removed: try again"
        )


def _newest(model: PublishedModel, endpoint: str | None) -> str:
    hub = _library()
    try:
        commit = hub.HfApi(endpoint=endpoint).model_info(model.repository).sha
    except Exception as error:
        raise _failure(model, error) from None
    if not commit:
        raise ForeignFileError(f"{model.name}: the hub names no commit of {model.repository}")
    return commit


def _library() -> Any:
    if find_spec("huggingface_hub") is None:
        raise ForeignFileError(
            "published models are fetched by huggingface_hub: pip install huggingface_hub"
        )
    import huggingface_hub
    import huggingface_hub.errors
    from huggingface_hub.utils import logging

    logging.set_verbosity_error()  # each of its five tries would be two lines
    return huggingface_hub


def _failure(model: PublishedModel, error: Exception) -> Exception:
    """One line about an error of the hub's library; errors of other kinds are returned as is."""
    hub = _library()
    where = f"{model.name}: {model.repository}"
    if isinstance(error, hub.errors.GatedRepoError):
        return ForeignFileError(
            f"{where} asks for consent: give it on its page, then hf auth login"
        )
    if isinstance(error, hub.errors.RepositoryNotFoundError):
        return ForeignFileError(f"{where} is not on the hub, or not public")
    if isinstance(error, hub.errors.RevisionNotFoundError):
        return ForeignFileError(f"{where} has no commit {model.revision}")
    if isinstance(error, hub.errors.HfHubHTTPError) and error.response is not None:
        return ForeignFileError(f"{where}: the hub answers {error.response.status_code}")
    if isinstance(error, OSError) and error.errno and not isinstance(error, ConnectionError):
        reason = f"{error.filename or 'the cache of the hub'}: {error.strerror}"
        return ForeignFileError(f"{where}: {reason}; HF_HOME names another folder")
    if isinstance(error, hub.errors.HTTPError | hub.errors.LocalEntryNotFoundError | OSError):
        return ForeignFileError(
            f"{where}: no connection to the hub, or it broke; the same command fetches what is "
            "missing"
        )
    return error

"""Files of published models, from the Hugging Face hub through huggingface_hub."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ganspeech.interop.formats.tensors import ForeignFileError
from ganspeech.interop.published.catalog import PublishedModel

EITHER = "|"
"""Between names of files of which the first that is there is taken."""


class MissingFile(ForeignFileError):
    """File that a repository does not have; the message names both."""


def download(model: PublishedModel, endpoint: str | None = None) -> tuple[Path, str]:
    """First file of a model, the others beside it in the hub's cache, and the commit.

    What is in the cache is not fetched again, and an interrupted file is gone on with. `endpoint`
    is the address of another hub; by default that of `HF_ENDPOINT`, or the Hugging Face hub.
    Raises ForeignFileError, in one line, without a connection, for a model, commit or file that is
    not there, and if huggingface_hub is not installed.
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
            return Path(path)
        except hub.errors.LocalEntryNotFoundError as error:  # not there, and no connection either
            raise _failure(model, error) from None
        except hub.errors.EntryNotFoundError:
            continue
        except Exception as error:
            raise _failure(model, error) from None
    files = " or ".join(names.split(EITHER))
    raise MissingFile(f"{model.name}: {model.repository} has no {files} at {commit}")


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
            f"{where}: no connection to the hub, or it broke; what came is kept, and the same "
            "command goes on from there"
        )
    return error

"""How an entry point ends: 0, 2 after misuse, 1 after a failure, which is one line."""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from ganspeech.flags import UsageError

HOME = str(Path(__file__).parent)


def guard(main: Callable[[], int]) -> int:
    """Runs an entry point and gives its exit status.

    ValueErrors that this package raises itself are written for its users and print as one line, as
    do files that cannot be opened or written, and Ctrl-C; any other exception is a fault, and keeps
    its traceback.
    """
    try:
        return main()
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the files that were written are whole", file=sys.stderr)
        return 130
    except OSError as error:
        if error.filename is None:
            raise
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except ValueError as error:
        if not traceback.extract_tb(error.__traceback__)[-1].filename.startswith(HOME):
            raise
        print(f"error: {error}", file=sys.stderr)
        return 1

"""The command line: `ganspeech COMMAND`, or `ganspeech COMMAND`; `--help` lists them."""

import sys

from ganspeech.process import environment


def main() -> int:
    """Settles the environment, and runs the command line; returns the exit status."""
    environment.prepare()
    from ganspeech.commands import cli

    return cli.main()


if __name__ == "__main__":  # processes that read data or score import this file too
    sys.exit(main())

"""Scores speech: `python eval.py quality --help`."""

import sys

from ganspeech.process import environment

if __name__ == "__main__":  # processes that score import this file too
    environment.prepare()
    from ganspeech.commands.eval import main

    sys.exit(main(sys.argv[1:]))

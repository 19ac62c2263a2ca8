"""Scores speech: `python eval.py quality --help`."""

import sys

from ganspeech.process.memory import keep_memory

if __name__ == "__main__":  # processes that score import this file too
    keep_memory()
    from ganspeech.commands.eval import main

    sys.exit(main(sys.argv[1:]))

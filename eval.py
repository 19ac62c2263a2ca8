"""Scores speech: `python eval.py quality --help`."""

import sys

if __name__ == "__main__":  # processes that score import this file too
    from ganspeech.evaluation.cli import main

    sys.exit(main(sys.argv[1:]))

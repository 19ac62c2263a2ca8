"""Trains an experiment: `python train.py [EXPERIMENT] [--flags]`; `--help` lists them."""

import sys

from ganspeech.process import environment

if __name__ == "__main__":  # processes that read data import this file too
    environment.prepare()
    from ganspeech.commands.train import main

    sys.exit(main(sys.argv[1:]))

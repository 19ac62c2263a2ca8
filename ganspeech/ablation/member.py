"""`python -m ganspeech.ablation.member JOB`: the process in which members are trained."""

import sys

from ganspeech.process import environment

if __name__ == "__main__":  # processes that score import this file too
    environment.prepare()
    from ganspeech.ablation.work import main

    sys.exit(main(sys.argv[1]))

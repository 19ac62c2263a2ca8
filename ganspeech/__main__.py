"""Uses what was trained: `python -m ganspeech vocode IN OUT`; `--help` lists the commands."""

import sys

from ganspeech.process import environment

if __name__ == "__main__":
    environment.prepare()
    from ganspeech.commands.cli import main

    sys.exit(main(sys.argv[1:]))

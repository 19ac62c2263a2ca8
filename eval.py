"""Score speech: `python eval.py quality --help`."""

from ganspeech.evaluation.cli import main

if __name__ == "__main__":
    main()

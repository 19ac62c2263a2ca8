"""What is generated from what: one file per task."""

from ganspeech.tasks.vocoding import Vocoding

MENU = {"vocoding": Vocoding()}

__all__ = ["MENU", "Vocoding"]

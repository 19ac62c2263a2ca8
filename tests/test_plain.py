"""Experiments that cannot be read back: one line that names the file."""

import pytest

from ganspeech import plain


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"class": "ganspeech.experiment.Bud', "Unterminated string"),
        ('{"class": 5}', "'5' is not a class"),
        (
            '{"class": "ganspeech.experiment.Budget", "steps": "x"}',
            r"ganspeech\.experiment\.Budget: .*'str'",
        ),
        ('{"class": "ganspeech.game.Game"}', r"ganspeech\.game\.Game: .* missing .*'generator'"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line_naming_the_file(text, told):
    with pytest.raises(ValueError, match=rf"^run\.json: .*{told}.*$"):
        plain.loads(text, "run.json")

"""Speakers by name, and blends of them."""

import numpy as np
import pytest
import robots

from ganspeech.commands import say as say_module
from ganspeech.commands.cli import main
from ganspeech.models.speakers import described, named_weights, weights_of

SPEAKERS = ("anna", "tom", "b: c, d")


def test_a_blend_is_a_weighted_vector(capsys):
    for speaker in ("anna:0.7, tom:0.3", "tom: 0.3 ,anna :0.7", {"tom": 0.3, "anna": 0.7}):
        weights = weights_of(speaker, SPEAKERS)
        np.testing.assert_allclose(weights, [[0.7, 0.3, 0]], atol=1e-7)
        assert weights.dtype == np.float32
    assert not capsys.readouterr().err
    np.testing.assert_array_equal(weights_of("tom", SPEAKERS), [[0, 1, 0]])
    np.testing.assert_array_equal(weights_of(None, SPEAKERS), [[1, 0, 0]])
    np.testing.assert_array_equal(weights_of("b: c, d", SPEAKERS), [[0, 0, 1]])
    assert weights_of(None, ()) is None


def test_weights_of_another_sum_are_said_and_divided_by_it(capsys):
    blend = named_weights("anna:3, tom:1", SPEAKERS)
    assert blend == {"anna": 0.75, "tom": 0.25} and described(blend) == "0.75 anna + 0.25 tom"
    said = capsys.readouterr().err
    assert said == "weights of speakers sum to 4, and are divided by that\n"


@pytest.mark.parametrize(
    "speaker, told",
    [
        ("ann", "no speaker 'ann'; the nearest of its 3 is 'anna'"),
        ("anna:0.5, tim:0.5", "no speaker 'tim'; the nearest of its 3 is 'tom'"),
        ("anna:0.5, tom", "'tom' in a blend of speakers: write NAME:WEIGHT, NAME:WEIGHT"),
        ("anna:0.5,", "'' in a blend of speakers: write"),
        ("anna:x, tom:1", "the weight of the speaker 'anna' must be a number above 0, not 'x'"),
        ("anna:-1, tom:2", "'anna' must be a number above 0, not -1.0"),
        ("anna:0, tom:1", "'anna' must be a number above 0, not 0.0"),
        ("anna:nan, tom:1", "'anna' must be a number above 0, not nan"),
        ("anna:inf, tom:1", "'anna' must be a number above 0, not inf"),
        ("anna:0.5, anna:0.5", "a blend names the speaker 'anna' twice"),
        ({"anna": True}, "'anna' must be a number above 0, not True"),
        ({}, "a blend of speakers needs at least one"),
    ],
)
def test_a_bad_blend_is_refused(speaker, told):
    with pytest.raises(ValueError) as error:
        weights_of(speaker, SPEAKERS)
    assert told in str(error.value) and "\n" not in str(error.value)
    with pytest.raises(ValueError, match="the voice has a single unnamed speaker"):
        weights_of(speaker, ())


def test_a_blend_is_said_and_its_sum_told_once(tmp_path, monkeypatch, capsys):
    voice = robots.voice(speakers=SPEAKERS)
    monkeypatch.setattr(say_module, "load_voice", lambda source: voice)
    monkeypatch.setattr(say_module, "keep_programs", lambda: None)
    (tmp_path / "lines.txt").write_text("One.\nTwo.\n")
    file = ["say", "--file", str(tmp_path / "lines.txt"), "-o", str(tmp_path / "out")]
    assert main([*file, "--speaker", "anna:2, tom:2"]) == 0
    assert capsys.readouterr().err.count("sum to 4, and are divided by that") == 1
    assert main([*file, "--speaker", "anna:2, tim:2", "--overwrite"]) == 2
    said = capsys.readouterr().err
    assert "no speaker 'tim'" in said and said.count("\n") == 1

"""Trials at one level, an anchor of known attenuation, ids and a page that tell nothing."""

import json
import re

import numpy as np
import pytest
from scipy import signal

from ganspeech.evaluation.listening.design import (
    ANCHOR,
    LEVEL,
    decoded,
    design,
    leveled,
    low_anchor,
)
from ganspeech.evaluation.listening.page import render
from ganspeech.evaluation.quality.scores import RECORDING
from ganspeech.evaluation.request import Stimuli

RATE = 16000


def test_every_trial_of_ratings_has_all_systems_a_hidden_reference_and_an_anchor(tests, stimuli):
    test = tests["mushra"]
    assert test.systems == ("alpha", "<beta>", "griffin-lim", RECORDING, ANCHOR)
    assert [trial.item for trial in test.trials] == ["s0", "s1", "s2"]
    for trial in test.trials:
        assert sorted(trial.systems.values()) == sorted(test.systems)
        assert len(trial.sounds) == 6 and trial.reference not in trial.systems
        hidden = next(id for id, name in trial.systems.items() if name == RECORDING)
        np.testing.assert_array_equal(trial.sounds[hidden], trial.sounds[trial.reference])
        for sound in trial.sounds.values():
            assert np.sqrt(np.mean(sound**2)) == pytest.approx(LEVEL, rel=1e-4)
        assert list(trial.systems) == sorted(trial.systems)  # by ids, which tell nothing
    assert decoded(test.key)["trials"][0]["systems"] == dict(test.trials[0].systems)
    assert design(stimuli, "mushra").key == test.key


def test_pairs_are_of_runs_alone(tests):
    for trial in tests["ab"].trials:
        assert set(trial.systems.values()) == {"alpha", "<beta>"} and not trial.reference
    assert len({id for trial in tests["ab"].trials for id in trial.sounds}) == 6


def test_a_peak_lowers_a_whole_trial_and_silence_stays():
    click, silence = np.zeros(RATE, np.float32), np.zeros(RATE, np.float32)
    click[5] = 1.0
    tone = np.sin(np.arange(RATE) / 5).astype(np.float32)
    found = leveled([click, tone, silence])
    assert np.abs(found[0]).max() == 1.0 and not found[2].any()
    levels = [np.sqrt(np.mean(sound**2)) for sound in found[:2]]
    assert levels[0] == pytest.approx(levels[1], rel=1e-5) and levels[0] < LEVEL


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_the_anchor_passes_what_the_recommendation_says(rate):
    click = np.zeros(4001, np.float32)
    click[2000] = 1.0
    made = low_anchor(click, rate)
    assert len(made) == len(click) and np.abs(made).argmax() == 2000  # in time
    frequencies, response = signal.freqz(made, worN=8192, fs=rate)
    decibels = 20 * np.log10(np.maximum(np.abs(response), 1e-9))
    assert np.abs(decibels[frequencies <= 3500]).max() < 0.1
    assert decibels[frequencies >= 4000].max(initial=-90) < -50


def test_what_cannot_be_tested_is_refused(stimuli):
    crowd = {f"run {n}": stimuli.reference for n in range(9)}
    many = Stimuli(RATE, crowd, stimuli.baselines, stimuli.reference, stimuli.texts)
    with pytest.raises(ValueError, match=r"trial of 13 sounds is more than .* 12"):
        design(many, "mushra")
    assert len(design(many, "ab").trials) == 3 * 36
    with pytest.raises(ValueError, match="no sound that all runs make"):
        design(Stimuli(RATE, {"a": {}, "b": {}}, {}, {}, {}), "ab")
    with pytest.raises(ValueError, match="speech at 6000 Hz"):
        low_anchor(np.zeros(100, np.float32), 6000)


@pytest.mark.parametrize("method", ["ab", "mushra"])
def test_the_page_names_nobody_and_asks_nobody(tests, method):
    html = render(tests[method])
    said = re.sub("<style>.*</style>", "", html, flags=re.DOTALL)
    assert len(said) < len(html) and not any(name in said for name in tests[method].systems)
    assert "http" not in html.replace("http-equiv", "") and "default-src 'none'" in html
    about, sounds = (
        json.loads(re.findall(rf'id="{id}">(.*?)</script>', html)[0]) for id in ("test", "sounds")
    )
    for trial in about["trials"]:
        assert set(trial["sounds"]) | {trial["reference"]} - {""} <= set(sounds)
    assert about["trials"][0]["text"] == "Hello & </script> bye."
    assert html.count("</script>") == 3

"""A listening test of two systems on three sentences, and answers to it."""

import json

import numpy as np
import pytest

from ganspeech.evaluation.listening.design import decoded, design, name_of
from ganspeech.evaluation.request import Stimuli

RATE = 16000
ITEMS = ("s0", "s1", "s2")


@pytest.fixture(scope="session")
def stimuli():
    rng = np.random.default_rng(0)

    def noise(level):
        return {item: (level * rng.normal(size=RATE // 4)).astype(np.float32) for item in ITEMS}

    systems = {"alpha": noise(0.02), "<beta>": noise(0.3)}
    texts = {"s0": "Hello & </script> bye.", "s1": "", "s2": "Two."}
    return Stimuli(RATE, systems, {"griffin-lim": noise(0.1)}, noise(0.1), texts)


@pytest.fixture(scope="session")
def tests(stimuli):
    return {method: design(stimuli, method) for method in ("ab", "mushra")}


@pytest.fixture
def answer(tests, tmp_path):
    """Writes answers as the page does; `rate` maps system and trial to a rating, or to a winner."""

    def write(method, listener, rate, **changes):
        key = tests[method].key
        trials = []
        for number, one in enumerate(decoded(key)["trials"]):
            given = {"trial": one["trial"], "order": list(one["systems"])}
            if method == "mushra":
                rated = {id: rate(system, number) for id, system in one["systems"].items()}
                given["ratings"] = rated
            else:
                by_name = {system: id for id, system in one["systems"].items()}
                given["choice"] = by_name.get(rate("", number))
            trials.append(given)
        content = {
            "ganspeech_listening": 1, "method": method, "test": name_of(key), "key": key,
            "listener": listener, "seed": 1, "trials": trials[::-1],
        } | changes  # fmt: skip
        path = tmp_path / f"{method}-{listener}.json"
        path.write_text(json.dumps(content))
        return path

    return write

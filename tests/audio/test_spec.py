import dataclasses
import json

import numpy as np
import pytest

from ganspeech.audio import (
    HIFIGAN_22K,
    PRESETS,
    VOCOS_24K,
    AudioSpec,
    SpecMismatch,
    log_mel,
)


@pytest.mark.parametrize("name", PRESETS)
def test_json_round_trip_keeps_spec_and_digest(name):
    spec = PRESETS[name]
    again = AudioSpec.from_json(spec.to_json())
    assert again == spec and again.digest() == spec.digest()


def test_every_field_changes_the_digest():
    changes = {
        "sample_rate": 24000, "n_fft": 2048, "hop_length": 128, "win_length": 512, "n_mels": 64,
        "fmin": 40.0, "fmax": 7600.0, "mel_scale": "htk", "mel_norm": "none", "power": 2.0,
        "log_base": "10", "log_floor": 1e-6, "padding": "center", "pad_mode": "constant",
    }  # fmt: skip
    assert set(changes) == {field.name for field in dataclasses.fields(AudioSpec)}
    digests = {dataclasses.replace(HIFIGAN_22K, **{k: v}).digest() for k, v in changes.items()}
    assert len(digests | {HIFIGAN_22K.digest()}) == len(changes) + 1


def test_equal_specs_have_equal_digests_whatever_the_number_type():
    assert AudioSpec(fmax=8000).digest() == AudioSpec(fmax=8000.0).digest()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sample_rate", 0), ("n_fft", 1023), ("n_fft", -2), ("hop_length", 2048),
        ("hop_length", 2.5),
        ("win_length", 1025), ("win_length", 1), ("n_mels", 0), ("fmin", -1.0), ("fmax", 12000.0),
        ("fmax", 0.0), ("mel_scale", "bark"), ("mel_norm", "l1"), ("power", 0.0), ("log_base", "2"),
        ("log_floor", 0.0), ("padding", "valid"), ("pad_mode", "edge"), ("n_mels", True),
    ],
)  # fmt: skip
def test_bad_field_is_named(field, value):
    with pytest.raises(ValueError, match=rf"AudioSpec\.{field} "):
        AudioSpec(**{field: value})


@pytest.mark.parametrize("spec", [HIFIGAN_22K, VOCOS_24K, AudioSpec(log_base="10", log_floor=1e-6)])
def test_silence_is_the_log_mel_of_zeros(spec):
    mel = np.asarray(log_mel(np.zeros(2048, np.float32), spec))
    np.testing.assert_allclose(mel, spec.silence, rtol=1e-6)


@pytest.mark.parametrize("field", ["sample_rate", "n_fft", "n_mels", "fmin", "fmax", "log_floor"])
def test_numbers_beyond_any_audio_are_refused(field):
    with pytest.raises(ValueError, match=rf"AudioSpec\.{field} must be"):
        AudioSpec(**{field: 10**400})


def test_mismatch_names_each_field_with_both_values():
    HIFIGAN_22K.require_same(AudioSpec())
    with pytest.raises(SpecMismatch) as caught:
        HIFIGAN_22K.require_same(VOCOS_24K, what="generator")
    text = str(caught.value)
    assert "generator" in text and "sample_rate is 24000 there, 22050 here" in text
    assert "mel_scale" in text and "hop_length" not in text


def test_json_with_unknown_or_missing_fields_is_refused():
    values = json.loads(HIFIGAN_22K.to_json())
    with pytest.raises(ValueError, match="unknown fields: hops"):
        AudioSpec.from_json(json.dumps({**values, "hops": 3}))
    del values["fmin"]
    with pytest.raises(ValueError, match="missing fields: fmin"):
        AudioSpec.from_json(json.dumps(values))
    for text in ("[]", "no json"):
        with pytest.raises(ValueError, match="must be a JSON object"):
            AudioSpec.from_json(text)

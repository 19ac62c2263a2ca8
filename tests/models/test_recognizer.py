"""Listening: any number of utterances of any length, in few programs, from runs and files."""

import dataclasses

import jax
import numpy as np
import pytest

from ganspeech.audio import AudioSpec
from ganspeech.load import load_recognizer
from ganspeech.models.recognizer import BATCH, THRESHOLD, Recognizer
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.recognizers.decoding import greedy
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition, recognize_batch
from ganspeech.text.vocabulary import Words

SPEC = AudioSpec(
    sample_rate=8000, n_fft=64, hop_length=40, win_length=64, n_mels=8, fmax=4000,
    power=2.0, padding="center", pad_mode="constant",
)  # fmt: skip
TASK = Recognition(Features(SPEC), Words(("yes", "no")), buckets=(0.1, 0.2))


@pytest.fixture(scope="module")
def hear() -> Recognizer:
    network = ConvolutionalRecognizer(width=8, blocks=1, kernel=3)
    variables = jax.jit(lambda key: network.init(key, *TASK.example()))(jax.random.key(0))
    return Recognizer(network, variables, TASK)


def audio(samples, seed=0):
    return 0.1 * np.random.default_rng(seed).normal(size=samples).astype(np.float32)


def test_company_order_and_loudness_change_nothing(hear):
    utterances = [audio(400 + 61 * n, seed=n) for n in range(BATCH + 3)]
    together = hear(utterances)
    for n in (0, 4, BATCH + 2):
        (alone,) = hear([0.3 * utterances[n]])
        assert alone.log_probs.shape == (TASK.steps(len(utterances[n])), 3)
        np.testing.assert_allclose(together[n].log_probs, alone.log_probs, atol=1e-4)
        np.testing.assert_allclose(np.exp(alone.log_probs).sum(1), 1, rtol=1e-5)
        assert alone.ids == tuple(greedy(alone.log_probs))
        assert alone.text == TASK.vocabulary.decode(alone.ids)
        assert 0 <= alone.confidence <= 1


def test_the_number_of_programs_is_known(hear):
    recognize_batch.clear_cache()
    for count in (1, 3, BATCH, BATCH + 1, 2 * BATCH + 5):
        hear([audio(300 + 80 * n, seed=n) for n in range(count)])
    assert recognize_batch._cache_size() == 2 * len(hear.task.buckets) == 4
    assert hear([]) == []


def test_long_audio_is_cut_where_it_is_quiet(hear):
    longest = round(max(TASK.buckets) * 8000)
    spoken = audio(3 * longest)
    quiet = int(0.8 * longest)
    spoken[quiet - 200 : quiet + 200] *= 1e-3
    pieces = list(hear._pieces([spoken]))
    assert sum(map(len, pieces)) == len(spoken) and max(map(len, pieces)) <= longest
    assert abs(len(pieces[0]) - quiet) < 200
    (transcript,) = hear([spoken])
    assert len(transcript.log_probs) == sum(TASK.steps(len(piece)) for piece in pieces)


def test_a_long_recording_in_pieces_is_heard_as_the_whole(hear):
    whole = audio(40 * round(max(TASK.buckets) * 8000) + 77)
    pieces = np.split(whole, range(500, len(whole), 500))
    (expected,) = hear([whole], beam=4)
    made = hear.long(iter(pieces), peak=np.abs(whole).max(), beam=4)
    assert made.ids == expected.ids and made.text == expected.text
    np.testing.assert_allclose(made.log_probs, expected.log_probs, atol=1e-4)
    assert made.confidence == pytest.approx(expected.confidence, rel=1e-3)
    with pytest.raises(ValueError, match="a piece of the recording has NaN"):
        hear.long([np.full(9, np.nan)], peak=1.0)


def test_prefixes_are_searched_where_asked(hear):
    (best,) = hear([audio(1500)], beam=50)
    (path,) = hear([audio(1500)])
    assert best.confidence ** max(len(best.ids), 1) >= path.confidence ** max(len(path.ids), 1)


def test_silence_is_heard_and_impossible_audio_is_named(hear):
    assert np.isfinite(hear([np.zeros(500, np.float32)])[0].log_probs).all()
    for wrong, told in (
        (np.zeros((2, 9)), r"utterance 1 must be \[samples\], not \[2, 9\]"),
        (np.zeros(0), r"utterance 1 must be \[samples\], not \[0\]"),
        (np.full(9, np.nan), "utterance 1 has NaN"),
    ):
        with pytest.raises(ValueError, match=told):
            hear([audio(9), wrong])


def test_files_and_nothing_else_are_loaded(hear, tmp_path):
    path = tmp_path / "words.safetensors"
    Recognizer(hear.network, hear.variables, TASK, "For a test.").save(path)
    loaded = load_recognizer(path)
    assert (loaded.task, loaded.about, loaded.sample_rate) == (TASK, "For a test.", 8000)
    assert loaded.parameters == hear.parameters
    same = dataclasses.replace(loaded([audio(900)])[0], log_probs=None)
    assert same == dataclasses.replace(hear([audio(900)])[0], log_probs=None)
    assert loaded.threshold == THRESHOLD
    dataclasses.replace(hear, threshold=0.83).save(path)
    assert load_recognizer(path).threshold == 0.83
    with pytest.raises(ValueError, match="no recognizer 'nowhere'"):
        load_recognizer("nowhere")

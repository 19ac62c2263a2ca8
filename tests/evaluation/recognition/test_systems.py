"""Runs of recognizers as they are before they have learned, on digits that are tones."""

import dataclasses
import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import write_audio
from ganspeech.commands.eval import main
from ganspeech.data.noise.conditions import Conditions
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.discriminators.representation_critic import RepresentationCritic
from ganspeech.evaluation.pages.saliency import saliency
from ganspeech.evaluation.recognition import inside
from ganspeech.evaluation.recognition.accuracy import Answer, error_rate
from ganspeech.evaluation.recognition.conditions import Reference, as_heard, hear, unseen_noises
from ganspeech.evaluation.recognition.systems import recognized_by_run
from ganspeech.evaluation.request import Request
from ganspeech.evaluation.scorers import outcome_of
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.recognizers.front import Enhanced, Fronted, Maps
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.invariance import Invariance
from ganspeech.text.vocabulary import Words

RATE = 16000
INVARIANCE = Invariance(vocabulary=Words(), buckets=(0.5,), conditions=Conditions(unseen=2))
CRITIC = RepresentationCritic(width=8)
ENHANCER, PATCH = FeatureEnhancer(width=8), FeaturePatchDiscriminator(widths=(4, 4))


@pytest.fixture(scope="module")
def enhancement(base, make_run):
    """A run of an enhancer with its discriminator."""
    task = FeatureEnhancement(buckets=(0.5,))
    fields = {"task": task, "generator": ENHANCER, "discriminators": (PATCH,)}
    return make_run(dataclasses.replace(base, **fields))


def white(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, RATE).astype(np.float32)


def spoken(count: int = 3) -> list[Reference]:
    return [
        Reference(f"u{n}", "one", "", lambda n=n: 0.5 * white(100 + n)[: 4000 + n])
        for n in range(count)
    ]


def test_every_utterance_is_heard_clean_and_in_every_noise_at_every_snr():
    utterances, noises = spoken(), {"rain": white(1), "wind": white(2)}
    heard = []

    def recognize(audio):
        heard.extend(audio)
        return ["one"] * len(audio)

    rows = hear(utterances, recognize, snrs=(0, 5), noises=noises, progress=False)
    assert {row: len(answers) for row, answers in rows.items()} == {
        "clean": 3,
        "5 dB": 6,
        "0 dB": 6,
    }
    assert len(heard) == 15
    by_id = {one.id: one for one in utterances}
    answers = [answer for row in rows.values() for answer in row]
    for answer, audio in zip(answers, heard, strict=True):
        np.testing.assert_array_equal(audio, as_heard(answer, by_id, noises))
        clean = by_id[answer.id].audio()
        assert audio.shape == clean.shape
        if answer.snr_db is not None:
            # Both may have been scaled to stay below 1.
            scale = np.dot(audio, clean) / np.dot(clean, clean)
            residue = audio - scale * clean
            found = 10 * np.log10(np.dot(clean, clean) * scale**2 / np.dot(residue, residue))
            assert found == pytest.approx(answer.snr_db, abs=0.5)


def test_noise_depends_on_names_alone_and_is_the_same_at_any_snr():
    utterances, noises = {one.id: one for one in spoken()}, {"rain": white(1)}
    rows = hear(
        list(utterances.values()),
        lambda audio: [""] * len(audio),
        snrs=(6, -6),
        noises=noises,
        progress=False,
    )
    loud, louder = (as_heard(rows[row][1], utterances, noises) for row in ("6 dB", "-6 dB"))
    clean = utterances["u1"].audio()
    again = as_heard(rows["6 dB"][1], utterances, noises)
    np.testing.assert_array_equal(loud, again)
    residues = [x - clean for x in (loud, louder)]
    correlation = np.dot(*residues) / np.prod([np.linalg.norm(r) for r in residues])
    assert correlation > 0.95


def test_noises_of_another_folder_are_those_that_were_not_trained_on(tmp_path):
    for n in range(4):
        write_audio(tmp_path / "own" / f"n{n}.wav", white(n), RATE)
        write_audio(tmp_path / "other" / f"m{n}.wav", white(n + 2), RATE)
    conditions = Conditions(noises=str(tmp_path / "own"), unseen=1)
    assert list(unseen_noises(conditions, RATE)) == ["n3"]
    # n2 is trained on, n3 is not.
    assert list(unseen_noises(conditions, RATE, tmp_path / "other")) == ["m1", "m2", "m3"]
    trained = Conditions(noises=str(tmp_path / "other"), unseen=0)
    with pytest.raises(ValueError, match="every noise in it was trained on"):
        unseen_noises(trained, RATE, tmp_path / "other")


def test_a_run_is_scored_on_what_it_holds_out_the_same_every_time(run, tmp_path, capsys):
    files = [tmp_path / "scores.json", tmp_path / "again.json"]
    for file in files:
        arguments = ["--run", str(run), "--snr", "5", "--json", str(file)]
        arguments += ["--page", str(tmp_path / "page.html")]
        assert main(["recognition", *arguments]) == 0
    assert files[0].read_text() == files[1].read_text()
    found = json.loads(files[0].read_text())
    clean, noisy = (found["rows"][row]["utterances"] for row in ("clean", "5 dB"))
    assert len(clean) == 50 and len(noisy) == 100 and found["intervals_over"] == "speakers"
    assert {one["id"][:4] for one in clean} == {"0002"}
    assert {one["noise"] for one in noisy} == set(found["noises"]) and len(found["noises"]) == 2
    assert found["units"] == {"word": "WER"}
    page = (tmp_path / "page.html").read_text()
    assert page.count("<audio") == 48 and 'id="enhancement"' not in page
    assert "50 utterances of 5 speakers" in capsys.readouterr().out


def test_a_run_that_did_not_learn_to_recognize_is_refused(enhancement, capsys):
    assert main(["recognition", "--run", str(enhancement)]) == 1
    assert capsys.readouterr().err.endswith("for FeatureEnhancement, not to recognize\n")


def test_a_folder_of_audio_is_heard_with_what_is_written_beside_it(run, tmp_path, capsys):
    folder = tmp_path / "audio"
    for name in ("7-1-a", "7-1-b", "8-1-c", "lonely"):
        write_audio(folder / f"{name}.wav", white(3)[:4000], RATE)
    (folder / "broken.wav").write_bytes(b"RIFF")
    (folder / "7-1.trans.txt").write_text("7-1-a ONE\n7-1-b TWO, 3\n7-1-z four\n")
    (folder / "8-1-c.txt").write_text("Nine.\n")
    (folder / "broken.txt").write_text("six\n")
    scores = tmp_path / "scores.json"
    arguments = ["--model", str(run), "--audio", str(folder), "--json", str(scores)]
    assert main(["recognition", *arguments]) == 0
    found = json.loads(scores.read_text())
    told = {one["id"]: one for one in found["rows"]["as recorded"]["utterances"]}
    assert {id: one["reference"] for id, one in told.items()} == {
        "7-1-a": "one",
        "7-1-b": "two three",
        "8-1-c": "nine",
    }
    assert told["7-1-b"]["speaker"] == "7"
    problems = "\n".join(found["problems"])
    assert "transcripts without audio (7-1-z)" in problems
    assert "audio without a transcript (lonely)" in problems and "(broken)" in problems
    # A file of lines in place of those beside the audio.
    lines = tmp_path / "lines.txt"
    lines.write_text("lonely five\n")
    assert main(["recognition", *arguments, "--reference", str(lines)]) == 0
    found = json.loads(scores.read_text())
    assert [one["id"] for one in found["rows"]["as recorded"]["utterances"]] == ["lonely"]
    lines.write_text("nobody five\n")
    assert main(["recognition", *arguments, "--reference", str(lines)]) == 1
    assert "no audio that can be compared" in capsys.readouterr().err


def test_an_outcome_pairs_utterances_and_draws_speakers(run):
    found = outcome_of(run, Request())
    assert list(found.metrics) == ["wer_clean", "wer_10db", "wer_5db", "wer_0db"]
    recognized, _ = recognized_by_run(load_run(run), Request(), progress=False)
    for row, (name, measure) in zip(recognized.rows, found.metrics.items(), strict=True):
        assert measure.value == pytest.approx(error_rate(recognized.rows[row], "word").value)
        assert not measure.higher_is_better and len(found.units[name]) == 50
        assert np.mean(list(found.units[name].values())) == pytest.approx(measure.value)
    assert set(found.speakers.values()) == {f"s{n}" for n in range(5)}


def fresh(experiment, **fields) -> Run:
    """A run that has learned nothing, and has no folder."""
    experiment = dataclasses.replace(experiment, **fields)
    task, discriminators = experiment.task, experiment.discriminators
    features, lengths, symbols, stride = task.example()
    key = jax.random.PRNGKey(0)
    network = experiment.generator
    variables = jax.jit(lambda key: network.init(key, features, lengths, symbols, stride))(key)
    judged = jnp.zeros((1, task.steps(8000), 8))
    panel = tuple(jax.jit(d.init)(key, judged, task.condition()) for d in discriminators)
    return Run(Path(), experiment, variables, panel, 1)


def shown(*samples: int) -> list[inside.ShownUtterance]:
    """Utterances of so many samples, heard otherwise than they are."""
    answers = (Answer(f"u{n}", "one", "two") for n in range(len(samples)))
    return [
        inside.ShownUtterance(answer, white(n)[:length], white(99 - n)[:length])
        for n, (answer, length) in enumerate(zip(answers, samples))
    ]


def test_a_page_shows_features_around_a_front_and_where_its_judge_looks(base, enhancement):
    network = Fronted(Enhanced(ENHANCER), base.generator)
    run = fresh(base, generator=network)
    found = inside.sections(run, shown(4000, 3000))
    assert [title for title, _ in found] == ["Enhancement"]
    assert found[0][1].count("<img") == 6
    started = dataclasses.replace(base, generator=network, start=str(enhancement))
    found = inside.sections(dataclasses.replace(run, experiment=started), shown(4000, 3000))
    assert [title for title, _ in found] == ["Enhancement", "Discriminator"]
    assert "enhanced, logit" in found[1][1] and found[1][1].count("<img") == 4


def test_the_maps_that_a_recognizer_hears_show_where_their_discriminator_looks(base):
    run = fresh(base, generator=Fronted(Maps(PATCH, 0), base.generator))
    found = inside.sections(run, shown(4000))
    assert [title for title, _ in found] == ["Discriminator"]
    assert found[0][1].count("<img") == 2


def test_what_lies_beyond_an_utterance_moves_no_logit_of_its_critic(base):
    run = fresh(base, task=INVARIANCE, discriminators=(CRITIC,))
    inputs = inside.inputs_of(INVARIANCE, shown(3000, 6000))
    look = inside.look_of(run, inputs)
    assert set(look.asked) == {"heard", "without noise"}
    slopes = saliency(look.judge, np.asarray(inputs.heard), noise=0.0, copies=1)
    edge = int(inputs.lengths[0])
    assert np.abs(slopes[0, :edge]).max() > 0 and not slopes[0, edge:].any()
    assert inside.sections(fresh(base), shown(4000)) == []

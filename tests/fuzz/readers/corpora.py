"""Readers of corpora: the tables of each layout beside its recordings, prepared ones, archives."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from fuzz.hostile import archives
from fuzz.reader import Files, Reader
from tiny_archives import packed, sound

from ganspeech.data.corpus import Corpus, Problems
from ganspeech.data.download.published import Archive
from ganspeech.data.download.unpack import unpack
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.speech_commands import SpeechCommands
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.data.readers.vctk import VCTK
from ganspeech.data.readers.words import DIGITS

METADATA = (
    b"a|Hello, Dr. Smith.|Hello, Doctor Smith.\nb|Two.|Two.\nc|Three|\n",
    b'id,text\na,"Hello, you"\nb,Two\nc.wav,Three\n',
    b"file\ttranscript\nwavs/a.wav\tHello\nb\tTwo\n",
)


def _read_all(make: Callable[[str], Corpus]) -> Callable[[Path], None]:
    def read(folder: Path) -> None:
        problems = Problems()
        list(make(str(folder)).utterances(problems))
        problems.lines()

    return read


def _lj() -> Files:
    return {"metadata.csv": METADATA, **{f"wavs/{id}.wav": [sound(8000)] for id in "abc"}}


def _libri() -> Files:
    lines = b"1-2-0 HELLO WORLD\n1-2-1 TWO\n"
    return {
        "1/2/1-2.trans.txt": [lines],
        "1/2/1-2-0.flac": [sound(8000, "flac")],
        "1/2/1-2-1.flac": [sound(8000, "flac")],
        "1/3/1-3-0.normalized.txt": [b"Three, four.\n"],
        "1/3/1-3-0.wav": [sound(8000)],
    }


def _vctk() -> Files:
    home = "wav48_silence_trimmed/p225"
    texts = {f"txt/p225/p225_00{n}.txt": [b"Please call Stella.\n"] for n in (1, 2)}
    return texts | {f"{home}/p225_00{n}_mic1.flac": [sound(8000, "flac")] for n in (1, 2)}


def _commands() -> Files:
    lists = {
        "testing_list.txt": [b"one/a_nohash_0.wav\n"],
        "validation_list.txt": [b"zero/x.wav\n"],
    }
    return lists | {f"{word}/a_nohash_0.wav": [sound(8000, seconds=0.1)] for word in DIGITS}


def _digits() -> Files:
    return {f"{digit}_ann_0.wav": [sound(8000, seconds=0.1)] for digit in range(10)}


CONTENT = {"c/one.txt": b"1", "c/d/two.txt": b"2" * 3000, "LICENSE": b"yes"}


def _archives(name: str) -> Files:
    # All hostile ones to both: what counts is the name.
    return {name: [packed(name, CONTENT), *archives()]}


def _unpacked(folder: Path) -> None:
    (file,) = folder.iterdir()
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        target = Path(name, "target")
        (target / "downloads").mkdir(parents=True)
        archive = Archive(f"https://example.org/{file.name}", 0, "md5:0", "c", 0)
        try:
            unpack(archive, file, target, target / "downloads")
        finally:
            beside = [path.name for path in Path(name).iterdir() if path != target]
            links = [path for path in target.rglob("*") if path.is_symlink()]
            assert not beside and not links and not Path("/tmp/escaped").exists()


READERS = {
    "ljspeech": Reader(_lj, _read_all(lambda root: LJSpeech(root)), 300),
    "librispeech": Reader(_libri, _read_all(lambda root: LibriSpeech(root)), 200),
    "vctk": Reader(_vctk, _read_all(lambda root: VCTK(root)), 150),
    "speech commands": Reader(_commands, _read_all(lambda root: SpeechCommands(root)), 100),
    "spoken digits": Reader(_digits, _read_all(lambda root: SpokenDigits(root)), 100),
    "audio folder": Reader(_digits, _read_all(lambda root: AudioFolder(root)), 50),
    "zip": Reader(lambda: _archives("a.zip"), _unpacked, 200),
    "tar": Reader(lambda: _archives("a.tar.gz"), _unpacked, 200),
    "tar bz2": Reader(lambda: _archives("a.tar.bz2"), _unpacked, 100),
}

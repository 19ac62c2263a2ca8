"""Corpora of openslr.org: LibriSpeech, LibriTTS-R and MUSAN."""

from ganspeech.data.download.published import Archive, Part, PublishedCorpus, wav_bytes

_OPENSLR = "https://www.openslr.org/resources"


def _librispeech(name: str, size: int, sha256: str, hours: float) -> Part:
    archive = Archive(
        url=f"{_OPENSLR}/12/{name}.tar.gz",
        size=size,
        checksum=f"sha256:{sha256}",
        holds=f"LibriSpeech/{name}",
        unpacked=round(size * 1.1),  # FLAC, which gzip does not compress further
    )
    command = "python train.py recognition_librispeech --corpus.root {root}"
    return Part((archive,), hours, (command,))


def _libritts_r(name: str, size: int, md5: str, hours: float) -> Part:
    archive = Archive(
        url=f"{_OPENSLR}/141/{name.replace('-', '_')}.tar.gz",
        size=size,
        checksum=f"md5:{md5}",
        holds=f"LibriTTS_R/{name}",
        unpacked=wav_bytes(hours, 24_000),
    )
    commands = (
        "python train.py vocoder_vocos --corpus.root {root}",
        "python train.py vocoder_bigvgan --corpus.root {root}",
    )
    return Part((archive,), hours, commands)


LIBRISPEECH = PublishedCorpus(
    title="2,484 English readers, 16 kHz (Panayotov et al. 2015)",
    license="CC BY 4.0",
    page="https://www.openslr.org/12/",
    parts={
        "train-clean-100": _librispeech(
            "train-clean-100",
            6_387_309_499,
            "d4ddd1d5a6ab303066f14971d768ee43278a5f2a0aa43dc716b0e64ecbbbf6e2",
            100.6,
        ),
        "train-clean-360": _librispeech(
            "train-clean-360",
            23_049_477_885,
            "146a56496217e96c14334a160df97fffedd6e0a04e66b9c5af0d40be3c792ecf",
            363.6,
        ),
        "train-other-500": _librispeech(
            "train-other-500",
            30_593_501_606,
            "ddb22f27f96ec163645d53215559df6aa36515f26e01dd70798188350adcb6d2",
            496.7,
        ),
        "dev-clean": _librispeech(
            "dev-clean",
            337_926_286,
            "76f87d090650617fca0cac8f88b9416e0ebf80350acb97b343a85fa903728ab3",
            5.4,
        ),
        "dev-other": _librispeech(
            "dev-other",
            314_305_928,
            "12661c48e8c3fe1de2c1caa4c3e135193bfb1811584f11f569dd12645aa84365",
            5.3,
        ),
        "test-clean": _librispeech(
            "test-clean",
            346_663_984,
            "39fde525e59672dc6d1551919b1478f724438a95aa55f874b576be21967e6c23",
            5.4,
        ),
        "test-other": _librispeech(
            "test-other",
            328_757_843,
            "d09c181bba5cf717b3dee7d4d592af11a3ee3a09e08ae025c5506f6ebe961c29",
            5.1,
        ),
    },
    shared="LibriSpeech",
)

LIBRITTS_R = PublishedCorpus(
    title="2,456 English readers, restored, 24 kHz (Koizumi et al. 2023)",
    license="CC BY 4.0",
    page="https://www.openslr.org/141/",
    parts={
        "train-clean-100": _libritts_r(
            "train-clean-100", 8_129_817_509, "6df668d8f5f33e70876bfa33862ad02b", 53.8
        ),
        "train-clean-360": _libritts_r(
            "train-clean-360", 28_953_983_271, "382eb3e64394b3da6a559f864339b22c", 191.3
        ),
        "train-other-500": _libritts_r(
            "train-other-500", 46_843_185_428, "a37a8e9f4fe79d20601639bf23d1add8", 310.1
        ),
        "dev-clean": _libritts_r(
            "dev-clean", 1_357_352_348, "2c1f5312914890634cc2d15783032ff3", 9.0
        ),
        "dev-other": _libritts_r("dev-other", 975_450_334, "62d3a80ad8a282b6f31b3904f0507e4f", 6.4),
        "test-clean": _libritts_r(
            "test-clean", 1_294_768_623, "4d373d453eb96c0691e598061bbafab7", 8.6
        ),
        "test-other": _libritts_r(
            "test-other", 1_011_954_678, "dbc0959d8bdb6d52200595cabc9995ae", 6.7
        ),
    },
    shared="LibriTTS_R",
)

MUSAN = PublishedCorpus(
    title="noise, music and speech to be mixed in, 16 kHz (Snyder et al. 2015)",
    license="CC BY 4.0; its sources' licenses are in the LICENSE files",
    page="https://www.openslr.org/17/",
    parts={
        "all": Part(
            (
                Archive(
                    url=f"{_OPENSLR}/17/musan.tar.gz",
                    size=11_086_114_085,
                    checksum="md5:0c472d4fc0c5141eca47ad1ffeb2a7df",
                    holds="musan",
                    unpacked=wav_bytes(109, 16_000),
                ),
            ),
            hours=109,
            commands=(
                "python train.py enhancement_metricgan --task.conditions.noises {root}/noise",
            ),
        )
    },
    note="The command trains on built-in speech; add --corpus NAME --corpus.root DIR for another. "
    "All noises are held in memory: the 6 hours of noise/ take 1.4 GB.",
)

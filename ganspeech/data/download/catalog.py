"""Public corpora that can be downloaded: addresses, checksums, sizes, licenses, commands.

Sizes and checksums are the publishers', as OpenSLR, TensorFlow Datasets, torchaudio, Keras and
Edinburgh DataShare give them. None is computed here: a file that changed is refused.
"""

from collections.abc import Mapping

from ganspeech.data.download.openslr import LIBRISPEECH, LIBRITTS_R, MUSAN
from ganspeech.data.download.published import Archive, Part, PublishedCorpus, wav_bytes

_DATASHARE = "https://datashare.ed.ac.uk/server/api/core/bitstreams"
_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
_SPEECH_COMMANDS = "https://storage.googleapis.com/download.tensorflow.org/data"


def _voicebank(name: str, bitstream: str, size: int, md5: str, hours: float) -> Archive:
    """Archive of VoiceBank-DEMAND, 48 kHz."""
    return Archive(
        url=f"{_DATASHARE}/{bitstream}/content",
        name=f"{name}.zip",
        size=size,
        checksum=f"md5:{md5}",
        holds=name,
        unpacked=wav_bytes(hours, 48_000),
    )


LJSPEECH = PublishedCorpus(
    title="one English speaker, 22.05 kHz (Ito and Johnson 2017)",
    license="public domain",
    page="https://keithito.com/LJ-Speech-Dataset/",
    parts={
        "all": Part(
            (
                Archive(
                    url="https://data.keithito.com/data/speech/LJSpeech-1.1.tar.bz2",
                    size=2_748_572_632,
                    checksum="sha256:"
                    "be1a30453f28eb8dd26af4101ae40cbf2c50413b1bb21936cbcdc6fae3de8aa5",
                    holds="LJSpeech-1.1",
                    unpacked=wav_bytes(24, 22_050),
                ),
            ),
            hours=24,
            commands=(
                "python train.py vocoder_hifigan_v1 --corpus.root {root}",
                "python train.py tts_vits --corpus.root {root}",
            ),
        )
    },
)

VCTK = PublishedCorpus(
    title="110 English speakers, 48 kHz, version 0.92 (Yamagishi et al. 2019)",
    license="CC BY 4.0",
    page="https://doi.org/10.7488/ds/2645",
    parts={
        "all": Part(
            (
                Archive(
                    url=f"{_DATASHARE}/535f4286-e54c-4038-838c-a02285e32cb2/content",
                    name="VCTK-Corpus-0.92.zip",
                    size=11_747_302_977,
                    checksum="sha256:"
                    "f96258be9fdc2cbff6559541aae7ea4f59df3fcaf5cf963aae5ca647357e359c",
                    holds="VCTK-Corpus-0.92",
                    unpacked=12_000_000_000,
                    flat=True,
                ),
            ),
            hours=44,
            commands=("python train.py vocoder_vocos --corpus vctk --corpus.root {root}",),
        )
    },
)

SPEECH_COMMANDS = PublishedCorpus(
    title="35 words, clips of a second, 16 kHz, version 0.02 (Warden 2018)",
    license="CC BY 4.0",
    page="https://arxiv.org/abs/1804.03209",
    parts={
        "all": Part(
            (
                Archive(
                    url=f"{_SPEECH_COMMANDS}/speech_commands_v0.02.tar.gz",
                    size=2_428_923_189,
                    checksum="sha256:"
                    "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58",
                    holds="speech_commands_v0.02",
                    unpacked=wav_bytes(29, 16_000),
                    flat=True,
                ),
            ),
            hours=29,
            commands=(
                "python train.py wavegan_digits --corpus speech-commands --corpus.root {root}",
            ),
        )
    },
)

FSDD = PublishedCorpus(
    title="Free Spoken Digit Dataset, 5 speakers, 8 kHz, version 1.0.9 (Jackson)",
    license="CC BY-SA 4.0",
    page="https://github.com/Jakobovski/free-spoken-digit-dataset",
    parts={
        "all": Part(
            (
                Archive(
                    url="https://github.com/Jakobovski/free-spoken-digit-dataset"
                    "/archive/v1.0.9.tar.gz",
                    name="free-spoken-digit-dataset-1.0.9.tar.gz",
                    size=11_975_353,
                    checksum="sha256:"
                    "8bc44cde129d505cbbb6b365c09f80c663f2aa77578afc634e6141a2f87100c0",
                    holds="free-spoken-digit-dataset-1.0.9",
                    unpacked=30_000_000,
                ),
            ),
            hours=0.3,
            commands=("python train.py recognition_digits --corpus.root {root}",),
        )
    },
)

MNIST = PublishedCorpus(
    title="handwritten digits, for the textbook's GAN (LeCun et al. 1998)",
    license="CC BY-SA 3.0",
    page="https://keras.io/api/datasets/mnist/",
    parts={
        "all": Part(
            (
                Archive(
                    url=f"{_KERAS}/mnist.npz",
                    size=11_490_434,
                    checksum="sha256:"
                    "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                    holds="mnist.npz",
                    unpacked=0,
                ),
            ),
            hours=0,
            commands=("python train.py dcgan_mnist --corpus.root {root}",),
        )
    },
)

VOICEBANK_DEMAND = PublishedCorpus(
    title="28 English speakers, and 2 more in noise to test, 48 kHz (Valentini-Botinhao 2017)",
    license="CC BY 4.0",
    page="https://doi.org/10.7488/ds/2117",
    parts={
        "train": Part(
            (
                _voicebank(
                    "clean_trainset_28spk_wav",
                    "245452b6-6235-44b6-a6f9-e7eb19797769",
                    2_486_057_279,
                    "d2d5a45ec32f8fcbf201bde0447e20ba",
                    9.4,
                ),
            ),
            hours=9.4,
            commands=(
                "python train.py enhancement_metricgan --corpus folder --corpus.root {root}",
            ),
        ),
        "test": Part(
            (
                _voicebank(
                    "clean_testset_wav",
                    "dec213d3-bf57-4777-9663-c24bdce92d5e",
                    154_300_000,
                    "34eb1c0ba7ef667e9b966866c542fc16",
                    0.6,
                ),
                _voicebank(
                    "noisy_testset_wav",
                    "13c1bfbf-14a6-41db-9b41-8f7310f01ad5",
                    170_600_000,
                    "fb1b86caa31e8ba5b506c0c64da9aab5",
                    0.6,
                ),
            ),
            hours=0.6,
            commands=(
                "python eval.py quality --reference {root} --audio noisy={dir}/noisy_testset_wav",
            ),
        ),
        "noisy-train": Part(
            (
                _voicebank(
                    "noisy_trainset_28spk_wav",
                    "ecb5a102-bb00-46d3-8af5-40c79823b837",
                    2_830_205_201,
                    "1fca9e8bafb8cd069f6653c6d92f9e9c",
                    9.4,
                ),
            ),
            hours=9.4,
        ),
    },
    note="Training mixes clean speech with noise itself: --task.conditions.noises names a folder "
    "of noise, such as musan's. No experiment reads the noisy training recordings.",
)

CORPORA: Mapping[str, PublishedCorpus] = {
    "ljspeech": LJSPEECH,
    "libritts-r": LIBRITTS_R,
    "librispeech": LIBRISPEECH,
    "vctk": VCTK,
    "speech-commands": SPEECH_COMMANDS,
    "fsdd": FSDD,
    "voicebank-demand": VOICEBANK_DEMAND,
    "musan": MUSAN,
    "mnist": MNIST,
}

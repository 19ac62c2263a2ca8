"""`ganspeech features`: recordings to frames of an encoder, a discriminator, MFCCs or log-mels."""

from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.audio import AUDIO_SUFFIXES
from ganspeech.audio.pieces import AudioPieces
from ganspeech.commands.features.sources import Source, of_encoder, of_kind, of_run
from ganspeech.commands.shared.files import convert_all, naming
from ganspeech.commands.shared.reports import report
from ganspeech.data.features.acoustic import Kind
from ganspeech.data.features.writing import FeatureWriter
from ganspeech.process.errors import UsageError

ONE_OF = "give one of --encoder FOLDER, --kind mfcc|logmel, --run RUN"


def features(
    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    encoder: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None,
    kind: Kind | None = None,
    run: Annotated[Path | None, tyro.conf.arg(metavar="RUN")] = None,
    layer: int | None = None,
    allow_labeled: bool = False,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Makes frames of recordings: of an encoder, a discriminator, MFCCs or log-mels.

    Each recording becomes an array [frames, width] (.npy, float32) at its place in the tree, and
    features.json says what made them. Files that are there are kept, so that a call goes on where
    the last one ended.

    Example: ganspeech features recordings features --kind mfcc

    Args:
        source: A folder of recordings, at any depth.
        target: A folder for the features, new or of the same settings.
        encoder: Folder of a wav2vec 2.0, HuBERT or WavLM as Hugging Face has them: config.json,
            preprocessor_config.json, and model.safetensors or pytorch_model.bin.
        kind: mfcc: 13 coefficients, their deltas and the deltas of these; logmel: 80 bands.
        run: Run of a GAN of features, such as feature_gan_digits, whose discriminator sees them.
        layer: Layer of the encoder, 0 being what enters the first, or of the discriminator, from
            0; by default the last.
        allow_labeled: Take an encoder that was trained with transcripts.
        overwrite: Replace files that exist, of the same settings.
        quiet: Print nothing but faults.
    """
    made_by = _source(encoder, kind, run, layer, allow_labeled)
    if not source.is_dir():
        raise ValueError(f"no such folder of recordings: {source}")
    writer = FeatureWriter(target, made_by.settings)
    long = list[Path]()

    def convert(path: Path, to: Path) -> None:
        audio = AudioPieces(path, made_by.sample_rate)
        with naming(path):
            writer.write(to, made_by.pieces(audio))
        if audio.seconds > made_by.longest:
            long.append(path)

    status = convert_all(
        source,
        target,
        convert,
        reads=AUDIO_SUFFIXES,
        writes=(".npy",),
        overwrite=overwrite,
        quiet=quiet,
    )
    if long:
        told = f"{len(long)} are longer than {made_by.longest:g} s: they were seen in windows"
        report(f"{told} of that length, which overlap", quiet=quiet)
    return status


def _source(
    encoder: Path | None, kind: Kind | None, run: Path | None, layer: int | None, labeled: bool
) -> Source:
    if sum(given is not None for given in (encoder, kind, run)) != 1:
        raise UsageError(ONE_OF)
    if encoder is not None:
        return of_encoder(encoder, layer, allow_labeled=labeled)
    if labeled:
        raise UsageError("--allow-labeled goes with --encoder")
    if run is not None:
        return of_run(run, layer)
    if layer is not None:
        raise UsageError("--layer goes with --encoder or --run")
    assert kind is not None  # one of three
    return of_kind(kind)

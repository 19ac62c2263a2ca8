"""Gallery of the shipped models: what each does, beside a baseline, to hear, see and compare."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from html import escape

import numpy as np
from tqdm import tqdm

from ganspeech.audio import resample
from ganspeech.audio.quality import Undefined
from ganspeech.data.readers.embedded import say
from ganspeech.data.readers.words import DIGITS
from ganspeech.evaluation.pages import tiles
from ganspeech.evaluation.pages.media import audio_uri, loudest, spectrogram_uri
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.quality.metrics import DNSMOS, METRICS, Audio, Metric
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, RECORDING
from ganspeech.evaluation.quality.speed import griffin_lim_all, mels_of
from ganspeech.evaluation.recognition import pocketsphinx
from ganspeech.load import RECOGNIZER, VOCODER, VOICE, load_recognizer, load_vocoder, load_voice
from ganspeech.models.voice import Voice

TEXTS = (
    "Good morning. Here is a voice that learned to speak from an hour of recordings.",
    "On the third of May, two kilometers from the sea, it rained for six hours.",
    "Does the generator know that the discriminator is listening?",
)
"""What the voice says."""
COPIED = (
    ("en-us+f1", "The north wind and the sun argued about which of them was the stronger."),
    ("en-us+m3", "Please call me tomorrow at a quarter past seven."),
    ("en-us+Annie", "Seventeen yellow boats were waiting for the evening tide."),
)
"""Voices of espeak-ng and what they say where no recordings are given."""
FORMANTS = "en-us+f1"
FORMANT_NAME = "espeak-ng"
OWN, BASELINE, RECORDED = "--system-0", "--baseline", "--recording"
PITCH, SPEED = 50, 160
RATE = 16000
"""Hz of what the shipped models make and take."""
PESQ = METRICS[0]


def gallery(recordings: Mapping[str, Audio] | None = None, *, progress: bool = True) -> str:
    """Page of the shipped voice, vocoder and recognizer, as HTML in one file.

    `recordings` are `[samples]` at `RATE`, by name, for the vocoder to copy; sentences of
    espeak-ng if None. Metrics whose packages are missing are left out, and named on the page.
    """
    sections, voice = [], load_voice()
    steps: Sequence[tuple[str, Callable[[], str]]] = (
        ("Voice", lambda: _voice(voice)),
        ("Vocoder", lambda: _vocoder(recordings)),
        ("Recognizer", lambda: _recognizer(voice)),
    )
    for title, make in tqdm(steps, "gallery", unit="model", disable=not progress):
        sections.append((title, make()))
    missing = [m for m in (DNSMOS, PESQ) if m.missing_packages()]
    notes = [
        f"{m.label} is left out: pip install {' '.join(m.missing_packages())}." for m in missing
    ]
    made = "All audio" if recordings is None else "All audio but the recordings"
    introduction = [
        "The models that come with ganspeech, each beside what it has to beat. "
        f"{made} was made by this computer for this page.",
        *notes,
    ]
    return page(
        "gallery", "ganspeech: gallery", "What the shipped models do", introduction, sections
    )


def _voice(voice: Voice) -> str:
    formants = say([(FORMANTS, text, PITCH, SPEED) for text in TEXTS])
    articles = []
    for text, (audio, rate) in zip(TEXTS, formants):
        made = [
            (VOICE, voice.say(text, seed=0), OWN),
            (FORMANT_NAME, resample(audio, rate, voice.sample_rate), BASELINE),
        ]
        versions = [
            tiles.Version(name, audio, color, _chip(DNSMOS, audio, audio, voice.sample_rate))
            for name, audio, color in made
        ]
        articles.append(tiles.versions(_quoted(text), versions, voice.sample_rate))
    hint = (
        f"<p class='hint'>{VOICE} speaks each text; {FORMANT_NAME} is the formant synthesizer that "
        "speaks it without learning.</p>"
    )
    return hint + tiles.KEYS + "".join(articles)


def _vocoder(recordings: Mapping[str, Audio] | None) -> str:
    vocoder = load_vocoder()
    spec = vocoder.spec
    if recordings is None:
        spoken = say([(voice, text, PITCH, SPEED) for voice, text in COPIED])
        recordings = {
            text: resample(audio, rate, RATE) for (_, text), (audio, rate) in zip(COPIED, spoken)
        }
    mels = mels_of(recordings, spec)
    # The bar of the whole page is enough.
    rough, _ = griffin_lim_all(mels, spec, progress=False)
    articles = []
    for name, audio in recordings.items():
        recording = audio[: len(mels[name]) * spec.hop_length]
        own = _chip(DNSMOS, recording, recording, RATE)
        versions = [tiles.Version(RECORDING, recording, RECORDED, own)]
        ours = np.asarray(vocoder(mels[name], spec=spec), np.float32)
        for label, made, color in ((VOCODER, ours, OWN), (GRIFFIN_LIM, rough[name], BASELINE)):
            chips = _chip(PESQ, recording, made[: len(recording)], spec.sample_rate)
            chips += _chip(DNSMOS, made, made, RATE)
            versions.append(tiles.Version(label, made, color, chips))
        articles.append(tiles.versions(_quoted(name), versions, spec.sample_rate))
    hint = (
        f"<p class='hint'>Each recording is reduced to 80 mel bands, and {VOCODER} makes it a "
        "waveform again; Griffin-Lim does so without learning.</p>"
    )
    return hint + "".join(articles)


def _recognizer(voice: Voice) -> str:
    recognizer = load_recognizer()
    spoken = [voice.say(f"{digit.capitalize()}.", seed=0) for digit in DIGITS]
    at_rate = [resample(audio, voice.sample_rate, recognizer.sample_rate) for audio in spoken]
    heard = [found.text for found in recognizer(at_rate)]
    counts = [f"{RECOGNIZER} has {_right(heard)}"]
    if importlib.util.find_spec(pocketsphinx.NAME):
        hear = pocketsphinx.pocketsphinx()
        scaled = [resample(audio, voice.sample_rate, pocketsphinx.RATE) for audio in spoken]
        counts.append(f"PocketSphinx, which knows all of English, {_right(hear(scaled))}")
    shown = [
        tiles.tile(
            f"{digit}: {text or 'nothing'}",
            spectrogram_uri(audio, voice.sample_rate, loudest(audio, voice.sample_rate)),
            audio_uri(audio, voice.sample_rate),
            OWN if text == digit else BASELINE,
            alt=f"Spectrogram of {digit}",
        )
        for digit, text, audio in zip(DIGITS, heard, spoken)
    ]
    hint = (
        f"<p class='hint'>{VOICE} says a digit, and {RECOGNIZER}, trained on other people, writes "
        f"what it hears, shown as said: heard. Of ten right: {', '.join(counts)}.</p>"
    )
    return hint + tiles.sentence("Digits, spoken and heard", shown)


def _quoted(text: str) -> str:
    return f"<q>{escape(text)}</q>"


def _right(heard: Sequence[str]) -> int:
    return sum(text == digit for text, digit in zip(heard, DIGITS))


def _chip(metric: Metric, reference: Audio, audio: Audio, rate: int) -> str:
    if metric.missing_packages():
        return ""
    try:
        value = metric.function(reference, audio, rate)
    except Undefined:
        return ""
    return f"<span>{metric.label.split()[0]} {value:.{metric.digits}f}</span>"

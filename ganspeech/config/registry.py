"""The registry: every class that a flag or a file can name, one line each.

A line gives the module, the class, and its ready-made settings by the names that flags use: after
`--generator hifigan-v2` the fields are flags of their own, such as `--generator.channels 64`. Files
name the class alone, so they outlive a move of its module. Nothing is imported until it is needed.
"""

from ganspeech.config.menu import DEFAULTS, Entry, Menu

_HIFIGAN = Entry(
    "generators.hifigan",
    "HiFiGAN",
    {"hifigan-v1": "HIFIGAN_V1", "hifigan-v2": "HIFIGAN_V2", "hifigan-v3": "HIFIGAN_V3"},
)
_ISTFTNET = Entry(
    "generators.istftnet",
    "ISTFTNet",
    {"istftnet-v1": "ISTFTNET_V1", "istftnet-v2": "ISTFTNET_V2", "istftnet-v3": "ISTFTNET_V3"},
)

VOCODERS = Menu(
    Entry("generators.primed", "PrimedVocos", {"primed-vocos": DEFAULTS}),
    Entry("generators.vocos", "Vocos", {"vocos": "VOCOS", "vocos-small": "VOCOS_SMALL"}),
    _HIFIGAN,
    _ISTFTNET,
    Entry(
        "generators.bigvgan",
        "BigVGAN",
        {
            "bigvgan-base": "BIGVGAN_BASE",
            "bigvgan": "BIGVGAN",
            "bigvgan-v2": "BIGVGAN_V2",
            "bigvgan-v2-512x": "BIGVGAN_V2_512X",
        },
    ),
    Entry(
        "generators.multiband_melgan",
        "MultiBandMelGAN",
        {"multiband-melgan": "MULTIBAND_MELGAN", "multiband-melgan-16k": "MULTIBAND_MELGAN_16K"},
    ),
    Entry(
        "generators.univnet",
        "UnivNet",
        {"univnet-c16": "UNIVNET_C16", "univnet-c32": "UNIVNET_C32"},
    ),
)
"""Generators of audio from log-mels."""

NOISE_GENERATORS = Menu(
    Entry("generators.dcgan", "DCGANGenerator", {"dcgan": DEFAULTS}),
    Entry("generators.wavegan", "WaveGANGenerator", {"wavegan": DEFAULTS}),
    Entry("generators.specgan", "SpecGANGenerator", {"specgan": DEFAULTS}),
)
"""Generators of examples from noise."""

TEXT_GENERATORS = Menu(
    Entry(
        "generators.vits.network",
        "VITS",
        {
            "vits": "VITS_PAPER",
            "vits-medium": "VITS_MEDIUM",
            "vits-istft": "VITS_ISTFT",
            "vits-small": "VITS_SMALL",
        },
    ),
)
"""Generators of speech from text."""

DECODERS = Menu(
    _HIFIGAN,
    _ISTFTNET,
    Entry("generators.primed_decoder", "PrimedDecoder", {"primed": DEFAULTS}),
)
"""Last parts of generators of speech from text."""

ENHANCERS = Menu(
    Entry("generators.mask_enhancer", "MaskEnhancer", {"mask-enhancer": DEFAULTS}),
    Entry("generators.cmgan", "CMGANGenerator", {"cmgan": DEFAULTS}),
)
"""Generators of clean speech from noisy speech."""

FEATURE_GENERATORS = Menu(
    Entry("generators.feature_enhancer", "FeatureEnhancer", {"feature-enhancer": DEFAULTS}),
    Entry("generators.noise_maker", "NoiseMaker", {"noise-maker": DEFAULTS}),
    Entry("generators.feature_generator", "FeatureGenerator", {"feature-generator": DEFAULTS}),
)
"""Generators of a recognizer's features."""

RECOGNIZERS = Menu(
    Entry("recognizers.convolutional", "ConvolutionalRecognizer", {"convolutional": DEFAULTS}),
    Entry(
        "recognizers.conformer",
        "Conformer",
        {
            "conformer-xs": "CONFORMER_XS",
            "conformer-s": "CONFORMER_S",
            "conformer-m": "CONFORMER_M",
            "conformer-l": "CONFORMER_L",
        },
    ),
)
"""Recognizers; the generator of a game without discriminators."""

FRONTS = Menu(
    Entry("recognizers.front", "Enhanced", {"enhanced": "ENHANCED"}),
    Entry("recognizers.front", "MadeNoisy", {"made-noisy": "MADE_NOISY"}),
    Entry("recognizers.front", "Maps", {"maps": "MAPS"}),
)
"""Networks that features pass before a recognizer hears them."""

FRONTED = Menu(Entry("recognizers.front", "Fronted", {"fronted": "FRONTED"}))
"""Recognizers behind a front."""

WAVEFORM_DISCRIMINATORS = Menu(
    Entry(
        "discriminators.multi_period",
        "MultiPeriodDiscriminator",
        {"multi-period": DEFAULTS, "multi-period-small": "MULTI_PERIOD_SMALL"},
    ),
    Entry(
        "discriminators.multi_scale",
        "MultiScaleDiscriminator",
        {"multi-scale": DEFAULTS, "multi-scale-small": "MULTI_SCALE_SMALL"},
    ),
    Entry(
        "discriminators.multi_resolution",
        "MultiResolutionDiscriminator",
        {"multi-resolution": DEFAULTS, "multi-resolution-small": "MULTI_RESOLUTION_SMALL"},
    ),
    Entry(
        "discriminators.sub_band_cqt",
        "SubBandCQTDiscriminator",
        {"sub-band-cqt": DEFAULTS, "sub-band-cqt-small": "SUB_BAND_CQT_SMALL"},
    ),
    Entry("discriminators.wavegan", "WaveGANDiscriminator", {"wavegan": DEFAULTS}),
)
"""Discriminators of audio."""

PICTURE_DISCRIMINATORS = Menu(
    Entry("discriminators.dcgan", "DCGANDiscriminator", {"dcgan": DEFAULTS}),
    Entry("discriminators.specgan", "SpecGANDiscriminator", {"specgan": DEFAULTS}),
)
"""Discriminators of pictures and of patches of spectrograms."""

METRIC_DISCRIMINATORS = Menu(
    Entry(
        "discriminators.metric",
        "MetricDiscriminator",
        {"metric": DEFAULTS, "metric-cmgan": "METRIC_CMGAN"},
    ),
)
"""Discriminators of enhanced speech beside the clean speech."""

FEATURE_DISCRIMINATORS = Menu(
    Entry("discriminators.feature_patch", "FeaturePatchDiscriminator", {"feature-patch": DEFAULTS}),
    Entry(
        "discriminators.representation_critic",
        "RepresentationCritic",
        {"representation-critic": DEFAULTS},
    ),
)
"""Discriminators of a recognizer's features, and of what it makes of them."""

MENUS: dict[str, Menu] = {
    "task": Menu(
        Entry("tasks.vocoding", "Vocoding", {"vocoding": DEFAULTS}),
        Entry("tasks.generation", "Generation", {"generation": DEFAULTS}),
        Entry("tasks.recognition", "Recognition", {"recognition": DEFAULTS}),
        Entry("tasks.invariance", "Invariance", {"invariance": DEFAULTS}),
        Entry("tasks.speech_enhancement", "SpeechEnhancement", {"speech-enhancement": DEFAULTS}),
        Entry("tasks.feature_enhancement", "FeatureEnhancement", {"feature-enhancement": DEFAULTS}),
        Entry("tasks.noise_synthesis", "NoiseSynthesis", {"noise-synthesis": DEFAULTS}),
        Entry("tasks.feature_generation", "FeatureGeneration", {"feature-generation": DEFAULTS}),
        Entry("tasks.text_to_speech", "TextToSpeech", {"text-to-speech": DEFAULTS}),
    ),
    "task.vocabulary": Menu(
        Entry("text.vocabulary", "Characters", {"characters": DEFAULTS}),
        Entry("text.vocabulary", "Words", {"words": DEFAULTS}),
        Entry("text.vocabulary", "Phones", {"phones": DEFAULTS}),
        Entry("text.vocabulary", "Subwords", {"subwords": DEFAULTS}),
    ),
    "task.text": Menu(
        Entry(
            "text.spoken_text",
            "SpokenText",
            {
                "gruut": DEFAULTS,
                "espeak": "ESPEAK_TEXT",
                "pinyin": "PINYIN_TEXT",
                "characters": "LETTERS_TEXT",
            },
        ),
    ),
    "generator": (
        VOCODERS
        + NOISE_GENERATORS
        + TEXT_GENERATORS
        + ENHANCERS
        + FEATURE_GENERATORS
        + RECOGNIZERS
        + FRONTED
    ),
    "generator.decoder": DECODERS,
    "generator.front": FRONTS,
    "generator.recognizer": RECOGNIZERS,
    "discriminators": (
        WAVEFORM_DISCRIMINATORS
        + PICTURE_DISCRIMINATORS
        + METRIC_DISCRIMINATORS
        + FEATURE_DISCRIMINATORS
    ),
    "objective": Menu(
        Entry("losses.adversarial", "Minimax", {"minimax": DEFAULTS}),
        Entry("losses.adversarial", "NonSaturating", {"non-saturating": DEFAULTS}),
        Entry("losses.adversarial", "LeastSquares", {"least-squares": DEFAULTS}),
        Entry("losses.adversarial", "Hinge", {"hinge": DEFAULTS}),
        Entry("losses.adversarial", "Wasserstein", {"wasserstein": DEFAULTS}),
    ),
    "augmentation": Menu(
        Entry(
            "game.augmentation",
            "Augmentation",
            {
                "none": DEFAULTS,
                "adaptive": "ADAPTIVE",
                "adaptive-spectrogram": "ADAPTIVE_SPECTROGRAM",
                "diff-augment": "DIFF_AUGMENT",
            },
        ),
    ),
    "corpus": Menu(
        Entry("data.readers.embedded", "EmbeddedSpeech", {"embedded": DEFAULTS}),
        Entry("data.readers.ljspeech", "LJSpeech", {"ljspeech": DEFAULTS}),
        Entry("data.readers.librispeech", "LibriSpeech", {"librispeech": DEFAULTS}),
        Entry("data.readers.vctk", "VCTK", {"vctk": DEFAULTS}),
        Entry("data.readers.folder", "AudioFolder", {"folder": DEFAULTS}),
        Entry("data.readers.mnist", "MNIST", {"mnist": DEFAULTS}),
        Entry("data.readers.spoken_digits", "SpokenDigits", {"spoken-digits": DEFAULTS}),
        Entry("data.readers.speech_commands", "SpeechCommands", {"speech-commands": DEFAULTS}),
    ),
}
"""Parts that a flag can name whole; one with a dot in its name is a part of a part."""

PARTS = (
    Entry("audio.spec", "AudioSpec"),
    Entry("config.experiment", "Budget"),
    Entry("config.experiment", "Experiment"),
    Entry("data.noise.conditions", "Conditions"),
    Entry("data.readers.mixture", "Mixture"),
    Entry("game.optimizer", "Optimizer"),
    Entry("game.rules", "Rules"),
    Entry("nn.spec_augment", "Masks"),
    Entry("tasks.features", "Features"),
    Entry("tasks.representations", "Pictures"),
    Entry("tasks.representations", "Waveform"),
    Entry("tasks.spectrogram_representations", "LogMelPatch"),
    Entry("tasks.spectrogram_representations", "LogSpectrum"),
    Entry("text.phonemes.front_ends", "Espeak"),
    Entry("text.phonemes.front_ends", "Gruut"),
    Entry("text.phonemes.front_ends", "Pinyin"),
    Entry("text.phonemes.front_ends", "Plain"),
)
"""Parts whose fields are flags, and that files name, but that no flag names whole."""

CLASSES: dict[str, Entry] = {
    entry.name: entry for menu in MENUS.values() for entry in menu.entries
} | {entry.name: entry for entry in PARTS}
"""Every registered class by its name."""


def resolve(name: str) -> type | None:
    """Class of a registered name; None for others."""
    entry = CLASSES.get(name)
    return entry.attribute(entry.name) if entry else None

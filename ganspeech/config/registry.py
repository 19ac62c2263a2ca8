"""The registry: every class that a flag or a file can name, one line each.

A line gives the module, the class, and its ready-made settings by the names that flags use, which
are the module's constants in capitals (`hifigan-v2` is `HIFIGAN_V2`); a name without a constant is
the class with its defaults. After `--generator hifigan-v2` the fields are flags of their own, such
as `--generator.channels 64`. Files name the class alone, so they outlive a move of its module.
Nothing is imported until it is needed.
"""

from ganspeech.config.menu import Entry, Menu

_HIFIGAN = Entry("generators.hifigan", "HiFiGAN", ("hifigan-v1", "hifigan-v2", "hifigan-v3"))
_ISTFTNET = Entry("generators.istftnet", "ISTFTNet", ("istftnet-v1", "istftnet-v2", "istftnet-v3"))

VOCODERS = Menu(
    Entry("generators.primed", "PrimedVocos", ("primed-vocos",)),
    Entry("generators.real_time", "RealTimeVocos", ("real-time-vocos",)),
    Entry("generators.vocos", "Vocos", ("vocos", "vocos-small")),
    _HIFIGAN,
    _ISTFTNET,
    Entry(
        "generators.bigvgan",
        "BigVGAN",
        ("bigvgan-base", "bigvgan", "bigvgan-v2", "bigvgan-v2-512x"),
    ),
    Entry(
        "generators.multiband_melgan",
        "MultiBandMelGAN",
        ("multiband-melgan", "multiband-melgan-16k"),
    ),
    Entry("generators.univnet", "UnivNet", ("univnet-c16", "univnet-c32")),
)
"""Generators of audio from log-mels."""

NOISE_GENERATORS = Menu(
    Entry("generators.dcgan", "DCGANGenerator", ("dcgan",)),
    Entry("generators.wavegan", "WaveGANGenerator", ("wavegan",)),
    Entry("generators.specgan", "SpecGANGenerator", ("specgan",)),
    Entry("generators.asgan", "ASGANGenerator", ("asgan",)),
)
"""Generators of examples from noise."""

TEXT_GENERATORS = Menu(
    Entry("generators.vits.network", "VITS", ("vits", "vits-medium", "vits-istft", "vits-small")),
    Entry("generators.acoustic.fast_speech", "FastSpeech", ("fast-speech",)),
)
"""Generators of speech from text."""

DECODERS = Menu(
    _HIFIGAN,
    _ISTFTNET,
    Entry("generators.primed_decoder", "PrimedDecoder", ("primed",)),
)
"""Last parts of generators of speech from text."""

ENHANCERS = Menu(
    Entry("generators.mask_enhancer", "MaskEnhancer", ("mask-enhancer",)),
    Entry("generators.cmgan", "CMGANGenerator", ("cmgan",)),
)
"""Generators of clean speech from noisy speech."""

FEATURE_GENERATORS = Menu(
    Entry("generators.feature_enhancer", "FeatureEnhancer", ("feature-enhancer",)),
    Entry("generators.noise_maker", "NoiseMaker", ("noise-maker",)),
    Entry("generators.feature_generator", "FeatureGenerator", ("feature-generator",)),
)
"""Generators of a recognizer's features."""

RECOGNIZERS = Menu(
    Entry("recognizers.convolutional", "ConvolutionalRecognizer", ("convolutional",)),
    Entry(
        "recognizers.conformer",
        "Conformer",
        ("conformer-xs", "conformer-s", "conformer-m", "conformer-l"),
    ),
)
"""Recognizers; the generator of a game without discriminators."""

PHONE_GENERATORS = Menu(
    Entry("generators.phone_generator", "PhoneGenerator", ("phones", "phones-strided")),
)
"""Generators of phones from features, without labels."""

DIVIDED_READERS = Menu(Entry("recognizers.divided_reader", "DividedReader", ("divided-reader",)))
"""Readers of phones behind a policy that divides speech into segments."""

FRONTS = Menu(
    Entry("recognizers.front", "Enhanced", ("enhanced",)),
    Entry("recognizers.front", "MadeNoisy", ("made-noisy",)),
    Entry("recognizers.front", "Maps", ("maps",)),
)
"""Networks that transform features before a recognizer."""

FRONTED = Menu(Entry("recognizers.front", "Fronted", ("fronted",)))
"""Recognizers behind a front."""

WAVEFORM_DISCRIMINATORS = Menu(
    Entry(
        "discriminators.multi_period",
        "MultiPeriodDiscriminator",
        ("multi-period", "multi-period-small"),
    ),
    Entry(
        "discriminators.multi_scale",
        "MultiScaleDiscriminator",
        ("multi-scale", "multi-scale-small"),
    ),
    Entry(
        "discriminators.multi_resolution",
        "MultiResolutionDiscriminator",
        ("multi-resolution", "multi-resolution-small"),
    ),
    Entry(
        "discriminators.sub_band_cqt",
        "SubBandCQTDiscriminator",
        ("sub-band-cqt", "sub-band-cqt-small"),
    ),
    Entry("discriminators.wavegan", "WaveGANDiscriminator", ("wavegan",)),
)
"""Discriminators of audio."""

PICTURE_DISCRIMINATORS = Menu(
    Entry("discriminators.dcgan", "DCGANDiscriminator", ("dcgan",)),
    Entry("discriminators.specgan", "SpecGANDiscriminator", ("specgan",)),
    Entry("discriminators.asgan", "ASGANDiscriminator", ("asgan",)),
)
"""Discriminators of pictures and of patches of spectrograms."""

METRIC_DISCRIMINATORS = Menu(
    Entry("discriminators.metric", "MetricDiscriminator", ("metric", "metric-cmgan")),
)
"""Discriminators of enhanced speech that also see the clean speech."""

FEATURE_DISCRIMINATORS = Menu(
    Entry("discriminators.feature_patch", "FeaturePatchDiscriminator", ("feature-patch",)),
    Entry(
        "discriminators.representation_critic", "RepresentationCritic", ("representation-critic",)
    ),
)
"""Discriminators of a recognizer's features, and of its representations."""

PHONE_DISCRIMINATORS = Menu(
    Entry("discriminators.phone_sequences", "PhoneDiscriminator", ("phone-sequences",)),
)
"""Discriminators of sequences of phones."""

RECORDINGS = Menu(
    Entry("data.readers.embedded", "EmbeddedSpeech", ("embedded",)),
    Entry("data.readers.ljspeech", "LJSpeech", ("ljspeech",)),
    Entry("data.readers.librispeech", "LibriSpeech", ("librispeech",)),
    Entry("data.readers.vctk", "VCTK", ("vctk",)),
    Entry("data.readers.folder", "AudioFolder", ("folder",)),
    Entry("data.readers.spoken_digits", "SpokenDigits", ("spoken-digits",)),
    Entry("data.readers.connected_digits", "ConnectedDigits", ("connected-digits",)),
    Entry("data.readers.speech_commands", "SpeechCommands", ("speech-commands",)),
    Entry("data.readers.embedded_words", "EmbeddedWords", ("embedded-words",)),
    Entry("data.readers.other_sounds", "OtherSounds", ("other-sounds",)),
)
"""Corpora of recordings."""

MENUS: dict[str, Menu] = {
    "task": Menu(
        Entry("tasks.vocoding", "Vocoding", ("vocoding",)),
        Entry("tasks.generation", "Generation", ("generation",)),
        Entry("tasks.recognition", "Recognition", ("recognition",)),
        Entry("tasks.invariance", "Invariance", ("invariance",)),
        Entry("tasks.speech_enhancement", "SpeechEnhancement", ("speech-enhancement",)),
        Entry("tasks.feature_enhancement", "FeatureEnhancement", ("feature-enhancement",)),
        Entry("tasks.noise_synthesis", "NoiseSynthesis", ("noise-synthesis",)),
        Entry("tasks.feature_generation", "FeatureGeneration", ("feature-generation",)),
        Entry("tasks.voices.text_to_speech", "TextToSpeech", ("text-to-speech",)),
        Entry("tasks.voices.text_to_mel", "TextToMel", ("text-to-mel",)),
        Entry(
            "tasks.unlabeled.unpaired_recognition", "UnpairedRecognition", ("unpaired-recognition",)
        ),
        Entry("tasks.unlabeled.pseudo_labeled", "PseudoLabeled", ("pseudo-labeled",)),
        Entry("tasks.unlabeled.boundary_learning", "BoundaryLearning", ("boundary-learning",)),
    ),
    "task.vocabulary": Menu(
        Entry("text.vocabulary", "Characters", ("characters",)),
        Entry("text.vocabulary", "Words", ("words",)),
        Entry("text.vocabulary", "Phones", ("phones",)),
        Entry("text.vocabulary", "Subwords", ("subwords",)),
        Entry("text.spelled_words", "SpelledWords", ("spelled-words",)),
    ),
    "task.text": Menu(
        Entry("text.spoken_text", "SpokenText", ("gruut", "espeak", "pinyin", "characters")),
    ),
    "generator": (
        VOCODERS
        + NOISE_GENERATORS
        + TEXT_GENERATORS
        + ENHANCERS
        + FEATURE_GENERATORS
        + RECOGNIZERS
        + FRONTED
        + PHONE_GENERATORS
        + DIVIDED_READERS
    ),
    "generator.decoder": DECODERS,
    "generator.front": FRONTS,
    "generator.recognizer": RECOGNIZERS,
    "generator.reader": PHONE_GENERATORS,
    "discriminators": (
        WAVEFORM_DISCRIMINATORS
        + PICTURE_DISCRIMINATORS
        + METRIC_DISCRIMINATORS
        + FEATURE_DISCRIMINATORS
        + PHONE_DISCRIMINATORS
    ),
    "objective": Menu(
        Entry("losses.adversarial", "Minimax", ("minimax",)),
        Entry("losses.adversarial", "NonSaturating", ("non-saturating",)),
        Entry("losses.adversarial", "LeastSquares", ("least-squares",)),
        Entry("losses.adversarial", "Hinge", ("hinge",)),
        Entry("losses.adversarial", "Wasserstein", ("wasserstein",)),
    ),
    "augmentation": Menu(
        Entry(
            "game.augmentation",
            "Augmentation",
            ("none", "adaptive", "adaptive-spectrogram", "diff-augment"),
        ),
    ),
    "corpus": RECORDINGS
    + Menu(
        Entry("data.readers.mnist", "MNIST", ("mnist",)),
        Entry("data.readers.phone_codes", "PhoneCodes", ("phone-codes",)),
        Entry("data.readers.unpaired_features", "UnpairedFeatures", ("unpaired-features",)),
        Entry("data.readers.unpaired_speech", "UnpairedSpeech", ("unpaired-speech",)),
    ),
    "corpus.recordings": RECORDINGS,
}
"""Parts that a flag can select by name; a dotted name is a part of a part."""

PARTS = (
    Entry("audio.spec", "AudioSpec"),
    Entry("config.experiment", "Budget"),
    Entry("config.experiment", "Experiment"),
    Entry("data.noise.conditions", "Conditions"),
    Entry("data.readers.mixture", "Mixture"),
    Entry("data.unlabeled.frames", "SpeechFrames"),
    Entry("data.unlabeled.phone_texts", "Pronunciation"),
    Entry("data.unlabeled.segmentation", "Segmentation"),
    Entry("game.optimizer", "Optimizer"),
    Entry("game.rules", "Rules"),
    Entry("generators.acoustic.vocoded", "Vocoded"),
    Entry("nn.spec_augment", "Masks"),
    Entry("recognizers.boundary_policy", "BoundaryPolicy"),
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
"""Parts whose fields are flags, and that files name, but that no flag selects."""

CLASSES: dict[str, Entry] = {
    entry.name: entry for menu in MENUS.values() for entry in menu.entries
} | {entry.name: entry for entry in PARTS}
"""Every registered class by its name."""


def resolve(name: str) -> type | None:
    """Class of a registered name; None for others."""
    entry = CLASSES.get(name)
    return entry.kind if entry else None

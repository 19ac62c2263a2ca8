"""What can be named by a flag in place of a whole part: one menu a kind.

The entries are ready-made instances, so that the published sizes of one class can be named;
their fields are then flags of their own (`--generator hifigan-v2 --generator.channels 64`). A kind
with a dot in its name is a part of a part.
"""

from typing import Any

from ganspeech import augmentation
from ganspeech.data import (
    MNIST,
    VCTK,
    AudioFolder,
    EmbeddedSpeech,
    LibriSpeech,
    LJSpeech,
    SpeechCommands,
    SpokenDigits,
)
from ganspeech.discriminators import (
    metric,
    multi_period,
    multi_resolution,
    multi_scale,
    sub_band_cqt,
)
from ganspeech.discriminators.dcgan import DCGANDiscriminator
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.discriminators.representation_critic import RepresentationCritic
from ganspeech.discriminators.specgan import SpecGANDiscriminator
from ganspeech.discriminators.wavegan import WaveGANDiscriminator
from ganspeech.generators import (
    bigvgan,
    dcgan,
    hifigan,
    istftnet,
    multiband_melgan,
    primed,
    primed_decoder,
    specgan,
    univnet,
    vits,
    vocos,
    wavegan,
)
from ganspeech.generators.cmgan import CMGANGenerator
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.generators.feature_generator import FeatureGenerator
from ganspeech.generators.mask_enhancer import MaskEnhancer
from ganspeech.generators.noise_maker import NoiseMaker
from ganspeech.losses.adversarial import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Wasserstein,
)
from ganspeech.recognizers import conformer
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.recognizers.front import Enhanced, Fronted, MadeNoisy, Maps
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.feature_generation import FeatureGeneration
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.invariance import Invariance
from ganspeech.tasks.noise_synthesis import NoiseSynthesis
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.speech_enhancement import SpeechEnhancement
from ganspeech.tasks.text_to_speech import TextToSpeech
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.text.front_ends import Espeak, Pinyin, Plain
from ganspeech.text.spoken_text import SpokenText
from ganspeech.text.symbols import LETTERS, PINYIN
from ganspeech.text.vocabulary import Characters, Phones, Subwords, Words

VOCODERS: dict[str, Any] = {
    "primed-vocos": primed.PrimedVocos(),
    "vocos": vocos.VOCOS,
    "vocos-small": vocos.VOCOS_SMALL,
    "hifigan-v1": hifigan.HIFIGAN_V1,
    "hifigan-v2": hifigan.HIFIGAN_V2,
    "hifigan-v3": hifigan.HIFIGAN_V3,
    "istftnet-v1": istftnet.ISTFTNET_V1,
    "istftnet-v2": istftnet.ISTFTNET_V2,
    "istftnet-v3": istftnet.ISTFTNET_V3,
    "bigvgan-base": bigvgan.BIGVGAN_BASE,
    "bigvgan": bigvgan.BIGVGAN,
    "bigvgan-v2": bigvgan.BIGVGAN_V2,
    "bigvgan-v2-512x": bigvgan.BIGVGAN_V2_512X,
    "multiband-melgan": multiband_melgan.MULTIBAND_MELGAN,
    "multiband-melgan-16k": multiband_melgan.MULTIBAND_MELGAN_16K,
    "univnet-c16": univnet.UNIVNET_C16,
    "univnet-c32": univnet.UNIVNET_C32,
}
"""Generators of audio from log-mels."""

FROM_NOISE: dict[str, Any] = {
    "dcgan": dcgan.DCGANGenerator(),
    "wavegan": wavegan.WaveGANGenerator(),
    "specgan": specgan.SpecGANGenerator(),
}
"""Generators of examples from noise."""

FROM_TEXT: dict[str, Any] = {
    "vits": vits.VITS_PAPER,
    "vits-medium": vits.VITS_MEDIUM,
    "vits-istft": vits.VITS_ISTFT,
    "vits-small": vits.VITS_SMALL,
}
"""Generators of speech from text."""

DECODERS: dict[str, Any] = {
    name: vocoder
    for name, vocoder in VOCODERS.items()
    if isinstance(vocoder, hifigan.HiFiGAN | istftnet.ISTFTNet)
} | {"primed": primed_decoder.PrimedDecoder()}
"""What a generator of speech from text may end in."""

RECOGNIZERS: dict[str, Any] = {
    "convolutional": ConvolutionalRecognizer(),
    "conformer-xs": conformer.CONFORMER_XS,
    "conformer-s": conformer.CONFORMER_S,
    "conformer-m": conformer.CONFORMER_M,
    "conformer-l": conformer.CONFORMER_L,
}
"""What says what was said; of a game without discriminators the generator."""

FRONTS: dict[str, Any] = {
    "enhanced": Enhanced(FeatureEnhancer()),
    "made-noisy": MadeNoisy(NoiseMaker()),
    "maps": Maps(FeaturePatchDiscriminator()),
}
"""What features may pass before a recogniser hears them."""

FRONTED: dict[str, Any] = {
    "fronted": Fronted(FRONTS["enhanced"], ConvolutionalRecognizer()),
}
"""Recognisers behind a front."""

OF_FEATURES: dict[str, Any] = {
    "feature-enhancer": FeatureEnhancer(),
    "noise-maker": NoiseMaker(),
    "feature-generator": FeatureGenerator(),
}
"""Generators of a recogniser's features."""

ENHANCERS: dict[str, Any] = {
    "mask-enhancer": MaskEnhancer(),
    "cmgan": CMGANGenerator(),
}
"""Generators of clean speech from noisy."""

OF_WAVEFORMS: dict[str, Any] = {
    "multi-period": multi_period.MultiPeriodDiscriminator(),
    "multi-period-small": multi_period.MULTI_PERIOD_SMALL,
    "multi-scale": multi_scale.MultiScaleDiscriminator(),
    "multi-scale-small": multi_scale.MULTI_SCALE_SMALL,
    "multi-resolution": multi_resolution.MultiResolutionDiscriminator(),
    "multi-resolution-small": multi_resolution.MULTI_RESOLUTION_SMALL,
    "sub-band-cqt": sub_band_cqt.SubBandCQTDiscriminator(),
    "sub-band-cqt-small": sub_band_cqt.SUB_BAND_CQT_SMALL,
    "wavegan": WaveGANDiscriminator(),
}
"""Discriminators of audio."""

OF_PICTURES: dict[str, Any] = {
    "dcgan": DCGANDiscriminator(),
    "specgan": SpecGANDiscriminator(),
}
"""Discriminators of pictures and of patches of spectrograms."""

IN_RECOGNITION: dict[str, Any] = {
    "feature-patch": FeaturePatchDiscriminator(),
    "representation-critic": RepresentationCritic(),
}
"""Discriminators of a recogniser's features, and of what it makes of them."""

BESIDE_CLEAN: dict[str, Any] = {
    "metric": metric.MetricDiscriminator(),
    "metric-cmgan": metric.METRIC_CMGAN,
}
"""Discriminators of enhanced speech beside the clean."""

MENUS: dict[str, dict[str, Any]] = {
    "task": {
        "vocoding": Vocoding(),
        "generation": Generation(),
        "recognition": Recognition(),
        "invariance": Invariance(),
        "speech-enhancement": SpeechEnhancement(),
        "feature-enhancement": FeatureEnhancement(),
        "noise-synthesis": NoiseSynthesis(),
        "feature-generation": FeatureGeneration(),
        "text-to-speech": TextToSpeech(),
    },
    "task.vocabulary": {
        "characters": Characters(),
        "words": Words(),
        "phones": Phones(),
        "subwords": Subwords(),
    },
    "task.text": {
        "gruut": SpokenText(),
        "espeak": SpokenText(Espeak()),
        "pinyin": SpokenText(Pinyin(), PINYIN),
        "characters": SpokenText(Plain(numbers="en"), LETTERS),
    },
    "generator": VOCODERS
    | FROM_NOISE
    | FROM_TEXT
    | ENHANCERS
    | OF_FEATURES
    | RECOGNIZERS
    | FRONTED,
    "generator.decoder": DECODERS,
    "generator.front": FRONTS,
    "generator.recognizer": RECOGNIZERS,
    "discriminators": OF_WAVEFORMS | OF_PICTURES | BESIDE_CLEAN | IN_RECOGNITION,
    "objective": {
        "minimax": Minimax(),
        "non-saturating": NonSaturating(),
        "least-squares": LeastSquares(),
        "hinge": Hinge(),
        "wasserstein": Wasserstein(),
    },
    "augmentation": {
        "none": augmentation.NONE,
        "adaptive": augmentation.ADAPTIVE,
        "adaptive-spectrogram": augmentation.ADAPTIVE_SPECTROGRAM,
        "diff-augment": augmentation.DIFF_AUGMENT,
    },
    "corpus": {
        "embedded": EmbeddedSpeech(),
        "ljspeech": LJSpeech(root=""),
        "librispeech": LibriSpeech(root=""),
        "vctk": VCTK(root=""),
        "folder": AudioFolder(root=""),
        "mnist": MNIST(root=""),
        "spoken-digits": SpokenDigits(root=""),
        "speech-commands": SpeechCommands(root=""),
    },
}

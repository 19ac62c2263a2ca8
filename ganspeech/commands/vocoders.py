"""`ganspeech vocoders`: known vocoders, their sizes and latencies."""

from typing import Annotated

import jax
import jax.numpy as jnp
import tyro
from tqdm import tqdm

from ganspeech import shipped
from ganspeech.audio import PRESETS
from ganspeech.config.registry import VOCODERS
from ganspeech.load import load_vocoder
from ganspeech.models.stream import Reach
from ganspeech.models.vocoder import Vocoder
from ganspeech.process.errors import UsageError


def vocoders(
    names: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="NAME")] = (),
) -> int:
    """Lists shipped vocoders and untrained generators: parameters and latency of streaming.

    Latency is from the arrival of a frame's features to the end of its audio on an infinitely fast
    machine: the frame's own hop and the future frames that its audio depends on.

    Example: ganspeech vocoders primed-16k hifigan-v1

    Args:
        names: Shipped vocoders, model files, run folders, and generators of `train.py --generator`;
            all of them if none is given.
    """
    print(f"{'vocoder':22} {'parameters':>10} {'Hz':>6} {'past':>5} {'future':>6} {'latency':>8}")
    chosen = names or (*shipped.names("vocoder"), *VOCODERS)
    for name in tqdm(chosen, unit="vocoder", dynamic_ncols=True, leave=False):
        vocoder = _vocoder(name)
        reach, spec = vocoder.foresight, vocoder.spec
        past = reach.past if isinstance(reach, Reach) else "all"
        tqdm.write(
            f"{name:22} {vocoder.parameters / 1e6:8.2f} M {spec.sample_rate:6} {past:>5} "
            f"{reach.future:6} {1000 * reach.latency(spec):5.0f} ms"
        )
    print("past, future: other frames on which a frame's audio depends")
    return 0


def _vocoder(name: str) -> Vocoder:
    if name not in VOCODERS:
        return load_vocoder(name)
    generator = VOCODERS[name]
    for spec in PRESETS.values():
        mel = jnp.zeros((1, 8, spec.n_mels))
        init = jax.jit(generator.init, static_argnums=2)
        try:
            return Vocoder(generator, init(jax.random.key(0), mel, spec), spec)
        except ValueError:
            continue
    raise UsageError(f"{name} supports none of the audio specs {', '.join(PRESETS)}")

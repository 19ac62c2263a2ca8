"""A vocoder as StableHLO: a program that JAX runs anywhere, without ganspeech and without Flax.

    from jax import export
    vocode = export.deserialize(open("voice.stablehlo", "rb").read())
    audio = vocode.call(log_mel)        # float32 [batch, frames, mels] to [batch, samples]

Its features are described beside it, in `voice.stablehlo.json`: JAX's format has no metadata,
`deserialize` reads the program without a reader of ours, and JSON can be read without JAX. JAX
guarantees to read such files for at least six months.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import jax
from jax import export

from ganspeech.interop.export.program import description, generate, open_shape
from ganspeech.models.vocoder import Vocoder
from ganspeech.process.writing import write_whole

PLATFORMS = ("cpu", "cuda", "tpu")


def save_stablehlo(
    path: str | Path,
    model: Vocoder,
    dtype: Literal["float16", "float32"] = "float32",
    platforms: Sequence[str] = PLATFORMS,
) -> None:
    """Writes the program, its weights inside, for any batch and number of frames; and its JSON.

    float16 halves the file; computation stays in float32. The JSON is written first, so that no
    program is without it. Raises ValueError as `program.generate` does.
    """
    path = Path(path)
    program = export.export(jax.jit(generate(model, dtype)), platforms=platforms)(open_shape(model))
    texts: dict[str, object] = {"format": "jax.export", "platforms": list(platforms)}
    texts |= description(model)
    # In the JSON file the spec and the generator are objects, not strings.
    texts |= {name: json.loads(str(texts[name])) for name in ("audio_spec", "generator")}
    write_whole(description_path(path), (json.dumps(texts, indent=2) + "\n").encode())
    write_whole(path, bytes(program.serialize()))


def description_path(path: Path) -> Path:
    """Path of the JSON that describes a program."""
    return path.with_name(path.name + ".json")

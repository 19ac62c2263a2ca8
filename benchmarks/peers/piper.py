"""Piper's own way to speak: onnxruntime, with the noise taken from outside and durations shown.

The ONNX graph is rewritten in memory: its two random nodes become inputs, and the frames of each
symbol an output.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
from jaxtyping import Float, Int

_DURATION_NOISE, _NOISE, _FRAMES = "duration_noise", "noise", "frames"


class Spoken(NamedTuple):
    """What Piper makes of one text."""

    frames: Int[np.ndarray, " symbols"]
    audio: Float[np.ndarray, " samples"]


class PiperPeer:
    """A voice of Piper that draws nothing by itself."""

    def __init__(self, path: str | Path, latent: int = 192, threads: int = 1):
        self._latent = latent
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            rewritten(path).SerializeToString(), options, ["CPUExecutionProvider"]
        )
        self._inputs = {value.name for value in self._session.get_inputs()}

    def speak(
        self,
        ids: Int[np.ndarray, " symbols"],
        *,
        duration_noise: Float[np.ndarray, "symbols 2"] | None = None,
        noise: Float[np.ndarray, "frames latent"] | None = None,
        noise_scale: float = 0.667,
        duration_scale: float = 0.8,
        length_scale: float = 1.0,
        speaker: int = 0,
    ) -> Spoken:
        """Frames and audio; noise that is not given is zero, and both are scaled in here.

        `noise` has as many frames as the voice makes of these durations.
        """
        if duration_noise is None:
            duration_noise = np.zeros((len(ids), 2), np.float32)
        if noise is None:
            noise = np.zeros((1, self._latent), np.float32)
        given = {
            "input": np.asarray(ids, np.int64)[None],
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([noise_scale, length_scale, duration_scale], np.float32),
            "sid": np.array([speaker], np.int64),
            _DURATION_NOISE: duration_noise.T[None].astype(np.float32),
            _NOISE: noise.T[None].astype(np.float32),
        }
        wanted = {name: value for name, value in given.items() if name in self._inputs}
        frames, audio = self._session.run([_FRAMES, "output"], wanted)
        return Spoken(frames.reshape(-1).astype(np.int64), audio.reshape(-1))


def rewritten(path: str | Path) -> onnx.ModelProto:
    """The model with inputs instead of random numbers, and the frames of symbols as an output."""
    model = onnx.load(path)
    graph = model.graph
    random = [node for node in graph.node if node.op_type == "RandomNormalLike"]
    (ceil,) = [node for node in graph.node if node.op_type == "Ceil"]
    # The duration predictor of a voice without random durations draws nothing.
    names = [_DURATION_NOISE, _NOISE][2 - len(random) :]
    for node, name in zip(random, names, strict=True):
        shape = [None, None, None]
        graph.input.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))
        identity = onnx.helper.make_node("Identity", [name], list(node.output), node.name)
        node.CopyFrom(identity)
    graph.node.append(onnx.helper.make_node("Identity", [ceil.output[0]], [_FRAMES]))
    graph.output.append(
        onnx.helper.make_tensor_value_info(_FRAMES, onnx.TensorProto.FLOAT, [None, None, None])
    )
    return model

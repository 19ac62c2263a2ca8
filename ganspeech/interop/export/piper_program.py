"""The graph of a voice with Piper's inputs: two programs of JAX, joined where lengths are made."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import export

from ganspeech.formats.onnx_reader import PRODUCER
from ganspeech.generators.vits.durations import frames_of
from ganspeech.interop.export.onnx_graph import graph_of
from ganspeech.interop.export.program import least_frames, stored
from ganspeech.models.files import Precision
from ganspeech.models.voice import Voice
from ganspeech.nn.normalization.weight_norm import folded
from ganspeech.tasks.voices.padded_speech import SILENT

OPSET, IR_VERSION = 18, 9
"""Old enough for the runtimes of assistants and screen readers."""
LEAST_TOKENS = 3
"""Symbols of an empty sentence: first, blank, last."""

_BEFORE = """
    plan_ids = Cast<to=6>(input)
    plan_lengths = Cast<to=6>(input_lengths)
    noise_scale, length_scale, noise_w = Split<axis=0, num_outputs=3>(scales)
    plan_length_scale = Squeeze(length_scale)
"""
_SPEAKER = """
    plan_sid = Cast<to=6>(sid)
    decode_sid = Identity(plan_sid)
"""
_DURATION_NOISE = """
    tokens_shape = Shape(input)
    two = Constant<value_ints=[2]>()
    noise_shape = Concat<axis=0>(tokens_shape, two)
    zeros = ConstantOfShape(noise_shape)
    duration_noise = RandomNormalLike<dtype=1>(zeros)
    plan_noise = Mul(duration_noise, noise_w)
"""
_BETWEEN = """
    frames = Identity(plan_frames)
    axis_0 = Constant<value_ints=[0]>()
    axis_1 = Constant<value_ints=[1]>()
    zero = Constant<value_int=0>()
    one = Constant<value_int=1>()
    row = Squeeze(frames, axis_0)
    ends = CumSum(row, zero)
    sum = ReduceSum<keepdims=0>(row)
    total = Cast<to=7>(sum)
    silent = Constant<value_int={silent}>()
    padded = Add(total, silent)
    least = Constant<value_int={least}>()
    count = Max(padded, least)
    places = Range(zero, count, one)
    float_places = Cast<to=1>(places)
    column = Unsqueeze(float_places, axis_1)
    passed = GreaterOrEqual(column, ends)
    counted = Cast<to=7>(passed)
    token = ReduceSum<keepdims=0>(counted, axis_1)
    tokens = Shape<start=1>(input)
    last_token = Sub(tokens, one)
    index = Min(token, last_token)
    mean = Gather<axis=1>(plan_mean, index)
    log_std = Gather<axis=1>(plan_log_std, index)
    std = Exp(log_std)
    normal = RandomNormalLike<dtype=1>(mean)
    scaled = Mul(normal, noise_scale)
    noise = Mul(scaled, std)
    decode_drawn = Add(mean, noise)
    total_of_each = Unsqueeze(total, axis_0)
    decode_lengths = Cast<to=6>(total_of_each)
"""
_AFTER = """
    hop = Constant<value_int={hop}>()
    samples = Mul(total_of_each, hop)
    audio = Slice(decode_audio, axis_0, samples, axis_1)
    output = Unsqueeze(audio, axis_1)
"""


class PiperProgram:
    """Builder of the graph.

    A first program plans the frames of each symbol, a second one makes audio of frames; between
    them, operations of ONNX repeat what belongs to a symbol, since JAX has no lengths that depend
    on values. Silent frames behind the text, cut off in the end, serve windows that reach beyond.
    """

    def __init__(self, voice: Voice, dtype: Precision):
        self._voice, self._network = voice, voice.network
        # Not `voice.ready`, whose kernels may be transformed for this machine.
        self._weights = stored(folded(voice.variables), dtype)
        self._least_frames = least_frames(voice.spec)
        tokens, frames = export.symbolic_shape(
            "tokens, frames",
            constraints=[f"tokens >= {LEAST_TOKENS}", f"frames >= {self._least_frames}"],
        )
        self._inputs = {
            "ids": jax.ShapeDtypeStruct((1, tokens), jnp.int32),
            "lengths": jax.ShapeDtypeStruct((1,), jnp.int32),
            "length_scale": jax.ShapeDtypeStruct((), jnp.float32),
            "noise": jax.ShapeDtypeStruct((1, tokens, 2), jnp.float32),
            "drawn": jax.ShapeDtypeStruct((1, frames, self._network.latent), jnp.float32),
            "sid": jax.ShapeDtypeStruct((1,), jnp.int32),
        }

    def model(self) -> Any:
        """The ONNX model of one text at a time; raises ValueError as `graph_of` does."""
        speaker = ["sid"] if self._voice.speakers else []
        noise = ["noise"] if self._network.stochastic else []
        plan = self._graph(
            self._plan,
            ["ids", "lengths", "length_scale", *noise, *speaker],
            ["mean", "log_std", "frames"],
        )
        decode = self._graph(self._decode, ["drawn", "lengths", *speaker], ["audio"])
        return self._joined(plan, decode, bool(noise), bool(speaker))

    def _graph(self, function: Any, inputs: list[str], outputs: list[str]) -> Any:
        def named(*values: jax.Array) -> Any:
            return function(**dict(zip(inputs, values)))

        shapes = {name: self._inputs[name] for name in inputs}
        parts = vars(self._network)
        last = type(parts.get("decoder") or parts.get("vocoder") or self._network).__name__
        return graph_of(named, shapes, outputs, f"a voice with {last}", OPSET)

    def _plan(
        self,
        ids: jax.Array,
        lengths: jax.Array,
        length_scale: jax.Array,
        noise: jax.Array | None = None,
        sid: jax.Array | None = None,
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        speakers, network = self._one_hot(sid), self._network
        hidden, mean, log_std = self._apply("encode", ids, lengths, speakers, self._voice.text.size)
        logarithms = self._apply("durations", hidden, lengths, speakers, noise)
        frames = frames_of(logarithms, lengths, length_scale, rounding=network.rounding)
        return mean, log_std, frames.astype(jnp.float32)

    def _decode(
        self, drawn: jax.Array, lengths: jax.Array, sid: jax.Array | None = None
    ) -> jax.Array:
        return self._apply("decode_drawn", drawn, lengths, self._one_hot(sid), self._voice.spec)

    def _apply(self, method: str, *arguments: Any) -> Any:
        return self._network.apply(self._weights(), *arguments, method=method)

    def _one_hot(self, sid: jax.Array | None) -> jax.Array | None:
        return None if sid is None else jax.nn.one_hot(sid, len(self._voice.speakers))

    def _joined(self, plan: Any, decode: Any, noise: bool, speaker: bool) -> Any:
        from onnx import compose, helper, parser

        plan = compose.add_prefix(plan, "plan_").graph
        decode = compose.add_prefix(decode, "decode_").graph
        before = _BEFORE + (_SPEAKER if speaker else "") + (_DURATION_NOISE if noise else "")
        between = _BETWEEN.format(least=self._least_frames, silent=SILENT)
        after = _AFTER.format(hop=self._voice.spec.hop_length)
        sid = ", int64[1] sid" if speaker else ""
        graph = parser.parse_graph(
            f"voice (int64[1, phonemes] input, int64[1] input_lengths, float[3] scales{sid}) "
            f"=> (float[1, 1, time] output, float[1, phonemes] frames) {{}}"
        )
        graph.node.extend(_nodes(before))
        graph.node.extend([*plan.node, *_nodes(between), *decode.node, *_nodes(after)])
        graph.initializer.extend([*plan.initializer, *decode.initializer])
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name=PRODUCER
        )


def _nodes(text: str) -> Any:
    """Nodes written in ONNX's textual syntax."""
    from onnx import parser

    return parser.parse_graph(f"nodes () => () {{{text}}}").node

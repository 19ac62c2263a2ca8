"""Reader of an ONNX file's weights and nodes, without the onnx package; it runs nothing.

A file is one Protocol Buffers message (https://protobuf.dev/programming-guides/encoding): fields
of a number, a wire type and a value. Only the fields of ONNX named here are read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.process.messages import printable

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
PRODUCER = "ganspeech"
"""Who is said to have produced the files of `ganspeech export`."""

_PRODUCER, _GRAPH = 2, 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT = 1, 5, 11
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OPERATION, _NODE_ATTRIBUTE = 1, 2, 3, 4, 5
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_TENSOR, _ATTRIBUTE_INTS = 1, 3, 5, 8
_TENSOR_DIMS, _TENSOR_KIND, _TENSOR_NAME, _TENSOR_RAW, _TENSOR_PLACE = 1, 2, 8, 9, 14
_TENSOR_FLOATS, _TENSOR_INTS = 4, 7
_KINDS: dict[int, Any] = {
    1: np.float32,
    6: np.int32,
    7: np.int64,
    10: np.float16,
    11: np.float64,
}
"""ONNX's codes of the data types that weights have."""

Field = tuple[int, int | memoryview]


class Node(NamedTuple):
    """One operation of a graph."""

    operation: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    numbers: dict[str, tuple[int, ...]]
    """Integer attributes, such as strides."""


class Graph(NamedTuple):
    """Content of an ONNX file."""

    inputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    constants: dict[str, np.ndarray]
    """Stored tensors by the names that nodes use; read-only."""
    producer: str
    """Program that wrote the file."""


def read_graph(path: str | Path) -> Graph:
    """Reads the graph of an ONNX file, without graphs inside its nodes.

    Raises ForeignFileError, naming the file, if it is truncated, is not ONNX or keeps its weights
    in other files.
    """
    if not Path(path).is_file():
        raise ForeignFileError(f"no such file: {path}")
    try:
        return _graph(memoryview(Path(path).read_bytes()))
    except _DamagedError as error:
        raise ForeignFileError(f"{path} is no whole ONNX file: {error}") from None


class _DamagedError(ValueError):
    """Fault in a Protocol Buffers message."""


def _graph(data: memoryview) -> Graph:
    model = list(_fields(data))
    graphs = [value for number, value in model if number == _GRAPH]
    producer = "".join(_text(value) for number, value in model if number == _PRODUCER)
    if len(graphs) != 1 or not isinstance(graphs[0], memoryview):
        raise _DamagedError("it has no graph")
    inputs: list[str] = []
    nodes: list[Node] = []
    constants: dict[str, np.ndarray] = {}
    for number, value in _fields(graphs[0]):
        if number == _GRAPH_NODE:
            node, stored = _node(_message(value))
            nodes.append(node)
            if node.operation == "Constant" and stored is not None:
                constants[node.outputs[0]] = stored
        elif number == _GRAPH_INITIALIZER:
            name, array = _tensor(_message(value))
            if array is not None:
                constants[name] = array
        elif number == _GRAPH_INPUT:
            inputs += [_text(v) for n, v in _fields(_message(value)) if n == 1]
    if not nodes:
        raise _DamagedError("its graph has no nodes")
    return Graph(tuple(inputs), tuple(nodes), constants, producer)


def _node(data: memoryview) -> tuple[Node, np.ndarray | None]:
    """Reads a node, and the tensor that it holds if it is a constant."""
    texts: dict[int, list[str]] = {n: [] for n in (1, 2, 3, 4)}
    numbers: dict[str, tuple[int, ...]] = {}
    stored = None
    for number, value in _fields(data):
        if number in texts:
            texts[number].append(_text(value))
        elif number == _NODE_ATTRIBUTE:
            name, counts, tensor = _attribute(_message(value))
            numbers[name] = counts
            stored = tensor if tensor is not None else stored
    operation, name = ("".join(texts[n]) for n in (_NODE_OPERATION, _NODE_NAME))
    if operation == "Constant" and not texts[_NODE_OUTPUT]:
        raise _DamagedError("a constant without a name")
    inputs, outputs = tuple(texts[_NODE_INPUT]), tuple(texts[_NODE_OUTPUT])
    return Node(operation, name, inputs, outputs, numbers), stored


def _attribute(data: memoryview) -> tuple[str, tuple[int, ...], np.ndarray | None]:
    name, numbers, tensor = "", [], None
    for number, value in _fields(data):
        if number == _ATTRIBUTE_NAME:
            name = _text(value)
        elif number in (_ATTRIBUTE_INT, _ATTRIBUTE_INTS):
            numbers += _integers(value)
        elif number == _ATTRIBUTE_TENSOR:
            tensor = _tensor(_message(value))[1]
    return name, tuple(numbers), tensor


def _tensor(data: memoryview) -> tuple[str, np.ndarray | None]:
    """Reads a tensor's name and numbers; None for a data type that weights do not have."""
    name, kind, raw = "", 0, None
    dims: list[int] = []
    listed: list[np.ndarray] = []
    for number, value in _fields(data):
        if number == _TENSOR_NAME:
            name = _text(value)
        elif number == _TENSOR_DIMS:
            dims += _integers(value)
        elif number == _TENSOR_KIND and isinstance(value, int):
            kind = value
        elif number == _TENSOR_RAW:
            raw = _message(value)
        elif number == _TENSOR_PLACE and value:
            raise _DamagedError(f"{printable(name)} lies in another file, which is not read")
        elif number == _TENSOR_FLOATS and isinstance(value, memoryview):
            listed.append(_numbers(value, np.float32))
        elif number == _TENSOR_INTS:
            listed.append(np.array(_integers(value), np.int64))
    if kind not in _KINDS:
        return name, None
    array = np.concatenate(listed) if raw is None and listed else _numbers(raw or b"", _KINDS[kind])
    if min(dims, default=0) < 0 or array.size != np.prod(np.array(dims, object)):
        raise _DamagedError(f"{printable(name)} has {array.size} numbers for a shape of {dims}")
    return name, array.reshape(dims)


def _fields(data: memoryview) -> Iterator[Field]:
    """Yields the fields of a message, each with its number: an integer, or bytes not yet read."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        number, coding = tag >> 3, tag & 7
        if coding == _VARINT:
            value, place = _varint(data, place)
            yield number, value
            continue
        if coding == _BYTES:
            size, place = _varint(data, place)
        elif coding in (_EIGHT_BYTES, _FOUR_BYTES):
            size = 8 if coding == _EIGHT_BYTES else 4
        else:
            raise _DamagedError(f"byte {place} begins no field")
        if place + size > len(data):
            raise _DamagedError(f"it ends {place + size - len(data)} bytes too early")
        yield number, data[place : place + size]
        place += size


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """Reads an integer of 7 bits per byte, the lowest first, and the position after it."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise _DamagedError("it ends within a number")
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise _DamagedError(f"byte {place} is within a number without an end")


def _integers(value: int | memoryview) -> list[int]:
    """Reads one signed integer, or a list of them packed into bytes."""
    unsigned: list[int] = []
    if isinstance(value, int):
        unsigned.append(value)
    else:
        place = 0
        while place < len(value):
            number, place = _varint(value, place)
            unsigned.append(number)
    return [number - (1 << 64) if number >> 63 else number for number in unsigned]


def _numbers(data: memoryview | bytes, kind: Any) -> np.ndarray:
    if len(data) % np.dtype(kind).itemsize:
        raise _DamagedError(f"{len(data)} bytes are no list of {np.dtype(kind).name}")
    return np.frombuffer(data, np.dtype(kind).newbyteorder("<"))


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise _DamagedError("a number where a part should be")
    return value


def _text(value: int | memoryview) -> str:
    try:
        return bytes(_message(value)).decode("utf-8")
    except UnicodeDecodeError:
        raise _DamagedError("a name that is no text") from None

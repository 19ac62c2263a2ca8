"""Reader of state dicts from pickles that runs nothing: it knows only what a state dict needs.

A pickle is a program; Python's own unpickler imports and calls whatever it names. Here each
instruction is read by `pickletools` and interpreted by hand, names stay names, and the few calls
that a state dict makes become plain records. Anything else is rejected.
"""

import dataclasses
import math
import pickletools
from collections.abc import Callable
from typing import Any, BinaryIO

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.process.messages import printable

STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
"""PyTorch's storage names to NumPy's types."""
LARGEST = 2**127
"""Bound on integers: sizes are below 2**63, the first value of an old file has 10 bytes."""
LARGEST_KEY = 2**31
"""Bound on integer keys that stay integers, since a dict of larger ones could be built to take
forever; up to 2**63, such as addresses in states of optimizers, they become texts."""


@dataclasses.dataclass(frozen=True)
class Storage:
    """Numbers stored elsewhere in the file."""

    dtype: str
    key: str
    numel: int


@dataclasses.dataclass(frozen=True)
class Tensor:
    """A strided view of a storage; nothing about it has been checked against the file."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class _Global:
    """Global that a pickle names by module and name; never looked up."""

    module: str
    name: str


def read_pickle(file: BinaryIO, source: str) -> Any:
    """Reads the value of one pickle, from the file's position to the pickle's end.

    It consists of dicts, lists, tuples, strings, bytes, numbers, None and `Tensor`. Raises
    ForeignFileError, naming `source`, if the pickle is damaged, names what no state dict needs, or
    is of another kind.
    """
    try:
        return _Machine(source).run(file)
    except ForeignFileError:
        raise
    # A hostile or damaged program can underflow the stack, append to a number or have no end.
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        reason = printable(str(error), 200)
        raise ForeignFileError(f"{source} is damaged, or no file of PyTorch: {reason}") from None


class _Machine:
    """The pickle machine's stack, marks and memo."""

    def __init__(self, source: str):
        self._source = source
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def run(self, file: BinaryIO) -> Any:
        for opcode, argument, _ in pickletools.genops(file):
            if opcode.name == "STOP":
                return self._stack.pop()
            if opcode.name in _IGNORED:
                continue
            if opcode.name in _PUSHES:
                self._stack.append(_bounded(argument, LARGEST))
            elif opcode.name in _MAKES:
                self._stack.append(_MAKES[opcode.name]())
            elif opcode.name in _ACTS:
                _ACTS[opcode.name](self, argument)
            elif opcode.name in ("INST", "EXT1", "EXT2", "EXT4"):
                raise self._refusal(f"names {argument}")
            else:
                raise self._refusal(f"has the pickle instruction {opcode.name}")
        raise ValueError("it has no end")

    def mark(self, _: None) -> None:
        self._marks.append(len(self._stack))

    def since_mark(self) -> list[Any]:
        start = self._marks.pop()
        items = self._stack[start:]
        del self._stack[start:]
        return items

    def put(self, index: int) -> None:
        self._memo[index] = self._stack[-1]

    def memoize(self, _: None) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def get(self, index: int) -> None:
        self._stack.append(self._memo[index])

    def close_tuple(self, _: None) -> None:
        self._stack.append(tuple(self.since_mark()))

    def last_as_tuple(self, count: int) -> None:
        items = [self._stack.pop() for _ in range(count)]
        self._stack.append(tuple(reversed(items)))

    def append(self, _: None) -> None:
        self._extend([self._stack.pop()])

    def appends(self, _: None) -> None:
        self._extend(self.since_mark())

    def _extend(self, items: list[Any]) -> None:
        _typed(self._stack[-1], list).extend(items)

    def set_item(self, _: None) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._fill([key, value])

    def set_items(self, _: None) -> None:
        self._fill(self.since_mark())

    def _fill(self, items: list[Any]) -> None:
        target = _typed(self._stack[-1], dict)
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[_key(key)] = value

    def global_(self, name: str) -> None:
        self._name(*name.split(" ", 1))

    def stack_global(self, _: None) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._name(_typed(module, str), _typed(name, str))

    def _name(self, module: str, name: str) -> None:
        if (module, name) not in _MEANINGS and not (module == "torch" and name in STORAGES):
            raise self._refusal(f"names {module}.{name}")
        self._stack.append(_Global(module, name))

    def reduce(self, _: None) -> None:
        arguments, function = _typed(self._stack.pop(), tuple), _typed(self._stack.pop(), _Global)
        meaning = _MEANINGS.get((function.module, function.name))
        if meaning is None:
            raise self._refusal(f"calls {function.module}.{function.name}")
        self._stack.append(meaning(*arguments))

    def build(self, _: None) -> None:
        """Drops attributes, which state dicts use for their version."""
        self._stack.pop()
        _typed(self._stack[-1], dict)

    def storage(self, _: None) -> None:
        kind, type_, key, _, numel, *view = _typed(self._stack.pop(), tuple)
        if kind != "storage" or (view and view != [None]):
            named = kind if isinstance(kind, str) else type(kind).__name__
            raise self._refusal(f"refers to a {'view of a storage' if view else named}")
        name = _typed(type_, _Global).name
        key, numel = _typed(key, str), _typed(numel, int)
        self._stack.append(Storage(STORAGES[name], key, numel))

    def _refusal(self, what: str) -> ForeignFileError:
        return ForeignFileError(
            f"{self._source}: {printable(what)}, which no state dict needs; nothing in it was run"
        )


def _typed(value: Any, *types: type) -> Any:
    if not isinstance(value, types):
        raise TypeError(f"a {type(value).__name__} in place of a {types[0].__name__}")
    return value


def _bounded(value: Any, limit: int) -> Any:
    if isinstance(value, int) and not -limit < value < limit:
        raise ValueError(f"an integer of {value.bit_length()} bits")
    return value


def _key(value: Any) -> str | int:
    """Checks a dict's key: nested tuples and colliding numbers could take forever to hash.

    Large integers become texts, whose hashes are salted.
    """
    value = _bounded(_typed(value, str, int), 2**63)
    return str(value) if isinstance(value, int) and abs(value) >= LARGEST_KEY else value


def _ordered_dict(pairs: Any = ()) -> dict[Any, Any]:
    return {_key(key): value for key, value in _typed(pairs, list, tuple)}


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> Tensor:
    shape, strides = _typed(shape, tuple), _typed(strides, tuple)
    numbers = [_typed(number, int) for number in (offset, *shape, *strides)]
    storage = _typed(storage, Storage)
    if len(shape) != len(strides) or min(numbers) < 0 or len(shape) > 32:
        raise ValueError("a tensor with a shape or strides that cannot be")
    # A view that repeats numbers, as no weight does, could have any size.
    if math.prod(shape) > storage.numel:
        raise ValueError(f"a tensor of {list(shape)} in a storage of {storage.numel} numbers")
    return Tensor(storage, offset, shape, strides)


def _parameter(tensor: Any, *_: Any) -> Tensor:
    return _typed(tensor, Tensor)


def _size(numbers: Any) -> tuple[int, ...]:
    return tuple(_typed(numbers, tuple))


_MEANINGS: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): _ordered_dict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch", "Size"): _size,
}
"""Supported calls, and the functions that replace them."""

_IGNORED = {"PROTO", "FRAME"}
_PUSHES = {
    *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES"),
}
_MAKES: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}
_ACTS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "TUPLE": _Machine.close_tuple,
    "TUPLE1": lambda machine, _: machine.last_as_tuple(1),
    "TUPLE2": lambda machine, _: machine.last_as_tuple(2),
    "TUPLE3": lambda machine, _: machine.last_as_tuple(3),
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.global_,
    "STACK_GLOBAL": _Machine.stack_global,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.storage,
}

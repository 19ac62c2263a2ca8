"""Files of torch.save: what PyTorch wrote, what was assembled by hand, and what must be refused."""

import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest
from torch_bytes import archive, dict_of, name, number, program, stream, tensor, text, tuple_of

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.formats.torch_files import LEGACY_MAGIC, is_torch_file, read_state_dict
from ganspeech.formats.torch_writer import write_state_dict

WEIGHTS = {
    "conv.weight": np.arange(12, dtype=np.float32).reshape(2, 3, 2),
    "conv.bias": np.array([0.5, -1.0], np.float16),
    "steps": np.array([7], np.int64),
}


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "voice.pth"
    write_state_dict(path, WEIGHTS)
    found = read_state_dict(path)
    assert is_torch_file(path) and list(found) == list(WEIGHTS)
    for key, array in WEIGHTS.items():
        assert found[key].dtype == array.dtype
        np.testing.assert_array_equal(found[key], array)
    assert not list(tmp_path.glob("*.partial"))


def test_a_type_without_a_storage_is_not_written(tmp_path):
    with pytest.raises(ValueError, match=r"voice.pth: z is complex64"):
        write_state_dict(tmp_path / "voice.pth", {"z": np.zeros(3, np.complex64)})
    assert not list(tmp_path.iterdir())


def test_strides_and_offsets_of_a_stream(tmp_path):
    numbers = np.arange(12, dtype="<f4")
    value = dict_of(
        generator=dict_of(
            transposed=tensor((3, 4), (1, 3), legacy=True),
            part=tensor((2, 2), (6, 1), offset=3, legacy=True),
            scalar=tensor((), (), offset=11, legacy=True),
            one=tensor((1, 2), (2**62, 1), legacy=True),
            small=tensor((2,), (1,), key="1", numel=2, storage="BFloat16Storage", legacy=True),
        )
    )
    bfloat16 = np.array([0x3F80, 0xC000], "<u2")
    path = stream(tmp_path / "g_02500000", value, {"0": numbers, "1": bfloat16})
    found = read_state_dict(path)
    assert is_torch_file(path)
    np.testing.assert_array_equal(found["transposed"], numbers.reshape(4, 3).T)
    np.testing.assert_array_equal(found["part"], [[3, 4], [9, 10]])
    assert found["scalar"].shape == () and found["scalar"] == 11
    np.testing.assert_array_equal(found["one"], [[0, 1]])
    np.testing.assert_array_equal(np.asarray(found["small"], np.float32), [1, -2])


def test_byte_order(tmp_path):
    value = dict_of(w=tensor((12,), (1,)))
    big = {"0": np.arange(12, dtype=">f4").tobytes()}
    found = read_state_dict(archive(tmp_path / "big.pt", value, big, byteorder=b"big"))
    np.testing.assert_array_equal(found["w"], np.arange(12))
    with pytest.raises(ForeignFileError, match="byte order"):
        read_state_dict(archive(tmp_path / "odd.pt", value, byteorder=b"middle"))


def test_metadata_parameters_and_sizes(tmp_path):
    """What `state_dict()` and parameters leave in a pickle beside tensors."""
    ordered = name("collections", "OrderedDict") + b")R"
    parameter = tuple_of(tensor((12,), (1,)), b"\x88", ordered)
    size = name("torch", "Size") + b"(K\x03t\x85R"
    versions = dict_of(_metadata=dict_of(version=b"K\x01"))
    value = dict_of(
        state_dict=ordered
        + text("w") + name("torch._utils", "_rebuild_parameter") + parameter + b"Rs"
        + versions + b"b",
        shape=size, epoch=b"K\x05", rate=b"G?\xf0" + bytes(6), names=b"](" + text("a") + b"e",
    )  # fmt: skip
    found = read_state_dict(archive(tmp_path / "a.ckpt", value))
    assert list(found) == ["w"] and found["w"].shape == (12,)


def test_the_one_dict_of_tensors_is_found(tmp_path):
    w = tensor((12,), (1,))
    for at, value in enumerate(
        (
            dict_of(w=w),
            dict_of(anything=dict_of(w=w)),
            dict_of(model=dict_of(generator=dict_of(w=w))),
            dict_of(generator=dict_of(w=w), discriminator=dict_of(x=w), optimizer=dict_of(y=w)),
            dict_of(iteration=w, state_dict=dict_of(w=w)),
        )
    ):
        assert list(read_state_dict(archive(tmp_path / f"{at}.pt", value))) == ["w"], at
    two = dict_of(mpd=dict_of(w=w), msd=dict_of(w=w))
    with pytest.raises(ForeignFileError, match=r"2 dicts of tensors \(mpd, msd\)"):
        read_state_dict(archive(tmp_path / "do.pt", two))
    with pytest.raises(ForeignFileError, match="no dict of named tensors"):
        read_state_dict(archive(tmp_path / "none.pt", dict_of(a=b"K\x01")))


class Malicious:
    """Creates a file when Python unpickles it."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_nothing_in_a_pickle_is_run(tmp_path, protocol):
    marker = tmp_path / "marker"
    hostile = pickle.dumps({"generator": {"w": Malicious(marker)}}, protocol)
    pickle.loads(hostile)
    marker.rmdir()  # the pickle works

    in_archive, in_stream = tmp_path / "a.pt", tmp_path / "b.pt"
    with zipfile.ZipFile(in_archive, "w") as file:
        file.writestr("a/data.pkl", hostile)
    in_stream.write_bytes(pickle.dumps(LEGACY_MAGIC, 2) + hostile)
    for path in (in_archive, in_stream):
        with pytest.raises(ForeignFileError) as error:
            read_state_dict(path)
        assert not marker.exists()
        assert str(error.value) == (
            f"{path}: names {os.mkdir.__module__}.mkdir, which no state dict needs; nothing in it "
            "was run"
        ) or (protocol < 2 and str(error.value).endswith("nothing in it was run"))


@pytest.mark.parametrize(
    "value, message",
    [
        (name("os", "system") + b"(" + text("true") + b"tR", "names os.system"),
        (b"(ios\nsystem\n", "names os system"),
        (text("os") + text("system") + b"\x93", "names os.system"),
        (name("torch", "load"), "names torch.load"),
        (name("torch._utils", "_rebuild_tensor_v2") + b")\x81", "instruction NEWOBJ"),
        (name("torch", "FloatStorage") + b")R", "calls torch.FloatStorage"),
        (b"(K\x01o", "instruction OBJ"),
        (b"\x82\x01", "names 1"),
        (b"Pkey\n", "instruction PERSID"),
        (tuple_of(text("module"), b"N", b"N", b"N", b"N") + b"Q", "refers to a module"),
        (text("\x1b[2J\n") + text("a" * 99) + b"\x93", r"names \x1b[2J\n.aaa"),
        # A tuple doubled 64 times and one in 100,000 others: their texts would have no end.
        (tuple_of(b")" + b"q\0h\0\x86" * 64, *[b"N"] * 4) + b"Q", "refers to a tuple"),
        (tuple_of(b")" + b"\x85" * 100_000, *[b"N"] * 4) + b"Q", "refers to a tuple"),
    ],
)
def test_other_names_and_instructions_are_refused(tmp_path, value, message):
    with pytest.raises(ForeignFileError) as error:
        read_state_dict(archive(tmp_path / "a.pt", dict_of(w=value)))
    assert message in str(error.value) and str(error.value).endswith("nothing in it was run")
    assert "\n" not in str(error.value) and len(str(error.value)) < len(str(tmp_path)) + 150


@pytest.mark.parametrize(
    "value, message",
    [
        (tensor((13,), (1,)), "13] in a storage of 12"),
        (tensor((2**40, 2**40), (0, 0)), "in a storage of 12"),
        (tensor((3, 4), (4, 2)), "reaches beyond its storage"),
        (tensor((12,), (1,), offset=1), "reaches beyond its storage"),
        (tensor((2,), (2**62,)), "reaches beyond its storage"),
        (tensor((2,), (-1,), offset=1), "cannot be"),
        (tensor((2, 2), (1,)), "cannot be"),
        (tensor((0,), (1,)), "is empty"),
        (tensor((2,), (1,), key="9"), "lacks the record 'data/9'"),
        (tensor((2,), (1,), numel=2**61), "48 bytes for 2305843009213693952"),
        (tensor((2,), (1,), numel=12, storage="DoubleStorage"), "48 bytes for 12 numbers of float"),
        (b"0", "pickle instruction POP"),
        (b"t", "damaged"),
        (b"a", "damaged"),
        (b"h\x05", "damaged"),
        (tuple_of(b"}", b"K\x01") + b"}s", "damaged"),
        (b"}" + b"](" + b"e" + b"K\x01s", "damaged"),
        (b"}" + number(2**63) + b"Ns", "an integer of 64 bits"),
        (b"}" + number(-(2**63)) + b"Ns", "an integer of 64 bits"),
        (b"}" + b"G" + bytes(8) + b"Ns", "a float in place of a str"),
        (b"\x8b" + struct.pack("<i", 9999) + b"\x7f" * 9999, "an integer of 79991 bits"),
        (b"I" + b"9" * 9999 + b"\n", "damaged"),
        (b"F" + b"x" * 9999 + b"\n", "damaged"),
    ],
)
def test_damaged_tensors_and_programs_are_refused(tmp_path, value, message):
    with pytest.raises(ForeignFileError) as error:
        read_state_dict(archive(tmp_path / "a.pt", dict_of(w=value)))
    assert message in str(error.value) and str(tmp_path / "a.pt") in str(error.value)
    assert "\n" not in str(error.value) and len(str(error.value)) < len(str(tmp_path)) + 300


def test_every_truncation_is_refused_in_one_line(tmp_path):
    whole = tmp_path / "whole.pt"
    write_state_dict(whole, WEIGHTS)
    contents = [whole.read_bytes()]
    value = dict_of(w=tensor((12,), (1,), legacy=True))
    stream(whole, value, {"0": np.arange(12, dtype="<f4")})
    contents.append(whole.read_bytes())
    cut = tmp_path / "cut.pt"
    for content in contents:
        for length in range(0, len(content), 3):
            cut.write_bytes(content[:length])
            with pytest.raises(ForeignFileError) as error:
                read_state_dict(cut)
            assert str(cut) in str(error.value) and "\n" not in str(error.value)


def test_every_changed_byte_is_read_or_refused(tmp_path):
    whole = tmp_path / "whole.pt"
    write_state_dict(whole, WEIGHTS)
    contents = [whole.read_bytes()]
    stream(whole, dict_of(w=tensor((12,), (1,), legacy=True)), {"0": np.zeros(12, "<f4")})
    contents.append(whole.read_bytes())
    random = np.random.default_rng(0)
    for content in contents:
        for at in range(0, len(content), 2):
            changed = bytearray(content)
            changed[at] = random.integers(256)
            whole.write_bytes(changed)
            try:
                read_state_dict(whole)
            except ForeignFileError as error:
                assert "\n" not in str(error)


def test_archives_that_are_none_of_pytorchs(tmp_path):
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/data.pkl", b"\x80\x02" + bytes(10_000_000))
    with pytest.raises(ForeignFileError, match="compressed"):
        read_state_dict(path)

    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme", b"")
    with pytest.raises(ForeignFileError, match=r"without a data\.pkl"):
        read_state_dict(path)

    # A record that says it is larger than the file.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a/data.pkl", program(b"}"))
    content = buffer.getvalue()
    entry = content.index(b"PK\x01\x02")
    huge = content[: entry + 20] + struct.pack("<II", 2**31, 2**31) + content[entry + 28 :]
    path.write_bytes(huge)
    with pytest.raises(ForeignFileError, match="overlaps itself"):
        read_state_dict(path)

    for content in (b"", b"RIFF", b"\x80", bytes(1000), pickle.dumps([1, 2])):
        path.write_bytes(content)
        with pytest.raises(ForeignFileError, match=r"bomb\.pt"):
            read_state_dict(path)


@pytest.mark.parametrize("new", [True, False])
def test_files_of_pytorch(tmp_path, new):
    torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")
    layer = torch.nn.Sequential(torch.nn.Conv1d(3, 4, 5), torch.nn.BatchNorm1d(4))
    weights = layer.state_dict()
    weights["half"] = torch.randn(5).half()
    weights["brain"] = torch.randn(5).bfloat16()
    weights["turned"] = torch.randn(4, 6).T[1:3]
    weights["parameter"] = torch.nn.Parameter(torch.randn(2, 2))
    weights["again"] = weights["0.weight"]
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.randn(2, 3, 9)).sum().backward()
    optimizer.step()
    path = tmp_path / "a.pt"
    value = {"generator": weights, "optim_g": optimizer.state_dict(), "size": torch.Size([2, 3])}
    torch.save(value, path, _use_new_zipfile_serialization=new)
    found = read_state_dict(path)
    assert found.keys() == weights.keys()
    for key, expected in weights.items():
        np.testing.assert_array_equal(
            np.asarray(found[key], np.float64), expected.detach().double().numpy()
        )


def test_pytorch_reads_what_is_written(tmp_path):
    torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")
    write_state_dict(tmp_path / "a.pt", WEIGHTS)
    found = torch.load(tmp_path / "a.pt", weights_only=True)["generator"]
    assert list(found) == list(WEIGHTS)
    for key, array in WEIGHTS.items():
        np.testing.assert_array_equal(found[key].numpy(), array)

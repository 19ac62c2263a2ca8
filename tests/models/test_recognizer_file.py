"""A recognizer in one file: what is written is read again, and what is damaged is refused."""

import dataclasses
import re

import jax
import numpy as np
import pytest
import safetensors.numpy

from ganspeech.models.files import read_safetensors
from ganspeech.models.recognizer import Recognizer
from ganspeech.recognizers.conformer import Conformer
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Subwords

TASK = Recognition(Features(kind="mfcc"), Subwords("▁ t;▁t h"), stride=2, buckets=(0.5, 1.0))


@pytest.fixture(scope="module")
def model() -> Recognizer:
    network = Conformer(width=8, blocks=1, heads=2, kernel=3, stem=2)
    variables = jax.jit(lambda key: network.init(key, *TASK.example()))(jax.random.key(0))
    return Recognizer(network, variables, TASK, "Made for a test.")


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_what_is_saved_is_read(dtype, model, tmp_path):
    path = tmp_path / "hearing.safetensors"
    trained = dataclasses.replace(TASK, share=0.5)
    dataclasses.replace(model, task=trained).save(path, dtype)
    read = Recognizer.read(path)
    # What matters to training alone is not kept.
    assert (read.network, read.task, read.about) == (model.network, TASK, model.about)
    expected = jax.tree.map(lambda a: np.asarray(a).astype(dtype).astype("f4"), model.variables)
    jax.tree.map(np.testing.assert_array_equal, read.variables, expected)
    assert [file.name for file in tmp_path.iterdir()] == ["hearing.safetensors"]


def test_what_is_damaged_or_of_another_kind_is_refused(model, tmp_path):
    path = tmp_path / "hearing.safetensors"
    model.save(path)
    tensors, header = read_safetensors(path)
    bias = next(name for name in tensors if name.endswith("symbols.bias"))
    for changed_tensors, changed, told in (
        (tensors, {"format": "ganspeech-vocoder-1"}, "is a vocoder of ganspeech, not a recognizer"),
        (tensors, {"network": header["network"].replace("Conformer", "X")}, "has no .*X"),
        (tensors, {"network": header["features"]}, "its network must be a Module, not Features"),
        (tensors, {"vocabulary": "1"}, "its vocabulary must be a Vocabulary, not int"),
        (tensors, {"stride": "3"}, r"task\.stride must be 1, 2 or 4, not 3"),
        (tensors, {"buckets": ""}, "its buckets"),
        (tensors, {"network": re.sub('"heads": [0-9]+', '"heads": 0', header["network"])}, "of 0"),
        (tensors | {bias: tensors[bias][1:]}, {}, "symbols/bias is .*this architecture has"),
        (tensors | {bias: tensors[bias] * np.nan}, {}, "symbols.bias is not made of finite"),
    ):
        safetensors.numpy.save_file(changed_tensors, path, metadata=header | changed)
        with pytest.raises(ValueError, match=f"^{re.escape(str(path))}.*{told}"):
            Recognizer.read(path)

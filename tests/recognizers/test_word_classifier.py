import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.recognizers.word_classifier import WordClassifier


@pytest.mark.parametrize("shape", [(32, 32), (64, 40)])
def test_features_and_logits_of_any_picture(shape):
    classifier = WordClassifier(classes=3, channels=(4, 8), width=5)
    pictures = jax.random.uniform(jax.random.PRNGKey(0), (6, *shape), minval=-1)
    variables = jax.jit(classifier.init)(jax.random.PRNGKey(1), pictures[:1])
    look = jax.jit(classifier.apply)
    features, logits = look(variables, pictures)
    assert features.shape == (6, 5) and logits.shape == (6, 3)
    assert features.min() >= 0 and logits.dtype == jnp.float32
    # What it says of a picture does not depend on the others.
    alone = look(variables, pictures[2:3])[1]
    np.testing.assert_allclose(alone[0], logits[2], atol=1e-5)

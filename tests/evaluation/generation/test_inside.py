"""Walks through noise, slopes and maps on functions that are known, and the sections of a page."""

import dataclasses
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from small import tiny

from ganspeech.audio import AudioSpec
from ganspeech.data.corpus import Problems
from ganspeech.data.examples import Examples, Labeled, Scale
from ganspeech.evaluation.generation import inside, latent
from ganspeech.evaluation.pages import saliency
from ganspeech.experiments import load
from ganspeech.game.state import create_state
from ganspeech.runs.folder import Run
from ganspeech.tasks.representations import Pictures, Waveform
from ganspeech.tasks.spectrogram_representations import LogMelPatch

RNG = np.random.default_rng(0)


def noise(count: int, size: int = 100) -> np.ndarray:
    return RNG.standard_normal((count, size)).astype(np.float32)


def test_ways_end_where_they_should_and_normal_noise_keeps_its_norm():
    start, end = noise(2)
    for way in (latent.straight, latent.spherical):
        walk = way(start, end, 9)
        assert walk.shape == (9, 100) and walk.dtype == np.float32
        np.testing.assert_allclose(walk[[0, -1]], [start, end], atol=1e-5)
    norms = np.linalg.norm(latent.spherical(start, end, 9), axis=1)
    ends = np.linalg.norm(start), np.linalg.norm(end)
    np.testing.assert_allclose(norms, np.linspace(*ends, 9), rtol=1e-5)
    # Straight ways between normal vectors cut through the sphere.
    assert np.linalg.norm(latent.straight(start, end, 9)[4]) < 0.85 * norms[4]
    turns = latent.spherical(start, end, 9) / norms[:, None]
    np.testing.assert_allclose((turns[1:] * turns[:-1]).sum(1), turns[0] @ turns[1], rtol=1e-4)
    np.testing.assert_array_equal(
        latent.between("uniform", start, end, 9), latent.straight(start, end, 9)
    )


@pytest.mark.parametrize("end", [(2.0, 0.0), (-1.0, 0.0), (0.0, 0.0)])
def test_a_way_without_a_plane_to_turn_in_is_straight(end):
    start = np.array([1.0, 0.0], np.float32)
    walk = latent.between("normal", start, np.array(end, np.float32), 3)
    np.testing.assert_allclose(walk[1], (start + end) / 2)


def test_the_most_sensitive_directions_of_a_linear_map_are_its_singular_vectors():
    left, right = (np.linalg.qr(RNG.standard_normal((n, 5)))[0] for n in (12, 7))
    scales = np.array([9.0, 5.0, 2.0, 1.0, 0.5])
    matrix = jnp.asarray((left * scales[None]) @ right.T, jnp.float32)

    def generate(z):
        return (matrix @ z).reshape(3, 4)

    directions, gains = latent.sensitive_directions(generate, noise(1, 7)[0], 3)
    np.testing.assert_allclose(gains, scales[:3], rtol=1e-4)
    np.testing.assert_allclose(np.abs(directions @ right[:, :3]), np.eye(3), atol=1e-4)
    assert (directions.max(1) == np.abs(directions).max(1)).all()
    # No other direction moves the output more.
    others = noise(50, 7)
    moved = np.linalg.norm(others @ np.asarray(matrix).T, axis=1) / np.linalg.norm(others, axis=1)
    assert moved.max() < gains[0]


def test_a_curved_map_is_taken_as_it_is_at_the_point():
    def generate(z):
        return jnp.stack([z[0] ** 2, z[1]])

    for point, first in (((3.0, 0.0), (1, 0)), ((0.1, 0.0), (0, 1))):
        directions, gains = latent.sensitive_directions(generate, np.array(point, np.float32), 1)
        np.testing.assert_allclose(directions[0], first, atol=1e-6)
        np.testing.assert_allclose(gains[0], max(2 * point[0], 1), rtol=1e-5)


def test_a_traversal_goes_by_the_deviations_of_the_prior():
    point, direction = noise(1)[0], np.eye(100, dtype=np.float32)[3]
    places = np.array([-3.0, 0.0, 3.0])
    for prior, deviation in (("normal", 1.0), ("uniform", 1 / np.sqrt(3))):
        walk = latent.along(prior, point, direction, places)
        np.testing.assert_allclose(walk[1], point)
        np.testing.assert_allclose(walk[:, 3] - point[3], deviation * places, rtol=1e-5)


def test_the_saliency_of_a_linear_judge_is_its_weights_whatever_the_noise():
    weights = noise(1, 12).reshape(3, 4)
    x = noise(5, 12).reshape(5, 3, 4)

    def judge(x):
        return jnp.einsum("nab,ab->n", x, weights)

    for level in (0.0, 0.3):
        slopes = saliency.saliency(judge, x, noise=level, copies=3)
        np.testing.assert_allclose(slopes, np.broadcast_to(weights, x.shape), rtol=1e-5)


def test_noise_smooths_what_is_finer_than_it():
    def judge(x):
        return x[:, 0] + 0.1 * jnp.sin(50 * x[:, 1])

    x = np.array([[-0.5, 0.5], [0.0, 0.0]], np.float32)
    sharp = saliency.saliency(judge, x, noise=0.0, copies=1)
    assert abs(sharp[1, 1]) == pytest.approx(5.0)
    # The second example has no range, hence no noise.
    smooth = saliency.saliency(judge, x, noise=0.3, copies=400)
    np.testing.assert_allclose(smooth[0], [1, 0], atol=0.5)
    np.testing.assert_allclose(smooth[1], sharp[1], rtol=1e-4)


def test_heat_glows_over_a_grey_picture_and_leaves_the_rest():
    picture, heat = np.full((1, 10, 10), 0.5), np.zeros((1, 10, 10))
    heat[0, 2:4, 2:4] = 7.0
    glowing = saliency.heated(picture, heat)
    assert glowing.shape == (1, 10, 10, 3) and glowing.dtype == np.uint8
    red, _, blue = glowing[0, 2, 2].astype(int)
    assert red > blue + 50
    assert len(set(glowing[0, 8, 8])) == 1
    assert np.isfinite(saliency.heated(picture, 0 * heat)).all()


def test_the_liveliest_maps_are_those_that_vary_most_around_a_grey_mean():
    maps = RNG.standard_normal((2, 8, 8, 5)) * np.array([0.1, 3.0, 1.0, 0.0, 2.0]) + 40
    lively = saliency.liveliest(maps, 3)
    assert lively.shape == (2, 8, 8, 3)
    wanted = maps[..., [1, 4, 2]]
    for channel in range(3):
        inside_range = (lively[..., channel] > 0) & (lively[..., channel] < 1)
        there, here = wanted[..., channel][inside_range], lively[..., channel][inside_range]
        assert np.corrcoef(there, here)[0, 1] > 0.9999
    np.testing.assert_allclose(lively.mean((0, 1, 2)), 0.5, atol=0.02)
    assert (saliency.liveliest(np.ones((2, 4, 3)), 2) == 0.5).all()


def test_a_grid_keeps_every_picture_whole():
    pictures = RNG.uniform(0.1, 1, (5, 2, 3))
    table = saliency.grid(pictures, 2)
    assert table.shape == (3 * 3 - 1, 2 * 4 - 1)
    np.testing.assert_array_equal(table[3:5, 4:7], pictures[3])
    assert (table[6:, 4:] == 0).all() and (table[2] == 0).all()


def labeled(view, count: int, prefix: str) -> Labeled:
    values = RNG.uniform(-0.9, 0.9, (count, *view.shape)).astype(np.float32)
    names = tuple(f"{prefix}<{place}>" for place in range(count))
    return Labeled(values, np.arange(count, dtype=np.int32) % 2, names)


def untrained(name: str, view, classes: int) -> tuple[Run, Examples]:
    """A run that has not learned anything, and examples of noise in two classes."""
    published = load(name)
    experiment = dataclasses.replace(
        published,
        task=dataclasses.replace(published.task, view=view, latent=6, classes=classes),
        generator=tiny(published.generator),
        discriminators=tuple(tiny(d) for d in published.discriminators),
    )
    if name == "wavegan_digits":
        small = {"channels": 1}
        experiment = dataclasses.replace(
            experiment,
            generator=dataclasses.replace(experiment.generator, **small),
            discriminators=(dataclasses.replace(experiment.discriminators[0], **small),),
        )
    state = create_state(experiment, jax.random.key(0), 1)
    run = Run(Path("run"), experiment, state.generator.variables, state.discriminator.variables, 0)
    bands = getattr(view, "spec", AudioSpec()).n_mels
    scale = Scale(np.full(bands, -5, np.float32), np.ones(bands, np.float32))
    examples = Examples(
        labeled(view, 7, "train"),
        labeled(view, 4, "held-out"),
        ("yes & no", "perhaps"),
        "0123",
        Problems(),
        scale,
    )
    return run, examples


def test_the_nearest_picture_of_a_training_example_is_itself(monkeypatch):
    monkeypatch.setattr(inside, "AT_ONCE", 4)  # two pieces, the answer may lie in either
    for view in (Pictures(), LogMelPatch()):
        training = labeled(view, 7, "train").values
        chosen = [5, 0, 6]
        distances, places = inside.nearest_pictures(view, training[chosen], training)
        assert places.tolist() == chosen
        np.testing.assert_allclose(distances, 0, atol=1e-4)
        other = np.clip(training[[2]] + 0.01, -1, 1)
        assert inside.nearest_pictures(view, other, training)[1].tolist() == [2]


def figures(body: str) -> tuple[int, int]:
    """Pictures and players; every picture says what it is."""
    alts = re.findall(r'<img alt="([^"]*)" src="data:image/png;base64,[^"]+">', body)
    assert len(alts) == body.count("<img") and all(alts) and len(set(alts)) > len(alts) / 2
    assert "<train" not in body  # names are escaped
    return len(alts), body.count('src="data:audio/flac')


def test_pictures_by_class_have_all_sections():
    run, examples = untrained("dcgan_mnist", Pictures(), classes=2)
    found = dict(inside.sections(run, examples))
    rows, steps = inside.WAYS, inside.STEPS
    assert {title: figures(body) for title, body in found.items()} == {
        "Interpolation": (rows * steps, 0),
        "Traversal": (inside.DIRECTIONS * steps, 0),
        "Classes": (inside.CLASS_ROWS * 2, 0),
        "Nearest pictures": (2 * inside.NEIGHBOURS[False], 0),
        "Saliency": (2 * (2 + inside.JUDGED), 0),  # of real ones there are two classes
        "Feature maps": (2 * 2, 0),
    }
    assert "yes &amp; no" in found["Classes"] and "train&lt;" in found["Nearest pictures"]
    assert "−3" in found["Traversal"] and "logit" in found["Saliency"]
    assert "16 × 16, 4 channels" in found["Feature maps"]


def test_words_are_heard_and_without_classes_or_judges_there_is_less():
    run, examples = untrained("dcgan_words", LogMelPatch(frames=32), classes=0)
    alone = dataclasses.replace(run, discriminators=())
    found = dict(inside.sections(alone, examples))
    assert list(found) == ["Interpolation", "Traversal", "Nearest pictures"]
    for body in found.values():
        pictures, players = figures(body)
        assert pictures == players > 0


def test_slopes_at_waveforms_are_shown_as_their_spectrograms():
    run, examples = untrained("wavegan_digits", Waveform(), classes=0)
    found = dict(inside.sections(run, examples))
    assert "mel spectrogram" in found["Saliency"]
    assert figures(found["Saliency"]) == (2 * (2 + inside.JUDGED), 0)
    assert figures(found["Feature maps"]) == (2 * 5, 0)
    assert "4096, 1 channels" in found["Feature maps"]
    players = figures(found["Interpolation"])[1]
    assert players == inside.WAYS * inside.STEPS


def test_another_task_has_no_inside():
    experiment = load("vocoder_demo")
    with pytest.raises(ValueError, match="noise"):
        inside.sections(Run(Path("run"), experiment, {}, (), 0), None)

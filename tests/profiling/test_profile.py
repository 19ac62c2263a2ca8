"""Profiles of experiments: parts, totals, expected times, the table and the page."""

import dataclasses
import re

import jax
import pytest
from small import tiny

from ganspeech import experiments
from ganspeech.audio import AudioSpec
from ganspeech.config.experiment import Budget
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_scale import MultiScaleDiscriminator
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.profiling import profile as profiling
from ganspeech.profiling.cards import CARDS, Card, this_cpu
from ganspeech.profiling.page import render
from ganspeech.profiling.parts import Work, names_of
from ganspeech.profiling.profile import Profile, profile_of
from ganspeech.profiling.program import trace_update
from ganspeech.profiling.table import scaled, seconds, table

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)
CPU = Card("this CPU", 1e11, 5e10, 1e10, "cpu", "given")


@pytest.fixture(scope="module")
def experiment():
    """HiFi-GAN V1's experiment with tiny networks."""
    whole = experiments.load("vocoder_hifigan_v1")
    period = tiny(MultiPeriodDiscriminator())
    return dataclasses.replace(
        whole,
        task=dataclasses.replace(whole.task, spec=SPEC, segment_frames=16),
        generator=tiny(HiFiGAN()),
        discriminators=(period, tiny(MultiScaleDiscriminator()), period),
        budget=Budget(steps=10, batch_size=2),
    )


@pytest.fixture(scope="module")
def found(experiment) -> Profile:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profiling, "this_cpu", lambda: CPU)
        return profile_of(experiment, compiles=True)


def test_every_part_of_the_game_has_work(found):
    parts = found.parts["cuda"]
    assert list(parts) == [
        "generator HiFiGAN",
        "discriminator MultiPeriodDiscriminator 1",
        "discriminator MultiScaleDiscriminator",
        "discriminator MultiPeriodDiscriminator 2",
        "losses",
        "transforms",
        "optimizer",
        "other",
    ]
    assert all(work.bytes > 0 for work in parts.values())
    first, _, second = [parts[name].flops for name in parts if name.startswith("discriminator")]
    assert first == pytest.approx(second, rel=0.01)


def test_operations_are_as_many_as_xla_counts(experiment, found):
    lowered = trace_update(experiment).lower().cost_analysis()
    assert found.total("cpu").flops == pytest.approx(lowered["flops"], rel=0.1)
    assert found.compiled.peak > 2 * jax.tree.reduce(
        lambda total, leaf: total + leaf.size * 4,
        jax.eval_shape(
            lambda key: experiment.generator.init(key, *experiment.task.example()),
            jax.random.PRNGKey(0),
        ),
        0,
    )


def test_names_of_scopes(experiment):
    part_of = names_of(experiment)
    assert part_of("losses/jvp(discriminator_1)/jvp(MultiScaleDiscriminator)/scale_0") == (
        "discriminator MultiScaleDiscriminator"
    )
    assert part_of("losses/transpose(jvp(HiFiGAN))/transform") == "generator HiFiGAN"
    assert part_of("losses/jvp(transform)") == "transforms"
    assert part_of("losses") == "losses" and part_of("optimizer") == "optimizer"
    assert part_of("") == "other"


def test_times_are_those_of_the_slower_of_arithmetic_and_memory():
    assert CPU.seconds(Work(half=1e11, full=5e10, bytes=1e9)) == 2.0
    assert CPU.seconds(Work(half=1e11, full=5e10, bytes=3e10)) == 3.0
    assert CPU.peak(Work(half=1e11, full=5e10)) == pytest.approx(7.5e10)


def test_this_cpu_is_measured():
    card = this_cpu()
    assert min(card.half, card.full, card.bandwidth) > 1e7


def test_the_table_has_a_row_for_each_part_and_the_whole(found):
    lines = table(found)
    assert lines[0].split()[:5] == ["part", "flops", "bytes", "flops/byte", "H100"]
    assert lines[0].endswith("this CPU")
    whole = next(line for line in lines if line.startswith("update"))
    assert seconds(found.seconds(CARDS[0])) in whole
    said = "\n".join(lines)
    assert "generator HiFiGAN" in said and f"peak memory {scaled(found.compiled.peak)}B" in said


def test_numbers_are_short():
    assert scaled(1.2345e12) == "1.23 T" and scaled(12.3) == "12.3 "
    assert [seconds(value) for value in (2.0, 0.0123, 1.5e-5)] == ["2 s", "12.3 ms", "15 µs"]


def test_labels_of_the_page_lie_within_their_figures(found, experiment):
    html = render(found, "a name", experiment)
    assert "discriminator MultiPeriodDiscriminator 2" in html
    drawings = re.findall(r'<svg viewBox="0 0 (\d+) (\d+)".*?</svg>', html, re.DOTALL)
    assert len(drawings) == 2 * len(found.cards)
    for drawing in re.finditer(r'<svg viewBox="0 0 (\d+) (\d+)"(.*?)</svg>', html, re.DOTALL):
        width, height, body = int(drawing[1]), int(drawing[2]), drawing[3]
        for tag, text in re.findall(r"<text ([^>]*)>([^<]*)</text>", body):
            x, y = (float(re.search(rf'\b{axis}="([\d.-]+)"', tag)[1]) for axis in "xy")
            long = 7.5 * len(text)  # 13 pixels high, so about as wide at most
            anchor = re.search(r'anchor="(\w+)"', tag)
            left = {"end": x - long, "middle": x - long / 2}.get(anchor[1] if anchor else "", x)
            assert left >= -2 and left + long <= width + 2 and 8 <= y <= height, (tag, text)


def test_a_batch_must_divide(experiment):
    rules = dataclasses.replace(experiment.rules, accumulate=3)
    with pytest.raises(ValueError, match=r"does not divide evenly over rules.accumulate 3"):
        profile_of(dataclasses.replace(experiment, rules=rules), compiles=False)

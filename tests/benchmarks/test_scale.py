"""Bytes that devices hold and send, and a small corpus through the benchmark of a million."""

import jax
import jax.numpy as jnp
import million
import pytest
import scale


def test_sums_over_devices_are_counted_as_often_as_they_run():
    def program(x):
        def turn(carry, _):
            return jax.lax.psum(carry, "a") / 4, None

        total = jax.lax.pmean({"x": x, "half": x.astype(jnp.bfloat16)}, "a")
        again = jax.jit(lambda y: jax.lax.psum(y, "a"))(total["x"])
        return jax.lax.scan(turn, again, None, length=3)[0]

    traced = jax.make_jaxpr(program, axis_env=[("a", 4)])(jnp.zeros((5, 2)))
    assert scale.all_reduced(traced.jaxpr) == 10 * (4 + 2) + 10 * 4 + 3 * 10 * 4


def test_gradients_of_both_players_are_what_is_sent():
    state, program = scale.traced("dcgan_mnist", devices=8)
    sizes = scale.state_bytes(state)
    assert sizes["parameters"] == scale.size_of(
        (state.generator.params, state.discriminator.params)
    )
    sent = scale.all_reduced(program)
    # And statistics of batches, and metrics.
    assert sizes["parameters"] < sent < 1.01 * sizes["parameters"]
    assert scale.size_of(state) >= sum(sizes.values())


def test_a_ring_sends_nearly_twice_the_bytes():
    assert scale.efficiency(10**9, 1.0, devices=1, rate=1.0) == 1
    assert scale.efficiency(10**9, 1.75, devices=8, rate=1.0) == pytest.approx(0.5)


def test_every_part_of_the_benchmark_reads_all(tmp_path):
    million.write_corpus(tmp_path / "corpus", 1100)
    for part in million.PARTS.values():
        assert part(tmp_path) == 1000

"""A run that begins with weights that were trained before."""

import dataclasses

import jax
import jax.numpy as jnp

from ganspeech.experiment import Experiment
from ganspeech.gan import GanState, split
from ganspeech.inference import Vocoder
from ganspeech.interop.tensors import require_fit


def start_from(vocoder: Vocoder, state: GanState, experiment: Experiment) -> GanState:
    """The first state of a run, with the vocoder's weights for the generator.

    Discriminators and optimisers start afresh. ``ValueError`` when the vocoder's audio spec is not
    that of the run's task, or its weights do not fit the run's generator, whose other settings
    (the iterations of a phase-primed vocoder, say) may differ.
    """
    spec = getattr(experiment.task, "spec", None)
    if spec is not None:
        vocoder.spec.require_same(spec, "run's task")
    require_fit(
        experiment.generator,
        vocoder.variables,
        vocoder.spec,
        lambda what: ValueError(f"--start {experiment.start}: {what}"),
    )
    params, mutable = split(jax.tree.map(jnp.asarray, vocoder.variables))
    return dataclasses.replace(
        state,
        generator=dataclasses.replace(state.generator, params=params, mutable=mutable),
        # A copy: the state is donated, and no buffer may be given away twice.
        ema=jax.tree.map(jnp.copy, (params, mutable)) if experiment.rules.ema else None,
    )

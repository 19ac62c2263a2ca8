"""`ganspeech ablate`: variants of an experiment, trained, scored and compared."""

from collections.abc import Sequence

JOB = "--job"
"""Flag before the job of a process that the runner starts."""


def ablate(arguments: Sequence[str], prog: str) -> int:
    """Trains, scores and compares variants of an experiment; returns the exit status."""
    if arguments[:1] == [JOB]:
        from ganspeech.ablation import work

        return work.main(arguments[1])
    from ganspeech.ablation.request import read

    ablation = read(arguments)
    import jax

    from ganspeech.ablation import runner

    # The accelerator is left to the members, which run in processes of their own.
    jax.config.update("jax_platforms", "cpu")
    return runner.run(ablation)

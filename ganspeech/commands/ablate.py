"""`ganspeech ablate`: variants of an experiment, trained, scored and compared."""

from collections.abc import Sequence

JOB = "--job"
"""Before the job of one process, which the runner starts."""


def ablate(arguments: Sequence[str], prog: str) -> int:
    """Trains, scores and compares variants of an experiment; returns the exit status."""
    if arguments[:1] == [JOB]:
        from ganspeech.ablation import work

        return work.main(arguments[1])
    from ganspeech.ablation.request import read

    asked = read(arguments)
    import jax

    from ganspeech.ablation import runner

    # The accelerator is for the members, each of which is a process of its own.
    jax.config.update("jax_platforms", "cpu")
    return runner.run(asked)

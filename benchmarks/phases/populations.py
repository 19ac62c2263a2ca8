"""Many small members in one program, against one run alone."""

import argparse

from population import game, updates
from rounds import in_turns, seconds_of

from phases.common import Work


def main() -> None:
    """Times updates of 8 and of 60 members of a small WaveGAN, in turns with one alone."""
    from ganspeech.training.loop import Alone
    from ganspeech.training.parallel import PopulationUpdate

    work = Work.from_flags("populations", __doc__)
    counts = (2,) if work.small else (8, 60)
    name, channels = ("dcgan", 4) if work.small else ("wavegan", 4)
    played = game(
        name, argparse.Namespace(channels=channels, small=work.small, batch=4 if work.small else 16)
    )
    steps = played.budget.steps
    runs = {"alone": updates(Alone(played), played, 1)}
    work.row(f"{name} alone: first call", seconds_of(runs["alone"]), "s")
    for count in counts:
        for way in ("vmap",) if work.small else ("vmap", "in-turn"):
            update = PopulationUpdate(played, steps, count, way)
            runs[f"{count} members, {way}"] = run = updates(update, played, count)
            work.row(f"{name}, {count} members, {way}: first call", seconds_of(run), "s")
    for run in runs.values():
        run()
    seconds = in_turns(runs, 2 if work.small else 10)
    for way, times in seconds.items():
        count = 1 if way == "alone" else int(way.split()[0])
        work.spread(f"{name}, {way}: member-steps a second", count / times)
        if way != "alone":
            ratio = count * seconds["alone"] / times
            work.spread(f"{name}, {way}: times one run alone", ratio)


if __name__ == "__main__":
    main()

"""`detente clock`: what happens when the clock runs out."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.cache import keep_compiled
from detente.cli.options import (
    Accept,
    Case,
    Closure,
    Debug,
    Elasticities,
    Force,
    Json,
    Out,
    World,
    as_day,
    names_in,
    read_case,
)
from detente.cli.saving import refuse
from detente.cli.screen import deliver, progress


def clock(
    case: Case,
    players: Annotated[
        str | None, typer.Option("--players", metavar="A,B", help="The two sides; by default the parties.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="The last day; by default the file's last deadline.")
    ] = None,
    score: Annotated[
        bool, typer.Option("--score", help="Score against the outcomes of the file after its day.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of the disputes played out beside the probabilities.")] = 0,
    out: Out = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    accept_defaults: Accept = False,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute the probability of deal, truce, partial tariffs and war, day by day.

    Threats on their legal dates, offers before them, attrition after them, under a prior on what each side would rather
    pay than give way. The prior is printed, and so is what other priors and elasticities would give.
    """
    if out is not None:
        refuse(out, force)
    last = None if until is None else as_day(until, "--until")
    keep_compiled()
    from detente.analyses.clock.compute import run_clock

    dispute = read_case(case, world)
    named = names_in(players)
    with progress(f"Solving {dispute.dispute}") as tell:
        found = run_clock(
            dispute,
            players=named,
            until=last,
            score=score,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            seed=seed,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    from detente.analyses.clock.report import write_clock
    from detente.cli.clock_view import show_clock

    deliver(found, out, as_json, show_clock, write_clock)

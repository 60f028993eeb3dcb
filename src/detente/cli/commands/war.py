"""`detente war`: where a dispute leads if nobody gives way."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.cache import keep_compiled
from detente.cli.options import Accept, Case, Closure, Debug, Elasticities, Force, Json, Out, World, names_in, read_case
from detente.cli.saving import refuse
from detente.cli.screen import deliver, progress


def war(
    case: Case,
    players: Annotated[
        str | None, typer.Option("--players", metavar="A,B", help="The two that choose; by default the parties.")
    ] = None,
    objective: Annotated[
        str, typer.Option("--objective", metavar="TEXT", help="What both want, such as 'real income + 0.5 revenue'.")
    ] = "real income",
    one_rate: Annotated[bool, typer.Option("--one-rate", help="One duty on all goods, not one a sector.")] = False,
    out: Out = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    accept_defaults: Accept = False,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute where a dispute leads if two sides choose tariffs and nobody gives way.

    Payoffs of every pair of moves for both sides and for others, who blinks, Nash tariffs by sector, and best answers
    where each side has one duty. Takes about half a minute.
    """
    if out is not None:
        refuse(out, force)
    keep_compiled()
    from detente.analyses.war.compute import run_war
    from detente.optimal_tariffs.governments import wanted

    dispute = read_case(case, world)
    named = names_in(players)
    with progress(f"Solving {dispute.dispute}") as tell:
        found = run_war(
            dispute,
            players=named,
            objective=wanted(objective, tuple(dispute.parties) if named is None else named),
            one_rate=one_rate,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    from detente.analyses.war.report import write_war
    from detente.cli.war_view import show_war

    deliver(found, out, as_json, show_war, write_war)

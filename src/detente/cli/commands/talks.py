"""`detente talks`: what demands cost and are worth, and whether there is a deal."""

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
    NoDeal,
    Out,
    World,
    as_pair,
    names_in,
    read_case,
)
from detente.cli.saving import refuse
from detente.cli.screen import deliver, progress


def talks(
    case: Case,
    no_deal: Annotated[
        NoDeal | None,
        typer.Option("--no-deal", help="Where failed talks lead; by default what is threatened comes and is answered."),
    ] = None,
    players: Annotated[
        str | None, typer.Option("--players", metavar="A,B", help="The two that talk; by default the parties.")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="ID,...", help="The demands that are taken up; by default all.")
    ] = None,
    weights: Annotated[
        str, typer.Option("--weights", metavar="A,B", help="Bargaining power of the two sides, such as 0.7,0.3.")
    ] = "0.5,0.5",
    mfn: Annotated[
        bool, typer.Option("--mfn", help="What one cuts for the other it cuts for all; no trade by amount.")
    ] = False,
    robust: Annotated[
        bool, typer.Option("--robust", help="Look for the finding under all elasticities and closures (minutes).")
    ] = False,
    tariffs: Annotated[
        bool, typer.Option("--tariffs", help="Bargain over the duties on each other's goods as well (a minute).")
    ] = False,
    met: Annotated[
        str | None, typer.Option("--met", metavar="ID,...", help="With --tariffs: demands that are met beside.")
    ] = None,
    out: Out = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    accept_defaults: Accept = False,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Price the demands of a dispute, find the deals, and say what would make one.

    What each demand costs and is worth, whether any package beats no deal for both, how far apart the sides are, and
    what would close the gap, for every no-deal point. Takes about half a minute.
    """
    if out is not None:
        refuse(out, force)
    if met is not None and not tariffs:
        from detente.errors import BadInput

        raise BadInput("--met says what is met beside duties that are bargained over: add --tariffs, or leave it out")
    keep_compiled()
    from detente.analyses.talks import compute as talking

    dispute = read_case(case, world)
    with progress(f"Solving {dispute.dispute}") as tell:
        found = talking.talks(
            dispute,
            no_deal.value if no_deal else None,
            players=names_in(players),
            only=names_in(only),
            weights=as_pair(weights, "--weights", "0.7,0.3"),
            mfn=mfn,
            robust=robust,
            tariffs=(names_in(met) or []) if tariffs else None,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    from detente.analyses.talks.report import write_talks
    from detente.cli.talks_view import show_talks

    deliver(found, out, as_json, show_talks, write_talks)

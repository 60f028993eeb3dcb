"""`detente hold`: whether a deal between two sides would hold, once signed."""

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
    names_in,
    read_case,
)
from detente.cli.saving import refuse
from detente.cli.screen import deliver, progress


def hold(
    case: Case,
    players: Annotated[
        str | None, typer.Option("--players", metavar="A,B", help="The two sides; by default the parties.")
    ] = None,
    objective: Annotated[
        str, typer.Option("--objective", metavar="TEXT", help="What both want, such as 'real income + 0.5 revenue'.")
    ] = "real income",
    one_rate: Annotated[bool, typer.Option("--one-rate", help="One duty on all goods, not one a sector.")] = False,
    period: Annotated[float, typer.Option("--period", metavar="YEARS", help="Until cheating is found out.")] = 1.0,
    annual_rate: Annotated[
        float, typer.Option("--annual-rate", metavar="FRACTION", help="The annual discount rate deals are judged at.")
    ] = 0.05,
    lag: Annotated[
        float | None,
        typer.Option("--lag", metavar="YEARS", help="Until a snap-back clause acts; by default the file's review."),
    ] = None,
    lasting: Annotated[
        float | None,
        typer.Option("--lasting", metavar="YEARS", help="How long a snap-back lasts; by default for good."),
    ] = None,
    no_deal: Annotated[
        NoDeal | None,
        typer.Option("--no-deal", help="What groups at home compare a deal with; by default the answered threat."),
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option(
            "--package", metavar="DEMAND,DEMAND", help="One more deal: demands that are met. Can be repeated."
        ),
    ] = None,
    picks: Annotated[bool, typer.Option("--picks", help="The packages that `detente talks` picks, too.")] = False,
    quota: Annotated[
        float, typer.Option("--quota", metavar="FRACTION", help="The share of weight that more than must consent.")
    ] = 0.5,
    out: Out = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    accept_defaults: Accept = False,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute whether deals would hold: who would cheat, who would not ratify, where the conflict can rest.

    For deals in tariffs: what cheating brings, what war brings, the patience that is needed; what groups at home gain,
    and the least payment that gets a deal ratified; equilibria of the conflict. Takes about a minute.
    """
    if out is not None:
        refuse(out, force)
    keep_compiled()
    from detente.analyses.hold.compute import run_hold
    from detente.optimal_tariffs.governments import wanted

    dispute = read_case(case, world)
    packages = {text: names_in(text) or [] for text in package or ()}
    named = names_in(players)
    if picks:
        from detente.analyses.hold.compliance import packages_of
        from detente.analyses.talks.compute import talks

        with progress(f"Talks of {dispute.dispute}") as tell:
            found_talks = talks(
                dispute,
                None if no_deal is None else no_deal.value,
                players=named,
                world=world,
                elasticities=elasticities,
                deficits=deficits.value if deficits else None,
                progress=tell,
                accept_defaults=accept_defaults,
            )
        packages |= {name: list(demands) for name, demands in packages_of(found_talks).items()}
    with progress(f"Solving {dispute.dispute}") as tell:
        found = run_hold(
            dispute,
            players=named,
            objective=wanted(objective, tuple(dispute.parties) if named is None else named),
            one_rate=one_rate,
            period=period,
            annual_rate=annual_rate,
            lag=lag,
            lasting=lasting,
            no_deal=None if no_deal is None else no_deal.value,
            packages=packages,
            quota=quota,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    from detente.analyses.hold.report import write_hold
    from detente.cli.hold_view import show_hold

    deliver(found, out, as_json, show_hold, write_hold)

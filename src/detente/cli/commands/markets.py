"""`detente markets`: what prices say of a dispute, and what they should fear."""

from __future__ import annotations

from pathlib import Path
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
    as_pair,
    read_case,
)
from detente.cli.saving import refuse
from detente.cli.screen import deliver, progress


def markets(
    case: Case,
    prices: Annotated[
        Path | None, typer.Option("--prices", metavar="FILE.csv", help="Daily prices: dates, and a column an asset.")
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="DATE", help="A day to study, again for more; by default threats."),
    ] = None,
    economy: Annotated[str | None, typer.Option("--economy", metavar="CODE", help="Whose equity it is.")] = None,
    asset: Annotated[str | None, typer.Option("--asset", metavar="NAME", help="The column of its prices.")] = None,
    market: Annotated[
        str | None, typer.Option("--market", metavar="NAME", help="The column that is the market, for a market model.")
    ] = None,
    window: Annotated[
        str, typer.Option("--window", metavar="FIRST,LAST", help="Trading days around an event, such as -1,1.")
    ] = "0,0",
    estimation: Annotated[int, typer.Option("--estimation", help="Trading days before it for normal returns.")] = 250,
    level: Annotated[float, typer.Option("--level", help="Probability under which a day is flagged.")] = 0.01,
    multiplier: Annotated[
        float, typer.Option("--multiplier", help="Change of equity over change of real income.")
    ] = 1.0,
    values: Annotated[
        str | None, typer.Option("--values", metavar="WAR,PEACE", help="Values of equity, in place of a multiplier.")
    ] = None,
    probability: Annotated[
        float | None, typer.Option("--probability", help="Of war before a move; by default the clock's.")
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
    """Compute what markets say of a dispute: abnormal returns, the probability of war they imply, and exposures.

    Without prices: the moves to expect if talks break down, and whose sectors each outcome hits.
    """
    if out is not None:
        refuse(out, force)
    days = [as_day(each, "--event") for each in event] if event else None
    span = as_pair(window, "--window", "-1,1")
    worth = None if values is None else as_pair(values, "--values", "0.9,1")
    keep_compiled()
    from detente.analyses.markets.compute import run_markets

    dispute = read_case(case, world)
    with progress(f"Solving {dispute.dispute}") as tell:
        found = run_markets(
            dispute,
            prices,
            events=days,
            economy=economy,
            asset=asset,
            market=market,
            window=(int(span[0]), int(span[1])),
            estimation=estimation,
            level=level,
            multiplier=multiplier,
            values=worth,
            probability=probability,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    from detente.analyses.markets.report import write_markets
    from detente.cli.markets_view import show_markets

    deliver(found, out, as_json, show_markets, write_markets)

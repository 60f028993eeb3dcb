"""`detente bands`: how sure the numbers of a dispute are."""

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
    Horizon,
    Json,
    Out,
    World,
    names_in,
    read_case,
)
from detente.cli.saving import refuse
from detente.cli.screen import deliver, progress


def bands(
    case: Case,
    result: Annotated[
        str, typer.Option("--of", metavar="RESULT", help="What is banded: run, war, talks, hold or clock.")
    ] = "run",
    draws: Annotated[int, typer.Option("--draws", metavar="N", help="How many; powers of two fill evenly.")] = 256,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of the scrambled Sobol points.")] = 0,
    sets: Annotated[
        str | None, typer.Option("--sets", metavar="A,B", help="Sets of elasticities to vary; by default all.")
    ] = None,
    closures: Annotated[
        str | None, typer.Option("--closures", metavar="A,B", help="Closures of deficits to vary; by default all.")
    ] = None,
    worlds: Annotated[
        str | None, typer.Option("--worlds", metavar="A,B", help="Worlds to vary; by default the run's alone.")
    ] = None,
    spread: Annotated[
        float | None, typer.Option("--spread", metavar="X", help="Of ln theta where no standard error is known.")
    ] = None,
    holds: Annotated[
        list[str] | None,
        typer.Option("--holds", metavar="TEXT", help="In how many draws, such as 'us-301 USA real_income < 0'."),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", metavar="K", help="Worker processes to start.")] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="tcp://HOST:PORT", help="A scheduler of dask.distributed.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="FOLDER", help="Keep chunks of draws here, and go on from them.")
    ] = None,
    out: Out = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    horizon: Annotated[Horizon | None, typer.Option("--horizon", help="Workers move (long) or stay (short).")] = None,
    accept_defaults: Accept = False,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute how sure the numbers of a dispute are.

    Every scenario over elasticity sets, draws of elasticities and closures: medians, bands of nine draws in ten, in how
    many draws a statement holds, and which assumption drives each number. --of war, talks, hold or clock takes as long
    for every draw as that takes alone.
    """
    if out is not None:
        refuse(out, force)
    keep_compiled()
    from detente.analyses.bands.compute import bands as draw_bands
    from detente.ensemble.draws import Over

    dispute = read_case(case, world)
    named = {"elasticities": sets, "deficits": closures, "worlds": worlds}
    lists = {axis: tuple(names_in(text) or ()) for axis, text in named.items() if text is not None}
    over = Over(**lists, **({} if spread is None else {"spread": spread}))  # type: ignore[arg-type]
    with progress(f"Drawing {dispute.dispute}") as tell:
        found = draw_bands(
            dispute,
            result=result,
            over=over,
            draws=draws,
            seed=seed,
            holds=tuple(holds or ()),
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            horizon=horizon.value if horizon else None,
            accept_defaults=accept_defaults,
            workers=workers,
            scheduler=scheduler,
            folder=keep,
            progress=tell,
        )
    from detente.analyses.bands.report import write_bands
    from detente.cli.bands_view import show_bands

    deliver(found, out, as_json, show_bands, write_bands)

"""`detente run`: what each step of a dispute does to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.app.cache import keep_compiled
from detente.app.options import Accept, Case, Closure, Debug, Elasticities, Force, Horizon, Json, World
from detente.app.reading import read_case
from detente.app.saving import refuse, save
from detente.app.screen import print_text, progress


def run(
    case: Case,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write findings, tables and a report here.")
    ] = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    horizon: Annotated[Horizon | None, typer.Option("--horizon", help="Workers move (long) or stay (short).")] = None,
    accept_defaults: Accept = False,
    bands: Annotated[
        int | None,
        typer.Option("--bands", metavar="N", min=2, help="How sure it is, over N draws as of `detente bands`."),
    ] = None,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute what each step of a dispute does to whom.

    Every threat alone and answered, every dated step, and the removal of what is in force.
    """
    if out is not None:
        refuse(out, force)
    keep_compiled()
    from detente.dispute import run as run_dispute

    dispute = read_case(case, world)
    with progress(f"Solving {dispute.dispute}") as tell:
        findings = run_dispute(
            dispute,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            horizon=horizon.value if horizon else None,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    sure = None
    if bands is not None:
        from detente.ensemble import bands as band

        with progress(f"Drawing {dispute.dispute}") as tell:
            sure = band(findings, draws=bands, progress=tell)
    written: list[str] = []
    if out is not None:
        with progress(f"Writing {out}") as tell:
            written = save(findings, out, tell, sure)
    if as_json and sure is not None:
        from detente.report.sure import to_json

        print_text(to_json(findings, sure))
        return
    if as_json:
        print_text(findings.to_json())
        return
    from detente.app.tables import console, say
    from detente.app.views import show_findings

    screen = console()
    show_findings(findings, screen, sure)
    if out is not None:
        say(f"Wrote {len(written)} files to {out}; begin with {out / 'report.html'}", screen)

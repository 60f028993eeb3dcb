"""`detente run`: what each step of a dispute does to whom."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    World,
    names_in,
    read_case,
)
from detente.cli.saving import refuse, save
from detente.cli.screen import deliver, progress

if TYPE_CHECKING:
    from detente.analyses.bands.result import Bands
    from detente.analyses.run.result import Findings


def run(
    case: Case,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write findings, tables and a report here.")
    ] = None,
    beside: Annotated[
        str | None,
        typer.Option(
            "--with",
            metavar="KIND,...",
            help="Put these into the report of --out, too: war, talks, hold, clock, markets, or all that the file has "
            "what it takes for. Each takes half a minute to a minute.",
        ),
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
    from detente.analyses.run.compute import run as run_dispute
    from detente.cli.beside import find, kinds_for, sentences_of

    dispute = read_case(case, world)
    kinds = kinds_for(_named(beside, out), dispute)
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
    sure, text = None, None
    if bands is not None:
        from detente.analyses.bands.compute import bands as band
        from detente.analyses.run.uncertainty import to_json

        with progress(f"Drawing {dispute.dispute}") as tell:
            sure = band(findings, draws=bands, progress=tell)
        text = partial(to_json, bands=sure)
    written = _by_sets(findings) if sure is None and out is not None else sure
    parts = find(
        kinds,
        dispute,
        world=world,
        elasticities=elasticities,
        deficits=deficits.value if deficits else None,
        accept_defaults=accept_defaults,
    )
    from detente.cli.run_view import show_findings

    show = partial(show_findings, bands=sure, briefs=sentences_of(parts))
    deliver(findings, out, as_json, show, partial(save, parts=parts, bands=written), text)


def _by_sets(findings: Findings) -> Bands:
    """The findings under every set of elasticities: how far they depend on it, where no draws are asked for."""
    from detente.analyses.bands.compute import bands
    from detente.ensemble.draws import Over

    only = Over(deficits=(findings.settings.deficits,), spread=0)  # type: ignore[arg-type]
    with progress("Other elasticities") as tell:
        return bands(findings, over=only, draws=len(only.elasticities), progress=tell)


def _named(beside: str | None, out: Path | None) -> list[str]:
    """The kinds that are asked for; raises BadInput where there is no report to put them into."""
    from detente.errors import BadInput

    names = names_in(beside) or []
    if names and out is None:
        raise BadInput(f"--with {beside} needs --out FOLDER: it goes into the report there")
    return names

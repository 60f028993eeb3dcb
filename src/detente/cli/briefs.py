"""`detente brief`: two pages on a dispute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from detente.cli.questions import Case, Debug, Json, World
from detente.cli.screen import print_json, progress

File = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="The HTML page to write; by default CASE-brief.html."),
]
Named = Annotated[str | None, typer.Option(metavar="NAME", help="As in `detente run`.")]

SIGNS: Final = "Compute the range over elasticities, closures and base tariffs; bundled cases have it at hand."


def brief(
    case: Case,
    output: File = None,
    world: World = None,
    elasticities: Named = None,
    deficits: Named = None,
    base_tariffs: Named = None,
    horizon: Named = None,
    signs: Annotated[bool, typer.Option("--signs", help=SIGNS)] = False,
    accept_defaults: Annotated[
        bool, typer.Option("--accept-defaults", help="Answer open questions of the file by their defaults.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Let -o replace an existing file.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:  # fmt: skip
    """Write a brief of two pages: who loses, how much, what is assumed, what is missing, what would change it.

    The page is HTML that works offline. Print it from a browser on A4 or letter, or save it as PDF there.
    """
    from detente.analyses.briefing import brief as brief_of
    from detente.cli.questions import read_case
    from detente.errors import CannotWrite

    given: dict[str, Any] = {
        "world": world, "elasticities": elasticities, "deficits": deficits, "base_tariffs": base_tariffs,
        "horizon": horizon, "signs": signs, "accept_defaults": accept_defaults,
    }  # fmt: skip
    dispute = read_case(case, world)
    file = output or Path(f"{dispute.dispute}-brief.html")
    if file.exists() and not force:
        raise CannotWrite(f"{file} exists already: name another file with -o, or replace it with --force")
    with progress(f"Solving {dispute.dispute}") as tell:
        found = brief_of(dispute, progress=tell, **{name: value for name, value in given.items() if value})
    found.write(file, force=force)
    if as_json:
        print_json({"written": str(file), "text": found.text})
        return
    typer.echo(found.message)
    for label, text in found.lead:
        typer.echo(f"{label}: {text}")
    typer.echo(f"Wrote {file}: two pages when it is printed.")

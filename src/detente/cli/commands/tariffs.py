"""`detente tariffs`: the tariffs in force on a day."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.options import Case, Debug, Json, World, read_case
from detente.cli.screen import print_json


def tariffs(
    case: Case,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day, such as 2018-09-24.")],
    world: World = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute average tariffs on a day, compared with those before the dispute.

    "Before" is without any measure of the dispute. The day has the measures in force, without threats. Averages by
    partner use two weightings: imports, and equal weights of all product codes. Averages by sector use imports.
    """
    from detente.solver.cache import keep_compiled

    keep_compiled()
    from detente.cli.tariffs_view import tariffs_on

    dispute = read_case(case, world)
    found = tariffs_on(dispute, on, world)
    if as_json:
        print_json(found.as_dict())
        return
    from detente.cli.run_view import show_tariffs
    from detente.cli.screen import console, say

    screen = console()
    say(f"Average tariffs on {found.day}, {found.world}; measures in force: {len(found.in_force)}", screen)
    show_tariffs(found.averages, found.sectors, found.names, screen)
    for note in found.shown_notes:
        say(f"Note: {note}", screen)

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
    from detente.analyses.tariffs_on_a_day import tariffs_on

    dispute = read_case(case, world)
    found = tariffs_on(dispute, on, world)
    if as_json:
        print_json(found.as_dict())
        return
    from detente.report.terminal import console, show

    show(found.document(), console())

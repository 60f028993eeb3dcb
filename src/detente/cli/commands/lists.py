"""`detente worlds`, `cases` and `elasticities`: what comes with the package."""

from __future__ import annotations

from typing import Any

from detente.cli.options import Debug, Json
from detente.cli.screen import print_json


def worlds(as_json: Json = False, debug: Debug = False) -> None:
    """List the bundled worlds."""
    from detente.data.bundled import list_worlds

    _show_list(list_worlds(), ["name", "year", "economies", "sectors", "megabytes", "source"], as_json)


def cases(as_json: Json = False, debug: Debug = False) -> None:
    """List the bundled disputes."""
    import pandas as pd

    from detente.dispute.schema import Dispute, list_cases

    read = [Dispute.read(name) for name in list_cases()]
    rows = [{"name": d.dispute, "as_of": d.as_of.isoformat(), "world": d.world, "title": d.title} for d in read]
    _show_list(pd.DataFrame(rows), ["name", "as_of", "world", "title"], as_json)


def elasticities(as_json: Json = False, debug: Debug = False) -> None:
    """List the sets of trade elasticities."""
    from detente.data.bundled import list_elasticities

    _show_list(list_elasticities(), ["name", "paper", "lowest", "median", "highest"], as_json)


def _show_list(frame: Any, names: list[str], as_json: bool) -> None:
    """A list of things: a table for people, every field for programs."""
    if as_json:
        print_json(frame.to_dict("records"))
        return
    from detente.report.terminal import console, show_rows

    show_rows(frame, names, console())

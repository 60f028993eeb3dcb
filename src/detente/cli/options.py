"""Options that several commands share. Loads typer alone.

The dispute that a command is about.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

Case = Annotated[str, typer.Argument(metavar="CASE|FILE", help="A bundled case (`detente cases`) or a dispute file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the Python traceback of an error.")]
World = Annotated[
    str | None,
    typer.Option("--world", metavar="NAME", help="The world, one of `detente worlds`; by default that of the dispute."),
]
Force = Annotated[bool, typer.Option("--force", help="Let --out write to a folder that contains other files.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Write a report, tables, charts and all numbers to this folder."),
]


def read_case(case: str, world: str | None) -> Any:
    """The dispute, its names checked against the world it will be run on."""
    from detente.data.bundled import load_world
    from detente.dispute.schema import Dispute

    return Dispute.read(case, world=None if world is None else load_world(world))


def as_day(written: str, option: str) -> date:
    """A day from an option; raises BadInput where it is none."""
    from detente.errors import BadInput

    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadInput(f"{option} {written!r} is not a day: write it as 2018-05-22") from None


def as_pair(written: str, option: str, example: str) -> tuple[float, float]:
    """Two numbers from an option; raises BadInput where they are none."""
    from detente.errors import BadInput

    try:
        first, second = (float(each) for each in written.split(","))
    except ValueError:
        raise BadInput(f"{option} {written!r} are not two numbers: write them as {example}") from None
    return first, second


def names_in(given: str | None) -> list[str] | None:
    """The names between commas; None where nothing is given."""
    return None if given is None else [name.strip() for name in given.split(",") if name.strip()]

"""Options that several commands share. Loads typer alone.

The dispute that a command is about.
"""

from __future__ import annotations

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

"""Options that several commands share. Loads typer alone."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Deficits(StrEnum):
    """What happens to trade deficits."""

    FIXED = "fixed"
    BALANCED = "balanced"
    PROPORTIONAL = "proportional"


class Horizon(StrEnum):
    """Whether workers move between sectors."""

    LONG = "long"
    SHORT = "short"


class NoDeal(StrEnum):
    """Where talks that fail lead."""

    STATUS_QUO = "status-quo"
    THREAT = "threat"
    ANSWERED = "answered"
    NASH = "nash"


Case = Annotated[str, typer.Argument(metavar="CASE|FILE", help="A bundled case (`detente cases`) or a dispute file.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, and nothing else there.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
World = Annotated[
    str | None, typer.Option("--world", metavar="NAME", help="A world of `detente worlds`; by default the file's.")
]
Elasticities = Annotated[
    str | None, typer.Option("--elasticities", metavar="NAME", help="A set of `detente elasticities`.")
]
Closure = Annotated[Deficits | None, typer.Option("--deficits", help="What happens to trade deficits.")]
Force = Annotated[bool, typer.Option("--force", help="Let --out write into a folder with other files.")]
Accept = Annotated[
    bool, typer.Option("--accept-defaults", help="Answer open questions with their defaults, and list them.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Write numbers, tables, charts and a report here.")
]

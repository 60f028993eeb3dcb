"""Options of `detente bands`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from detente.analyses.options import SEED, Given, Horizon, Names, Options, option

Statement = Annotated[str, Field(max_length=300)]


class BandsOptions(Options):
    """Options of bands: the question, the varied assumptions, the number of draws and the statements."""

    result: str = option(
        "run", "the question whose numbers are drawn", "What is drawn", kind="question", flags=("--of",),
    )  # fmt: skip
    options: Given = option(
        None, "options of that question, such as {'lag': 0.5}", "Its options", kind="object", page=None,
        python="Mapping[str, Any] | None", local=True,
    )  # fmt: skip
    draws: int = option(
        256, "how many draws; powers of two fill the space evenly", "Draws", ge=2, le=65_536, page="plain",
    )  # fmt: skip
    seed: int = option(
        0,
        "seed of the scrambled Sobol points",
        "Seed of the draws",
        ge=0,
        lt=SEED,
        page="plain",
    )
    sets: Names | None = option(
        None, "sets of elasticities to vary; by default all", "Sets of elasticities", kind="sets",
        python="Sequence[str] | None",
    )  # fmt: skip
    closures: Names | None = option(
        None, "closures of deficits to vary; by default all", "Closures of deficits",
        python="Sequence[str] | None",
    )  # fmt: skip
    worlds: Names | None = option(
        None, "worlds to vary; by default the run's alone", "Worlds", kind="worlds",
        python="Sequence[str] | None",
    )  # fmt: skip
    spread: float | None = option(
        None, "standard deviation of ln theta where no standard error is known; by default 0.25",
        "Spread of elasticities", ge=0, lt=2,
    )  # fmt: skip
    over: Given = option(
        None, "what is varied, as one object, in place of sets, closures, worlds and spread", "What is varied",
        kind="object", page=None, python="Over | None", local=True,
    )  # fmt: skip
    holds: tuple[Statement, ...] = option(
        (), "statements, one a line, of which the share of draws is told in which each holds, such as 'us-301 USA "
        "real_income < 0'; parts joined by 'and' must hold together",
        "In how many draws does this hold?", kind="statements", max_length=20, page="plain", metavar="TEXT",
        python="Sequence[str]",
    )  # fmt: skip
    horizon: Horizon | None = option(
        None, "workers move between sectors (long) or stay in theirs (short); by default long", "Horizon", page=None
    )
    workers: int | None = option(
        None, "worker processes to start; by default threads of this one", "Workers", ge=1, local=True
    )
    scheduler: str | None = option(
        None, "the address of a scheduler of dask.distributed", "Scheduler", local=True, metavar="tcp://HOST:PORT"
    )
    folder: Path | None = option(
        None, "a folder in which chunks of draws are kept, and from which a later run goes on", "Folder", kind="path",
        flags=("--keep",), local=True, python="str | Path | None",
    )  # fmt: skip

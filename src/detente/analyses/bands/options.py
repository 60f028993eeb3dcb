"""Options of `detente bands`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from detente.analyses.options import DEFICITS, HORIZONS, SEED, Given, Horizon, Names, Options, Power, option

Kappa = Annotated[float, Field(ge=0, le=10)]
Mobility = Annotated[float, Field(ge=1, le=100)]
Floor = Annotated[float, Field(gt=0, le=1)]
Statement = Annotated[str, Field(max_length=300)]


class BandsOptions(Options):
    """Options of bands: the question, the varied assumptions, the number of draws and the statements."""

    result: str = option(
        "run", "the question whose numbers are computed in every draw", "Question", kind="question", flags=("--of",),
    )  # fmt: skip
    options: Given = option(
        None, "options of that question, such as {'lag': 0.5}", "Options of the question", kind="object", page=None,
        python="Mapping[str, Any] | None", local=True,
    )  # fmt: skip
    draws: int = option(
        256, "number of draws; powers of two cover the assumptions most evenly", "Number of draws", ge=2,
        le=65_536, page="plain",
    )  # fmt: skip
    seed: int = option(
        0,
        "seed of the draws (scrambled Sobol points)",
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
    rules: Names | None = option(
        None, "rules of the base tariffs to vary, such as collected,scaled; by default all of the world",
        "Rules of the base tariffs", python="Sequence[str] | None",
    )  # fmt: skip
    worlds: Names | None = option(
        None, "worlds to vary; by default only the world of the run", "Worlds", kind="worlds",
        python="Sequence[str] | None",
    )  # fmt: skip
    spread: float | None = option(
        None, "standard deviation of the logarithm of an elasticity whose standard error is unknown; by default 0.25",
        "Spread of elasticities", ge=0, lt=2,
    )  # fmt: skip
    level: tuple[Power, Power] | None = option(
        None, "the ends between which one factor on all elasticities is drawn; by default 0.38, the first year after a "
        "tariff, to 1, the long run, and 1 for questions of the long run alone",
        "Level of elasticities", python="Sequence[float] | None",
    )  # fmt: skip
    horizons: Names | None = option(
        None, "horizons to vary: long, short; by default both, and long for questions of the long run alone",
        "Horizons", python="Sequence[str] | None",
    )  # fmt: skip
    labour_range: tuple[Kappa, Kappa] | None = option(
        None, "the ends between which the elasticity of labour supply is drawn, such as 0.1,0.5; by default it is that "
        "of the run",
        "Range of the elasticity of labour supply", python="Sequence[float] | None",
    )  # fmt: skip
    mobility_range: tuple[Mobility, Mobility] | None = option(
        None, "the ends between which mobility of workers is drawn, such as 1.5,10; by default it is that of the run; "
        "the horizon is then long",
        "Range of mobility of workers", python="Sequence[float] | None",
    )  # fmt: skip
    floor_range: tuple[Floor, Floor] | None = option(
        None, "the ends between which the floor of wages is drawn, such as 0.95,1; by default it is that of the run",
        "Range of the floor of wages", python="Sequence[float] | None",
    )  # fmt: skip
    over: Given = option(
        None, "the varied assumptions as one object, in place of the options that name them one by one",
        "Varied assumptions",
        kind="object", page=None, python="Over | None", local=True,
    )  # fmt: skip
    holds: tuple[Statement, ...] = option(
        (), "statements to count over draws, such as 'us-301 USA real_income < 0'; one statement a line, or repeat the "
        "option; parts joined by 'and' must hold together",
        "Statements to count over draws", kind="statements", max_length=20, page="plain", metavar="TEXT",
        python="Sequence[str]",
    )  # fmt: skip
    horizon: Horizon | None = option(
        None, "workers move between sectors (long) or stay in theirs (short); by default long", "Horizon", page=None
    )
    workers: int | None = option(
        None, "number of worker processes; by default one process with threads", "Workers", ge=1, local=True
    )
    scheduler: str | None = option(
        None,
        "the address of a dask.distributed scheduler, for several machines",
        "Scheduler",
        local=True,
        metavar="tcp://HOST:PORT",
    )
    folder: Path | None = option(
        None, "a folder that stores finished draws, so that an interrupted run can continue", "Folder", kind="path",
        flags=("--keep",), local=True, python="str | Path | None",
    )  # fmt: skip

    @field_validator("closures", "horizons")
    @classmethod
    def _known(cls, given: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        allowed = DEFICITS if info.field_name == "closures" else HORIZONS
        for name in given or ():
            if name not in allowed:
                raise ValueError(f"{info.field_name} names {name!r}: choose among {', '.join(allowed)}")
        return given

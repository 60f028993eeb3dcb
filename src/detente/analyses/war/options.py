"""Options of `detente war`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from detente.analyses.options import SEED, GovernmentOptions, option

Duty = Annotated[float, Field(ge=0, le=5)]
"""A duty that best responses are found to: searches go no higher than 500 %."""

Statement = Annotated[str, Field(max_length=300)]


class WarOptions(GovernmentOptions):
    """Options of a tariff war: the objective of governments, and the duties at which best responses are traced."""

    grid: tuple[Duty, ...] = option(
        (0.0, 0.15, 0.3, 0.45, 0.6), "duties of the other side for which best responses are computed, as fractions",
        "Duties for which best responses are computed", min_length=1, max_length=50, metavar="RATE,...",
        python="Sequence[float]",
    )  # fmt: skip
    political_weights: tuple[Statement, ...] = option(
        (), "political weights on sectors, whose Nash tariffs are shown beside the headline: economy, sector, weight "
        "and its source, such as 'USA C24A 2.5 own judgement'; one a line, or repeat the option; other sectors weigh "
        "1, and all are divided by their mean",
        "Political weights", kind="weights", max_length=200, metavar="TEXT", python="Sequence[str]",
    )  # fmt: skip
    seed: int = option(0, "seed of the random starts of searches", "Seed of the random searches", ge=0, lt=SEED)

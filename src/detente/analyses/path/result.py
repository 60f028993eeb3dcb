"""The path of years: changes by year and economy, revenue by definition, sums, and the states of the law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import pandas as pd

from detente.dispute.results import TableResult
from detente.ensemble.summary import NumberKey, TableNumbers, numbers_in


@dataclass(frozen=True, eq=False)
class Trajectory(TableResult):
    """A path of years, against the calibrated world with none of the measures of the file.

    Changes are fractions, amounts USD million a year. A year is the mean of the states of its law, weighted by days.
    The years are static equilibria in sequence.

    Attributes
    ----------
    parties
        Codes of the parties, in the order of the file.
    first, last
        The first and the last year.
    residual
        The largest relative gap of the audit over all equilibria.
    offset, discount, growth, threats
        The options of these names.
    notes
        What a reader needs to know of how the path was made.
    years
        One row a year and economy: year, h (1 for the first), elasticity_level (s(h), the fraction of the elasticities
        of the long run), mobility (of workers between sectors; missing where they are alike), economy, and as
        `Solution.economies` defines them real_income, welfare, real_gdp, consumer_prices (relative to the own wage),
        real_wage, employment, unemployment, workers_moving (the share of labour in another sector than before the
        path); real_income_usd and real_gdp_usd at base prices, at the size of the world's year.
    revenue
        One row a year and economy: static, conventional, offset, refunds, conventional_net, equilibrium, income_effect
        and dynamic_net, as `detente.analyses.path.budget` defines them.
    sums
        One row an economy and item of revenue: total over the years, and discounted to the first.
    states
        One row a state of the law: first and last day on the path, days, measures (their number), ids, and after_as_of,
        whether it begins after the day of the file.
    """

    KIND: ClassVar[str] = "trajectory"
    QUESTION: ClassVar[str] = "path"
    SCHEMA: ClassVar[int] = 1
    TABLES: ClassVar[tuple[str, ...]] = ("years", "revenue", "sums", "states")

    parties: tuple[str, ...]
    first: int
    last: int
    residual: float
    offset: float
    discount: float
    growth: float
    threats: str
    notes: tuple[str, ...]
    years: pd.DataFrame
    revenue: pd.DataFrame
    sums: pd.DataFrame
    states: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Trajectory of {self.dispute}: {self.first} to {self.last}>"

    def _repr_html_(self) -> str:
        mine = self.years[self.years["economy"].isin(self.parties)]
        html: str = mine.to_html(index=False, float_format="{:.6g}".format)
        return html

    def of(self, economy: str) -> pd.DataFrame:
        """The years of one economy, one row each. Raises KeyError for an economy that is not there."""
        rows = self.years[self.years["economy"] == economy]
        if rows.empty:
            raise KeyError(economy)
        return rows.set_index("year").drop(columns="economy")


NUMBERS: Final = (
    TableNumbers(
        "years",
        ("real_income", "real_gdp", "consumer_prices", "workers_moving", "unemployment", "employment"),
        ("year",),
        "economy",
    ),
    TableNumbers("revenue", ("conventional_net", "dynamic_net"), ("year",), "economy"),
    TableNumbers("sums", ("total", "discounted"), ("item",), "economy"),
)
"""The numbers of a path: changes and revenue of every year, and the sums."""


def numbers(result: Trajectory) -> dict[NumberKey, float]:
    """The numbers of a path that an ensemble draws, by key."""
    return numbers_in(result, NUMBERS)

"""The results of an ensemble: bands, shares of draws in which statements hold, and drivers of each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Self

import numpy as np
import pandas as pd

from detente.data.exported import html_of
from detente.dispute.results import TableResult
from detente.ensemble.draws import Over
from detente.ensemble.job import ABOUT, SOLVED, Job
from detente.ensemble.summary import KEYS, REST, Claim, held, variance_shares
from detente.errors import BadInput
from detente.inputs import FloatArray
from detente.model.benchmark import CLOSURES

ENDS: Final = (0.05, 0.95)
"""The ends of a band, as quantiles over draws."""

_CROSSED: Final = {
    "world": "worlds",
    "elasticities": "elasticities",
    "deficits": "deficits",
    "horizon": "horizons",
    "base_tariffs": "rules",
}
"""Columns of a draw and the fields of `Over` that they are drawn from."""


@dataclass(frozen=True, eq=False)
class Bands(TableResult):
    """Numbers over draws of what nobody knows for sure. A share of draws is not a probability.

    Attributes
    ----------
    id
        SHA-256 of what was varied, the seed, the number of draws, what the numbers are of, and the version.
    result
        What is banded: ``run``, ``war``, ``talks``, ``hold`` or ``clock`` of a dispute, or the name of a function.
    parties
        Of the dispute; none for a function.
    over, seed, count
        What was varied, the seed, and how many draws there are.
    assumed
        What the draws assume and no source states, in words.
    gap
        The largest relative gap of any audit; missing for a function's numbers.
    bands
        One row a number: scenario, quantity, economy, partner; run (with the settings of the run itself), median, low
        and high (the 5 and 95 % quantiles), least, most, positive, negative (shares of draws); over the draws that
        solved, and quantiles over those in which the number is there.
    drivers
        One row a number and assumption: scenario, quantity, economy, partner, assumption, share (of the variance; see
        `detente.ensemble.summary`).
    closures
        Real income of economies that are no party, by closure where more than one is drawn: scenario, quantity,
        economy, partner, deficits, median, low, high, over the draws of that closure.
    failures
        One row a draw that did not solve: what it was and how it ended. It is in no band.
    holds
        The statements asked about.
    draws
        One row a draw: what it was, how it ended, its gap, then a column a number, named by its row in `bands`. None in
        bands that were read back: they are in tables/draws.parquet.
    """

    KIND: ClassVar[str] = "bands"
    SCHEMA: ClassVar[int] = 3
    TABLES: ClassVar[tuple[str, ...]] = ("bands", "drivers", "closures", "failures")
    APART: ClassVar[tuple[str, ...]] = ("draws",)

    result: str
    parties: tuple[str, ...]
    over: Over
    seed: int
    count: int
    assumed: tuple[str, ...]
    gap: float | None
    bands: pd.DataFrame
    drivers: pd.DataFrame
    closures: pd.DataFrame
    failures: pd.DataFrame
    holds: tuple[Claim, ...] = ()
    draws: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, job: Job, about: Mapping[str, Any], keys: pd.DataFrame, draws: pd.DataFrame,
        run: FloatArray, assumed: tuple[str, ...], statements: tuple[str, ...],
    ) -> Self:  # fmt: skip
        """From the draws of a job and the numbers of the run itself.

        `about` has id, result, dispute, title, names and parties. Raises BadInput where fewer than two draws solved.
        """
        values = draws.drop(columns=list(ABOUT)).to_numpy(dtype=np.float64)
        solved = (draws["outcome"] == SOLVED).to_numpy()
        if solved.sum() < 2:
            raise BadInput(f"{int(solved.sum())} of {len(draws)} draws solved: {draws['outcome'].iloc[0]}")
        gaps = draws["gap"].to_numpy(dtype=np.float64)[solved]
        return cls(
            **about,
            settings=job.settings,
            over=job.over,
            seed=job.seed,
            count=len(draws),
            assumed=assumed,
            gap=None if np.isnan(gaps).all() else float(gaps.max()),
            bands=_bands(keys, values[solved], run),
            drivers=_drivers(keys, values[solved], draws[solved], job),
            closures=_by_closure(keys, values[solved], draws.loc[solved, "deficits"], about["parties"]),
            failures=draws.loc[~solved, list(ABOUT)].reset_index(drop=True),
            holds=tuple(held(statement, keys, values[solved]) for statement in statements),
            draws=draws,
        )

    def __repr__(self) -> str:
        return f"<Bands of {self.title}: {self.solved} of {self.count} draws, {len(self.bands)} numbers>"

    def _repr_html_(self) -> str:
        return html_of(repr(self), {"bands": self.of_parties()})

    @property
    def stamp(self) -> str:
        """The varied assumptions and the settings, on one line."""
        o, s = self.over, self.settings
        gap = "" if self.gap is None else f"largest gap of the audit {self.gap:.0e}; "
        rules = f"base tariffs {', '.join(o.rules)}; " if len(o.rules) > 1 else ""
        level = "" if o.level is None else f" times {o.level[0]:.2g} to {o.level[1]:.2g}"
        return (
            f"{self.solved} of {self.count} draws solved, seed {self.seed}; {', '.join(o.worlds)}; elasticities "
            f"{', '.join(o.elasticities)}{level}; deficits {', '.join(o.deficits)}; {rules}"
            f"{', '.join(o.horizons)} run; {gap}"
            f"the run itself: {s.on}, {s.elasticities}, {s.deficits}; detente {s.version}, {self.id[:12]}"
        )

    @property
    def solved(self) -> int:
        """The number of draws that solved."""
        return self.count - len(self.failures)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities of the numbers, `real_income` first where it is there."""
        return tuple(dict.fromkeys(sorted(self.bands["quantity"], key=lambda name: name != "real_income")))

    @property
    def quantity(self) -> str:
        """The first of them, which is shown unless another is asked for; empty where no state changes anything."""
        return next(iter(self.quantities), "")

    def of_parties(self, quantity: str | None = None) -> pd.DataFrame:
        """The rows of `bands` for one quantity (the first by default) of the parties; all rows of a function's numbers.

        Numbers that are of no economy count as theirs.
        """
        if not self.parties:
            return self.bands
        wanted = self.bands["quantity"] == (quantity or self.quantity)
        return self.bands[wanted & self.bands["economy"].isin([*self.parties, ""])]

    def band(self, scenario: str, economy: str, quantity: str = "real_income", partner: str = "") -> pd.Series:
        """One row of `bands`; raises KeyError where there is none."""
        rows = self._rows(self.bands, scenario, economy, quantity, partner)
        if rows.empty:
            raise KeyError((scenario, quantity, economy, partner))
        return rows.iloc[0]

    def driver(self, scenario: str, economy: str, quantity: str = "real_income", partner: str = "") -> pd.Series | None:
        """The assumption with the largest share for one number, a row of `drivers`; None where none explains any."""
        rows = self._rows(self.drivers, scenario, economy, quantity, partner)
        rows = rows[(rows["assumption"] != REST) & (rows["share"] > 0)]
        return None if rows.empty else rows.iloc[int(rows["share"].argmax())]

    @staticmethod
    def _rows(table: pd.DataFrame, scenario: str, economy: str, quantity: str, partner: str) -> pd.DataFrame:
        wanted = pd.Series(dict(zip(KEYS, (scenario, quantity, economy, partner), strict=True)))
        return table[(table[list(KEYS)] == wanted).all(axis=1)]

    def claim(self, statement: str) -> Claim:
        """In how many draws a statement holds, such as `us-301 USA real_income < 0`; see `detente.ensemble.summary`.

        Raises BadInput where it cannot be read, or the draws are not there.
        """
        return held(statement, self.bands[list(KEYS)], self.values)

    @property
    def values(self) -> FloatArray:
        """The numbers of the draws that solved, one row a draw, in the order of `bands`."""
        if self.draws is None:
            raise BadInput("these bands were read back without their draws: they are in tables/draws.parquet")
        rows = self.draws[self.draws["outcome"] == SOLVED]
        return rows.drop(columns=list(ABOUT)).to_numpy(dtype=np.float64)

    def covers(self, truth: Bands) -> pd.DataFrame:
        """The share of another ensemble's draws within the band of each number: scenario, ..., share (fraction).

        With draws from the same spread and another seed as truth, it should be near nine tenths; where the truth comes
        from other elasticities, it says how far these bands can be relied on there. Raises BadInput where the numbers
        of the two are not the same.
        """
        keys = self.bands[list(KEYS)]
        if not keys.equals(truth.bands[list(KEYS)]):
            raise BadInput(f"the numbers of {truth.title!r} are not those of {self.title!r}: band the same scenarios")
        low, high = (self.bands[name].to_numpy() for name in ("low", "high"))
        return keys.assign(share=((truth.values >= low) & (truth.values <= high)).mean(0))

    def written(self) -> dict[str, pd.DataFrame]:
        """Every table by name, and the draws where they are there."""
        return self.tables() | ({} if self.draws is None else {"draws": self.draws})

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are, draws left out."""
        plain = {"over": self.over.plain(), "holds": [{**vars(its), "share": its.share} for its in self.holds]}
        return {**super().as_dict(), **plain}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The bands that `as_dict` wrote, without their draws. Raises BadTable where it is something else."""
        cls.check(given)
        holds = tuple(Claim(its["statement"], its["held"], its["solved"]) for its in given["holds"])
        return super().from_dict({**given, "over": Over.from_plain(given["over"]), "holds": holds})


def _bands(keys: pd.DataFrame, values: FloatArray, run: FloatArray) -> pd.DataFrame:
    table = pd.DataFrame(values)  # its quantiles leave out what is missing in a draw
    low, median, high = table.quantile([ENDS[0], 0.5, ENDS[1]]).to_numpy()
    return keys.assign(
        run=run,
        median=median,
        low=low,
        high=high,
        least=table.min().to_numpy(),
        most=table.max().to_numpy(),
        positive=(values > 0).mean(0),
        negative=(values < 0).mean(0),
    )


def _by_closure(keys: pd.DataFrame, values: FloatArray, deficits: pd.Series, parties: tuple[str, ...]) -> pd.DataFrame:
    """Real income of third economies within the draws of each closure, if there are several."""
    closures = [name for name in CLOSURES if (deficits == name).any()]
    third = (keys["quantity"] == "real_income") & ~keys["economy"].isin([*parties, ""])
    some = keys[third & (len(closures) > 1) & bool(parties)]
    made = []
    for name in closures:
        of = values[np.ix_((deficits == name).to_numpy(), some.index.to_numpy())]
        low, median, high = pd.DataFrame(of).quantile([ENDS[0], 0.5, ENDS[1]]).to_numpy()
        made.append(some.assign(deficits=name, median=median, low=low, high=high))
    return pd.concat(made).sort_index(kind="stable").reset_index(drop=True)


def _drivers(keys: pd.DataFrame, values: FloatArray, draws: pd.DataFrame, job: Job) -> pd.DataFrame:
    """Shares of the variance, in long form; assumptions that were not varied are left out."""
    groups = {
        column: np.unique(draws[column], return_inverse=True)[1].astype(np.int64)
        for column, axis in _CROSSED.items()
        if len(getattr(job.over, axis)) > 1
    }
    shares = variance_shares(values, groups, *job.drawn_of(list(draws["draw"])))
    long = keys.iloc[np.repeat(np.arange(len(keys)), len(shares))].reset_index(drop=True)
    return long.assign(assumption=np.tile(list(shares.index), len(keys)), share=shares.to_numpy().T.ravel())

"""What an ensemble found: bands, what holds in how many draws, and which assumption drives each number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.dispute.frames import frame_from_json, frame_to_json
from detente.dispute.store import write_folder
from detente.ensemble.claims import Holds, held
from detente.ensemble.job import ABOUT, SOLVED, Job
from detente.ensemble.numbers import KEYS
from detente.ensemble.shares import binned, variance_shares
from detente.ensemble.spread import Over
from detente.errors import BadInput, BadTable

FORMAT: Final = "detente bands 1"
"""What the file says it is; a change of its layout changes the number."""

ENDS: Final = (0.05, 0.95)
"""The ends of a band, as quantiles over draws."""

TABLES: Final = ("bands", "drivers", "failures")
"""The tables, in the order in which they are written; `draws` is written too where it is there."""

_CROSSED: Final = {
    "world": "worlds",
    "elasticities": "elasticities",
    "deficits": "deficits",
    "horizon": "horizons",
}
"""Columns of a draw and the fields of `Over` that they are drawn from."""


@dataclass(frozen=True, eq=False)
class Bands:
    """Numbers over draws of what nobody knows for sure. A share of draws is no probability of anything.

    Attributes
    ----------
    id
        SHA-256 of what was varied, the seed, the number of draws, what the numbers are of, and the version.
    title, parties, names
        What the numbers are of; the parties, and what people call them.
    over, seed, count
        What was varied, the seed, and how many draws there are.
    settings
        World, elasticities, closure and horizon of the run itself.
    assumed
        What the draws assume and no source states, in words.
    gap
        The largest relative gap of any audit; missing for a function's numbers.
    bands
        One row a number: scenario, quantity, economy, partner; run (with the settings of the run itself), median, low
        and high (the 5 and 95 % quantiles), least, most, positive, negative (shares of draws); over the draws that
        solved.
    drivers
        One row a number and assumption: scenario, quantity, economy, partner, assumption, share (of the variance; see
        `detente.ensemble.shares`).
    failures
        One row a draw that did not solve: what it was and how it ended. It is in no band.
    holds
        The statements asked about.
    draws
        One row a draw: what it was, how it ended, its gap, then a column a number, named by its row in `bands`. None in
        bands that were read back: they are in tables/draws.parquet.
    """

    id: str
    title: str
    parties: tuple[str, ...]
    names: Mapping[str, str]
    over: Over
    seed: int
    count: int
    settings: Mapping[str, Any]
    assumed: tuple[str, ...]
    gap: float | None
    bands: pd.DataFrame = field(repr=False)
    drivers: pd.DataFrame = field(repr=False)
    failures: pd.DataFrame = field(repr=False)
    holds: tuple[Holds, ...] = ()
    draws: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, job: Job, id: str, title: str, names: Mapping[str, str], keys: pd.DataFrame, draws: pd.DataFrame,
        run: NDArray[np.float64], assumed: tuple[str, ...], statements: tuple[str, ...], parties: tuple[str, ...],
    ) -> Self:  # fmt: skip
        """From the draws of a job and the numbers of the run itself. Raises BadInput where fewer than two solved."""
        values = draws.drop(columns=list(ABOUT)).to_numpy(dtype=np.float64)
        solved = (draws["outcome"] == SOLVED).to_numpy()
        if solved.sum() < 2:
            raise BadInput(f"{int(solved.sum())} of {len(draws)} draws solved: {draws['outcome'].iloc[0]}")
        gaps = draws["gap"].to_numpy(dtype=np.float64)[solved]
        return cls(
            id=id,
            title=title,
            parties=parties,
            names=dict(names),
            over=job.over,
            seed=job.seed,
            count=len(draws),
            settings=dict(job.settings),
            assumed=assumed,
            gap=None if np.isnan(gaps).all() else float(gaps.max()),
            bands=_bands(keys, values[solved], run),
            drivers=_drivers(keys, values[solved], draws[solved], job),
            failures=draws.loc[~solved, list(ABOUT)].reset_index(drop=True),
            holds=tuple(held(statement, keys, values[solved]) for statement in statements),
            draws=draws,
        )

    def __repr__(self) -> str:
        return f"<Bands of {self.title}: {self.solved} of {self.count} draws, {len(self.bands)} numbers>"

    def _repr_html_(self) -> str:
        return self.of_parties().to_html(index=False, float_format="{:.6g}".format)

    @property
    def solved(self) -> int:
        """How many draws solved."""
        return self.count - len(self.failures)

    def of_parties(self, quantity: str = "real_income") -> pd.DataFrame:
        """The rows of `bands` for one quantity of the parties; all rows of a function's numbers."""
        if not self.parties:
            return self.bands
        return self.bands[(self.bands["quantity"] == quantity) & self.bands["economy"].isin(self.parties)]

    def band(self, scenario: str, economy: str, quantity: str = "real_income", partner: str = "") -> pd.Series:
        """One row of `bands`; raises KeyError where there is none."""
        rows = self._rows(self.bands, scenario, economy, quantity, partner)
        if rows.empty:
            raise KeyError((scenario, quantity, economy, partner))
        return rows.iloc[0]

    def driver(self, scenario: str, economy: str, quantity: str = "real_income", partner: str = "") -> pd.Series | None:
        """The row of `drivers` with the largest share for one number; None where the number does not vary."""
        rows = self._rows(self.drivers, scenario, economy, quantity, partner)
        return None if rows["share"].isna().all() else rows.iloc[int(rows["share"].argmax())]

    @staticmethod
    def _rows(table: pd.DataFrame, scenario: str, economy: str, quantity: str, partner: str) -> pd.DataFrame:
        wanted = pd.Series(dict(zip(KEYS, (scenario, quantity, economy, partner), strict=True)))
        return table[(table[list(KEYS)] == wanted).all(axis=1)]

    def claim(self, statement: str) -> Holds:
        """In how many draws a statement holds, such as `us-301 USA real_income < 0`; see `detente.ensemble.claims`.

        Raises BadInput where it cannot be read, or the draws are not there.
        """
        return held(statement, self.bands[list(KEYS)], self.values)

    @property
    def values(self) -> NDArray[np.float64]:
        """The numbers of the draws that solved, one row a draw, in the order of `bands`."""
        if self.draws is None:
            raise BadInput("these bands were read back without their draws: they are in tables/draws.parquet")
        rows = self.draws[self.draws["outcome"] == SOLVED]
        return rows.drop(columns=list(ABOUT)).to_numpy(dtype=np.float64)

    def covers(self, truth: Bands) -> pd.DataFrame:
        """How often the band of each number holds what another ensemble's draws give: scenario, ..., share (fraction).

        With draws from the same spread and another seed as truth, it should be near nine tenths; where the truth comes
        from other elasticities, it says how far these bands can be relied on there. Raises BadInput where the numbers
        of the two are not the same.
        """
        keys = self.bands[list(KEYS)]
        if not keys.equals(truth.bands[list(KEYS)]):
            raise BadInput(f"the numbers of {truth.title!r} are not those of {self.title!r}: band the same scenarios")
        low, high = (self.bands[name].to_numpy() for name in ("low", "high"))
        inside = (truth.values >= low) & (truth.values <= high)
        return keys.assign(share=inside.mean(0))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {name: getattr(self, name) for name in TABLES}

    def all_tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, and the draws where they are there."""
        return self.tables() | ({} if self.draws is None else {"draws": self.draws})

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are, draws left out."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        plain |= {"names": dict(self.names), "settings": dict(self.settings), "over": self.over.plain()}
        plain |= {"holds": [{**vars(its), "share": its.share} for its in self.holds]}
        return {"format": FORMAT, **plain, "tables": {n: frame_to_json(table) for n, table in self.tables().items()}}

    def to_json(self) -> str:
        """All of it but the draws as JSON: the same text for the same inputs."""
        return json.dumps(self.as_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The bands that `to_json` wrote, without their draws. Raises BadTable where the text is something else."""
        try:
            given = json.loads(text)
        except json.JSONDecodeError as problem:
            raise BadTable(f"these are no bands: not JSON at line {problem.lineno}: {problem.msg}") from problem
        if not isinstance(given, dict) or given.get("format") != FORMAT:
            found = given.get("format") if isinstance(given, dict) else type(given).__name__
            raise BadTable(f"these are no bands that this version reads: format is {found!r}, not {FORMAT!r}")
        plain: dict[str, Any] = {name: given[name] for name in (*_PLAIN, "names", "settings")}
        plain |= {"parties": tuple(given["parties"]), "assumed": tuple(given["assumed"])}
        plain |= {"holds": tuple(Holds(h["statement"], h["held"], h["solved"]) for h in given["holds"])}
        plain |= {name: frame_from_json(given["tables"][name]) for name in TABLES}
        return cls(**plain, over=Over.from_plain(given["over"]))

    def write(self, folder: str | Path) -> Path:
        """bands.json, every table and the draws as CSV and Parquet, and manifest.json, all or nothing."""
        about = {"id": self.id, "dispute": self.title, "version": str(self.settings["version"])}
        return write_folder(Path(folder), {"bands.json": self.to_json()}, self.all_tables(), about)


_PLAIN: Final = ("id", "title", "parties", "seed", "count", "assumed", "gap")


def _bands(keys: pd.DataFrame, values: NDArray[np.float64], run: NDArray[np.float64]) -> pd.DataFrame:
    low, median, high = np.quantile(values, (ENDS[0], 0.5, ENDS[1]), axis=0)
    return keys.assign(
        run=run,
        median=median,
        low=low,
        high=high,
        least=values.min(0),
        most=values.max(0),
        positive=(values > 0).mean(0),
        negative=(values < 0).mean(0),
    )


def _drivers(keys: pd.DataFrame, values: NDArray[np.float64], draws: pd.DataFrame, job: Job) -> pd.DataFrame:
    """Shares of the variance, in long form; assumptions that were not varied are left out."""
    design = {
        column: np.unique(draws[column], return_inverse=True)[1].astype(np.int64)
        for column, axis in _CROSSED.items()
        if len(getattr(job.over, axis)) > 1
    }
    cells = tuple(design)
    drawn = job.values_of(list(draws["draw"]))
    design |= {name: binned(numbers) for name, numbers in drawn.items()}
    shares = variance_shares(values, design, cells)
    order = np.repeat(np.arange(len(keys)), len(shares))
    long = keys.iloc[order].reset_index(drop=True)
    return long.assign(assumption=np.tile(list(shares.index), len(keys)), share=shares.to_numpy().T.ravel())

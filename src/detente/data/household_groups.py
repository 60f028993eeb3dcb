"""Groups of households: which part of the consumption of each sector's goods each group has.

US income deciles come with the package; other groups are read from a table (sector, group, share).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from detente.data.codes import read_packaged
from detente.data.exported import Shown
from detente.data.sheets import open_table
from detente.errors import BadTable, UnknownSector, enumerate_names
from detente.inputs import FloatArray, floats, names

_SUMS: Final = 1e-3
"""Shares of a sector may miss 1 by as much as rounding to three digits leaves; they are divided by their sum."""
NEEDS: Final = ("sector", "group", "share")


@dataclass(frozen=True, eq=False)
class HouseholdGroups(Shown):
    """Groups (d,) of one economy's households, of equal size, and their shares (d, j) of consumption by sector.

    Shares of each sector sum to one. ``stand_in`` are sectors of which households buy nothing in the source, so that
    they have the shares of all consumption.

    Raises
    ------
    BadTable
        Where shares are negative or those of a sector do not sum to one.
    """

    economy: str
    groups: tuple[str, ...]
    sectors: tuple[str, ...]
    shares: FloatArray
    source: str = "given by the user"
    stand_in: tuple[str, ...] = ()
    amounts: FloatArray | None = None

    def __post_init__(self) -> None:
        for axis in ("groups", "sectors"):
            object.__setattr__(self, axis, names(getattr(self, axis), axis, BadTable))
        shares = floats(self.shares, "shares of household groups", BadTable)
        if shares.shape != (len(self.groups), len(self.sectors)):
            raise BadTable(
                f"shares have shape {shares.shape}, not {len(self.groups)} groups × {len(self.sectors)} sectors"
            )
        if not (np.isfinite(shares) & (shares >= 0)).all():
            d, j = (int(axis) for axis in np.argwhere(~(np.isfinite(shares) & (shares >= 0)))[0])
            raise BadTable(
                f"{self.source}: the share of group {self.groups[d]} in {self.sectors[j]} is {shares[d, j]:g}: give a "
                "fraction from 0 to 1"
            )
        gap = np.abs(shares.sum(0) - 1)
        if gap.max() > _SUMS:
            j = int(gap.argmax())
            total = shares[:, j].sum()
            hint = " (fractions, not per cent)" if abs(total - 100) < 1 else ""
            raise BadTable(
                f"{self.source}: the shares of {self.sectors[j]} sum to {total:.6g}, not 1{hint}: give each group's "
                "share of what households of the economy buy of the sector"
            )
        shares = shares / shares.sum(0)
        shares.setflags(write=False)
        object.__setattr__(self, "shares", shares)
        if self.amounts is not None:
            amounts = floats(self.amounts, "amounts of household groups", BadTable)
            if amounts.shape != shares.shape or not (np.isfinite(amounts) & (amounts >= 0)).all():
                raise BadTable(
                    f"{self.source}: amounts have shape {amounts.shape}: give one of zero or more for each of "
                    f"{len(self.groups)} groups × {len(self.sectors)} sectors"
                )
            amounts.setflags(write=False)
            object.__setattr__(self, "amounts", amounts)

    @classmethod
    def read(cls, given: str | Path | pd.DataFrame, economy: str, sectors: Sequence[str]) -> HouseholdGroups:
        """From a table with the columns sector, group and share, a fraction: a file or a frame.

        Raises BadTable for a row that is missing, twice, or no number, and UnknownSector.
        """
        frame, source = _frame(given)
        pairs = frame[["sector", "group"]].astype(str)
        for code in pairs["sector"]:
            if code not in sectors:
                raise UnknownSector(code, sectors, where=source)
        if (twice := pairs.duplicated()).any():
            sector, group = pairs[twice].iloc[0]
            raise BadTable(f"{source}: group {group} has sector {sector} twice: give one row each")
        share = pd.to_numeric(frame["share"], errors="coerce")
        if share.isna().any():
            row = int(share.isna().to_numpy().argmax())
            raise BadTable(
                f"{source}: the share in row {row + 1} is {str(frame['share'].iloc[row])!r}: give a fraction"
            )
        groups = tuple(dict.fromkeys(pairs["group"]))
        table = pairs.assign(share=share.astype(float)).pivot(index="group", columns="sector", values="share")
        table = table.reindex(index=groups, columns=list(sectors))
        if (missing := table.isna()).to_numpy().any():
            lacking = [code for code in sectors if missing[code].any()]
            have = "has" if len(lacking) == 1 else "have"
            raise BadTable(
                f"{source}: {enumerate_names(lacking)} {have} no share of some group: "
                "give a row for every sector and group, 0 where a group buys nothing"
            )
        return cls(economy, groups, tuple(sectors), table.to_numpy(), source)


def _frame(given: str | Path | pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The table, with its columns checked, and what it is called."""
    if isinstance(given, pd.DataFrame):
        if lacking := [name for name in NEEDS if name not in given.columns]:
            raise BadTable(f"the table of household groups lacks {enumerate_names(lacking)}: give sector, group, share")
        return given, "the table of household groups"
    table = open_table(given, needs=NEEDS)
    table.warn_unread(NEEDS)
    return table.text(), table.name


@cache
def us_deciles(sectors: tuple[str, ...]) -> HouseholdGroups | None:
    """US households by income decile in the sectors of a bundled world; None for other sectors.

    Consumption by decile of 2023 (US Bureau of Economic Analysis), bridged to sectors: see
    `docs/prices-and-households.md`. Groups are named 1, the lowest incomes, to 10.
    """
    table = read_packaged("households/us-deciles.csv", numbers=("usd_bn",))
    amounts = table.pivot(index="group", columns="sector", values="usd_bn")
    amounts = amounts.loc[sorted(amounts.index, key=int)]
    if not set(amounts.columns) <= set(sectors):
        return None
    absent = tuple(code for code in sectors if code not in amounts.columns)
    values = amounts.reindex(columns=list(sectors)).to_numpy()
    consumed = 1e3 * np.nan_to_num(values)
    values[:, [sectors.index(code) for code in absent]] = amounts.sum(axis=1).to_numpy()[:, None]
    return HouseholdGroups(
        "USA",
        tuple(amounts.index),
        sectors,
        values / values.sum(0),
        "US income deciles, 2023 (Bureau of Economic Analysis)",
        absent,
        consumed,
    )

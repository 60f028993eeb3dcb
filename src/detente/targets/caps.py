"""Rates that end at their cap, and what is left of the trade that they cover.

A search may raise a rate up to a cap (`detente.targets.problem.LARGEST`). A rate that ends there is no optimum: a
higher one would serve the goal better, so that the result is the model's answer on the range that was searched. A
tariff or charge at its cap all but ends the trade it covers, which is autarky between the two in those sectors.
"""

from __future__ import annotations

from typing import Any, Final, cast

import pandas as pd

from detente.data.quantities import stated_usd
from detente.errors import enumerate_names
from detente.solver.solution import Solution
from detente.targets.problem import LARGEST, Kind

ENDED: Final = 0.01
"""The share of its trade before, under which trade in a sector counts as ended: what is left is rounding in a table."""

COLUMNS: Final = ("instrument", "set_by", "importer", "exporter", "sector", "cap", "before", "after", "left", "ended")

_CAPS: Final[dict[Kind, str]] = {
    "tariff": "tariffs of {by} on goods of {exporter}",
    "cut": "tariff cuts of {by} on goods of {exporter}",
    "purchases": "subsidies of {by} to purchases of goods of {exporter}",
    "restraint": "export charges of {by} on goods for {importer}",
}
_OF_WHAT: Final[dict[Kind, str]] = {"cut": " of the tariff", "purchases": " of the price"}


def caps_frame(rates: pd.DataFrame, start: Solution, end: Solution) -> pd.DataFrame:
    """One row a sector that a rate at its cap covers, from the rates of a target and the equilibria it is between.

    instrument, set_by, importer, exporter, sector; cap: the largest rate, a fraction; before, after: what the importer
    buys from the exporter in the whole sector at border prices, USD million a year in the numeraire, before the
    instrument and with it; left: after over before (missing where nothing was bought); ended: less than a hundredth is
    left.
    """
    economy, flows = start.base, (start.M_cf, end.M_cf)
    rows: list[tuple[Any, ...]] = []
    for rate in rates[rates["at_bound"]].to_dict("records"):
        named = [rate[name] for name in COLUMNS[:4]]
        for sector in rate["sectors"]:
            cell = economy.index(rate["importer"]), economy.index(rate["exporter"]), economy.sector_index(sector)
            before, after = (float(M[cell]) for M in flows)
            left = after / before if before > 0 else float("nan")
            rows.append((*named, sector, LARGEST[rate["instrument"]], before, after, left, left < ENDED))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def caps_said(caps: pd.DataFrame) -> tuple[str, ...]:
    """A sentence for each instrument and side with a rate at its cap, with codes for names; none where no cap binds."""
    found = []
    for key, rows in caps.groupby(list(COLUMNS[:4]), sort=False):
        kind, by, importer, exporter = cast("tuple[Kind, str, str, str]", key)
        what = _CAPS[kind].format(by=by, importer=importer, exporter=exporter)
        cap = f"{LARGEST[kind]:,.0%}{_OF_WHAT.get(kind, '')}"
        said = f"the cap of {cap} binds for {what} in {enumerate_names(list(rows['sector']))}"
        closed = rows[rows["ended"]]
        if len(closed):
            sectors = "1 sector" if len(closed) == 1 else f"{len(closed)} sectors"
            before, after = (stated_usd(float(closed[when].sum())) for when in ("before", "after"))
            said += f": autarky between the two in {sectors}, where trade of {before} a year falls to {after}"
        found.append(said)
    return tuple(found)

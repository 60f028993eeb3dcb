"""The same finding in other settings: sets of elasticities, closures of deficits, and the ends of the file's values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data import list_elasticities
from detente.dispute.setup import Setup
from detente.dispute.talks.commitments import commitments, with_commitments
from detente.dispute.talks.deals import AMONG, Deals, Ends, values_of
from detente.dispute.talks.ground import Ground
from detente.dispute.talks.no_deal import NoDeal, failures
from detente.dispute.talks.pricing import trade_table
from detente.errors import NotSolved, UnknownSector
from detente.model.closures import CLOSURES, Deficits
from detente.solve import calibrate

SOME: Final = ("CP", "LL")
"""Sets of elasticities that are tried beside that of the run unless all are: one with high ones, one with low ones."""

COLUMNS: Final = (
    "elasticities", "deficits", "values", "run", "solved", "said",
    "threat_first", "threat_second", "answered_first", "answered_second", "no_deal_first", "no_deal_second",
    *(f"packages_{among.replace(' ', '_')}" for among in AMONG), "apart_red_lines", "apart_all", "same",
)  # fmt: skip
"""Of the table of settings; see `Talks.stability`."""


def stability_frame(
    setup: Setup, ground: Ground, deals: Deals, chosen: NoDeal, *, mfn: bool, robust: bool, seed: int
) -> pd.DataFrame:
    """One row a setting, that of the run first.

    The finding is whether any package that keeps every red line beats no deal for both, and the truce too; ``same``
    says whether a setting agrees with the run's. A setting without an equilibrium is a row that says so.
    """
    own = setup.settings
    rows = [_row(deals, chosen, own.elasticities, own.deficits, "middle", run=True)]
    for ends in ("cautious", "generous"):
        if _has_ranges(ground):
            others = _revalued(deals, ends)
            rows.append(_row(others, chosen, own.elasticities, own.deficits, ends, run=False))
    for name, theta, deficits in _settings(setup, robust):
        found = _again(setup, ground, chosen, theta, deficits, mfn=mfn, seed=seed)
        if isinstance(found, str):
            unsolved = dict.fromkeys(COLUMNS, np.nan) | {
                "run": False,
                "solved": False,
                "said": found,
                "values": "middle",
            }
            rows.append(unsolved | {"elasticities": name, "deficits": deficits})
        else:
            rows.append(_row(found, chosen, name, deficits, "middle", run=False))
    for row in rows:
        row["same"] = bool(row["solved"]) and _finding(row) == _finding(rows[0])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _finding(row: dict[str, Any]) -> tuple[bool, bool]:
    return bool(row["packages_red_lines"] > 0), bool(row["packages_all"] > 0)


def _settings(setup: Setup, robust: bool) -> Iterator[tuple[str, ArrayLike, Deficits]]:
    """Elasticities by name and value, and closure, of every setting but the run's."""
    own = setup.settings
    names = [str(name) for name in list_elasticities()["name"]] if robust else list(SOME)
    thetas: dict[str, ArrayLike] = {own.elasticities: setup.economy.theta}
    thetas |= {name: name for name in names if name != own.elasticities}
    for name, theta in thetas.items():
        for deficits in CLOSURES:
            here = (name == own.elasticities, deficits == own.deficits)
            if here != (True, True) and (robust or any(here)):
                yield name, theta, deficits


def _again(
    setup: Setup, ground: Ground, chosen: NoDeal, theta: ArrayLike, deficits: Deficits, *, mfn: bool, seed: int
) -> Deals | str:
    """The deals in another setting, or why there are none."""
    try:
        economy = calibrate(setup.world, elasticities=theta, deficits=deficits)
        other = replace(setup, economy=economy)
        only = [demand.id for demand in ground.demands]
        there = Ground.of(other, ground.pair, only=only, mfn=mfn)
        there = with_commitments(there, commitments(there))
        failed = list(failures(there, seed=seed, with_nash=chosen == "nash"))
        return Deals.of(there, trade_table(there), failed, values_of(there))
    except (NotSolved, UnknownSector) as problem:
        return str(problem)


def _has_ranges(ground: Ground) -> bool:
    written = ground.setup.prepared.known.values
    return any(low < high for side in ground.pair for low, high in written.get(side, {}).values())


def _revalued(deals: Deals, ends: Ends) -> Deals:
    """The same states with other ends of the file's values."""
    worth = values_of(deals.ground, ends)
    return Deals.priced(deals.ground, deals.table, deals.failures, worth)


def _row(deals: Deals, chosen: NoDeal, elasticities: str, deficits: str, ends: str, *, run: bool) -> dict[str, Any]:
    points, bargain = deals.failures, deals.bargains[chosen]
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"elasticities": elasticities, "deficits": deficits, "values": ends, "run": run, "solved": True, "said": ""}
    for name, label in (("threat", "threat"), ("answered", "answered"), (chosen, "no_deal")):
        if name in points:
            row |= {f"{label}_first": float(points[name][0]), f"{label}_second": float(points[name][1])}
    for among, (truce, lines) in AMONG.items():
        row[f"packages_{among.replace(' ', '_')}"] = float(len(bargain.zone(truce=truce, red_lines=lines)))
    for among in ("red lines", "all"):
        truce, lines = AMONG[among]
        gap = bargain.gap(truce=truce, red_lines=lines)
        row[f"apart_{among.replace(' ', '_')}"] = np.nan if gap is None else gap.apart
    return row

"""The average tariff of one economy on another on a day, under two weightings.

`imports`: across industries (NAICS3) by the imports from the partner in 2017, within an industry every product code the
same; the rule of the data, since trade values by code are not at hand. `equal`: every product code the same. Neither is
rescaled to a published average.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from detente.data import World
from detente.policy import tables
from detente.policy.amounts import purchases
from detente.policy.book import TariffBook
from detente.policy.codes import code_table, code_values
from detente.policy.measure import Measure
from detente.policy.stacking import Floats

WEIGHTINGS = ("imports", "equal")


def average_tariffs(book: TariffBook, on: date) -> pd.DataFrame:
    """The average tariff of each pair of a book on a day.

    One row a pair and weighting: importer, exporter, weights (`imports` or `equal`), before (no measure of the book in
    force), after (those of the day in force; fractions), last_change (the last day up to `on` on which a measure of the
    pair began or ended, None before the first). A pair with a bundled table by code is averaged over the levels of the
    table, code by code, with its other measures on top; another pair over the world's sectors.
    """
    ids = book.in_force(on)
    rows = []
    for importer, exporter in book.pairs:
        table = _table_of(book, importer, exporter)
        for weights in WEIGHTINGS:
            cells = _cell_weights(book.world, importer, exporter, weights)
            before = _over_cells(book, importer, exporter, cells, ())
            after = _over_cells(book, importer, exporter, cells, ids)
            if table is not None:
                alone = tuple(name for name in ids if book.measure(name).goods.table == table)
                others = after - _over_cells(book, importer, exporter, cells, alone)
                before = _over_codes(table, importer, exporter, weights, None)
                after = _over_codes(table, importer, exporter, weights, _column(book, alone)) + others
            rows.append((importer, exporter, weights, before, after, _last_change(book, importer, exporter, on)))
    return pd.DataFrame(rows, columns=["importer", "exporter", "weights", "before", "after", "last_change"])


def _table_of(book: TariffBook, importer: str, exporter: str) -> str | None:
    """The table by code of a pair, if a measure of the book names it."""
    names = [measure.goods.table for measure in book.measures if measure.by == importer and exporter in measure.on]
    by_code = [name for name in names if name is not None and tables.find_table(name).kind == "codes"]
    return by_code[0] if by_code else None


def _column(book: TariffBook, ids: Sequence[str]) -> date | None:
    return max((day for name in ids if (day := book.measure(name).from_) is not None), default=None)


def _over_codes(table: str, importer: str, exporter: str, weights: str, day: date | None) -> float:
    """The average of a table's levels on a date, the base where it is None."""
    levels = tables.levels(table)
    rates = levels.iloc[:, 0] if day is None else levels[day.isoformat()]
    if weights == "equal":
        return float(rates.mean())
    values = code_values(importer, exporter)
    return float(np.average(values["hs6"].map(rates), weights=values["value"]))


def _cell_weights(world: World, importer: str, exporter: str, weights: str) -> Floats:
    """What each sector (j,) weighs: by what is bought, or by how many product codes it has."""
    if weights == "imports":
        return purchases(world, importer, exporter, "customs").by_sector
    counts = code_table().groupby("sector")["weight"].sum()
    found = counts.reindex(list(world.sectors)).fillna(0.0).to_numpy(dtype=np.float64)
    goods = np.isin(world.sectors, world.goods)
    return np.where(goods, found if found.any() else 1.0, 0.0)


def _over_cells(book: TariffBook, importer: str, exporter: str, cells: Floats, ids: Sequence[str]) -> float:
    """The average over the goods sectors of a pair of the tariff where `ids` hold."""
    world = book.world
    n, i = world.index(importer), world.index(exporter)
    tariffs = world.tariffs[n, i].copy()
    found = book.effective(ids)
    mine = found[(found["importer"] == importer) & (found["exporter"] == exporter)]
    tariffs[[world.sector_index(sector) for sector in mine["sector"]]] = mine["after"]
    return float(np.average(tariffs, weights=cells)) if cells.any() else float("nan")


def _last_change(book: TariffBook, importer: str, exporter: str, on: date) -> date | None:
    mine: list[Measure] = [
        measure for measure in book.measures if measure.by == importer and measure.status in ("in-force", "withdrawn")
    ]
    starts = [measure.from_ for measure in mine if measure.from_ is not None and measure.from_ <= on]
    ends = [measure.until for measure in mine if measure.until is not None and measure.until < on]
    return max([*starts, *ends], default=None)

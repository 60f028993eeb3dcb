"""The average tariff of one economy on another on a day, under two weightings.

`imports`: sectors by the imports from the partner of the base year, within them the parts that measures tell apart by
their own. `equal`: sectors by their number of product codes. A pair with a table of levels by code is averaged over its
codes. Nothing is rescaled to a published average.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from detente.data.products.concordance import code_table
from detente.data.products.weights import code_weights
from detente.data.world import World
from detente.inputs import FloatArray, day_of, require
from detente.policy.measure import Measure
from detente.policy.reach import find_table, levels, purchases
from detente.policy.schedule import TariffBook

WEIGHTINGS: Final = ("imports", "equal")


def average_tariffs(book: TariffBook, on: date) -> pd.DataFrame:
    """The average tariff of each pair of a book on a day.

    One row a pair and weighting: importer, exporter, weights (`imports` or `equal`), before (no measure of the book in
    force), after (those of the day in force; fractions), last_change (the last day up to `on` on which a measure of the
    pair began, ended, was suspended, held again or spared others; None before the first). A pair with a bundled table
    by code is averaged over the levels of the table, code by code, with its other measures on top; another pair over
    the world's sectors.
    """
    require(TariffBook, book, "book", "give a TariffBook, dt.TariffBook(world, measures)")
    on = day_of(on)
    given, book = book, book.on(on)
    ids = book.in_force(on)
    base, full = book.tariffs(()), book.tariffs(ids, on=on)
    rows = []
    for importer, exporter in dict.fromkeys((*book.dutiable, *given.dutiable)):  # who is spared now was not always
        pair = book.world.index(importer), book.world.index(exporter)
        table = _table_of(book, importer, exporter)
        alone = tuple(name for name in ids if table is not None and book.measure(name).goods.table == table)
        rest = book.tariffs(alone, on=on)[pair] if alone else base[pair]
        its = {m for each in (given, book) for m in each.reach.get((importer, exporter), ())}
        last = _last_change([given.measures[m] for m in sorted(its)], on)
        for weights in WEIGHTINGS:
            cells = _cell_weights(book.world, importer, exporter, weights)
            before, after = _mean(base[pair], cells), _mean(full[pair], cells)
            if table is not None:
                others = after - _mean(rest, cells)
                before = _over_codes(table, importer, exporter, weights, None)
                day = max((since for name in alone if (since := book.measure(name).from_) is not None), default=None)
                after = _over_codes(table, importer, exporter, weights, day) + others
            rows.append((importer, exporter, weights, before, after, last))
    return pd.DataFrame(rows, columns=["importer", "exporter", "weights", "before", "after", "last_change"])


def _table_of(book: TariffBook, importer: str, exporter: str) -> str | None:
    """The table by code of a pair, if a measure of the book names it."""
    names = [book.measures[m].goods.table for m in book.reach.get((importer, exporter), ())]
    by_code = [name for name in names if name is not None and find_table(name).kind == "codes"]
    return by_code[0] if by_code else None


def _over_codes(table: str, importer: str, exporter: str, weights: str, day: date | None) -> float:
    """The average of a table's levels on a date, the base where it is None."""
    by_date = levels(table)
    rates = by_date.iloc[:, 0] if day is None else by_date[day.isoformat()]
    if weights == "equal":
        return float(rates.mean())
    values = code_weights(importer, exporter)
    return float(np.average(values["hs6"].map(rates), weights=values["value"]))


def _cell_weights(world: World, importer: str, exporter: str, weights: str) -> FloatArray:
    """The weight of each sector (j,): its purchases, or its number of product codes."""
    if weights == "imports":
        return purchases(world, importer, exporter, "customs").by_sector
    counts = code_table().groupby("sector")["weight"].sum()
    found = counts.reindex(list(world.sectors)).fillna(0.0).to_numpy(dtype=np.float64)
    goods = np.isin(world.sectors, world.goods)
    return np.where(goods, found if found.any() else 1.0, 0.0)


def _mean(tariffs: FloatArray, weights: FloatArray) -> float:
    """The average over sectors; NaN where nothing is bought."""
    return float(np.average(tariffs, weights=weights)) if weights.any() else float("nan")


def _last_change(measures: Sequence[Measure], on: date) -> date | None:
    """The last of the first days of law and of other changes up to a day, and of last days of law before it."""
    law = [its for its in measures if its.status in ("in-force", "withdrawn") and its.from_ is not None]
    ends = {its.until for its in law if its.until is not None and its.until < on}
    turns = {day for its in law for day in its.changes if day <= on and not (its.until and day > its.until)}
    return max(ends | turns, default=None)

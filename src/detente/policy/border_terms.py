"""What measures do at the border beyond a duty in per cent, part by part: as the model takes it, and as it is printed.

A duty by the unit is the fraction of the base price that it was; the model lets it fall where the price rises. A quota
is a pool of parts with a limit and two rates; which of them holds is found with the equilibrium. Exports are charged,
limited or banned by the exporter.

A quota is as large as a share of the base-year trade of its goods. A value, or a quantity at its unit value, is divided
by that trade in figures of its basis; the share is what the world is charged with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from detente.data.world import World
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.model.parts import Parts
from detente.model.quotas import Measured, Quota, QuotaInstrument
from detente.model.shock import Shock
from detente.policy.measure import Measure
from detente.policy.quotas import EXPORTER, IMPORTER, Sized
from detente.policy.reach import purchases
from detente.policy.stacking import NONE, ChargedTerms, Displaced, over_base

_ROUNDING = 1e-9
"""Fraction by which a rate of a quota may differ from what it was said to be: the error of sums."""


@dataclass(frozen=True, eq=False)
class BorderParts:
    """Parts of cells: importer, exporter and sector by position, share of the cell (a,), and duties by the unit (a, m).

    `unit` are fractions of the price at the border in the base year.
    """

    world: World
    n: IntArray
    i: IntArray
    j: IntArray
    share: FloatArray
    unit: FloatArray

    @property
    def flows(self) -> FloatArray:
        """The base-year imports of each part (a,), USD million net of tariffs."""
        return np.asarray(self.share * self.world.flows[self.n, self.i, self.j])


@dataclass(frozen=True, eq=False)
class QuotaPool:
    """The parts that share one quota: `rows` among the parts, and `size`, its share of their base-year trade.

    rate: (within, beyond), on top of what the parts pay anyhow; holder: the position of the economy that earns the
    rent, None for the one that levies the rate; partner: whose pool it is, empty for one over all.
    """

    measure: str
    rows: IntArray
    size: float
    rate: tuple[float, float]
    instrument: QuotaInstrument
    by: Measured
    holder: int | None
    partner: str = ""

    @property
    def beyond(self) -> float:
        """The share of base-year trade that is beyond the quota."""
        return max(0.0, 1.0 - self.size)

    @property
    def above_low(self) -> float:
        """What base-year trade would pay over the rate within it, a fraction; nothing on exports, or under a limit."""
        low, high = self.rate
        return 0.0 if self.instrument == "charge" or high == np.inf else self.beyond * (high - low)

    def on(self, rows: IntArray, flow: float) -> Quota:
        """The quota of the model on `rows` of its parts, of which so much is traded in the base year."""
        return Quota(rows, self.size * flow, self.rate, self.instrument, self.by, self.holder)


@dataclass(frozen=True, eq=False)
class OnGoods:
    """One instrument of a measure on the parts `rows`, as it is told.

    kind: quota, import limit, export limit, export tax, import ban, export ban, specific duty, carbon charge; low,
    high: the rates within and beyond a quota, fractions; of a tax or a duty by the unit both are its rate at the prices
    of the base year; missing (NaN) under a ban. size: of a quota, the share of base-year trade that it is, missing for
    others. pool: its place among the quotas. part: of a duty by the unit, the part that the measure has of all such
    duties on each of its rows.
    """

    measure: str
    kind: str
    rows: IntArray
    low: float
    high: float
    size: float = np.nan
    pool: int | None = None
    partner: str = ""
    part: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class BorderTerms:
    """What holds on parts (a,): tariff and export charge in per cent, duties by the unit, bans, and quotas.

    t leaves out the rates of quotas; asked is the duty before the floor at zero, with the rates within quotas; specific
    is a fraction of the price in the base year. on_goods: the same measure by measure, for printing.
    """

    t: FloatArray
    e: FloatArray
    specific: FloatArray
    closed: BoolArray
    asked: FloatArray
    quotas: tuple[QuotaPool, ...] = ()
    on_goods: tuple[OnGoods, ...] = ()

    @property
    def statutory(self) -> FloatArray:
        """The tariff that base-year trade would pay (a,): duties by the unit at the prices of that year.

        On the goods of a quota it is the rate within it, and beyond it on the share of base-year trade that is beyond.
        A limit on trade has no rate.
        """
        found = self.t + self.specific
        for pool in self.quotas:
            if pool.instrument == "tariff":
                found[pool.rows] += pool.rate[0] + pool.above_low
        return found

    def moves_from(self, before: FloatArray) -> BoolArray:
        """The parts (a,) on which anything changes from duties `before` alone."""
        moved = np.asarray((self.t != before) | (self.e != 0) | (self.specific != 0) | self.closed)
        for pool in self.quotas:
            moved[pool.rows] = True
        return moved

    @property
    def moves_only_rates(self) -> bool:
        """Whether all there is are duties in per cent."""
        return not (self.quotas or self.e.any() or self.specific.any() or self.closed.any())


def shock_of(
    columns: tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray],
    after: BorderTerms,
    rows: BoolArray,
    traded: FloatArray,
) -> Shock:
    """The shock to terms on the chosen parts: columns are importer, exporter, sector, share and tariff before (a,).

    traded (a,): what each part trades in the economy that is shocked, USD million, of which quotas are a share.
    """
    if not rows.any():
        return Shock()
    place = np.cumsum(rows) - 1
    n, i, j, share, before = columns
    parts = Parts(
        n[rows],
        i[rows],
        j[rows],
        share[rows],
        before[rows],
        after.t[rows],
        e_cf=after.e[rows],
        closed=after.closed[rows],
        specific=after.specific[rows],
    )
    quotas = [pool.on(place[pool.rows], float(traded[pool.rows].sum())) for pool in after.quotas]
    return Shock(parts=parts, quotas=quotas)


def statutory_table(terms: BorderTerms, flows: FloatArray) -> pd.DataFrame:
    """One row a quota, limit, tax, ban or duty by the unit; flows (a,): base-year imports of each part, USD million.

    Columns measure, kind, partner (where each partner has its own quota), low, high (rates within a quota and beyond
    it; of a duty by the unit and a tax both are its rate at the prices of the base year; infinite beyond a limit),
    limit, trade (USD million of the base year), beyond (the share of that trade that is over the limit). These are
    statutory figures: which rate of a quota holds is found with an equilibrium.
    """
    rows = []
    for its in terms.on_goods:
        trade = float(flows[its.rows].sum())
        beyond = np.nan if np.isnan(its.size) else max(0.0, 1.0 - its.size)
        rows.append((its.measure, its.kind, its.partner, its.low, its.high, its.size * trade, trade, beyond))
    names = ["measure", "kind", "partner", "low", "high", "limit", "trade", "beyond"]
    return pd.DataFrame(rows, columns=names)


def lay_terms(parts: BorderParts, terms: ChargedTerms, displaced: Displaced) -> BorderTerms:
    """What measures do to parts; a duty that another displaces is not charged, and a quota on it does not hold.

    Raises BadMeasure where duties contradict each other, a quota is on a share of value, or its rents go to several.
    """
    level = np.minimum(terms.base, 0.0)
    plain = over_base(terms, displaced)
    units = over_base(replace(terms, rates=terms.rates + parts.unit), displaced) if parts.unit.any() else plain
    specific = np.maximum(units - plain, 0.0)
    t = np.maximum(units, level) - specific
    e, closed = np.zeros(len(t)), np.zeros(len(t), dtype=bool)
    pools: list[QuotaPool] = []
    for m, measure in enumerate(terms.measures):
        reached = terms.kinds[:, m] != NONE
        its = measure.export or measure.import_
        if measure.export is not None and measure.export.tax is not None:
            e[reached] += measure.export.tax
        elif its is not None and its.ban:
            closed |= reached
        elif its is not None and its.limit is not None:
            charge: QuotaInstrument = "tariff" if measure.export is None else "charge"
            pools += _pools(parts, measure, its.limit, reached, (0.0, np.inf), charge, IMPORTER)
        elif (quota := measure.quota) is not None:
            live = reached & _holding(terms, displaced, m, plain)
            _refuse_under_zero(measure, units[live] - level[live])
            t[live] -= quota.in_
            pools += _pools(parts, measure, quota, live, (quota.in_, quota.over), "tariff", quota.holder)
    _refuse_one_limit_twice(parts, pools)
    kept = tuple(left for pool in pools if (left := _left_open(pool, parts.flows, closed)) is not None)
    return BorderTerms(t, e, specific, closed, units, kept, tuple(_on_goods(parts, terms, kept)))


def _refuse_one_limit_twice(parts: BorderParts, pools: Sequence[QuotaPool]) -> None:
    """Raise BadMeasure where two quotas are one limit with two holders.

    Where it binds, the sum of their rates is found and not who earns how much of it.
    """

    def earners(pool: QuotaPool) -> tuple[int, ...]:
        if pool.holder is not None:
            return (pool.holder,)
        levies = parts.n if pool.instrument == "tariff" else parts.i
        return tuple(np.unique(levies[pool.rows]).tolist())

    for one, other in combinations(pools, 2):
        same = one.by == other.by and np.array_equal(one.rows, other.rows)
        if same and abs(one.size - other.size) <= _ROUNDING * one.size and earners(one) != earners(other):
            raise BadMeasure(
                f"measures {one.measure!r} and {other.measure!r} are quotas of one size on the same goods with other "
                "holders: where they bind, how the rent is split between these is undetermined; write one measure "
                "with one holder, or give them sizes that differ"
            )


def _on_goods(parts: BorderParts, terms: ChargedTerms, pools: Sequence[QuotaPool]) -> Iterator[OnGoods]:
    """Each instrument of each measure: a quota pool by pool, others on all of their goods."""
    for m, measure in enumerate(terms.measures):
        rows = np.flatnonzero(terms.kinds[:, m] != NONE)
        its = measure.export or measure.import_
        side = "export" if measure.export is not None else "import"
        for place, pool in enumerate(pools):
            if pool.measure == measure.id:
                kind = "quota" if measure.quota is not None else f"{side} limit"
                yield OnGoods(measure.id, kind, pool.rows, *pool.rate, pool.size, place, pool.partner)
        if not len(rows):
            continue
        if measure.export is not None and measure.export.tax is not None:
            yield OnGoods(measure.id, "export tax", rows, measure.export.tax, measure.export.tax)
        elif its is not None and its.ban:
            yield OnGoods(measure.id, f"{side} ban", rows, np.nan, np.nan)
        elif measure.specific is not None or measure.carbon is not None:
            kind = " and ".join(
                name
                for name, given in (("specific duty", measure.specific), ("carbon charge", measure.carbon))
                if given is not None
            )
            rate = float(np.average(parts.unit[rows, m], weights=parts.flows[rows]))
            every = parts.unit[rows].sum(1)
            part = np.where(every > 0, parts.unit[rows, m] / np.where(every > 0, every, 1.0), 0.0)
            yield OnGoods(measure.id, kind, rows, rate, rate, part=part)


def _left_open(pool: QuotaPool, flows: FloatArray, closed: BoolArray) -> QuotaPool | None:
    """A quota on the parts that no ban closes, as large in dollars as before it; None where nothing is left."""
    rows = pool.rows[~closed[pool.rows]]
    traded = float(flows[rows].sum())
    return replace(pool, rows=rows, size=pool.size * float(flows[pool.rows].sum()) / traded) if traded > 0 else None


def _holding(terms: ChargedTerms, displaced: Displaced, m: int, plain: FloatArray) -> BoolArray:
    """The parts (a,) on which the rate of a quota is charged: those whose duty moves by as much as the rate does."""
    measure = terms.measures[m]
    assert measure.quota is not None
    step = measure.quota.over - measure.quota.in_
    if step == 0:
        return np.ones(len(plain), dtype=bool)
    rates = terms.rates.copy()
    rates[:, m] += step
    moved = over_base(replace(terms, rates=rates), displaced) - plain
    live = moved > _ROUNDING * step
    if (np.abs(moved[live] - step) > _ROUNDING).any():
        raise BadMeasure(
            f"measure {measure.id!r} is a quota on goods of which duties are charged on a share of the value only, or "
            "that have a total: lay those on other goods, or write the quota with place: set"
        )
    return np.asarray(live)


def _refuse_under_zero(measure: Measure, within: FloatArray) -> None:
    """Raise BadMeasure where a cut within a quota passes zero, which no single pair of rates says for all goods.

    within: the duty within the quota over the least that there can be.
    """
    if (within < -_ROUNDING).any():
        raise BadMeasure(
            f"measure {measure.id!r}: within its quota the duty would be {-within.min():.3%} of value under zero: "
            "write the rates themselves, place: set with in: 0%, or cut less"
        )


def _pools(
    parts: BorderParts,
    measure: Measure,
    size: Sized,
    rows: BoolArray,
    rate: tuple[float, float],
    instrument: QuotaInstrument,
    holder: str,
) -> Iterator[QuotaPool]:
    """The pools of a measure on the parts chosen: one, or one a partner."""
    world, places = parts.world, np.flatnonzero(rows)
    partner = parts.n if measure.export is not None else parts.i
    groups = np.unique(partner[places]) if size.each is not None else [None]
    for group in groups:
        mine = places if group is None else places[partner[places] == group]
        if len(mine) and parts.flows[mine].sum() > 0:
            yield QuotaPool(
                measure.id,
                mine,
                _share(parts, measure, size, mine),
                rate,
                instrument,
                size.by,
                _holder(world, measure, holder, np.unique(parts.i[mine])),
                "" if group is None else world.economies[int(group)],
            )


def _holder(world: World, measure: Measure, holder: str, exporters: IntArray) -> int | None:
    """The position of the economy that earns the rents, None for the one that levies the rate. Raises BadMeasure."""
    if holder == IMPORTER:
        return None
    if holder != EXPORTER:
        return world.index(holder)
    if len(exporters) > 1:
        raise BadMeasure(
            f"measure {measure.id!r} has one quota over {len(exporters)} exporters, so that it is not known which "
            "of them earns its rents: write each: partner, or name the economy as holder"
        )
    return int(exporters[0])


def _share(parts: BorderParts, measure: Measure, size: Sized, rows: IntArray) -> float:
    """The size of a quota as a share of the base-year trade of its goods. Raises BadMeasure for goods without any."""
    if size.share is not None:
        return size.share
    world, basis = parts.world, size.basis or "customs"
    pairs = sorted(set(zip(parts.n[rows].tolist(), parts.i[rows].tolist(), strict=True)))
    names = [(world.economies[n], world.economies[i]) for n, i in pairs]
    each = [purchases(world, *pair, basis) for pair in names]
    if len({found.basis for found in each}) > 1:
        each = [purchases(world, *pair, "world") for pair in names]
    total = 0.0
    for (n, i), found in zip(pairs, each, strict=True):
        its = rows[(parts.n[rows] == n) & (parts.i[rows] == i)]
        worth = float((parts.share[its] * found.by_sector[parts.j[its]]).sum())
        total += worth * (found.total / float(found.by_sector.sum()) if measure.goods.all else 1.0)
    if total <= 0:
        said = enumerate_names([f"{exporter} to {importer}" for importer, exporter in names], 4)
        raise BadMeasure(
            f"measure {measure.id!r}: nothing of its goods is sold from {said}: a quota on it limits nothing"
        )
    return (size.worth or 0.0) / total

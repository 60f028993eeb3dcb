"""Duties in every state that talks can lead to, laid out once: measures that hold, tariffs cut, imports subsidised.

What meeting a demand changes: measures that end, answers that are not given, tariffs cut, trade committed to.

A demand of which the model sees nothing is structural: it is priced by the file's values, or by what it would have to
be worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from detente.data.quantities import format_rate
from detente.data.world import World
from detente.dispute.blocks import Demand
from detente.dispute.demands import Ask, TariffCut
from detente.dispute.duty_rates import DutyRates
from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.shock import Shock, Wedges
from detente.policy.measure import Measure
from detente.policy.reach import partners
from detente.policy.schedule import Schedules


@dataclass(frozen=True, eq=False)
class Cut:
    """A promise about base tariffs: in each cell none over ``level``.

    ``n, i, j`` are importer, exporter and sector, as positions; ``level`` is a fraction, never over the base tariff.
    What was added on top of a base tariff stays; it ends when its measure does.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    level: FloatArray

    def __len__(self) -> int:
        return len(self.level)


@dataclass(frozen=True, eq=False)
class Cover:
    """Goods that can be paid for: a share of some cells, given by importer, exporter and sector as positions.

    Covers of one ``basket`` are of different goods. A share is the same of every part of a cell: which goods of a
    category a duty covers is not known here.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    share: FloatArray
    basket: str

    @property
    def whole(self) -> bool:
        """Whether it is all of every cell."""
        return bool((self.share == 1.0).all())


class Duties:
    """The duties on the parts of all cells that a state can change.

    Parameters
    ----------
    schedules
        The tariff books of a world.
    economy
        Calibrated on that world, with none of the measures in it.
    measures
        Every measure that holds in some state.
    cuts
        By the name of the promise that they keep.
    bought
        Goods whose imports can be subsidised, by name.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadMeasure
        Where a measure cannot be laid on the world.
    """

    def __init__(
        self,
        schedules: Schedules,
        economy: Benchmark,
        measures: Sequence[Measure],
        cuts: Mapping[str, Cut] | None = None,
        bought: Mapping[str, Cover] | None = None,
    ) -> None:
        world = schedules.world
        self.economy = economy
        self.book = schedules.book(measures)
        cuts, bought = cuts or {}, bought or {}
        shape = economy.t.shape
        atoms = self.book.atoms
        own = np.ravel_multi_index(
            tuple(
                np.array([index(name) for name in atoms[axis]], dtype=np.int64)
                for axis, index in (
                    ("importer", world.index),
                    ("exporter", world.index),
                    ("sector", world.sector_index),
                )
            ),
            shape,
        )
        spots = [(each.n, each.i, each.j) for each in cuts.values()]
        spots += [(each.n, each.i, each.j) for each in bought.values()]
        asked = [np.ravel_multi_index(spot, shape) for spot in spots]
        fresh = np.setdiff1d(np.concatenate([np.zeros(0, dtype=np.int64), *asked]), own)
        self._laid_rows = len(own)
        laid_out = np.concatenate([own, fresh])
        self._law_base = economy.t.reshape(-1)[laid_out]
        self._levels = {name: self._on_rows(cut, cut.level, np.inf, laid_out) for name, cut in cuts.items()}
        shares = np.concatenate([atoms["share"].to_numpy(np.float64), np.ones(len(fresh))])
        self._covers = dict(bought)
        self._row, self._share, self._inside = self._split(laid_out, shares)
        self._flat = laid_out[self._row]
        self._base = self._law_base[self._row]
        self._theta = economy.theta[self._flat % shape[2]]
        self._cells, self._cell = np.unique(self._flat, return_inverse=True)
        self._v = 1.0 / (1.0 + economy.t)

    def of(self, ids: Iterable[str], cuts: Iterable[str] = ()) -> DutyRates:
        """The duties, part by part (a,), where measures hold and base tariffs are cut; the deepest cut counts.

        Raises UnknownName for an id that is not there, BadMeasure where measures contradict each other.
        """
        base = self._law_base.copy()
        for name in cuts:
            base = np.minimum(base, self._levels[name])
        laid = self._laid_rows
        return DutyRates.of(self.book.terms(ids, base=base[:laid]), base[laid:], self._row)

    def subsidised(self, duties: DutyRates, paid: Mapping[str, float]) -> DutyRates:
        """The same duties where treasuries pay for imports: see `DutyRates.subsidised`."""
        return duties.subsidised(self._inside, paid)

    def portion(self, duties: DutyRates, name: str, parties: Sequence[int]) -> FloatArray | float:
        """The part of what parties buy from each other (p, p, j) that is goods of a cover, at the border; 1 of whole
        cells.

        Raises BadInput where the part hangs on rates that are found with the equilibrium.
        """
        if self._covers[name].whole:
            return 1.0
        if not duties.plain:
            raise BadInput(
                f"{name}: purchases of a part of a sector beside quotas, duties by the unit or measures on exports "
                "cannot "
                "be counted: promise whole sectors, or leave the demand out with only"
            )
        net = self._factor(duties.t) / (1.0 + duties.t)
        inside = np.bincount(self._cell, weights=net * self._inside[name]) / np.bincount(self._cell, weights=net)
        flat = np.arange(self.economy.t.size).reshape(self.economy.t.shape)[np.ix_(parties, parties)]
        spot = np.searchsorted(self._cells, flat).clip(max=len(self._cells) - 1)
        return np.where(self._cells[spot] == flat, inside[spot], 0.0)

    def wedges(self, duties: DutyRates) -> Wedges:
        """K and v of the state with these duties, relative to the economy as calibrated."""
        if not duties.plain:
            return self.shock(duties).wedges(self.economy)
        factor = self._factor(duties.t)
        total = np.bincount(self._cell, weights=factor)
        net = np.bincount(self._cell, weights=factor / (1.0 + duties.t))
        K, v = np.ones(self._v.size), self._v.reshape(-1).copy()
        K[self._cells], v[self._cells] = total, net / total
        return Wedges(K.reshape(self._v.shape), v.reshape(self._v.shape), None)

    def shock(self, duties: DutyRates) -> Shock:
        """The same state as a shock on the economy as calibrated, part by part."""
        n, i, j = np.unravel_index(self._flat, self.economy.t.shape)
        its = duties
        parts = Parts(n, i, j, self._share, self._base, its.t, its.e, its.closed, its.specific)
        traded = self._share * self.economy.M[n, i, j]
        return Shock(parts=parts, quotas=[pool.on(pool.rows, float(traded[pool.rows].sum())) for pool in its.quotas])

    def _factor(self, duties: FloatArray) -> FloatArray:
        """The spending on each part, relative to its cell's base."""
        return np.asarray(self._share * ((1.0 + duties) / (1.0 + self._base)) ** -self._theta)

    def _on_rows(self, what: Cut | Cover, values: FloatArray, elsewhere: float, flat: IntArray) -> FloatArray:
        """Values of cells on the rows of those cells."""
        cells = np.full(self.economy.t.size, elsewhere)
        cells[np.ravel_multi_index((what.n, what.i, what.j), self.economy.t.shape)] = values
        return np.asarray(cells[flat])

    def _split(self, flat: IntArray, share: FloatArray) -> tuple[IntArray, FloatArray, dict[str, FloatArray]]:
        """Rows cut into what covers take of them and what is left: row of the book, share of its cell, and for each
        cover whether a row is in it."""
        row, inside = np.arange(len(flat)), dict[str, FloatArray]()
        for basket in dict.fromkeys(cover.basket for cover in self._covers.values()):
            own = {name: cover for name, cover in self._covers.items() if cover.basket == basket}
            parts = [self._on_rows(cover, cover.share, 0.0, flat[row]) for cover in own.values()]
            parts.append(1.0 - np.sum(parts, axis=0))
            piece, kept = np.nonzero(np.array(parts) > _LEFT)
            order = np.lexsort((piece, kept))
            piece, kept = piece[order], kept[order]
            share = share[kept] * np.array(parts)[piece, kept]
            inside = {name: flags[kept] for name, flags in inside.items()}
            inside |= {name: (piece == k).astype(np.float64) for k, name in enumerate(own)}
            row = row[kept]
        return row, share, inside


#: A share under which nothing of a part is left over: covers of all of it sum to one within rounding.
_LEFT = 1e-12


Kind = Literal["withdrawal", "restriction", "cut", "balance", "purchases", "structural"]
"""withdrawal: measures end, or are not carried out. restriction: measures are not answered. cut: base tariffs fall.
balance, purchases: trade between the two changes by an amount. structural: nothing that the model has."""

PART: Final = "="
"""Between the id of a demand and the part of it that a package meets: `surplus=50%`."""


def demand_of(name: str) -> str:
    """The demand of a name that may be one of a part of it."""
    return name.partition(PART)[0]


@dataclass(frozen=True, eq=False)
class Promise:
    """The change after the side that is asked meets a demand.

    ``ends`` are ids of measures that no longer hold, nor are carried out; ``spares`` ids of measures of the side that
    asks that the side asked does not answer; ``cut`` is on base tariffs. ``part`` of the demand is met: of the trade
    asked for, of each cut, or of the duties of ``eases``, measures that do not end. ``notes`` say what was not taken as
    written.
    """

    demand: str
    by: str
    of: str
    kind: Kind
    ends: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    cut: Cut | None = None
    notes: tuple[str, ...] = ()
    part: float = 1.0
    eases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name in packages: the demand, and its part unless it is the whole."""
        return self.demand if self.part == 1.0 else f"{self.demand}{PART}{format_rate(self.part)}"

    @property
    def trade(self) -> bool:
        """Whether it changes a number that the model has."""
        return self.kind != "structural"

    @property
    def discriminates(self) -> bool:
        """Whether it favours the side that asks over others who sell the same: trade by amount does."""
        return self.kind in ("balance", "purchases")


def promise_of(demand: Demand, world: World, measures: Sequence[Measure], *, mfn: bool = False) -> Promise:
    """The change after a demand is met.

    Parameters
    ----------
    measures
        All measures of the dispute.
    mfn
        Tariffs that are cut for the side that asks are cut for everybody who sells the same, also where the demand
        does not ask for it.

    Raises
    ------
    UnknownEconomy, UnknownSector
        Where the demand names what the world lacks.
    """
    ask, who = demand.ask, (demand.id, demand.by, demand.of)
    if ask.withdraw is not None:
        return Promise(*who, "withdrawal", ends=(ask.withdraw,))
    if ask.end_investigation is not None and ask.end_investigation.measures:
        return Promise(*who, "withdrawal", ends=ask.end_investigation.measures)
    if ask.no_retaliation is not None:
        return _restriction(demand, world, measures)
    if ask.tariff_cut is not None or ask.tariffs_at_most is not None:
        return _tariffs(demand, world, mfn or ask.mfn)
    if ask.bilateral_balance is not None:
        return Promise(*who, "balance")
    if ask.purchases is not None:
        return Promise(*who, "purchases")
    return Promise(*who, "structural")


def parts_of(promise: Promise, demand: Demand, world: World) -> tuple[Promise, ...]:
    """The changes after the levels of a demand are met, in rising order; the whole demand is the last.

    Half of a cut leaves each tariff half-way, half of a withdrawal leaves half of what the measure adds, and half of
    a commitment is half of the change of trade.
    """
    return (*(_part(promise, part, world) for part in demand.levels if part < 1.0), promise)


def _part(promise: Promise, part: float, world: World) -> Promise:
    cut = promise.cut
    if cut is not None:
        base = world.tariffs[cut.n, cut.i, cut.j]
        cut = replace(cut, level=base - part * (base - cut.level))
    return replace(promise, part=part, cut=cut, ends=(), eases=promise.ends, notes=())


def _restriction(demand: Demand, world: World, measures: Sequence[Measure]) -> Promise:
    """Measures that are not answered: those named; all of the side that asks, where neither words nor ids say which."""
    terms = demand.ask.no_retaliation
    assert terms is not None
    spared = terms.to
    if not spared and terms.about is None:
        own = [m for m in measures if m.by == demand.by and m.status != "withdrawn"]
        spared = tuple(m.id for m in own if demand.of in partners(world, m))
    kind: Kind = "restriction" if spared or terms.ends else "structural"
    return Promise(demand.id, demand.by, demand.of, kind, ends=terms.ends, spares=spared)


def _tariffs(demand: Demand, world: World, mfn: bool) -> Promise:
    """Base tariffs of the side asked, on the side that asks or on everybody, cut to a level where they are over it."""
    ask = demand.ask
    named = ask.sectors()
    for code in named:
        world.sector_index(code)
    goods = [world.sector_index(code) for code in (named or world.goods)]
    n = world.index(demand.of)
    sellers = [i for i in range(len(world.economies)) if i != n] if mfn else [world.index(demand.by)]
    base = world.tariffs[n][np.ix_(sellers, goods)]
    level, notes = _level(ask, demand, world, base, goods)
    over = base > level
    seller, sector = np.nonzero(over)
    cut = Cut(
        np.full(len(seller), n),
        np.array(sellers, dtype=np.int64)[seller],
        np.array(goods, dtype=np.int64)[sector],
        np.broadcast_to(level, base.shape)[over],
    )
    if not over.any():
        notes = (*notes, f"{demand.id}: no base tariff of {demand.of} is over what is asked for, so nothing is cut")
    return Promise(demand.id, demand.by, demand.of, "cut", cut=cut, notes=notes)


def _level(
    ask: Ask, demand: Demand, world: World, base: FloatArray, goods: Sequence[int]
) -> tuple[FloatArray, tuple[str, ...]]:
    """The highest base tariff that may remain (seller, sector), and what was not taken as written."""
    cut, ceiling = ask.tariff_cut, ask.tariffs_at_most
    if cut is not None:
        return _remaining(cut, base), ()
    assert ceiling is not None
    other = world.index(ceiling.levels_of)
    # an economy has no tariff on its own goods, so its level is the one it asks of the other
    seller = demand.of if ceiling.levels_of == demand.by else demand.by
    level = world.tariffs[other, world.index(seller), list(goods)]
    notes = [
        f"{demand.id}: the ceiling in each sector is the base tariff of {ceiling.levels_of} on goods of {seller}; "
        "duties added on top of base tariffs are not part of it"
    ]
    if ceiling.but is not None:
        notes.append(f"{demand.id}: no list says which goods {ceiling.but!r} are, so none is left out")
    return np.broadcast_to(level, base.shape), tuple(notes)


def _remaining(cut: TariffCut, base: FloatArray) -> FloatArray:
    if cut.to is not None:
        return np.full_like(base, cut.to)
    return np.asarray(base * (1.0 - (cut.by or 0.0)))

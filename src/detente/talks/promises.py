"""What meeting a demand changes: measures that end, answers that are not given, tariffs cut, trade committed to.

A demand of which the model sees nothing is structural: it is priced by the file's values, or by what it would have to
be worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from detente.data import World
from detente.data.quantities import format_rate
from detente.policy import Measure
from detente.policy.reach import partners
from detente.talks.asks import Ask, TariffCut
from detente.talks.duties import Cut, FloatArray
from detente.talks.schema import Demand

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
    """What changes once the side asked meets a demand.

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
        """What it is called in packages: the demand, and the part of it where that is not the whole."""
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
    """What meeting a demand changes.

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
    """What meeting the levels of a demand changes, in rising order; the whole demand is the last.

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

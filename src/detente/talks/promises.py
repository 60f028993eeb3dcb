"""What meeting a demand changes: measures that end, answers that are not given, tariffs cut, trade committed to.

A demand of which the model sees nothing is structural: it is priced by the file's values, or by what it would have to
be worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from detente.data import World
from detente.policy import Measure
from detente.policy.reach import partners
from detente.talks.asks import Ask, TariffCut
from detente.talks.duties import Cut, FloatArray
from detente.talks.schema import Demand

Kind = Literal["withdrawal", "restriction", "cut", "balance", "purchases", "structural"]
"""withdrawal: measures end, or are not carried out. restriction: measures are not answered. cut: base tariffs fall.
balance, purchases: trade between the two changes by an amount. structural: nothing that the model has."""


@dataclass(frozen=True, eq=False)
class Promise:
    """What changes once the side asked meets a demand.

    ``ends`` are ids of measures that no longer hold, nor are carried out; ``spares`` ids of measures of the side that
    asks that the side asked does not answer; ``cut`` is on base tariffs. ``notes`` say what was not taken as written.
    """

    demand: str
    by: str
    of: str
    kind: Kind
    ends: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    cut: Cut | None = None
    notes: tuple[str, ...] = ()

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
        Tariffs that are cut for the side that asks are cut for everybody who sells the same.

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
        return _tariffs(demand, world, mfn)
    if ask.bilateral_balance is not None:
        return Promise(*who, "balance")
    if ask.purchases is not None:
        return Promise(*who, "purchases")
    return Promise(*who, "structural")


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

"""Two sides facing each other, and what every rule of retaliation is.

A `Standoff` is the world, its economy, and the measures that stand before anybody moves. A `Rule` is a pure function of
the standoff and of what the other side does; it answers with measures of law. `as_law` puts a government's duties on
the other's goods, sector by sector, into one measure.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from detente.data.exported import Shown
from detente.data.quantities import stated
from detente.data.world import World
from detente.errors import BadInput, BadMeasure
from detente.inputs import FloatArray, IntArray, number, one_of, require
from detente.model.shock import Shock
from detente.policy.measure import Goods, Measure, Stacking
from detente.policy.reach import partners
from detente.policy.schedule import Schedules
from detente.solver.economy import Economy
from detente.solver.equilibrium import solve
from detente.solver.fixed_point import HORIZONS, Horizon
from detente.solver.solution import Solution

#: Tariffs of the world and of the economy calibrated on it are the same numbers.
_SAME = 1e-12
#: Duties that a measure makes are the ones asked for to this, fractions.
_EXACT = 1e-9


@dataclass(frozen=True, eq=False)
class Standoff(Shown):
    """The position from which sides move.

    Parameters
    ----------
    world
        On whose base-year trade measures are laid.
    economy
        Calibrated on that world, with none of the measures in it; every solution is relative to it.
    standing
        Measures in force before anybody moves.
    horizon
        Whether labour has moved between sectors (``long``) where harm is measured.
    schedules
        The tariff books of that world; None to lay them anew.

    Raises
    ------
    BadInput
        Where the economy is of other economies, sectors or tariffs than the world.
    """

    world: World
    economy: Economy
    standing: tuple[Measure, ...] = ()
    horizon: Horizon = "long"
    schedules: Schedules | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require(World, self.world, "world", "give a World: dt.load_world('icio-2017'), or dt.World(...)")
        require(Economy, self.economy, "economy", "give the Economy of that world, dt.calibrate(world)")
        one_of(self.horizon, "horizon", HORIZONS)
        object.__setattr__(self, "schedules", self.schedules or Schedules(self.world))
        require(Iterable, self.standing, "standing", "give a list of measures")
        object.__setattr__(self, "standing", tuple(self.standing))
        for measure in self.standing:
            require(Measure, measure, "an entry of standing", "give measures, dt.Measure(...)")
        same = self.economy.economies == self.world.economies and self.economy.sectors == self.world.sectors
        if not same or np.abs(self.economy.t - self.world.tariffs).max() > _SAME:
            raise BadInput(
                f"{self.economy.name} is not the benchmark of {self.world.name}: other economies, sectors or tariffs; "
                "give calibrate(world), and the measures in force as `standing`"
            )

    def __repr__(self) -> str:
        return f"<Standoff on {self.world.name}, {len(self.standing)} measures in force>"

    @property
    def books(self) -> Schedules:
        """The tariff books of the world, shared with every position on it that measures lead to."""
        assert self.schedules is not None  # __post_init__ has seen to it
        return self.schedules

    def having(self, measures: Sequence[Measure]) -> Standoff:
        """The position in which these measures are in force too."""
        return replace(self, standing=(*self.standing, *measures))

    def shock(self, measures: Sequence[Measure] = ()) -> Shock:
        """From the calibrated economy to the state in which the measures hold beside those in force.

        Raises BadMeasure where they cannot be applied, or not together.
        """
        book = self.books.book((*self.standing, *measures))
        return book.shock(book.ids, flows=self.economy.M)

    def solve(self, measures: Sequence[Measure] = (), near: Solution | None = None) -> Solution:
        """The equilibrium in which the measures hold beside those in force. Raises BadMeasure, NotSolved."""
        return solve(self.economy, self.shock(measures), horizon=self.horizon, start=near)

    @cached_property
    def before(self) -> Solution:
        """The equilibrium before anybody moves."""
        return self.solve()

    def average(self, by: str, on: str, measures: Sequence[Measure] = ()) -> FloatArray:
        """Duties (j,) of one economy on another where the measures hold beside those in force.

        Fractions; over the parts of a cell weighted by base-year imports. Raises UnknownEconomy.
        """
        n, i = self.world.index(by), self.world.index(on)
        book = self.books.book((*self.standing, *measures))
        return np.asarray(book.tariffs(book.ids)[n, i])

    def loss(self, code: str, before: Solution, after: Solution) -> float:
        """Real income that an economy loses between two equilibria, USD million a year at base-year prices."""
        n = self.economy.index(code)
        return float((before.welfare_hat[n] - after.welfare_hat[n]) * self.economy.I[n])


@dataclass(frozen=True)
class Answer:
    """The answer of a side to the other's measures.

    ``measures`` is everything it has in force against the other after the answer, beside what stood before; empty
    where it does nothing. ``reached`` is false where it does all it may and the rule asks for more; ``notes`` say so,
    with the figures.
    """

    rule: str
    by: str
    against: str
    measures: tuple[Measure, ...] = ()
    notes: tuple[str, ...] = ()
    reached: bool = True


class Rule(ABC):
    """A rule of answering. Subclasses are frozen dataclasses, one a file, and define ``name`` and ``answer``."""

    name: ClassVar[str]

    def respond(
        self,
        standoff: Standoff,
        by: str,
        against: str,
        measures: Sequence[Measure] = (),
        *,
        past: Sequence[Sequence[Measure]] = (),
        id: str | None = None,
    ) -> Answer:
        """The answer of ``by`` to the measures of ``against``.

        Parameters
        ----------
        standoff
            The position before those measures.
        measures
            All that the other side has in force against ``by`` beyond the standoff; empty where it does nothing.
        past
            What it had in force in earlier rounds, the oldest first, ``measures`` not among them.
        id
            What the answer is called; by default ``chn-in-kind``, the side and the rule.

        Raises
        ------
        UnknownEconomy, BadInput
            Where a side is not in the world, both are the same, or a measure is of another side or on other goods.
        BadMeasure, NotSolved
            Where an answer cannot be put in words of law, or an equilibrium is not found.
        """
        check_sides(standoff, by, against)
        for measure in measures:
            if measure.by != against:
                raise BadInput(
                    f"measure {measure.id!r} is of {measure.by}, not of {against}: answer it against its own"
                )
            if by not in partners(standoff.world, measure):
                raise BadInput(f"measure {measure.id!r} is not on the goods of {by}, so {by} has nothing to answer")
        return self.answer(standoff, by, against, tuple(measures), tuple(map(tuple, past)), id or self.id_of(by))

    @abstractmethod
    def answer(
        self,
        standoff: Standoff,
        by: str,
        against: str,
        measures: tuple[Measure, ...],
        past: tuple[tuple[Measure, ...], ...],
        id: str,
    ) -> Answer:
        """`respond` after its checks."""

    def id_of(self, by: str) -> str:
        """The default id of an answer."""
        return f"{by.lower()}-{self.name}"

    def made(
        self,
        by: str,
        against: str,
        measures: Sequence[Measure] = (),
        notes: Sequence[str] = (),
        reached: bool = True,
    ) -> Answer:
        """An answer of this rule."""
        return Answer(self.name, by, against, tuple(measures), tuple(dict.fromkeys(notes)), reached)


def check_sides(standoff: Standoff, *sides: str) -> None:
    """Raise UnknownEconomy for a side that the world lacks, BadInput where a side faces itself."""
    for side in sides:
        standoff.world.index(side)
    if len(set(sides)) < len(sides):
        raise BadInput(f"{sides[0]} faces itself: name two sides")


def check_rate(what: str, rate: float, most: float) -> None:
    """Raise BadInput where a rate is not above zero or is over the highest that a measure may have."""
    if not 0 < number(rate, what) <= most:
        raise BadInput(f"{what} is {rate:g}: give a fraction over 0, at most {most:g} ({most:.0%})")


def in_words(
    id: str,
    title: str,
    by: str,
    against: str,
    goods: Goods,
    like: Sequence[Measure],
    add: float | None = None,
    stacking: Stacking = "add",
) -> Measure:
    """A measure on the other's goods; status and dates are those of the first measure it answers, if any."""
    first = like[0] if like else None
    return Measure(
        id=id,
        title=title,
        by=by,
        on=(against,),
        status=first.status if first else "proposed",
        goods=goods,
        add=stated(add),
        stacking=stacking,
        from_=first.from_ if first else None,
        until=first.until if first else None,
        earliest=first.earliest if first else None,
    )


def nothing_to_answer(by: str, against: str) -> str:
    """The note of a rule that answers only what is done."""
    return f"{against} has nothing in force that {by} could answer"


def as_law(
    standoff: Standoff, by: str, against: str, rates: FloatArray, id: str, title: str, like: Sequence[Measure]
) -> Measure:
    """The measure that makes the whole duty on each goods sector (j,) what ``rates`` says, whatever was added before.

    It replaces every other additional duty on those goods. Sectors without trade are left out. Raises BadMeasure where
    other law of the same side keeps the duty from being so.
    """
    world = standoff.world
    n, i = world.index(by), world.index(against)
    chosen = [j for j in (world.sector_index(s) for s in world.goods) if world.flows[n, i, j] > 0]
    level = world.tariffs[n, i].copy()
    # law that sets a duty moves the level from which additions count, so that the first try may be off by as much
    for _ in range(2):
        added = {world.sectors[j]: stated(float(rates[j] - level[j])) for j in chosen}
        measure = in_words(id, title, by, against, Goods(sector_rates=added), like, stacking="replace")
        sector, made = _duties(standoff, measure, by, against)
        gap = made - rates[sector]
        if np.abs(gap).max(initial=0.0) <= _EXACT:
            return measure
        level[sector] += gap
    worst = int(np.abs(gap).argmax())
    where = f"{rates[sector[worst]]:.2%} in {world.sectors[sector[worst]]}"
    raise BadMeasure(
        f"measure {id!r} would make the duty of {by} {where}, but with the {len(standoff.standing)} measures in force "
        f"it is {made[worst]:.2%}: duties that {by} sets or replaces stand in its way; leave them out of what stands"
    )


def _duties(standoff: Standoff, measure: Measure, by: str, against: str) -> tuple[IntArray, FloatArray]:
    """Sector and duty of every part of the pair's cells where the measure holds beside those in force."""
    book = standoff.books.book((*standoff.standing, measure))
    rows = ((book.atoms["importer"] == by) & (book.atoms["exporter"] == against)).to_numpy()
    place = {sector: j for j, sector in enumerate(standoff.world.sectors)}
    sector = np.array([place[name] for name in book.atoms["sector"][rows]], dtype=np.int64)
    return sector, book.rate(book.ids)[rows]

"""The negotiation of two sides: the law in force, threats and answers, and the effect of each demand.

Where talks that fail lead: nothing changes, the threats come, they come and are answered, or tariffs at Nash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import prod
from typing import Final, Literal, get_args

import numpy as np

from detente.dispute.blocks import Demand
from detente.dispute.duty_rates import DutyRates
from detente.dispute.pledges import Pledge, Pledges, Solved, State, StoredEquilibrium
from detente.dispute.promises import Cover, Duties, Promise, parts_of, promise_of
from detente.dispute.scenarios import left_by
from detente.dispute.session import Pair, Session
from detente.errors import BadInput, BadShock, NotSolved, enumerate_names
from detente.inputs import FloatArray, require
from detente.model.shock import Wedges
from detente.policy.instruments import instruments_of
from detente.policy.measure import Measure, in_force
from detente.solver.decomposition import decompose
from detente.solver.fixed_point import Unknowns
from detente.solver.solution import Solution

MOST_TRADE: Final = 12
"""Demands that change trade, at most: their states are solved, and each one more doubles them."""


@dataclass(frozen=True, eq=False)
class Negotiation:
    """A view of a session: two sides of a dispute, and every state that talks between them are about.

    Attributes
    ----------
    session
        Of the long run; it knows the law in force, the threats, and how they are answered.
    pair
        The two sides.
    demands
        Demands of one of them on the other, in the order of the file.
    promises
        What each demand changes, and each part of one that has levels, by name (`Promise.name`).
    parts
        Demand → names of its levels in rising order, the whole demand last.
    threats
        Measures that either side threatens on the other's goods.
    legal
        Those in force, and earlier dates of a bundled table that come back where its latest is withdrawn.
    left_out
        Why some demands are left out, one sentence each.
    pledges, covers
        Trade by amount: promise → the levels of trade that keep it, and the goods that the buyer's treasury pays for
        (`pledging`).
    """

    session: Session
    pair: tuple[str, str]
    demands: tuple[Demand, ...]
    promises: Mapping[str, Promise]
    parts: Mapping[str, tuple[str, ...]]
    threats: tuple[Measure, ...]
    legal: tuple[Measure, ...]
    left_out: tuple[str, ...]
    pledges: Mapping[str, tuple[Pledge, ...]] = field(default_factory=dict)
    covers: Mapping[str, Cover] = field(default_factory=dict)
    _duties: dict[frozenset[str], Duties] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, pair: Pair, *, only: Sequence[str] | None = None, mfn: bool = False) -> Negotiation:
        """The talks of two sides of a dispute.

        Raises BadInput where there is nothing to talk about, `only` names no demand, or too many demands change trade.
        """
        known, world = session.known, session.world
        between = [d for d in known.demands if {d.by, d.of} == set(pair)]
        if not between:
            raise BadInput(
                f"{known.dispute} has no demand of {pair[0]} or {pair[1]} on the other: there is nothing to talk about"
            )
        measures = [measure.taking_effect(known.as_of) for measure in known.measures]
        promises = {d.id: promise_of(d, world, measures, mfn=mfn) for d in between}
        between, left_out = _taken_up(between, promises, only, mfn)
        levels = {d.id: parts_of(promises[d.id], d, world) for d in between}
        return cls(
            session=session,
            pair=pair,
            demands=tuple(between),
            promises={each.name: each for parts in levels.values() for each in parts},
            parts={name: tuple(each.name for each in parts) for name, parts in levels.items()},
            threats=tuple(m for side, other in (pair, pair[::-1]) for m in session.threats(side, other)),
            legal=_legal(known.measures, known.as_of, {name for p in promises.values() for name in p.ends}),
            left_out=left_out,
        )

    def pledging(self, pledges: Mapping[str, tuple[Pledge, ...]], covers: Mapping[str, Cover]) -> Negotiation:
        """The same talks with levels of trade for the demands of trade by amount."""
        return replace(self, pledges=dict(pledges), covers=dict(covers), _duties={})

    @property
    def standing(self) -> tuple[Measure, ...]:
        """Measures in force on the day."""
        return self.session.standing

    @property
    def trade(self) -> tuple[str, ...]:
        """Demands that change trade."""
        return tuple(name for name in self.parts if self.promises[name].trade)

    @property
    def seats(self) -> tuple[int, int]:
        """Positions of the two sides in the economy."""
        return self.session.economy.index(self.pair[0]), self.session.economy.index(self.pair[1])

    def law(self, met: Iterable[str] = (), *, carried_out: bool = False, answered: bool = False) -> tuple[Measure, ...]:
        """The measures that hold where demands are met, with threats on hold, carried out, or answered."""
        kept = [self.promises[name] for name in met]
        ended = {name for promise in kept for name in promise.ends}
        spared = {name for promise in kept for name in promise.spares}
        law = list(in_force([m for m in self.legal if m.id not in ended], self.session.known.as_of))
        if carried_out or answered:
            done = [m for m in self.threats if m.id not in ended]
            law = [*left_by(law, done), *done]
            if answered:
                law += [
                    m for m in self.session.answers([m for m in done if m.id not in spared])[0] if m.id not in ended
                ]
        return tuple(law)

    def duties(self, law: Sequence[Measure]) -> Duties:
        """Duties where measures hold; law that is among that of an earlier call is read from the same book."""
        every = tuple({m.id: m for m in (*self.legal, *law)}.values())
        # answers that go by value have one name and other goods where other threats are answered: tell them by content
        key = frozenset(measure.written for measure in every)
        for known, duties in self._duties.items():
            if key <= known:
                return duties
        cuts = {name: p.cut for name, p in self.promises.items() if p.cut is not None and len(p.cut)}
        made = Duties(self.session.schedules, self.session.economy, every, cuts, self.covers)
        self._duties[key] = made
        return made

    def rates(self, law: Sequence[Measure], met: Sequence[str]) -> DutyRates:
        """The duties in the book of that law where demands are met, trade by amount left aside.

        Where a part of a measure goes, duties lie that part of the way from those with it to those without it; that is
        for deals, in which threats are on hold.
        """
        eased = next((self.promises[name] for name in met if self.promises[name].eases), None)
        if eased is not None:
            others = [name for name in met if name != eased.name]
            whole = [*others, eased.demand]
            before, after = self.rates(self.law(others), others), self.rates(self.law(whole), whole)
            return before.towards(after, eased.part, eased.demand)
        cuts = [name for name in met if (cut := self.promises[name].cut) is not None and len(cut)]
        return self.duties(law).of([m.id for m in law], cuts)

    def state(self, duties: Duties, rates: DutyRates, pledges: Sequence[Pledge], y: FloatArray) -> State:
        """The input of the model with these rates of a book of duties and payments y (c,) for pledges."""
        paid = dict.fromkeys((pledge.cover for pledge in pledges), 0.0)
        for pledge, part in zip(pledges, y.tolist(), strict=True):
            paid[pledge.cover] += part
        rates = duties.subsidised(rates, paid)
        weights = [pledge.weights * duties.portion(rates, pledge.cover, self.seats) for pledge in pledges]
        return State(duties.wedges(rates), np.stack(weights)) if weights else State(duties.wedges(rates))

    def split(
        self, law: Sequence[Measure], met: Sequence[str] = (), paid: Mapping[str, float] | None = None
    ) -> FloatArray:
        """Why both sides' real income is what it is where measures hold and demands are met: (2, 3), in log points.

        Terms of trade with transfers, volume of trade, and their sum, since the economy as calibrated; ``paid`` is y by
        cover. Missing where trade of some goods ends. See `detente.solver.decomposition.decompose`.
        """
        duties = self.duties(law)
        shock = duties.shock(duties.subsidised(self.rates(law, met), paid or {}))
        try:
            table = decompose(self.session.economy, shock, horizon=self.session.horizon)
        except (BadShock, NotSolved):
            if not any(map(instruments_of, law)):
                raise
            return np.full((len(self.seats), 3), np.nan)
        terms = table[["terms_of_trade_and_transfers", "volume_of_trade", "total"]].to_numpy(np.float64)
        return np.asarray(terms[list(self.seats)])

    def settle(
        self, law: Sequence[Measure], met: Sequence[str], near: Solved, transfers: FloatArray | None = None
    ) -> StoredEquilibrium:
        """The equilibrium where measures hold and demands are met, trade by amount kept, sought from a near one.

        With transfers (n,), USD million a year in the numeraire, received beside deficits; they sum to zero. Raises
        NotSolved.
        """
        return self._settled(law, met, near, transfers)[0]

    def agreed(self, law: Sequence[Measure], met: Sequence[str], near: Solved) -> Wedges:
        """The duties and subsidies of that equilibrium, as the model takes them. Raises NotSolved."""
        return self._settled(law, met, near)[1]

    def _settled(
        self, law: Sequence[Measure], met: Sequence[str], near: Solved, transfers: FloatArray | None = None
    ) -> tuple[StoredEquilibrium, Wedges]:
        duties, rates = self.duties(law), self.rates(law, met)
        made = [(k, pledge) for k, name in enumerate(met) for pledge in self.pledges.get(name, ())]
        own = [pledge for _, pledge in made]

        def at(y: FloatArray, start: Unknowns | None) -> tuple[StoredEquilibrium, FloatArray]:
            state = self.state(duties, rates, own, y)
            if transfers is not None:
                state = replace(state, wedges=replace(state.wedges, T_cf=transfers))
            return state.settled(self.session.economy, self.seats, self.session.horizon, start)

        kept, every = Pledges(made), range(len(made))
        row, paid, _, _ = kept.settle(every, at, kept.first(every), near.unknowns)
        return row, self.state(duties, rates, own, paid).wedges


def _legal(measures: Sequence[Measure], day: date, ends: Collection[str]) -> tuple[Measure, ...]:
    """The law of a day, and what takes its place step by step where the measures named end."""
    found: dict[str, Measure] = {}
    left = list(measures)
    while law := [m for m in in_force(left, day) if m.id not in found]:
        found |= {m.id: m for m in law}
        left = [m for m in left if not (m.id in found and m.id in ends)]
    return tuple(found.values())


def _taken_up(
    demands: Sequence[Demand], promises: Mapping[str, Promise], only: Sequence[str] | None, mfn: bool
) -> tuple[list[Demand], tuple[str, ...]]:
    """The demands that enter, and a note on each that does not."""
    notes: list[str] = []
    kept = list(demands)
    if only is not None:
        ids = [d.id for d in demands]
        unknown = [name for name in only if name not in ids]
        if unknown or not only:
            what = enumerate_names(unknown) or "nobody"
            raise BadInput(f"only={list(only)}: {what} is not a demand; there are {enumerate_names(ids, 40)}")
        notes += [f"{d.id} is left out, as asked for" for d in demands if d.id not in only]
        kept = [d for d in demands if d.id in only]
    if mfn:
        notes += [
            f"{d.id} is left out: it favours one seller over others, which a deal for all does not"
            for d in kept
            if promises[d.id].discriminates
        ]
        kept = [d for d in kept if not promises[d.id].discriminates]
    trade = [d.id for d in kept if promises[d.id].trade]
    if len(trade) > MOST_TRADE:
        raise BadInput(
            f"{len(trade)} demands change trade, more than {MOST_TRADE}: every set of them is a state to solve. Name "
            f"those to take up, such as only={trade[:3]} (--only in a shell); they are {enumerate_names(trade, 40)}"
        )
    states = prod(len({*d.levels, 1.0}) + 1 for d in kept if promises[d.id].trade)
    if states > 1 << MOST_TRADE:
        split = [f"{d.id} {len({*d.levels, 1.0})}" for d in kept if d.levels]
        raise BadInput(
            f"the levels of demands that change trade make {states:,} packages, more than {1 << MOST_TRADE:,}, each a "
            f"state to solve: give fewer levels ({', '.join(split)}), or name the demands to take up, such as "
            f"only={trade[:3]}"
        )
    return kept, tuple(notes)


NoDeal = Literal["status quo", "threat", "answered", "nash"]
"""status quo: what is in force stays, and nothing else comes. threat: what is threatened is carried out, and nobody
answers. answered: it is carried out and answered as the file says. nash: both charge their best tariffs on each other's
goods."""

TITLES: Final[dict[NoDeal, str]] = {
    "status quo": "nothing changes",
    "threat": "the threat is carried out, unanswered",
    "answered": "the threat is carried out and answered",
    "nash": "both charge their Nash tariffs",
}


@dataclass(frozen=True, eq=False)
class DisagreementPoint:
    """The state that talks lead to if they fail: its equilibrium and its measures (none for Nash tariffs)."""

    name: NoDeal
    solution: Solution
    law: tuple[Measure, ...] | None
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title of the disagreement point."""
        return TITLES[self.name]


def spelled(given: str) -> NoDeal:
    """The no-deal point of a name, hyphen or not. Raises BadInput for any other name."""
    require(str, given, "no_deal", "give the name of one, such as 'status quo'")
    name = given.replace("-", " ").strip().lower()
    names: tuple[NoDeal, ...] = get_args(NoDeal)
    found = next((each for each in names if each == name), None)
    if found is None:
        raise BadInput(f"no_deal={given!r} is not known: choose one of {', '.join(names)}")
    return found


def named(given: str | None, talks: Negotiation) -> NoDeal:
    """The no-deal point of a name; by default the answered threat, or the status quo where nothing is threatened.

    Raises BadInput for any other name, and for a threat where there is none.
    """
    if given is None:
        return "answered" if talks.threats else "status quo"
    found = spelled(given)
    if found in ("threat", "answered") and not talks.threats:
        raise BadInput(
            f"no_deal={given!r}, but neither {talks.pair[0]} nor {talks.pair[1]} threatens anything: choose status "
            "quo or nash"
        )
    return found


def disagreement_points(talks: Negotiation, *, seed: int = 0, with_nash: bool = True) -> Iterator[DisagreementPoint]:
    """Every state that failed talks can lead to, the status quo first.

    Raises NotSolved where one has no equilibrium.
    """
    session = talks.session
    yield DisagreementPoint("status quo", session.before, talks.standing)
    if talks.threats:
        law = talks.law(carried_out=True)
        yield DisagreementPoint("threat", session.solution(law), law)
        law = talks.law(answered=True)
        yield DisagreementPoint("answered", session.solution(law), law, session.answers(talks.threats)[1])
    if with_nash:
        found = session.nash(talks.pair, seed=seed)
        yield DisagreementPoint(
            "nash", found.solution, None, (f"Nash tariffs, no lower than the duties in force: {found.certificate}",)
        )

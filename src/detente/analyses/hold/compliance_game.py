"""Two sides of a dispute and every state between them that is asked about: deals, no deal, war, and cheating on a deal.

A state is what an importer's duties are in every cell, in the form in which the model takes it (`Wedges`), so that
measures that cover a part of a cell keep their parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from detente.dispute.moves import of_the_file
from detente.dispute.session import MOST, Pair, Session
from detente.errors import BadInput, NotSolved
from detente.inputs import FloatArray
from detente.model.shock import Wedges
from detente.optimal_tariffs.best_responses import BestResponse, respond, starts_of
from detente.optimal_tariffs.cooperation import cooperate
from detente.optimal_tariffs.game import TariffGame
from detente.optimal_tariffs.governments import Objective, Rates, tariff_instruments
from detente.optimal_tariffs.nash_equilibrium import Equilibrium
from detente.optimal_tariffs.rate_bounds import BOUNDS
from detente.policy.measure import Measure
from detente.solver.economy import Economy
from detente.solver.fixed_point import Horizon
from detente.solver.solution import Solution

#: Duties differ where they do by more than this, fractions.
_DIFFERENT: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Deal:
    """Something both sides could agree on: the duties that hold under it, and what it is worth to each side beside what
    the model counts, USD million a year."""

    id: str
    title: str
    wedges: Wedges
    value: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class ComplianceGame:
    """A view of a session: two sides and the measures in force; every state is an equilibrium of its economy.

    ``game`` has the duties of both sides on each other's goods, one a sector. ``acts`` are what each side does in the
    clash of the file, in words and in measures: its threat, or its answer in kind; a side that has neither has none.
    """

    session: Session
    pair: Pair
    game: TariffGame
    acts: Mapping[str, tuple[str, tuple[Measure, ...]]]
    notes: tuple[str, ...]
    rates: Rates
    seed: int
    liberalise: bool
    _gaps: list[float] = field(default_factory=list, repr=False)
    _payoffs: dict[Solution, FloatArray] = field(default_factory=dict, repr=False)
    _best: dict[tuple[str, bytes], BestResponse] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, session: Session, pair: Pair, objective: Objective, rates: Rates, seed: int, liberalise: bool = False
    ) -> ComplianceGame:
        """The game of two sides of a dispute; with `liberalise` best tariffs may lower duties in force.

        Raises BadMeasure, BadShock, NotSolved.
        """
        economy, goods = session.economy, session.world.goods
        both = tariff_instruments(economy, list(pair), against=list(pair), sectors=goods, rates="sector", bounds=BOUNDS)
        acts: dict[str, tuple[str, tuple[Measure, ...]]] = {}
        notes: dict[str, None] = {}
        for side, other in (pair, pair[::-1]):
            moves = {move.name: move for move in of_the_file(session, side, other)}
            act = moves.get("threat") or moves.get("in kind")
            if act is not None:
                acts[side] = (act.title, act.measures)
                notes |= dict.fromkeys(act.notes)
        game = TariffGame.of(economy, both, objective, session.standoff.shock())
        return cls(session, pair, game, acts, tuple(notes), rates, seed, liberalise)

    @property
    def economy(self) -> Economy:
        """The economy as calibrated."""
        return self.session.economy

    @property
    def seats(self) -> list[int]:
        """Positions of the two sides in the economy."""
        return [self.economy.index(code) for code in self.pair]

    @property
    def standing(self) -> Wedges:
        """The law in force on the day: the truce."""
        return self.game.rest

    def solution(self, wedges: Wedges, horizon: Horizon = "long") -> Solution:
        """The equilibrium of a state. Raises NotSolved."""
        found = self.session.settled(wedges, horizon)
        self._gaps.append(found.gap)
        return found

    @property
    def residual(self) -> float:
        """The largest gap of any audit so far."""
        return max(self._gaps)

    def payoffs(self, wedges: Wedges) -> FloatArray:
        """The payoffs of both sides in a state over the law in force (2,), in logs of the objective."""
        found = self._all_payoffs(wedges) - self._all_payoffs(self.standing)
        return np.asarray(found[self.seats])

    def _all_payoffs(self, wedges: Wedges) -> FloatArray:
        solution = self.solution(wedges)
        if solution not in self._payoffs:
            self._payoffs[solution] = self.game.payoffs(solution)
        return self._payoffs[solution]

    def worth(self, deal: Deal, k: int, solution: Solution | None = None) -> float:
        """What the file's values add to the payoff of side k under a deal, or in another state in which it still has
        them, in logs of its income."""
        n = self.seats[k]
        income = float((solution or self.solution(deal.wedges)).welfare_hat[n] * self.economy.I[n])
        if deal.value[k] <= -income:
            raise BadInput(f"{deal.id} costs {self.pair[k]} more than its whole income by the values of the file")
        return float(np.log1p(deal.value[k] / income))

    def payoff(self, deal: Deal) -> FloatArray:
        """The payoffs of both sides under a deal over the law in force (2,), with the file's values, in logs."""
        return np.asarray(self.payoffs(deal.wedges) + [self.worth(deal, k) for k in range(2)])

    def money(self, deal: Deal) -> FloatArray:
        """The same as real income of every economy (n,), USD million a year."""
        found = self.usd(deal.wedges).copy()
        found[self.seats] += deal.value
        return found

    def usd(self, wedges: Wedges) -> FloatArray:
        """The change of real income of every economy over what is in force (n,), USD million a year."""
        before, after = self.solution(self.standing), self.solution(wedges)
        return np.asarray((after.welfare_hat - before.welfare_hat) * self.economy.I)

    def having(self, measures: Iterable[Measure] = (), duties: Mapping[str, FloatArray] | None = None) -> Wedges:
        """The state in which measures hold beside those in force, and some sides charge other duties (j,).

        Raises BadMeasure where measures cannot hold together.
        """
        listed = tuple(measures)
        state = self.session.standoff_beside(listed).shock(listed).wedges(self.economy) if listed else self.standing
        for side, rates in (duties or {}).items():
            own = self.game.instruments.of(side)
            y = np.log1p(np.asarray(rates)[own.cells[2]])
            state = replace(self.game, instruments=own, rest=state).wedges(own.means(y, self.economy.M))
        return state

    def duties(self, side: str) -> FloatArray:
        """The duties of a side on the other's goods on the day (j,), fractions, averaged by base-year imports."""
        return self.session.standoff.average(side, self.other(side))

    def base_duties(self, side: str) -> FloatArray:
        """The same before anything was added."""
        return np.asarray(self.economy.t[self.economy.index(side), self.economy.index(self.other(side))])

    def other(self, side: str) -> str:
        """The side across the table."""
        return self.pair[1] if side == self.pair[0] else self.pair[0]

    def conceding(self, side: str) -> FloatArray:
        """The duties of a side that gives way (j,): what it added is withdrawn, and in no sector does it charge more
        than the other charges it on the day."""
        return np.minimum(self.base_duties(side), self.duties(self.other(side)))

    def nash(self) -> Equilibrium:
        """Tariffs that are best answers to each other. Raises NotSolved."""
        return self.session.nash(self.pair, self.game.objective, self.rates, self.seed, liberalise=self.liberalise)

    def best(self, side: str, wedges: Wedges) -> BestResponse:
        """The best response of a side to the other's tariffs in a state.

        No duty falls below the one in force, or below the one that it charges in the state where that is lower, unless
        the sides liberalise. Raises NotSolved.
        """
        key = (side, wedges.content)
        if key not in self._best:
            own = tariff_instruments(
                self.economy,
                [side],
                against=[self.other(side)],
                sectors=self.session.world.goods,
                rates=self.rates,
                bounds=(0.0, MOST),
            )
            if not self.liberalise:
                own = own.over(np.minimum(self.standing.t_cf, wedges.t_cf), self.economy.M)
            alone = replace(self.game, instruments=own, rest=wedges)
            self._best[key] = respond(alone, starts_of(alone, self.seed))
        return self._best[key]

    @cached_property
    def terms(self) -> dict[str, tuple[str, dict[str, FloatArray]]]:
        """Deals in tariffs: id → what it is, and the duties of each side (j,); none for the truce, which is first, and
        for the cooperative duties, which take a search.

        Withdrawal is among them where something was added.
        """
        now = {side: self.duties(side) for side in self.pair}
        base = {side: self.base_duties(side) for side in self.pair}
        found: dict[str, tuple[str, dict[str, FloatArray]]] = {"truce": ("nothing new, and what is in force stays", {})}
        if any(np.abs(now[side] - base[side]).max() > _DIFFERENT for side in self.pair):
            found["withdrawal"] = ("both withdraw what they added", base)
        halves = {side: duties / 2 for side, duties in now.items()}
        match = {side: self.conceding(side) for side in self.pair}
        free = {side: np.zeros_like(duties) for side, duties in now.items()}
        return found | {
            "halves": ("both halve their duties on each other's goods", halves),
            "match": ("neither charges more than the other in any sector", match),
            "free trade": ("no duties on each other's goods", free),
            "cooperative": ("duties that raise both alike, the most", {}),
        }

    def deals(self) -> tuple[tuple[Deal, ...], tuple[str, ...]]:
        """The deals of `terms` as states, and a note where the search for cooperative duties finds none.

        In all but the truce a side has one duty on all goods of a sector of the other. Raises NotSolved.
        """
        found, notes = [], list[str]()
        for name, (title, duties) in self.terms.items():
            try:
                wedges = self._cooperative() if name == "cooperative" else self.having(duties=duties)
            except NotSolved as problem:
                if name != "cooperative":
                    raise
                notes.append(f"cooperative duties are no deal here: {problem}")
                continue
            found.append(Deal(name, title, wedges))
        return tuple(found), tuple(notes)

    def _cooperative(self) -> Wedges:
        found = cooperate(
            self.economy,
            self.pair,
            start=self.session.standoff.shock(),
            against=self.pair,
            sectors=self.session.world.goods,
            bounds=(0.0, MOST),
            objective=self.game.objective,
            seed=self.seed,
        )
        return found.solution.wedges

    def no_deals(self, war: Equilibrium) -> dict[str, tuple[str, Wedges]]:
        """The disagreement points, as a title and a state: status quo, threat, answered, nash.

        Without a threat in the file there is no threat and no answer.
        """
        found = {"status quo": ("what is in force stays", self.standing)}
        threats = self._clash([side for side in self.acts if self.threatens(side)])
        if threats:
            found["threat"] = ("what is threatened is carried out", self.having(threats))
            found["answered"] = ("what is threatened is carried out and answered", self.having(self._clash(self.acts)))
        found["nash"] = ("each side's tariffs are its best answer to the other's", war.solution.wedges)
        return found

    def threatens(self, side: str) -> bool:
        """Whether what a side does in the clash is its own threat, and no answer."""
        return bool(self.session.threats(side, self.other(side)))

    def _clash(self, sides: Iterable[str]) -> tuple[Measure, ...]:
        return tuple(measure for side in sides for measure in self.acts[side][1])

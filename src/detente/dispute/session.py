"""One dispute set up once, for every question that is asked of it.

A session holds the dispute as it was known on its day, the world and its calibrated economy, and everything that more
than one question needs: the two sides, the law in force, threats and their answers, tariff schedules, the position from
which sides move, the states that measures lead to, and Nash equilibria. Each is computed when it is first asked for and
kept. What is kept depends on the dispute and the settings alone, never on which question came first, so that a question
gives the same digits alone and beside others.

Sessions on other elasticities, closures or horizons (`Session.under`) share the schedules, which depend on none of
these, and are kept too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from detente.data.bundled import DEFAULT, load_world
from detente.data.world import World, with_blocs
from detente.dispute.results import RunSettings, id_of
from detente.dispute.scenarios import Plan, Prepared, answers_to, left_by, prepare
from detente.dispute.schema import Dispute
from detente.dispute.vintage import answered
from detente.errors import BadInput
from detente.inputs import listener, names, require
from detente.model.benchmark import Deficits
from detente.model.labour import LabourMarket
from detente.model.shock import Wedges
from detente.optimal_tariffs import retaliation, searches
from detente.optimal_tariffs.governments import Objective, Rates
from detente.optimal_tariffs.retaliation.rule import Standoff
from detente.policy.measure import Measure, in_force
from detente.policy.reach import partners
from detente.policy.schedule import Schedules
from detente.solver.economy import GIVEN, Economy, calibrate_drawn
from detente.solver.equilibrium import equilibrium
from detente.solver.fixed_point import Horizon
from detente.solver.solution import Solution

if TYPE_CHECKING:
    from detente.optimal_tariffs.nash_equilibrium import Equilibrium

Pair = tuple[str, str]
"""Two sides by their codes."""

Answered = tuple[tuple[Measure, ...], tuple[str, ...]]
"""Measures that answer, and notes on how they were made."""

MOST: Final = 5.0
"""The highest best or Nash duty, a fraction: far over any optimum of the bundled elasticities."""

#: What the file calls `match` → the rule by which a government chooses its answer, and the arguments of the rule. An
#: answer raises duties: the best one lowers none that is in force.
_RULES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "harm": ("equal-harm", {}),
    "best": ("best", {"floor": "in-force"}),
}

Progress = Callable[[int, int, str], None]
"""Called before each state with how many are done, how many there are, and its title; at the end with no title."""


class Steps:
    """Tells a listener of the parts of a search, one after another; after the last it is told with no title."""

    def __init__(self, progress: Progress | None, parts: int) -> None:
        listener(progress)
        self._progress = progress
        self._parts = parts
        self._done = 0

    def __call__(self, what: str) -> None:
        """Say that a part begins, or with no text that all is done."""
        if self._progress is not None:
            self._progress(self._done, self._parts, what)
        self._done += 1


class Head(TypedDict):
    """The first fields of every result on a dispute; see `detente.dispute.results.Result`."""

    id: str
    dispute: str
    title: str
    names: Mapping[str, str]
    settings: RunSettings


@dataclass(frozen=True)
class _Kept:
    """The parts that a session has computed so far.

    Answers by horizon and the threats they answer, states with chosen answers by horizon and the measures without them,
    equilibria by horizon, start and the duties of their state, Nash equilibria by setting.
    """

    answers: dict[tuple[str, ...], Answered] = field(default_factory=dict)
    decided: dict[tuple[str, ...], Plan] = field(default_factory=dict)
    solutions: dict[tuple[Horizon, bool, bytes], Solution] = field(default_factory=dict)
    nash: dict[tuple[object, ...], Equilibrium] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Session:
    """A dispute set up for every question.

    Attributes
    ----------
    dispute
        With an answer to every open question; `defaults` are sentences about those that were answered by default.
    world, economy
        The world, with the blocs of the dispute, and its economy as calibrated, with no measure of the file in it.
    prepared
        The dispute as it was known on its day, the states it asks about, and the schedules of their law.
    horizon
        Whether labour moves between sectors.
    settings
        How the numbers are made, as results keep them.
    """

    dispute: Dispute
    defaults: tuple[str, ...]
    world: World
    prepared: Prepared
    economy: Economy
    settings: RunSettings
    horizon: Horizon
    _kept: _Kept = field(default_factory=_Kept, repr=False)
    _others: dict[tuple[str, str, bytes, str, str], Session] = field(default_factory=dict, repr=False)
    _rules: dict[str, Session] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        dispute: Dispute,
        *,
        world: World | str | None = None,
        elasticities: str | ArrayLike | None = None,
        deficits: Deficits | None = None,
        base_tariffs: str | None = None,
        horizon: Horizon | None = None,
        accept_defaults: bool = False,
        market: LabourMarket | None = None,
    ) -> Session:
        """A dispute set up: open questions answered if told to, states planned, measures laid, the world calibrated.

        Arguments as in `detente.run`; a world that is given as an object keeps the base tariffs that it has, unless a
        rule is given beside it. Raises BadDispute, BadMeasure, UnknownElasticities, UnknownTariffs, BadEconomy.
        """
        require(Dispute, dispute, "dispute", "give a Dispute: dt.Dispute.read('us-china-2018'), or Dispute.parse(text)")
        given = world if isinstance(world, World) else load_world(dispute.world if world is None else world)
        rule = base_tariffs or (None if isinstance(world, World) else dispute.settings.base_tariffs)
        settled = with_blocs(given if rule is None else given.with_tariffs(rule), dispute.parties)
        dispute, defaults = answered(dispute, accept_defaults, settled)
        prepared = prepare(dispute, settled)
        chosen = dispute.settings
        theta = elasticities if elasticities is not None else chosen.elasticities or DEFAULT
        closure = deficits or chosen.deficits or "fixed"
        labour = market or chosen.market
        economy = calibrate_drawn(settled, elasticities=theta, deficits=closure, market=labour)
        settings = RunSettings.of(
            settled,
            theta if isinstance(theta, str) else GIVEN,
            economy.theta,
            economy.deficits,
            horizon or chosen.horizon or "long",
            accept_defaults=accept_defaults,
            households=chosen.households,
            law=dispute.base,
            labour=economy.labour_market.asked,
        )
        return cls(dispute, defaults, settled, prepared, economy, settings, horizon or chosen.horizon or "long")

    def head(self, asked: Mapping[str, Any]) -> Head:
        """The first fields of a result; `asked` are the further inputs of its numbers beside dispute and settings."""
        return Head(
            id=id_of(self.dispute, self.settings, asked),
            dispute=self.dispute.dispute,
            title=self.dispute.title,
            names=self.dispute.called,
            settings=self.settings,
        )

    def under(
        self,
        *,
        elasticities: str | ArrayLike | None = None,
        deficits: Deficits | None = None,
        base_tariffs: str | None = None,
        horizon: Horizon | None = None,
        keep: bool = True,
        market: LabourMarket | None = None,
    ) -> Session:
        """The same dispute under other elasticities, another closure, labour market, horizon or rule of base tariffs.

        The same session for the same ones. Schedules are shared where base tariffs are the same. A session of many,
        each of which is asked once, need not be kept. Raises UnknownElasticities, UnknownSector, UnknownTariffs,
        BadEconomy.
        """
        if base_tariffs not in (None, self.world.tariff_source):
            other = self._with_tariffs(str(base_tariffs), keep)
            return other.under(elasticities=elasticities, deficits=deficits, horizon=horizon, keep=keep, market=market)
        economy, span = self.economy, horizon or self.horizon
        theta = economy.theta if elasticities is None else elasticities
        labour = economy.labour_market if market is None else market
        if elasticities is not None or deficits not in (None, economy.deficits) or market is not None:
            closure = deficits or economy.deficits
            economy = calibrate_drawn(self.world, elasticities=theta, deficits=closure, market=labour)
            if _content_of(economy) == _content_of(self.economy):
                economy = self.economy
        name = self.settings.elasticities if elasticities is None else _named(elasticities)
        if economy is self.economy and (name, span) == (self.settings.elasticities, self.horizon):
            return self
        key = (name, span, *_content_of(economy))
        if key in self._others:
            return self._others[key]
        settings = replace(
            self.settings,
            elasticities=name,
            theta=dict(zip(self.world.sectors, economy.theta.tolist(), strict=True)),
            deficits=economy.deficits,
            horizon=span,
            labour=economy.labour_market.asked,
        )
        kept = self._kept if economy is self.economy else _Kept()
        other = replace(self, economy=economy, settings=settings, horizon=span, _kept=kept, _others={}, _rules={})
        if keep:
            self._others[key] = other
        return other

    def _with_tariffs(self, rule: str, keep: bool) -> Session:
        """The same dispute and settings on the world with the base tariffs of another rule. Raises UnknownTariffs."""
        if rule in self._rules:
            return self._rules[rule]
        world = self.world.with_tariffs(rule)
        settings = self.settings
        now = self.economy
        economy = calibrate_drawn(world, elasticities=now.theta, deficits=now.deficits, market=now.labour_market)
        other = replace(
            self,
            world=world,
            prepared=prepare(self.dispute, world, self.prepared),
            economy=economy,
            settings=RunSettings.of(
                world,
                settings.elasticities,
                economy.theta,
                economy.deficits,
                self.horizon,
                accept_defaults=settings.accept_defaults,
                households=settings.households,
                law=self.dispute.base,
                labour=economy.labour_market.asked,
            ),
            _kept=_Kept(),
            _others={},
            _rules={},
        )
        if keep:
            self._rules[rule] = other
        return other

    @property
    def long_run(self) -> Session:
        """The same where labour moves: what governments choose is of the long run, whatever the run beside it."""
        return self.under(horizon="long")

    @property
    def known(self) -> Dispute:
        """The dispute as it was known on its day."""
        return self.prepared.known

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties of the dispute by their codes."""
        return tuple(self.dispute.parties)

    def pair(self, players: Sequence[str] | None, what: str) -> Pair:
        """The two players, by default the parties; `what` begins the message, such as `a war is`.

        Raises UnknownEconomy for a name the world lacks, BadInput where they are not two.
        """
        named = self.parties if players is None else tuple(players)
        for code in named:
            self.world.index(code)
        if len(named) != 2 or len(set(named)) != 2:
            who = "the dispute's parties are" if players is None else "players are"
            raise BadInput(
                f"{what} of two different economies, but {who} {', '.join(named) or 'nobody'}: name two players"
            )
        return named[0], named[1]

    # Law

    @property
    def schedules(self) -> Schedules:
        """The tariff books of the world, shared by every session on it."""
        return self.prepared.schedules

    @cached_property
    def standing(self) -> tuple[Measure, ...]:
        """The measures in force on the day of the dispute."""
        return in_force(self.known.measures, self.known.as_of)

    def threats(self, side: str, other: str) -> tuple[Measure, ...]:
        """The tariffs that a side threatens or proposes on the other's goods; listed answers are not threats."""
        answers = {response.measure for response in self.known.responses if response.measure is not None}
        own = [m for m in self.known.measures if m.by == side and m.status in ("threatened", "proposed")]
        pending = [m.taking_effect(self.known.as_of) for m in own]
        return tuple(m for m in pending if m.id not in answers and other in partners(self.world, m))

    def beside(self, new: Sequence[Measure]) -> tuple[Measure, ...]:
        """The law where new measures hold: what is left of that in force on the day of the last of them, and they."""
        return (*left_by(self.standing, new), *new)

    def answers(self, to: Sequence[Measure]) -> Answered:
        """The answers of the file to threats carried out together, and notes on how they were made.

        Those that a government chooses by harm or at its best are found here. Raises BadMeasure, NotSolved.
        """
        key = (self.horizon, *(measure.written for measure in to))
        if key not in self._kept.answers:
            found = answers_to(self.known, self.schedules, tuple(to))
            law = (*self.beside(to), *found.measures)
            state = Plan("answered", "", "answered", "baseline", self.standing, law, notes=found.notes)
            state = self.decided(replace(state, chosen=found.chosen))
            made = state.measures[len(law) :]
            self._kept.answers[key] = (*found.measures, *made), state.notes
        return self._kept.answers[key]

    def decided(self, state: Plan) -> Plan:
        """A state with the answers that governments choose, each seeing those made before it.

        Raises BadMeasure, NotSolved.
        """
        if not state.chosen:
            return state
        key = (self.horizon, state.id, *(measure.written for measure in state.measures))
        if key not in self._kept.decided:
            self._kept.decided[key] = self._with_chosen(state)
        return self._kept.decided[key]

    def _with_chosen(self, state: Plan) -> Plan:
        made: list[Measure] = []
        notes = list(state.notes)
        for chosen in state.chosen:
            standing = tuple(measure for measure in (*state.measures, *made) if measure not in chosen.to)
            standoff = Standoff(self.world, self.economy, standing, self.horizon, self.schedules)
            name, given = _RULES[chosen.match]
            rule = retaliation.RULES[name](**given)
            answer = rule.respond(standoff, chosen.by, chosen.to[0].by, chosen.to, id=chosen.id)
            made += answer.measures
            notes += answer.notes
        return replace(
            state,
            measures=(*state.measures, *made),
            responses=(*state.responses, *(measure.id for measure in made)),
            notes=tuple(notes),
            chosen=(),
        )

    # States

    @cached_property
    def standoff(self) -> Standoff:
        """The position from which sides move: the law in force on the day."""
        return Standoff(self.world, self.economy, self.standing, self.horizon, self.schedules)

    @cached_property
    def before(self) -> Solution:
        """The equilibrium of the law in force on the day, before anybody moves. Raises NotSolved."""
        return self.settled(self.wedges(self.standing))

    def standoff_beside(self, new: Sequence[Measure]) -> Standoff:
        """The position from which sides move, of the law that is left when new measures can become law."""
        left = left_by(self.standing, new)
        return self.standoff if left == self.standing else replace(self.standoff, standing=left)

    def wedges(self, law: Sequence[Measure]) -> Wedges:
        """The duties where the measures hold, and no others, as the model takes them. Raises BadMeasure."""
        book = self.schedules.book(law)
        return book.shock(book.ids, flows=self.economy.M).wedges(self.economy)

    def solution(self, law: Sequence[Measure]) -> Solution:
        """The equilibrium where the measures hold, and no others, sought from that of the law in force.

        Raises BadMeasure, NotSolved.
        """
        return self._solved(self.wedges(law), self.horizon, self.before)

    def settled(self, wedges: Wedges, horizon: Horizon | None = None) -> Solution:
        """The equilibrium of a state given by its duties, sought from the calibrated economy. Raises NotSolved."""
        return self._solved(wedges, horizon or self.horizon)

    def _solved(self, wedges: Wedges, horizon: Horizon, start: Solution | None = None) -> Solution:
        content, found = wedges.content, self._kept.solutions
        if start is not None and start is found.get((horizon, False, content)):
            return start
        key = (horizon, start is not None, content)
        if key not in found:
            found[key] = equilibrium(self.economy, wedges, horizon, start=start)
        return found[key]

    def nash(
        self,
        players: Pair,
        objective: Objective | None = None,
        rates: Rates = "sector",
        seed: int = 0,
        *,
        liberalise: bool = False,
        near: Equilibrium | None = None,
    ) -> Equilibrium:
        """Tariffs of two sides on each other's goods that are best answers to each other.

        No lower than the duties in force on the day, or with `liberalise` no lower than zero, and no higher than
        `MOST`; of the long run, whatever the horizon. With `near`, the same war under other settings, they are climbed
        to from its tariffs alone and have no certificate. Raises NotSolved.
        """
        wanted = objective or Objective()
        key = (players, *_wants(wanted), rates, seed, liberalise, None if near is None else near.tariffs.tobytes())
        if key not in self._kept.nash:
            self._kept.nash[key] = searches.nash(
                self.economy,
                players,
                start=self.standoff.shock(),
                against=players,
                sectors=self.world.goods,
                rates=rates,
                bounds=(0.0, MOST),
                floor=None if liberalise else "in-force",
                objective=wanted,
                begin=None if near is None else near.tariffs,
                certify=near is None,
                seed=seed,
            )
        return self._kept.nash[key]


def _content_of(economy: Economy) -> tuple[bytes, str, str]:
    """The elasticities, the closure and the labour market, which tell the economies of one world apart."""
    return np.ascontiguousarray(economy.theta).tobytes(), economy.deficits, str(economy.labour_market.asked)


def _wants(objective: Objective) -> tuple[object, ...]:
    """The parts of a key for an objective."""
    weights = None if objective.weights is None else np.asarray(objective.weights, dtype=np.float64).tobytes()
    return weights, *(tuple(sorted(map(str, part.items()))) for part in (objective.revenue, objective.balance))


def _named(elasticities: str | ArrayLike) -> str:
    return elasticities if isinstance(elasticities, str) else GIVEN


def listed(players: Sequence[str] | None) -> tuple[str, ...] | None:
    """Players as options keep them. One text is one player, whom `Session.pair` refuses by name."""
    return None if players is None else (players,) if isinstance(players, str) else names(players, "players")

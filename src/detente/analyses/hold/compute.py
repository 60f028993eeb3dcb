"""From a dispute to whether deals between its two sides would hold: enforcement, groups at home, stability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from detente.analyses.hold.compliance import (
    Terms,
    deal_frame,
    enforcement,
    package_deals,
    punishment_frame,
    punishments,
    verdict,
)
from detente.analyses.hold.compliance_game import Arena
from detente.analyses.hold.conflict_model import conflict_of, route_frame, state_frame, wish_frame
from detente.analyses.hold.ratification import ratification, require_payoffs
from detente.analyses.hold.result import Hold
from detente.data.world import World
from detente.dispute.negotiation import NoDeal, spelled
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Setup, Steps, listed, set_up
from detente.enforcement.ratification import MAJORITY
from detente.enforcement.self_enforcing import SnapBack, require_positive
from detente.errors import BadInput
from detente.inputs import mapping, names, whole
from detente.model.benchmark import Deficits
from detente.optimal_tariffs.governments import Objective, Rates

PERIOD: Final = 1.0
"""Years until cheating is found out, unless said otherwise."""
ANNUAL_RATE: Final = 0.05
"""The annual discount rate at which deals are judged, unless said otherwise."""
REVIEWS: Final = {"monthly": 1 / 12, "quarterly": 0.25, "yearly": 1.0}
"""The lag of a snap-back by how often the file has a deal reviewed, years."""


@dataclass(frozen=True)
class HoldOptions:
    """What is asked of `run_hold`; see there."""

    players: tuple[str, ...] | None = None
    objective: Objective = field(default_factory=Objective)
    rates: Rates = "sector"
    period: float = PERIOD
    annual_rate: float = ANNUAL_RATE
    lag: float | None = None
    lasting: float | None = None
    no_deal: NoDeal | None = None
    quota: float = MAJORITY
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        require_positive(self.period, "the time until cheating is found out", "years")
        require_positive(self.annual_rate, "the annual discount rate", "as a fraction")
        if not 0 <= self.quota < 1:
            raise BadInput(
                f"a quota of {self.quota:g} is not a share of weight that can be exceeded: from 0 to under 1"
            )

    def plain(self) -> dict[str, Any]:
        """What the numbers depend on, as values of JSON."""
        wanted = self.objective
        weights = None if wanted.weights is None else np.asarray(wanted.weights).tolist()
        parts = [weights, *(sorted(map(str, part.items())) for part in (wanted.revenue, wanted.balance))]
        return {"hold": asdict(replace(self, objective=Objective())) | {"objective": parts}}


def run_hold(
    dispute: Dispute,
    *,
    players: Sequence[str] | None = None,
    objective: Objective | None = None,
    one_rate: bool = False,
    period: float = PERIOD,
    annual_rate: float = ANNUAL_RATE,
    lag: float | None = None,
    lasting: float | None = None,
    no_deal: str | None = None,
    quota: float = MAJORITY,
    packages: Mapping[str, Sequence[str]] | None = None,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    accept_defaults: bool = False,
) -> Hold:
    """Whether deals between two sides of a dispute would hold, once signed.

    Deals are packages of tariffs: the truce, withdrawal, halved and matched duties, free trade between the two, and the
    duties that raise both alike the most. For each: would either side cheat, would every group at home ratify it, and
    where can the conflict rest.

    Parameters
    ----------
    players
        The two sides; by default the dispute's two parties.
    objective
        What both governments want; None for real income.
    one_rate
        Cheaters and war have one duty on all goods of the other side in place of one for each sector.
    period
        Years until cheating is found out and war begins.
    annual_rate
        The annual discount rate at which deals are judged, a fraction.
    lag, lasting
        Years after which a snap-back clause takes back what was conceded, and for how many; by default the review of
        the file's enforcement demand, else a quarter, and for good.
    no_deal
        What groups at home compare a deal with: ``status quo``, ``threat``, ``answered`` or ``nash``; by default the
        answered threat, or the status quo where nothing is threatened.
    quota
        More than this share of the groups' weight must consent, in [0, 1).
    packages
        Further deals: name → ids of demands that are met, threats on hold. Demands the model does not count are worth
        the middle of the file's ranges. `packages_of` has those that `talks` picks.
    world, elasticities, deficits, progress, accept_defaults
        As in `run`; labour moves between sectors, except where groups at home count what they earn.
    seed
        Of the random starts of searches.

    Raises
    ------
    UnknownEconomy, BadInput
        Where players are not two economies of the world, a time or rate is not over zero, no_deal is not there, or a
        faction has neither sectors nor payoffs.
    BadDispute, BadMeasure, UnknownElasticities, BadEconomy, NotSolved
        As in `run`.
    """
    rates: Rates = "one" if one_rate else "sector"
    options = HoldOptions(
        listed(players),
        objective or Objective(),
        rates,
        period,
        annual_rate,
        lag,
        lasting,
        None if no_deal is None else spelled(no_deal),
        quota,
        {name: _demands(name, demands) for name, demands in mapping(packages or {}, "packages").items()},
        whole(seed, "seed", 0),
    )
    return hold(set_up(dispute, world, elasticities, deficits, "long", accept_defaults), options, progress)


def _demands(name: str, demands: Sequence[str]) -> tuple[str, ...]:
    return names(demands, f"package {name!r}")


def hold(setup: Setup, options: HoldOptions, progress: Progress | None = None) -> Hold:
    """`run_hold` on a dispute that is set up."""
    pair = setup.pair(options.players, "a hold is")
    tell = Steps(progress, 5)
    tell("Nash tariffs")
    arena = Arena.of(setup, pair, options.objective, options.rates, options.seed)
    require_payoffs(setup.prepared.known, pair, [*arena.terms, *options.packages])
    packed, notes = package_deals(setup, pair, options.packages, arena.terms)
    war = arena.nash()
    no_deals = arena.no_deals(war)
    no_deal: NoDeal = options.no_deal or ("answered" if "answered" in no_deals else "status quo")
    if no_deal not in no_deals:
        raise BadInput(
            f"{setup.dispute.dispute} has no threat between {pair[0]} and {pair[1]} that could be carried out: "
            f"no_deal is one of {', '.join(no_deals)}"
        )
    tell("deals")
    in_duties, missing = arena.deals()
    deals = (*in_duties, *packed)
    tell("who would cheat")
    found = punishments(arena, war, no_deals)
    lag, lag_note = _lag(setup, pair, options.lag)
    terms = Terms(options.period, options.annual_rate, SnapBack(lag, options.lasting))
    kept = enforcement(arena, deals, found, terms)
    tell("groups at home")
    groups, members, ballots = ratification(arena, deals, no_deals[no_deal][1], options.quota)
    tell("where the conflict can rest")
    conflict, states = conflict_of(arena)
    frame = state_frame(arena, conflict, states)
    tell("")
    return Hold(
        **setup.head(options.plain()),
        players=pair,
        objective=str(options.objective),
        rates=options.rates,
        period=options.period,
        annual_rate=options.annual_rate,
        lag=lag,
        lasting=options.lasting,
        no_deal=no_deal,
        quota=options.quota,
        verdict=verdict(kept, ballots, pair),
        certificate=str(war.certificate),
        certified=war.certificate.holds,
        notes=tuple(dict.fromkeys((*arena.notes, *missing, *notes, lag_note))),
        assumed=_assumed(arena.setup.prepared.known, pair),
        residual=arena.residual,
        deals=deal_frame(arena, deals, no_deals),
        enforcement=kept,
        punishments=punishment_frame(arena, found),
        groups=groups,
        members=members,
        ballots=ballots,
        states=frame,
        routes=route_frame(conflict),
        wishes=wish_frame(conflict, frame),
    )


def _lag(setup: Setup, pair: tuple[str, str], given: float | None) -> tuple[float, str]:
    """The lag of the snap-back clause (years), and where it is from."""
    if given is not None:
        return given, f"a snap-back takes back what was conceded after {given:g} years, as asked"
    for demand in setup.prepared.known.demands:
        ask = demand.ask.enforcement
        if ask is not None and {demand.by, demand.of} == set(pair) and ask.review in REVIEWS:
            lag = REVIEWS[ask.review]
            return (
                lag,
                f"a snap-back takes back what was conceded after {lag:.3g} years, as {demand.id} has it reviewed",
            )
    lag = REVIEWS["quarterly"]
    return lag, f"a snap-back takes back what was conceded after {lag:g} years, assumed: the file has no review"


def _assumed(known: Dispute, pair: tuple[str, str]) -> tuple[str, ...]:
    """What no source states of the groups at home."""
    found = []
    for side in pair:
        for faction in known.factions.get(side, ()):
            if faction.assumed:
                found.append(f"{faction.name} of {side}: {', '.join(faction.assumed)} assumed; no source states it")
    return tuple(found)

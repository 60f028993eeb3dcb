"""From a dispute to whether deals between its two sides would hold: enforcement, groups at home, stability."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from detente.analyses.hold.compliance import (
    Terms,
    deal_frame,
    enforcement,
    package_deals,
    packages_of,
    punishment_frame,
    punishments,
    ratification,
    require_payoffs,
    verdict,
)
from detente.analyses.hold.compliance_game import ComplianceGame
from detente.analyses.hold.conflict_states import conflict_of, route_frame, state_frame, wish_frame
from detente.analyses.hold.options import HoldOptions
from detente.analyses.hold.result import Hold
from detente.analyses.talks.compute import compute as negotiations
from detente.analyses.talks.options import TalksOptions
from detente.dispute.negotiation import NoDeal
from detente.dispute.schema import Dispute
from detente.dispute.session import Pair, Progress, Session, Steps
from detente.enforcement.self_enforcing import SnapBack
from detente.errors import BadInput
from detente.optimal_tariffs.governments import wanted

REVIEWS: Final = {"monthly": 1 / 12, "quarterly": 0.25, "yearly": 1.0}
"""The lag of a snap-back by how often the file has a deal reviewed, years."""


def compute(session: Session, options: HoldOptions, progress: Progress | None = None) -> Hold:
    """Whether deals between two sides of a dispute would hold, once signed.

    Deals are packages of tariffs: the truce, withdrawal, halved and matched duties, free trade between the two, and the
    duties that raise both alike the most. For each: would either side cheat, would every group at home ratify it, and
    where can the conflict rest. Demands the model does not count are worth the middle of the file's ranges in further
    deals, `options.packages`, where threats are on hold. Labour moves between sectors, except where groups at home
    count what they earn.

    Raises
    ------
    UnknownEconomy, BadInput
        Where players are not two economies of the world, no_deal is not there, or a faction has neither sectors nor
        payoffs.
    NotSolved
        Where a state has no equilibrium.
    """
    session = session.long_run
    pair = session.pair(options.players, "a hold is")
    packages = dict(options.packages)
    if options.picks:
        talking = TalksOptions(players=options.players, no_deal=options.no_deal)
        packages |= packages_of(negotiations(session, talking, progress))
    objective = wanted(options.objective, pair)
    tell = Steps(progress, 5)
    tell("Nash tariffs")
    game = ComplianceGame.of(session, pair, objective, options.rates, options.seed, options.liberalise)
    require_payoffs(session.known, pair, [*game.terms, *packages])
    packed, notes = package_deals(session, pair, packages, game.terms)
    war = game.nash()
    no_deals = game.no_deals(war)
    no_deal = _chosen(options.no_deal, no_deals, game)
    tell("deals")
    in_duties, missing = game.deals()
    deals = (*in_duties, *packed)
    tell("who would cheat")
    found = punishments(game, war, no_deals)
    lag, lag_note = _lag(session, pair, options.lag)
    terms = Terms(options.period, options.annual_rate, SnapBack(lag, options.lasting))
    kept = enforcement(game, deals, found, terms)
    tell("groups at home")
    groups, members, ballots = ratification(game, deals, no_deals[no_deal][1], options.quota)
    tell("where the conflict can rest")
    conflict, states = conflict_of(game)
    frame = state_frame(game, conflict, states)
    unsourced = _assumed(session.known, pair)
    tell("")
    return Hold(
        **session.head(options.plain()),
        players=pair,
        objective=str(objective),
        rates=options.rates,
        liberalise=options.liberalise,
        period=options.period,
        annual_rate=options.annual_rate,
        lag=lag,
        lasting=options.lasting,
        no_deal=no_deal,
        quota=options.quota,
        verdict=verdict(kept, ballots, pair, assumed=bool(unsourced)),
        certificate=str(war.certificate),
        certified=war.certificate.holds,
        notes=tuple(dict.fromkeys((*game.notes, *missing, *notes, lag_note))),
        assumed=unsourced,
        residual=game.residual,
        deals=deal_frame(game, deals, no_deals),
        enforcement=kept,
        punishments=punishment_frame(game, found),
        groups=groups,
        members=members,
        ballots=ballots,
        states=frame,
        routes=route_frame(conflict),
        wishes=wish_frame(conflict, frame),
    )


def _chosen(given: NoDeal | None, no_deals: Collection[str], game: ComplianceGame) -> NoDeal:
    """The disagreement point: as asked, else the answered threat, or the status quo if there is no threat."""
    chosen: NoDeal = given or ("answered" if "answered" in no_deals else "status quo")
    if chosen not in no_deals:
        first, second = game.pair
        raise BadInput(
            f"{game.session.dispute.dispute} has no threat between {first} and {second} that could be carried out: "
            f"no_deal is one of {', '.join(no_deals)}"
        )
    return chosen


def _lag(session: Session, pair: Pair, given: float | None) -> tuple[float, str]:
    """The lag of the snap-back clause (years), and where it is from."""
    if given is not None:
        return given, f"a snap-back takes back what was conceded after {given:g} years, as asked"
    for demand in session.known.demands:
        ask = demand.ask.enforcement
        if ask is not None and {demand.by, demand.of} == set(pair) and ask.review in REVIEWS:
            lag = REVIEWS[ask.review]
            return (
                lag,
                f"a snap-back takes back what was conceded after {lag:.3g} years, as {demand.id} has it reviewed",
            )
    lag = REVIEWS["quarterly"]
    return lag, f"a snap-back takes back what was conceded after {lag:g} years, assumed: the file has no review"


def _assumed(known: Dispute, pair: Pair) -> tuple[str, ...]:
    """The assumptions on groups at home for which no source exists."""
    found = []
    for side in pair:
        for faction in known.factions.get(side, ()):
            if faction.assumed:
                found.append(f"{faction.name} of {side}: {', '.join(faction.assumed)} assumed; no source states it")
    return tuple(found)

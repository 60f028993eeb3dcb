"""From a dispute to the talks of two of its parties: prices of demands, deals, distance, for every no-deal point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
from numpy.typing import ArrayLike

from detente.analyses.talks.closing_payment import zones_frame
from detente.analyses.talks.commitments import categories_frame, commitments, targets_frame, with_commitments
from detente.analyses.talks.deals import (
    Deals,
    concessions_frame,
    deals_frame,
    implied_frame,
    packages_frame,
    trades_frame,
    values_of,
    values_of_met,
)
from detente.analyses.talks.demand_prices import closing_frame, opening_frame, prices_frame, reasons_frame, trade_table
from detente.analyses.talks.options import TalksOptions
from detente.analyses.talks.result import Talks
from detente.analyses.talks.summary import (
    AgreedDuties,
    TalksParts,
    balances_frame,
    demands_frame,
    economies_frame,
    named_states,
    no_deals_frame,
    notes_of,
    stability_frame,
    verdict,
)
from detente.analyses.talks.tariff_deals import agreed_duties
from detente.data.world import World
from detente.dispute import pricing
from detente.dispute.negotiation import Negotiation, NoDeal, disagreement_points, named
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Session, Steps, listed
from detente.inputs import names
from detente.model.benchmark import Deficits

_WHO: Final = "talks are"
_PARTS: Final = 6
"""Parts of talks that a listener is told of."""


def price_demands(
    dispute: Dispute,
    *,
    players: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    mfn: bool = False,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    base_tariffs: str | None = None,
    accept_defaults: bool = False,
) -> pd.DataFrame:
    """Price the demands: `Talks.prices` alone, without the deals and the other tables of talks.

    Parameters
    ----------
    players, only, mfn, world, elasticities, deficits, base_tariffs, accept_defaults
        As in `talks`.

    Raises
    ------
    UnknownEconomy, BadInput, BadDispute, BadMeasure, UnknownElasticities, BadEconomy, NotSolved
        As in `talks`.
    """
    chosen = None if only is None else names(only, "only")
    session = Session.of(
        dispute,
        world=world,
        elasticities=elasticities,
        deficits=deficits,
        base_tariffs=base_tariffs,
        horizon="long",
        accept_defaults=accept_defaults,
    )
    negotiation = Negotiation.of(session, session.pair(listed(players), _WHO), only=chosen, mfn=mfn)
    negotiation = with_commitments(negotiation, commitments(negotiation))
    return prices_frame(
        negotiation,
        trade_table(negotiation),
        list(disagreement_points(negotiation, with_nash=False)),
        values_of(negotiation),
    )


def compute(session: Session, options: TalksOptions, progress: Progress | None = None) -> Talks:
    """Price the demands, find the deals that both sides prefer to no deal, and the ways to close the gap.

    Every result tells how it changes with the disagreement point. With `options.mfn`, tariffs that one side cuts for
    the other it cuts for everybody, and demands for trade by amount are left out. With `options.robust`, the same
    finding is looked for under all eight sets of elasticities and all three closures, and the least costly mix of
    instruments for each target. Duties that are bargained over maximise the product of gains over no deal; see
    `bargain_tariffs`.

    Raises
    ------
    UnknownEconomy, BadInput
        Where players are not two economies of the world, there is no demand between the two, or more than twelve
        demands change trade.
    NotSolved
        Where a state has no equilibrium.
    """
    session = session.long_run
    tell = Steps(progress, _PARTS)
    tell("demands, and targets by instrument")
    negotiation = Negotiation.of(session, session.pair(options.players, _WHO), only=options.only, mfn=options.mfn)
    chosen = named(options.no_deal, negotiation)
    values_of_met(negotiation, options.met)
    found = commitments(negotiation)
    negotiation = with_commitments(negotiation, found)
    tell("where failed talks lead")
    failed = list(disagreement_points(negotiation, seed=options.seed))
    tell("every set of demands that change trade")
    table = trade_table(negotiation)
    tell("prices and deals")
    deals = Deals.of(negotiation, table, failed, values_of(negotiation))
    prices = prices_frame(negotiation, table, failed, deals.worth)
    tell("what would close the gap")
    closing = closing_frame(negotiation, found, deals.failures, failed[0])
    opening = opening_frame(negotiation, failed[0])
    tell("the same in other settings")
    steady = stability_frame(negotiation, deals, chosen, mfn=options.mfn, robust=options.robust, seed=options.seed)
    duties = AgreedDuties()
    if options.tariffs:
        duties = agreed_duties(negotiation, failed, chosen, options.met, options.weights, options.seed)
    tell("")
    parts = TalksParts(negotiation, found, failed, table, deals, prices, closing, opening, steady, duties)
    return _together(options, chosen, parts)


def _together(options: TalksOptions, chosen: NoDeal, parts: TalksParts) -> Talks:
    negotiation, deals = parts.negotiation, parts.deals
    zones = zones_frame(deals)
    picks = deals_frame(deals, chosen, options.weights)
    residual = max(parts.table.outcomes.gap, *(failure.solution.gap for failure in parts.failed))
    states = list(named_states(parts, picks, zones, chosen))
    return Talks(
        **negotiation.session.head(options.plain()),
        players=negotiation.pair,
        no_deal=chosen,
        weights=options.weights,
        mfn=options.mfn,
        verdict=verdict(zones, chosen),
        red_lines=deals.red_lines,
        notes=tuple(dict.fromkeys(notes_of(parts))),
        residual=residual,
        solved=parts.table.outcomes.solved,
        demands=demands_frame(deals, picks),
        prices=parts.prices,
        reasons=reasons_frame(negotiation, parts.table, parts.failed),
        no_deals=no_deals_frame(parts),
        zones=zones,
        deals=picks,
        packages=packages_frame(deals, chosen),
        economies=pd.concat([economies_frame(parts, *state) for state in states], ignore_index=True),
        balances=pd.concat([balances_frame(parts, *state) for state in states], ignore_index=True),
        targets=targets_frame(negotiation, parts.found, mix=options.robust),
        categories=categories_frame(parts.found),
        closing=parts.closing,
        opening=parts.opening,
        implied=implied_frame(deals, chosen),
        trades=trades_frame(deals),
        concessions=concessions_frame(deals, chosen),
        stability=parts.stability,
        tariff_deal=parts.duties.economies,
        duties=parts.duties.duties,
        obligations=pricing.price_obligations(negotiation.session, negotiation.pair),
    )

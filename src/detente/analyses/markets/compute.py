"""From a dispute and prices to markets: exposures, event studies, implied probabilities with their sensitivity."""

from __future__ import annotations

from dataclasses import asdict

from detente.analyses.clock.stages import solve_stages, steps_of
from detente.analyses.markets.announcements import asset_of, events_of, flags_frame, implied_frame, studied_of
from detente.analyses.markets.beliefs import (
    belief_of,
    exposures_frame,
    moves_frame,
    valued,
    values_frame,
    variants_of,
)
from detente.analyses.markets.options import MarketsOptions
from detente.analyses.markets.result import Markets
from detente.dispute.session import Progress, Session, Steps
from detente.timing.prior import Prior


def compute(session: Session, options: MarketsOptions, progress: Progress | None = None) -> Markets:
    """Compute exposures and expected moves, and with prices also abnormal returns and implied probabilities of war.

    Raises
    ------
    UnknownEconomy, UnknownName, BadInput
        Where the economy is not in the world, a column is not in the prices, an event is outside them, the estimation
        window is too short, or nothing is threatened.
    NotSolved
        Where a state has no equilibrium.
    """
    session, prices = session.long_run, options.prices
    known, pair = session.known, session.pair(options.players, "a reading of markets is")
    code = pair[0] if options.economy is None else options.economy
    session.world.index(code)
    asset = asset_of(prices, options)
    tell = Steps(progress, 3)
    tell("payoffs of every stage")
    wait = Prior.review_days if options.prior is None else options.prior.review_days
    steps = steps_of(session, pair, wait)
    stages = solve_stages(session, steps)
    belief = belief_of(session, stages, pair, options)
    tell("other elasticities")
    variants, left = variants_of(session, steps, stages, code, belief, options)
    tell("events")
    chosen, skipped = events_of(known, prices, options)
    studied = studied_of(prices, chosen, options, known.as_of)
    tell("")
    return Markets(
        **session.head(options.plain()),
        players=pair,
        notes=(*stages.notes, *left, *skipped),
        residual=stages.residual,
        as_of=known.as_of.isoformat(),
        economy=code,
        valued=valued(options),
        prices="" if prices is None else prices.note or ", ".join(prices.names),
        stated=belief.stated,
        probability=belief.probability,
        prior=asdict(belief.prior),
        exposures=exposures_frame(stages),
        values=values_frame(stages, pair, options),
        moves=moves_frame(variants),
        events=studied.events,
        abnormal=studied.abnormal,
        implied=implied_frame(studied.events, variants, asset),
        flags=flags_frame(prices, options),
    )

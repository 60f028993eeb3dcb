"""From a dispute and prices to markets: exposures, event studies, implied probabilities with their sensitivity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from detente.analyses.clock.stages import solve_stages, steps_of
from detente.analyses.markets.announcements import asset_of, events_of, flags_frame, implied_frame, studied_of
from detente.analyses.markets.beliefs import (
    MarketOptions,
    belief_of,
    exposures_frame,
    moves_frame,
    valued,
    values_frame,
    variants_of,
)
from detente.analyses.markets.result import Markets
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Setup, Steps, listed, set_up
from detente.inputs import require, two
from detente.markets.event_study import ESTIMATION, LEVEL, days_of, window_of
from detente.markets.prices import Prices, prices_of
from detente.model.benchmark import Deficits
from detente.timing.prior import Prior


def run_markets(
    dispute: Dispute,
    prices: Prices | pd.DataFrame | pd.Series[Any] | str | Path | None = None,
    *,
    events: Sequence[date | str] | None = None,
    economy: str | None = None,
    asset: str | None = None,
    market: str | None = None,
    window: tuple[int, int] = (0, 0),
    estimation: int = ESTIMATION,
    level: float = LEVEL,
    multiplier: float = 1.0,
    values: tuple[float, float] | None = None,
    probability: float | None = None,
    players: Sequence[str] | None = None,
    prior: Prior | None = None,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    progress: Progress | None = None,
    accept_defaults: bool = False,
) -> Markets:
    """What markets say of a dispute, and what they should fear.

    Parameters
    ----------
    prices
        Daily prices: `detente.markets.Prices`, a CSV of them (`read_prices`), or a table or series of pandas indexed by
        days; without any, exposures and expected moves alone.
    events
        Days to study; by default those on which the threats and answers known on the day of the dispute were announced.
    economy
        Whose equity the prices are of; by default the first of the two sides.
    asset, market
        Columns of the prices: whose moves imply a probability (by default the first that is not the market), and the
        market of the market model (none: constant mean and rolling variance).
    window, estimation, level
        As in `detente.markets.event_study`.
    multiplier
        The change of equity over the change of real income that makes values of equity where `values` gives none.
    values
        The value of equity in war and in peace, in any one unit.
    probability
        Of war before a move; by default that of the clock on its last day, under the prior stated.
    players, prior
        As in `run_clock`.
    world, elasticities, deficits, progress, accept_defaults
        As in `run`; labour moves between sectors.

    Raises
    ------
    UnknownEconomy, UnknownName, BadInput
        Where the economy is not in the world, a column is not in the prices, an event is outside them, the estimation
        window is too short, nothing is threatened, or a value is none.
    BadTable
        Where prices are unsorted, missing or no numbers.
    BadDispute, BadMeasure, UnknownElasticities, BadEconomy, NotSolved
        As in `run`.
    """
    require((Prior, NoneType), prior, "prior", "give a Prior, detente.timing.Prior(...)")
    options = MarketOptions(
        events=None if events is None else days_of(events),
        economy=economy,
        asset=asset,
        market=market,
        window=window_of(window),
        estimation=estimation,
        level=level,
        multiplier=multiplier,
        values=None if values is None else two(values, "values", "(0.7, 1.0)"),
        probability=probability,
        players=listed(players),
        prior=prior,
    )
    given = None if prices is None else prices_of(prices)
    setup = set_up(dispute, world, elasticities, deficits, "long", accept_defaults)
    return trade(setup, given, options, progress)


def trade(setup: Setup, prices: Prices | None, options: MarketOptions, progress: Progress | None = None) -> Markets:
    """`run_markets` on a dispute that is set up."""
    known, pair = setup.prepared.known, setup.pair(options.players, "a reading of markets is")
    code = pair[0] if options.economy is None else options.economy
    setup.world.index(code)
    asset = asset_of(prices, options)
    tell = Steps(progress, 3)
    tell("payoffs of every stage")
    wait = Prior.review_days if options.prior is None else options.prior.review_days
    steps = steps_of(known, setup, pair, wait)
    stages = solve_stages(known, setup, steps, setup.economy)
    belief = belief_of(setup, stages, pair, options)
    tell("other elasticities")
    variants, left = variants_of(setup, steps, stages, code, belief, options)
    tell("events")
    chosen, skipped = events_of(known, prices, options)
    studied = studied_of(prices, chosen, options, known.as_of)
    tell("")
    return Markets(
        **setup.head(options.plain(prices)),
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

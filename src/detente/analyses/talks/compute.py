"""From a dispute to the talks of two of its parties: prices of demands, deals, distance, for every no-deal point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from numpy.typing import ArrayLike

from detente.analyses.talks.commitments import categories_frame, commitments, targets_frame, with_commitments
from detente.analyses.talks.deals import (
    Deals,
    concessions_frame,
    deals_frame,
    implied_frame,
    packages_frame,
    trades_frame,
    values_of,
    zones_frame,
)
from detente.analyses.talks.demand_prices import closing_frame, opening_frame, prices_frame, reasons_frame, trade_table
from detente.analyses.talks.result import Talks
from detente.analyses.talks.summary import (
    Parts,
    balances_frame,
    demands_frame,
    economies_frame,
    named_states,
    no_deals_frame,
    notes_of,
    stability_frame,
    verdict,
)
from detente.analyses.talks.tariff_deals import agreed_duties, values_of_met
from detente.data.world import World
from detente.dispute.negotiation import Ground, NoDeal, failures, named
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Setup, Steps, listed, set_up
from detente.errors import BadInput
from detente.inputs import names, two, whole
from detente.model.benchmark import Deficits

_WHO: Final = "talks are"
_PARTS: Final = 6
"""Parts of talks that a listener is told of."""


@dataclass(frozen=True)
class TalksOptions:
    """What is asked of talks; see `talks`."""

    no_deal: str | None = None
    players: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None
    weights: tuple[float, float] = (0.5, 0.5)
    mfn: bool = False
    robust: bool = False
    tariffs: tuple[str, ...] | None = None
    seed: int = 0

    def plain(self) -> dict[str, Any]:
        """What the numbers depend on, as values of JSON."""
        return {"talks": {**vars(self)}}


def talks(
    dispute: Dispute,
    no_deal: str | None = None,
    *,
    players: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    weights: Sequence[float] = (0.5, 0.5),
    mfn: bool = False,
    robust: bool = False,
    tariffs: Sequence[str] | None = None,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    accept_defaults: bool = False,
) -> Talks:
    """What each demand costs and is worth, whether any deal beats no deal for both, which, and what would make one.

    Parameters
    ----------
    no_deal
        Where talks that fail lead: ``answered`` (what is threatened is carried out and answered, the default),
        ``threat`` (carried out and not answered), ``status quo`` or ``nash``. Every result tells how it changes
        with it. Where nothing is threatened, the default is the status quo.
    players
        The two sides that talk; by default the dispute's two parties.
    only
        Ids of the demands that are taken up; by default all between the two.
    weights
        Bargaining power of the two sides in weighted concepts, over zero.
    mfn
        Tariffs that one side cuts for the other it cuts for everybody, and demands for trade by amount are left out.
    robust
        Look for the same finding under all eight sets of elasticities and all three closures, not only under some, and
        for the least costly mix of instruments for each target. Takes minutes.
    tariffs
        Bargain over the duties on each other's goods as well, by the product of gains over no deal, beside these
        demands: such as change no trade and have a value in the file; [] for none. See `bargain_tariffs`.
    world, elasticities, deficits, progress, accept_defaults
        As in `run`; labour moves between sectors.
    seed
        Of the random starts of the search for Nash tariffs.

    Raises
    ------
    UnknownEconomy, BadInput
        Where players are not two economies of the world, an option is none, there is no demand between the two, or more
        than twelve demands change trade.
    BadDispute, BadMeasure, UnknownElasticities, BadEconomy, NotSolved
        As in `run`.
    """
    share = _powers(weights)
    options = TalksOptions(
        no_deal,
        listed(players),
        None if only is None else names(only, "only"),
        share,
        mfn,
        robust,
        None if tariffs is None else names(tariffs, "tariffs"),
        whole(seed, "seed", 0),
    )
    return negotiate(set_up(dispute, world, elasticities, deficits, "long", accept_defaults), options, progress)


def price_demands(
    dispute: Dispute,
    *,
    players: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    mfn: bool = False,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    accept_defaults: bool = False,
) -> pd.DataFrame:
    """What each demand costs and is worth: `Talks.prices` without the deals, and without what else talks look for.

    Parameters
    ----------
    players, only, mfn, world, elasticities, deficits, accept_defaults
        As in `talks`.

    Raises
    ------
    UnknownEconomy, BadInput, BadDispute, BadMeasure, UnknownElasticities, BadEconomy, NotSolved
        As in `talks`.
    """
    chosen = None if only is None else names(only, "only")
    setup = set_up(dispute, world, elasticities, deficits, "long", accept_defaults)
    ground = Ground.of(setup, setup.pair(listed(players), _WHO), only=chosen, mfn=mfn)
    ground = with_commitments(ground, commitments(ground))
    return prices_frame(ground, trade_table(ground), list(failures(ground, with_nash=False)), values_of(ground))


def talks_of(setup: Setup, progress: Progress | None = None) -> Talks:
    """`talks` with its defaults on a dispute that is set up; the run may be for the short run, talks are not."""
    return negotiate(setup.in_the_long_run(), TalksOptions(), progress)


def negotiate(setup: Setup, options: TalksOptions, progress: Progress | None = None) -> Talks:
    """`talks` on a dispute that is set up."""
    tell = Steps(progress, _PARTS)
    tell("demands, and targets by instrument")
    ground = Ground.of(setup, setup.pair(options.players, _WHO), only=options.only, mfn=options.mfn)
    chosen = named(options.no_deal, ground)
    values_of_met(ground, options.tariffs or ())
    found = commitments(ground)
    ground = with_commitments(ground, found)
    tell("where failed talks lead")
    failed = list(failures(ground, seed=options.seed))
    tell("every set of demands that change trade")
    table = trade_table(ground)
    tell("prices and deals")
    deals = Deals.of(ground, table, failed, values_of(ground))
    prices = prices_frame(ground, table, failed, deals.worth)
    tell("what would close the gap")
    closing = closing_frame(ground, found, deals.failures, failed[0])
    opening = opening_frame(ground, failed[0])
    tell("the same in other settings")
    steady = stability_frame(setup, ground, deals, chosen, mfn=options.mfn, robust=options.robust, seed=options.seed)
    duties = agreed_duties(ground, failed, chosen, options.tariffs, options.weights, options.seed)
    tell("")
    parts = Parts(ground, found, failed, table, deals, prices, closing, opening, steady, duties)
    return _together(setup, options, chosen, parts)


def _together(setup: Setup, options: TalksOptions, chosen: NoDeal, parts: Parts) -> Talks:
    ground, deals = parts.ground, parts.deals
    zones = zones_frame(deals)
    picks = deals_frame(deals, chosen, options.weights)
    residual = max(parts.table.outcomes.gap, *(failure.solution.gap for failure in parts.failed))
    states = list(named_states(parts, picks, zones, chosen))
    return Talks(
        **setup.head(options.plain()),
        players=ground.pair,
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
        reasons=reasons_frame(ground, parts.table, parts.failed),
        no_deals=no_deals_frame(parts),
        zones=zones,
        deals=picks,
        packages=packages_frame(deals, chosen),
        economies=pd.concat([economies_frame(parts, *state) for state in states], ignore_index=True),
        balances=pd.concat([balances_frame(parts, *state) for state in states], ignore_index=True),
        targets=targets_frame(ground, parts.found, mix=options.robust),
        categories=categories_frame(parts.found),
        closing=parts.closing,
        opening=parts.opening,
        implied=implied_frame(deals, chosen),
        trades=trades_frame(deals),
        concessions=concessions_frame(deals, chosen),
        stability=parts.stability,
        tariff_deal=parts.duties.economies,
        duties=parts.duties.duties,
    )


def _powers(weights: Sequence[float]) -> tuple[float, float]:
    """Bargaining power as shares. Raises BadInput."""
    first, second = two(weights, "weights", "(0.5, 0.5)")
    if not min(first, second) > 0:
        raise BadInput(f"weights={[first, second]}: give two numbers over zero, such as (0.5, 0.5)")
    return first / (first + second), second / (first + second)

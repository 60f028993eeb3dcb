"""From a dispute and prices to markets: exposures, event studies, implied probabilities with their sensitivity.

Announcements of the dispute are the events in prices: abnormal returns, the probability of war that they imply, and
the share of days that would be flagged without any event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

import pandas as pd

from detente.analyses.clock.stages import solve_stages, steps_of
from detente.analyses.markets.beliefs import (
    BeliefVariant,
    belief_of,
    exposures_frame,
    moves_frame,
    valued,
    values_frame,
    variants_of,
)
from detente.analyses.markets.options import MarketsOptions
from detente.analyses.markets.result import Markets
from detente.dispute.scenarios import name_of
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Session, Steps
from detente.errors import BadInput
from detente.markets.abnormal_returns import event_study, flag_days
from detente.markets.implied import implied_probability
from detente.markets.prices import Prices
from detente.timing.prior import Prior


def events_of(
    known: Dispute, prices: Prices | None, options: MarketsOptions
) -> tuple[list[tuple[date, str]], tuple[str, ...]]:
    """Days to study and why, and a note on announcements outside the prices."""
    for name in ("events", "asset", "market"):
        if prices is None and getattr(options, name) is not None:
            verb = "are" if name == "events" else "is"
            raise BadInput(f"{name} {verb} given, but no prices: give a CSV of daily prices (--prices)")
    if options.events is not None:
        return [(day, "as asked for") for day in options.events], ()
    if prices is None:
        return [], ()
    announced: dict[date, str] = {}
    for measure in known.measures:
        day = measure.announced if measure.status in ("threatened", "proposed") else measure.from_
        if day is not None and day <= known.as_of:
            announced.setdefault(day, name_of(measure))
    inside = {day: what for day, what in announced.items() if prices.days and prices.days[0] < day <= prices.days[-1]}
    outside = sorted(set(announced) - set(inside))
    note = (f"not studied, because outside the prices: {', '.join(day.isoformat() for day in outside)}",)
    return sorted(inside.items()), note if outside else ()


_EVENTS: Final = {
    "event": "str", "asset": "str", "on": "str", "model": "str", "days": "int64", "abnormal": "float64",
    "se": "float64", "t": "float64", "p": "float64", "flagged": "bool", "estimated_from": "str", "estimated_to": "str",
    "observations": "int64", "after_as_of": "bool", "what": "str",
}  # fmt: skip
_ABNORMAL: Final = {
    "event": "str", "asset": "str", "on": "str", "offset": "int64", "return": "float64", "normal": "float64",
    "abnormal": "float64", "se": "float64", "t": "float64", "p": "float64",
}  # fmt: skip
_IMPLIED: Final = {
    "event": "str", "asset": "str", "variant": "str", "move": "float64", "before": "float64", "after": "float64",
    "change": "float64", "largest": "float64", "ratio": "float64", "statement": "str",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Studied:
    """Tables of events and of abnormal returns day by day; see `Markets`."""

    events: pd.DataFrame
    abnormal: pd.DataFrame
    notes: tuple[str, ...] = ()


def studied_of(
    prices: Prices | None, chosen: Sequence[tuple[date, str]], options: MarketsOptions, as_of: date
) -> Studied:
    """The event study of chosen days, or empty tables where there is nothing to study."""
    if prices is None or not chosen:
        return Studied(_empty(_EVENTS), _empty(_ABNORMAL), () if prices is None else prices.notes)
    found = event_study(
        prices,
        [day for day, _ in chosen],
        market=options.market,
        window=options.window,
        estimation=options.estimation,
        level=options.level,
    )
    why = {day.isoformat(): what for day, what in chosen}
    events = found.cumulated.assign(
        after_as_of=[date.fromisoformat(day) > as_of for day in found.cumulated["event"]],
        what=[why[day] for day in found.cumulated["event"]],
    )
    return Studied(events[list(_EVENTS)], found.abnormal[list(_ABNORMAL)], found.notes)


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def asset_of(prices: Prices | None, options: MarketsOptions) -> str:
    """The asset whose moves imply a probability: the requested one, else the first. Raises BadInput."""
    if prices is None:
        return ""
    if options.asset is not None:
        prices.place(options.asset)
        if options.asset == options.market:
            raise BadInput(
                f"asset and market are both {options.asset!r}: what a market does beyond itself says nothing; name "
                "another asset, or no market"
            )
        return options.asset
    return next((name for name in prices.names if name != options.market), prices.names[0])


def implied_frame(events: pd.DataFrame, variants: Sequence[BeliefVariant], asset: str) -> pd.DataFrame:
    """The probability that each event implies in every reading; see `Markets.implied`."""
    return pd.DataFrame(list(_implications(events[events["asset"] == asset], variants)), columns=list(_IMPLIED)).astype(
        {name: kind for name, kind in _IMPLIED.items() if kind != "str"}
    )


def _implications(events: pd.DataFrame, variants: Sequence[BeliefVariant]) -> Iterator[dict[str, object]]:
    for event, asset, move in zip(events["event"], events["asset"], events["abnormal"], strict=True):
        for each in variants:
            found = implied_probability(float(move), probability=each.probability, war=each.war, peace=each.peace)
            ratio = found.ratio if abs(found.ratio) != float("inf") else float("nan")
            label = {"event": event, "asset": asset, "variant": each.name}
            yield {**label, **asdict(found), "ratio": ratio, "statement": found.statement}


def flags_frame(prices: Prices | None, options: MarketsOptions) -> pd.DataFrame:
    """The share of flagged days among all days, to compare an event's flag with."""
    rows = []
    for name in () if prices is None else prices.names:
        if prices is not None and len(prices.days) - 1 > options.estimation:
            every = flag_days(prices, name, estimation=options.estimation, level=options.level)
            count = int(every["flagged"].sum())
            rows.append(
                {
                    "asset": name,
                    "days": len(every),
                    "flagged": count,
                    "share": count / len(every),
                    "level": options.level,
                }
            )
    return pd.DataFrame(rows, columns=["asset", "days", "flagged", "share", "level"])


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
    stages = solve_stages(session, steps_of(session, pair, wait))
    belief = belief_of(session, stages, pair, options)
    tell("other elasticities")
    variants, left = variants_of(session, stages, code, belief, options)
    tell("events")
    chosen, skipped = events_of(known, prices, options)
    studied = studied_of(prices, chosen, options, known.as_of)
    tell("")
    return Markets(
        **session.head(options.plain()),
        players=pair,
        notes=(*stages.notes, *left, *skipped, *(f"prices: {note}" for note in studied.notes)),
        residual=stages.residual,
        as_of=known.as_of.isoformat(),
        economy=code,
        valued=valued(options),
        prices="" if prices is None else prices.source or ", ".join(prices.names),
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

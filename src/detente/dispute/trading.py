"""From a dispute and prices to markets: exposures, event studies, implied probabilities with their sensitivity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
from numpy.typing import ArrayLike

from detente.data import World
from detente.data.elasticities import elasticities as theta_of
from detente.data.elasticities import list_elasticities
from detente.dispute.ground import sides
from detente.dispute.markets import Markets
from detente.dispute.plan import name_of
from detente.dispute.schema import Dispute
from detente.dispute.settings import id_of
from detente.dispute.setup import Progress, Setup, set_up
from detente.dispute.stages import Stages, Step, solve_stages, steps_of
from detente.dispute.timing import game_of, last_day, other_priors, prior_of, stated
from detente.errors import BadInput, UnknownSector
from detente.markets import Prices, equity_value, expected_move, exposure, implied_probability
from detente.markets.events import ESTIMATION, LEVEL, event_study, flag_days
from detente.markets.prices import day_of, prices_of
from detente.model.closures import Deficits
from detente.solve import calibrate
from detente.talks.clock import Game, Prior, calendar, run_game

AS_STATED: Final = "as stated"
_TIMES: Final = (3.0, 10.0)
"""Multipliers that are tried beside the one stated, as times of it."""


@dataclass(frozen=True)
class MarketOptions:
    """What is asked of markets; see `run_markets`."""

    events: tuple[date, ...] | None = None
    economy: str | None = None
    asset: str | None = None
    market: str | None = None
    window: tuple[int, int] = (0, 0)
    estimation: int = ESTIMATION
    level: float = LEVEL
    multiplier: float = 1.0
    values: tuple[float, float] | None = None
    probability: float | None = None
    players: tuple[str, ...] | None = None
    prior: Prior | None = None

    def plain(self, prices: Prices | None) -> dict[str, Any]:
        """What the numbers depend on, as values of JSON."""
        plain = {name: value for name, value in vars(self).items() if name not in ("events", "prior")}
        days = None if self.events is None else [day.isoformat() for day in self.events]
        data = None if prices is None else [[day.isoformat() for day in prices.days], prices.values.tolist()]
        return {"markets": [plain, days, None if self.prior is None else asdict(self.prior), data]}


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
    options = MarketOptions(
        events=None if events is None else tuple(map(day_of, events)),
        economy=economy,
        asset=asset,
        market=market,
        window=window,
        estimation=estimation,
        level=level,
        multiplier=multiplier,
        values=values,
        probability=probability,
        players=None if players is None else tuple(players),
        prior=prior,
    )
    given = None if prices is None else prices_of(prices)
    setup = set_up(dispute, world, elasticities, deficits, "long", accept_defaults)
    return trade(setup, given, options, progress)


def trade(setup: Setup, prices: Prices | None, options: MarketOptions, progress: Progress | None = None) -> Markets:
    """`run_markets` on a dispute that is set up."""
    known, pair = setup.prepared.known, sides(setup, options.players)
    code = pair[0] if options.economy is None else options.economy
    setup.world.index(code)
    asset = _asset(prices, options)
    said = progress or (lambda done, total, what: None)
    said(0, 3, "payoffs of every stage")
    wait = Prior.review_days if options.prior is None else options.prior.review_days
    steps = steps_of(known, setup, pair, wait)
    stages = solve_stages(known, setup, steps, setup.economy)
    belief = _belief(setup, stages, pair, options)
    said(1, 3, "other elasticities")
    variants, left = _variants(setup, steps, stages, code, belief, options)
    said(2, 3, "events")
    chosen, skipped = _events(known, prices, options)
    studied = _study(prices, chosen, options, known.as_of)
    said(3, 3, "")
    return Markets(
        id=id_of(setup.dispute, setup.settings, options.plain(prices)),
        dispute=setup.dispute.dispute,
        title=setup.dispute.title,
        names={each: party.name for each, party in setup.dispute.parties.items()},
        settings=setup.settings,
        players=pair,
        notes=(*stages.notes, *left, *skipped),
        residual=stages.residual,
        as_of=known.as_of.isoformat(),
        economy=code,
        valued=_valued(options),
        prices="" if prices is None else prices.note or ", ".join(prices.names),
        stated=belief.stated,
        probability=belief.probability,
        prior=asdict(belief.prior),
        exposures=_exposures(stages),
        values=_values(stages, pair, options),
        moves=_moves(variants),
        events=studied.events,
        abnormal=studied.abnormal,
        implied=_implied(studied.events, variants, asset),
        flags=_flags(prices, options),
    )


@dataclass(frozen=True)
class _Belief:
    """The probability of war; `others` is the least and the most that priors with one thing moved make of it."""

    prior: Prior
    stated: tuple[str, ...]
    probability: float
    others: tuple[tuple[str, float], ...] = ()


def _belief(setup: Setup, stages: Stages, pair: tuple[str, str], options: MarketOptions) -> _Belief:
    """The probability of war by the clock's last day, or as given, with where it is from."""
    known, losses = setup.prepared.known, stages.losses(pair)
    prior, origin = prior_of(known, pair, losses) if options.prior is None else (options.prior, ("given", "given"))
    if options.probability is not None:
        if not 0 <= options.probability <= 1:
            raise BadInput(f"probability={options.probability!r} of war is not between 0 and 1")
        return _Belief(prior, (f"a probability of war of {options.probability:.1%} is given",), options.probability)
    until = last_day(known.as_of, calendar(known.as_of, known.dates, known.demands, known.measures), None)
    game = game_of(losses, stages.steps, pair, prior, known.as_of, until)
    war = _war(game)
    others = sorted(
        ((name, _war(replace(game, prior=other))) for name, other in other_priors(prior, pair)),
        key=lambda found: found[1],
    )
    (least, low), (most, high) = others[0], others[-1]
    told = (
        f"the clock gives war on {until.isoformat()} a probability of {war:.1%}, under this prior; with one thing of "
        f"it moved, {low:.1%} ({least}) to {high:.1%} ({most})"
    )
    return _Belief(prior, (told, *stated(prior, pair, origin)), war, (others[0], others[-1]))


def _war(game: Game) -> float:
    """The probability of war on the last day of a clock."""
    return float(run_game(game).chances[-1, 3])


@dataclass(frozen=True)
class _Variant:
    name: str
    probability: float
    war: float
    peace: float


def _variants(
    setup: Setup, steps: Sequence[Step], stages: Stages, code: str, belief: _Belief, options: MarketOptions
) -> tuple[list[_Variant], tuple[str, ...]]:
    """What is stated first, then one thing moved at a time; and a note on sets of elasticities that are left out."""
    change = _change(stages, code)
    war, peace = options.values or (equity_value(change, options.multiplier), 1.0)
    first = _Variant(AS_STATED, belief.probability, war, peace)
    found = [first]
    halved = (("half", belief.probability / 2), ("double", min(2 * belief.probability, 1.0)))
    for name, p in (*((f"probability of war {name}", p) for name, p in halved), *belief.others):
        found.append(replace(first, name=name, probability=p))
    if options.values is not None:
        return found, ()
    for times in _TIMES:
        value = equity_value(change, options.multiplier * times)
        found.append(replace(first, name=f"multiplier {options.multiplier * times:g}", war=value))
    missing = []
    for name in list_elasticities()["name"]:
        if name == setup.settings.elasticities:
            continue
        try:
            theta = theta_of(name, setup.world.sectors)
        except UnknownSector:
            missing.append(name)
            continue
        economy = calibrate(setup.world, elasticities=theta, deficits=setup.economy.deficits)
        other = solve_stages(setup.prepared.known, setup, steps, economy)
        value = equity_value(_change(other, code), options.multiplier)
        found.append(replace(first, name=f"elasticities {name}", war=value))
    left = (f"elasticities {', '.join(missing)} lack sectors of the world, and are not among the variants",)
    return found, left if missing else ()


def _change(stages: Stages, code: str) -> float:
    """What the war changes of an economy's real income, a fraction."""
    n = stages.economy.index(code)
    return float(stages.solutions[-1].W_hat[n] / stages.solutions[0].W_hat[n] - 1)


def _valued(options: MarketOptions) -> str:
    if options.values is not None:
        return f"values of equity are given: {options.values[0]:g} in war, {options.values[1]:g} in peace"
    times = "" if options.multiplier == 1 else f"{options.multiplier:g} times "
    return (
        f"values of equity move {times}as much as real income (an assumption: the model has no "
        "equity); 1 where no threat is in force"
    )


def _state(stage: int, stages: Stages) -> str:
    return "war" if stage == len(stages.steps) else "partial tariffs"


def _exposures(stages: Stages) -> pd.DataFrame:
    frames = []
    for k, after in enumerate(stages.solutions[1:], start=1):
        frame = exposure(stages.solutions[0], after, _state(k, stages))
        frame.insert(1, "stage", k)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _values(stages: Stages, pair: tuple[str, str], options: MarketOptions) -> pd.DataFrame:
    rows = []
    for code in pair:
        n = stages.economy.index(code)
        for k, after in enumerate(stages.solutions[1:], start=1):
            change = float(after.W_hat[n] / stages.solutions[0].W_hat[n] - 1)
            equity = float("nan") if options.values is not None else equity_value(change, options.multiplier)
            row = {"economy": code, "stage": k, "outcome": _state(k, stages), "real_income": change, "equity": equity}
            rows.append(row)
    return pd.DataFrame(rows)


def _moves(variants: Sequence[_Variant]) -> pd.DataFrame:
    rows = []
    for each in variants:
        if_war, if_peace = expected_move(each.probability, war=each.war, peace=each.peace)
        rows.append({"variant": each.name, **asdict(each), "if_war": if_war, "if_peace": if_peace})
    return pd.DataFrame(rows).drop(columns="name")


def _events(
    known: Dispute, prices: Prices | None, options: MarketOptions
) -> tuple[list[tuple[date, str]], tuple[str, ...]]:
    """Days to study and why, and a note on announcements outside the prices."""
    if options.events is not None:
        if prices is None:
            raise BadInput("events are given, but no prices: give a CSV of daily prices (--prices)")
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
class _Studied:
    events: pd.DataFrame
    abnormal: pd.DataFrame


def _study(prices: Prices | None, chosen: Sequence[tuple[date, str]], options: MarketOptions, as_of: date) -> _Studied:
    if prices is None or not chosen:
        return _Studied(_empty(_EVENTS), _empty(_ABNORMAL))
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
    return _Studied(events[list(_EVENTS)], found.abnormal[list(_ABNORMAL)])


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def _asset(prices: Prices | None, options: MarketOptions) -> str:
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


def _implied(events: pd.DataFrame, variants: Sequence[_Variant], asset: str) -> pd.DataFrame:
    return pd.DataFrame(list(_implications(events[events["asset"] == asset], variants)), columns=list(_IMPLIED)).astype(
        {name: kind for name, kind in _IMPLIED.items() if kind != "str"}
    )


def _implications(events: pd.DataFrame, variants: Sequence[_Variant]) -> Iterator[dict[str, object]]:
    for event, asset, move in zip(events["event"], events["asset"], events["abnormal"], strict=True):
        for each in variants:
            found = implied_probability(float(move), probability=each.probability, war=each.war, peace=each.peace)
            ratio = found.ratio if abs(found.ratio) != float("inf") else float("nan")
            label = {"event": event, "asset": asset, "variant": each.name}
            yield {**label, **asdict(found), "ratio": ratio, "statement": found.statement}


def _flags(prices: Prices | None, options: MarketOptions) -> pd.DataFrame:
    """How often days are flagged, whatever happened on them: what an event's flag is to be compared with."""
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

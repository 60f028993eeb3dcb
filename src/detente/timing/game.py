"""From payoffs and a prior to the probability of each outcome on every day: the three games, each in its place.

Before any threat is in force, offers are made in rounds (`offers`). On the day on which a threat can be carried out,
and after every review of one held back, there is a showdown (`brinkmanship`). Once threatened measures are in force,
both sides pay, and a war of attrition runs (`attrition`) beside the showdowns over the threats that are left. A side's
resolve on each threat, and in each spell of waiting, is drawn anew from the prior: nothing is learnt from one about the
next. Each game is played to its own end, and not beyond. A deal lasts.

`simulate` plays disputes out event by event: a check of the probabilities, and of how they fare where beliefs are
wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd

from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray
from detente.timing.attrition import Spell, attrition_under_prior
from detente.timing.brinkmanship import Showdown, showdown
from detente.timing.offers import Offers, Pair, alternating_offers, offers_under_prior
from detente.timing.prior import Prior
from detente.timing.scores import STATES, brier, log_score

YEAR: Final = 365.25
"""Days of a year."""


@dataclass(frozen=True)
class ClockGame:
    """The inputs of a clock.

    `losses[k]` is what both sides lose a year once k threats are in force with their answers, against none of them: USD
    million a year, negative for a gain; `losses[0]` is (0, 0). `threatener[k]` is the side (0 or 1) whose threat k is,
    and `opens[k]` the first day, from the start, on which it can be carried out. `days` is how far the clock runs.

    Raises BadInput where they do not fit each other.
    """

    losses: tuple[Pair, ...]
    threatener: tuple[int, ...]
    opens: tuple[int, ...]
    prior: Prior
    days: int

    def __post_init__(self) -> None:
        count = len(self.threatener)
        if count < 1 or len(self.opens) != count or len(self.losses) != count + 1:
            raise BadInput(
                f"{count} threats need as many days and one more pair of losses; found {len(self.opens)} days and "
                f"{len(self.losses)} pairs"
            )
        if not all(math.isfinite(value) for pair in self.losses for value in pair) or self.losses[0] != (0.0, 0.0):
            raise BadInput(f"losses {self.losses} must be finite, and (0, 0) while no threat is in force")
        if not set(self.threatener) <= {0, 1}:
            raise BadInput(f"threats are of side 0 or 1, not {self.threatener}")
        if self.days < 1 or min(self.opens) < 1 or list(self.opens) != sorted(self.opens):
            raise BadInput(
                f"threats that open on days {self.opens} of {self.days}: give rising days from 1, and a horizon"
            )

    def step(self, k: int) -> Showdown:
        """The showdown over threat k."""
        a = self.threatener[k]
        more = [self.losses[k + 1][i] - self.losses[k][i] for i in (0, 1)]
        resolves = self.prior.resolves
        return showdown((more[a], more[1 - a]), (resolves[a], resolves[1 - a]), self.prior.audience)

    def reviews(self, k: int, start: int) -> Iterator[int]:
        """The days on which threat k is decided on, in a spell that starts on a day."""
        day = self.opens[k] if self.opens[k] > start else start + self.prior.review_days
        while day <= self.days:
            yield day
            day += self.prior.review_days


@dataclass(frozen=True, eq=False)
class OfferTerms:
    """The subject of offers before the first threat is carried out, as parts of the threatener's demand.

    `floor` is the least that is worth more to a threatener of median resolve than going on, `ceiling` the most that the
    other side of median resolve would give, `split` where alternating offers would end if both knew both; None where
    the floor is over the ceiling.
    """

    floor: float
    ceiling: float
    split: float | None


@dataclass(frozen=True, eq=False)
class Course:
    """The equilibrium of every game of a clock and the probabilities that follow.

    `stages` (days + 1, threats + 2) are the probabilities, on each day, of a deal and of 0, 1, 2… threats in force.
    `chances` (days + 1, 4) are the same as deal, truce, partial tariffs and war (`STATES`). `offers` are those of the
    first spell and of a spell between two reviews, None where no offer could succeed.
    """

    game: ClockGame
    terms: OfferTerms
    showdowns: tuple[Showdown, ...]
    offers: tuple[Offers | None, Offers | None]
    spells: tuple[Spell, ...]
    stages: FloatArray = field(repr=False)
    chances: FloatArray = field(repr=False)


def run_game(game: ClockGame) -> Course:
    """Every game in turn, and the probability of each stage on each day."""
    prior, count = game.prior, len(game.threatener)
    showdowns = tuple(game.step(k) for k in range(count))
    terms = _terms(game, showdowns[0])
    lengths = (game.opens[0], prior.review_days)
    offers = tuple(_offers(game, showdowns[0], terms, length // prior.round_days) for length in lengths)
    spells = tuple(attrition_under_prior(game.losses[k], prior.resolves, prior.rate) for k in range(1, count + 1))
    course = Course(game, terms, showdowns, (offers[0], offers[1]), spells, np.empty(0), np.empty(0))
    stages = _stages(course)
    chances = np.zeros((game.days + 1, len(STATES)))
    chances[:, 0], chances[:, 1], chances[:, 3] = stages[:, 0], stages[:, 1], stages[:, -1]
    chances[:, 2] = stages[:, 2:-1].sum(1)
    for array in (stages, chances):
        array.setflags(write=False)
    return replace(course, stages=stages, chances=chances)


def _terms(game: ClockGame, first: Showdown) -> OfferTerms:
    """The subject of the first offers.

    With x the part of the demand met, going on costs each side its loss with the chance that the threat is made good,
    and the threatener loses `audience` of what is not met.
    """
    prior, a = game.prior, game.threatener[0]
    z = [prior.resolves[i].median for i in (a, 1 - a)]
    cost = [first.if_resisted * game.losses[1][i] for i in (a, 1 - a)]
    floor = max((prior.audience - cost[0] / z[0]) / (1 + prior.audience), 0.0)
    ceiling = min(max(cost[1] / z[1], 0.0), 1.0)
    if ceiling < floor:
        return OfferTerms(floor, ceiling, None)
    discount = math.exp(-prior.rate * prior.round_days / YEAR)
    share, _ = alternating_offers((discount, discount), pie=ceiling - floor, breakdown=prior.breakdown)
    return OfferTerms(floor, ceiling, floor + share)


def _offers(game: ClockGame, first: Showdown, terms: OfferTerms, rounds: int) -> Offers | None:
    prior, a = game.prior, game.threatener[0]
    cost = first.if_resisted * game.losses[1][1 - a]
    if rounds < 1 or cost <= 0 or terms.floor >= 1:
        return None
    other = prior.resolves[1 - a]

    def below(part: FloatArray) -> FloatArray:
        """The most that the other side gives is its expected loss over its resolve."""
        return np.where(part > 0, other.above(cost / np.where(part > 0, part, 1.0)), 0.0)

    discount = math.exp(-prior.rate * prior.round_days / YEAR)
    return offers_under_prior(below, rounds, discount, breakdown=prior.breakdown, floor=terms.floor)


def _stages(course: Course) -> FloatArray:
    game = course.game
    count, every = len(game.threatener), np.arange(game.days + 1)
    found = np.zeros((game.days + 1, count + 2))
    entered = np.zeros((count + 1, game.days + 1))
    found[:, 1], entered[1] = _talking(course)
    for k in range(1, count + 1):
        for start in np.flatnonzero(entered[k]):
            after = every[start:]
            left = entered[k, start] * course.spells[k - 1].still((after - start) / YEAR)
            if k < count:
                step = course.showdowns[k]
                for day in game.reviews(k, int(start)):
                    at = day - start
                    entered[k + 1, day] += left[at] * step.carried_out
                    left[at:] *= step.held
            found[start:, k + 1] += left
    found[:, 0] = 1 - found[:, 1:].sum(1)
    return np.clip(found, 0.0, 1.0)


def _talking(course: Course) -> tuple[FloatArray, FloatArray]:
    """The probability that no threat is in force and no deal made, on each day, and of the first being carried out."""
    game, step = course.game, course.showdowns[0]
    talking, carried = np.ones(game.days + 1), np.zeros(game.days + 1)
    start, mass, offers = 0, 1.0, course.offers[0]
    for day in (*game.reviews(0, 0), game.days + 1):
        span = np.arange(start, min(day, game.days) + 1)
        talking[span] = mass
        if offers is not None:
            rounds = np.minimum((span - start) // game.prior.round_days, len(offers.demands))
            talking[span] = mass * offers.open[rounds]
        if day > game.days:
            break
        carried[day] = talking[day] * step.carried_out
        mass = talking[day] * step.held
        talking[day] = mass
        start, offers = day, course.offers[1]
    return talking, carried


def simulate(course: Course, days: Sequence[int], count: int, seed: int) -> IntArray:
    """The state of `count` disputes on each of `days` (count, len(days)), as places in `STATES`.

    Resolves are drawn from the prior of the course and both sides play its equilibrium; probabilities are never looked
    up. Raises BadInput where a day is outside the course or nothing is to be drawn.
    """
    if count < 1 or not days or min(days) < 0 or max(days) > course.game.days:
        raise BadInput(f"{count} disputes on days {list(days)}: give one or more, on days from 0 to {course.game.days}")
    generator = np.random.default_rng(seed)
    return np.array([_one(course, days, generator) for _ in range(count)], dtype=np.int64)


def _one(course: Course, days: Sequence[int], generator: np.random.Generator) -> IntArray:
    game = course.game
    entered = [0]  # the day on which each stage began
    deal = np.inf
    start = 0
    while np.isinf(deal):
        stage = len(entered) - 1
        if stage > 0 and start == entered[-1]:  # resolves of the war of attrition hold as long as the stage does
            z = [game.prior.resolves[i].draw(generator, 1)[0] for i in (0, 1)]
            spell = course.spells[stage - 1]
            stops = start + YEAR * min(float(spell.stops(i, z[i])) for i in (0, 1))
        if stage == len(course.showdowns):
            deal = stops
            break
        day = next(game.reviews(stage, start), None)
        limit = stops if stage > 0 else start + _agreed(course, course.offers[int(start > 0)], generator)
        if limit <= (game.days if day is None else day):
            deal = limit
        elif day is None:
            break
        elif (end := _decide(course, stage, generator)) == "deal":
            deal = day
        else:
            start = day
            if end == "carried out":
                entered.append(day)
    return np.array([_state(day, deal, entered, len(course.showdowns)) for day in days], dtype=np.int64)


def _agreed(course: Course, offers: Offers | None, generator: np.random.Generator) -> float:
    """Days from the start of a spell to the offer that is accepted, infinite where none is."""
    if offers is None:
        return np.inf
    prior, a = course.game.prior, course.game.threatener[0]
    cost = course.showdowns[0].if_resisted * course.game.losses[1][1 - a]
    limit = min(cost / prior.resolves[1 - a].draw(generator, 1)[0], offers.limits[0])
    for number, lowest in enumerate(offers.limits[1:], start=1):
        if limit > lowest:
            return float(number * prior.round_days)
        if generator.random() < prior.breakdown:
            return np.inf
    return np.inf


def _decide(course: Course, stage: int, generator: np.random.Generator) -> str:
    step, resolves, a = course.showdowns[stage], course.game.prior.resolves, course.game.threatener[stage]
    own, other = resolves[a].draw(generator, 1)[0], resolves[1 - a].draw(generator, 1)[0]
    tough = own > step.threshold
    if not tough and generator.random() >= step.bluffs:
        return "held"
    if other <= step.yields:
        return "deal"
    return "carried out" if tough else "held"


def _state(day: int, deal: float, entered: Sequence[int], threats: int) -> int:
    if day >= deal:
        return 0
    stage = sum(start <= day for start in entered) - 1
    return 1 if stage == 0 else 3 if stage == threats else 2


@dataclass(frozen=True, eq=False)
class Calibration:
    """The accuracy of forecasts on simulated disputes.

    `bins` has one row a bin of forecast probability: low, high, forecasts (how many), forecast (their mean), happened
    (how often). `brier` and `log` are means over disputes and days, `uniform_brier` and `uniform_log` those of a
    forecast of one in four for every state; `error` is the mean absolute gap of forecast and frequency.
    """

    bins: pd.DataFrame
    brier: float
    log: float
    uniform_brier: float
    uniform_log: float
    error: float
    disputes: int


def calibrate(
    assumed: Sequence[Course], truth: Sequence[Course], days: Sequence[int], *, seed: int, each: int = 1, bins: int = 10
) -> Calibration:
    """Forecasts of `assumed` courses against disputes that are played by `truth`, course by course.

    Raises BadInput where the two are not as many, or a day is outside a course.
    """
    if len(assumed) != len(truth) or not assumed:
        raise BadInput(f"{len(assumed)} forecasts and {len(truth)} truths: give as many of both, one or more")
    told, seen = [], []
    for number, (mine, its) in enumerate(zip(assumed, truth, strict=True)):
        ended = simulate(its, days, each, seed + number)
        told.append(np.repeat(mine.chances[list(days)][None], each, axis=0))
        seen.append(ended)
    forecasts = np.concatenate(told).reshape(-1, len(STATES))
    happened = np.concatenate(seen).ravel()
    table = _bins(forecasts, happened, bins)
    uniform = np.full(len(STATES), 1 / len(STATES))
    pairs = list(zip(forecasts, happened.tolist(), strict=True))
    return Calibration(
        bins=table,
        brier=float(np.mean([brier(p, s) for p, s in pairs])),
        log=float(np.mean([log_score(p, s) for p, s in pairs])),
        uniform_brier=brier(uniform, 0),
        uniform_log=log_score(uniform, 0),
        error=float(np.average((table["forecast"] - table["happened"]).abs(), weights=table["forecasts"])),
        disputes=each * len(assumed),
    )


def _bins(forecasts: FloatArray, happened: IntArray, count: int) -> pd.DataFrame:
    hit = np.zeros_like(forecasts)
    hit[np.arange(len(happened)), happened] = 1.0
    place = np.minimum((forecasts * count).astype(int), count - 1)
    rows = []
    for k in range(count):
        here = place == k
        if here.any():
            means = {"forecast": forecasts[here].mean(), "happened": hit[here].mean()}
            rows.append({"low": k / count, "high": (k + 1) / count, "forecasts": int(here.sum()), **means})
    return pd.DataFrame(rows)

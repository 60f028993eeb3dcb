"""The clock's game with each side's resolve drawn anew for every decision: three games, each in its place.

Before any threat is in force, offers are made in rounds (`offers`). On the day on which a threat can be carried out,
and after every review of one held back, there is a showdown (`brinkmanship`). Once threatened measures are in force,
both sides pay, and a war of attrition runs (`attrition`) beside the showdowns over the threats that are left. Nothing
is learnt from one decision about the next. Each game is played to its own end, and not beyond. A deal lasts.

A clock shows this game beside its own, in which resolves last (`escalation`). `simulate_redrawn` plays disputes out
event by event: a check of the probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray
from detente.timing.attrition import Spell, attrition_under_prior
from detente.timing.brinkmanship import Showdown, showdown
from detente.timing.game import YEAR, ClockGame
from detente.timing.offers import Offers, alternating_offers, offers_under_prior
from detente.timing.scores import STATES


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
class RedrawnCourse:
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


def run_redrawn(game: ClockGame) -> RedrawnCourse:
    """Every game in turn, and the probability of each stage on each day."""
    prior, count = game.prior, len(game.threatener)
    showdowns = tuple(_showdown(game, k) for k in range(count))
    terms = _terms(game, showdowns[0])
    lengths = (game.opens[0], prior.review_days)
    offers = tuple(_offers(game, showdowns[0], terms, length // prior.round_days) for length in lengths)
    spells = tuple(attrition_under_prior(game.losses[k], prior.resolves, prior.rate) for k in range(1, count + 1))
    course = RedrawnCourse(game, terms, showdowns, (offers[0], offers[1]), spells, np.empty(0), np.empty(0))
    stages = _stages(course)
    chances = np.zeros((game.days + 1, len(STATES)))
    chances[:, 0], chances[:, 1], chances[:, 3] = stages[:, 0], stages[:, 1], stages[:, -1]
    chances[:, 2] = stages[:, 2:-1].sum(1)
    for array in (stages, chances):
        array.setflags(write=False)
    return replace(course, stages=stages, chances=chances)


def _showdown(game: ClockGame, k: int) -> Showdown:
    """The showdown over threat k."""
    a = game.threatener[k]
    more = [game.losses[k + 1][i] - game.losses[k][i] for i in (0, 1)]
    resolves = game.prior.resolves
    return showdown((more[a], more[1 - a]), (resolves[a], resolves[1 - a]), game.prior.audience)


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


def _stages(course: RedrawnCourse) -> FloatArray:
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


def _talking(course: RedrawnCourse) -> tuple[FloatArray, FloatArray]:
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


def simulate_redrawn(course: RedrawnCourse, days: Sequence[int], count: int, seed: int) -> IntArray:
    """The state of `count` disputes on each of `days` (count, len(days)), as places in `STATES`.

    Resolves are drawn from the prior of the course and both sides play its equilibrium; probabilities are never looked
    up. Raises BadInput where a day is outside the course or nothing is to be drawn.
    """
    if count < 1 or not days or min(days) < 0 or max(days) > course.game.days:
        raise BadInput(f"{count} disputes on days {list(days)}: give one or more, on days from 0 to {course.game.days}")
    generator = np.random.default_rng(seed)
    return np.array([_one(course, days, generator) for _ in range(count)], dtype=np.int64)


def _one(course: RedrawnCourse, days: Sequence[int], generator: np.random.Generator) -> IntArray:
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


def _agreed(course: RedrawnCourse, offers: Offers | None, generator: np.random.Generator) -> float:
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


def _decide(course: RedrawnCourse, stage: int, generator: np.random.Generator) -> str:
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

"""From a dispute to its clock: legal dates, payoffs of every stage, a stated prior, probabilities, scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Final

import pandas as pd

from detente.analyses.clock.options import ClockOptions
from detente.analyses.clock.outlook import (
    ONE,
    at_marks,
    beliefs_frame,
    calendar_frame,
    chances_frame,
    experts,
    forecast_frame,
    games_frame,
    played_frame,
    score_frame,
    showdowns_frame,
    stages_frame,
    variants_of,
    varied_frame,
)
from detente.analyses.clock.result import Clock
from detente.analyses.clock.stages import LegalDate, Step, calendar, from_the_truce, solve_stages, steps_of
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Session, Steps
from detente.errors import BadInput
from detente.timing.equilibrium import run_game
from detente.timing.game import ClockGame
from detente.timing.prior import Prior, Resolve

SIGMA: Final = 1.0
"""Spread of the log of a resolve where the file prices nothing: a factor of 2.7 either way, two times in three."""
_NINETY: Final = 2 * 1.6448536269514722
"""Standard deviations between the ends of a range that holds 90 %."""
_NARROW: Final = 0.05
"""The least spread of a resolve: a price without a range is no certainty about a government."""
_LONGEST: Final = 5 * 365
"""Days that a clock runs at most unless told: payoffs are those of one base year."""
_FARTHEST: Final = 50 * 366
"""Days that a clock can run: every day is a step of the game."""


def compute(session: Session, options: ClockOptions, progress: Progress | None = None) -> Clock:
    """Compute the probability of a deal, a truce, partial tariffs and war on every day.

    By default resolves come from the file's `values`, or where it has none from what the war costs; see `prior_of`. A
    score reads the file's outcomes that are dated after its day; nothing else does, and no probability depends on them.
    The last day is by default the last deadline of the file, a year at least and five years at most.

    Raises
    ------
    UnknownEconomy, BadInput
        Where players are not two economies of the world, nothing is threatened, the last day is none, or scores are
        asked for and nothing happened on the clock.
    NotSolved
        Where a state has no equilibrium.
    """
    session = session.long_run
    known, pair = session.known, session.pair(options.players, "a clock is")
    say = Steps(progress, 3)
    say("payoffs of every stage")
    wait = Prior.review_days if options.prior is None else options.prior.review_days
    steps = steps_of(session, pair, wait)
    stages = solve_stages(session, steps)
    losses = stages.losses(pair)
    prior, origin = prior_of(known, pair, losses) if options.prior is None else (options.prior, ("given", "given"))
    legal = calendar(known.as_of, known.dates, known.demands, known.measures)
    until = last_day(known.as_of, legal, options.until)
    course = run_game(game_of(losses, steps, pair, prior, known.as_of, until))
    marks = _marks(known.as_of, steps, until)
    say("other elasticities and priors")
    variants, left = variants_of(session, pair, course, steps)
    say("simulated disputes")
    played = played_frame(course, known.as_of, marks, options.seed)
    games, said = games_frame(course, known.as_of, marks)
    varied = varied_frame(variants, lambda each: at_marks(each, known.as_of, marks).drop(columns="why"))
    told = experts(known.forecasts)
    chances = chances_frame(course, known.as_of)
    say("")
    return Clock(
        **session.head(options.plain()),
        players=pair,
        notes=(*_undated(steps), *stages.notes, *said, *left),
        residual=stages.residual,
        as_of=known.as_of.isoformat(),
        until=until.isoformat(),
        prior={**asdict(prior), "origin": list(origin)},
        stated=stated(prior, pair, origin),
        ignored=tuple(str(fact) for fact in session.prepared.later),
        scored=ONE if options.score else "",
        seed=options.seed,
        calendar=calendar_frame(legal),
        stages=stages_frame(steps, losses, known.as_of),
        showdowns=showdowns_frame(course, steps),
        beliefs=beliefs_frame(course, known.as_of, pair),
        chances=chances,
        outlook=at_marks(course, known.as_of, marks),
        sensitivity=pd.concat([games, varied], ignore_index=True),
        varied_showdowns=varied_frame(variants, lambda each: showdowns_frame(each, steps)),
        played=played,
        forecasts=forecast_frame(told, course, known.as_of, marks),
        scores=score_frame(session.dispute, known, told, course, until, asked=options.score),
    )


def prior_of(
    dispute: Dispute, pair: tuple[str, str], losses: Sequence[tuple[float, float]]
) -> tuple[Prior, tuple[str, str]]:
    """The prior of a dispute, and for each side where its resolve is from: `file`, `war` or `zero`.

    A side's resolve is what the file's `values` say meeting the other's demands costs it, and winning its own is worth
    to it, summed: the geometric middle of the range, which is taken to hold 90 %. Where the file prices nothing for a
    side, or its range begins at 0 (`zero`), the median is what the war costs the side that loses (or gains) more from
    it, with a spread of one log unit.
    """
    stake = max(abs(losses[-1][0]), abs(losses[-1][1]))
    resolves, origin = [], []
    for side in pair:
        ranges = [
            given
            for name, given in dispute.values.get(side, {}).items()
            if any(demand.id == name and {demand.by, demand.of} == set(pair) for demand in dispute.demands)
        ]
        low, high = sum(given[0] for given in ranges), sum(given[1] for given in ranges)
        if low > 0:
            resolves.append(Resolve(math.sqrt(low * high), max(math.log(high / low) / _NINETY, _NARROW)))
            origin.append("file")
        else:
            if stake <= 0:
                raise BadInput(
                    f"carrying out every threat changes nothing for {pair[0]} or {pair[1]}: no prior follows"
                )
            resolves.append(Resolve(stake, SIGMA))
            origin.append("zero" if high > 0 else "war")
    return Prior((resolves[0], resolves[1])), (origin[0], origin[1])


def stated(prior: Prior, pair: tuple[str, str], origin: tuple[str, str]) -> tuple[str, ...]:
    """The prior in sentences, with codes for names."""
    why = {
        "file": "the range that the file gives, taken to hold 90 %",
        "war": "what the war costs the side that it costs more, give or take one log unit",
        "zero": "the file's range begins at 0, of which no lognormal is made, so what the war costs",
        "given": "as given",
    }
    sides = [
        f"{side} would pay a year rather than give way: median USD {resolve.median / 1e3:.3g}bn, 90 % between "
        f"{resolve.quantile(0.05) / 1e3:.3g}bn and {resolve.quantile(0.95) / 1e3:.3g}bn ({why[source]})"
        for side, resolve, source in zip(pair, prior.resolves, origin, strict=True)
    ]
    rest = (
        f"both count what they win over {prior.patience:g} years; backing down costs {prior.audience:.0%} of the own "
        f"resolve; measures stay in force for {prior.review_days} days before anything else is decided; resolves are "
        "independent, drawn once, and last; each side learns of the other's from what it did"
    )
    return (*sides, rest)


def game_of(
    losses: tuple[tuple[float, float], ...],
    steps: Sequence[Step],
    pair: tuple[str, str],
    prior: Prior,
    as_of: date,
    until: date,
) -> ClockGame:
    """The game of a clock. Raises BadInput where the last day is not after the first."""
    days = (until - as_of).days
    if days < 1:
        raise BadInput(
            f"the clock ends on {until}, which is not after the day of the dispute, {as_of}: give a later day"
        )
    if days > _FARTHEST:
        raise BadInput(
            f"the clock ends on {until}, {days / 365.25:.0f} years after {as_of}: give a day within 50 years"
        )
    return ClockGame(
        losses=from_the_truce(losses),
        threatener=tuple(pair.index(step.by) for step in steps),
        opens=tuple((step.opens - as_of).days for step in steps),
        prior=prior,
        days=days,
    )


def last_day(as_of: date, legal: Sequence[LegalDate], given: date | None) -> date:
    """The last day of a clock: as given, or the last deadline, a year at least and five years at most."""
    if given is not None:
        return given
    last = max((entry.day for entry in legal if entry.day is not None), default=as_of)
    return as_of + timedelta(min(max((last - as_of).days, 365), _LONGEST))


def _marks(as_of: date, steps: Sequence[Step], until: date) -> list[tuple[date, str]]:
    """Days that tables show: when threats open, and some spans after the day of the dispute."""
    marks = [(step.opens, f"{', '.join(t.id for t in step.threats)} can be carried out") for step in steps]
    marks += [(as_of + timedelta(days), label) for days, label in ((182, "after half a year"), (365, "after a year"))]
    kept = {day: why for day, why in marks if as_of < day < until}
    return sorted({**kept, until: "the last day of the clock"}.items())


def _undated(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if not step.dated:
            names = ", ".join(t.id for t in step.threats)
            yield f"no source gives the first day of {names}: {step.opens.isoformat()} is taken, a review period on"

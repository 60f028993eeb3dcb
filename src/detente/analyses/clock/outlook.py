"""Tables of a clock.

The same clock under other assumptions: priors with one thing moved, and payoffs of other sets of elasticities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Final

import pandas as pd

from detente.analyses.clock.stages import LegalDate, Step, from_the_truce, under_other_sets
from detente.dispute.session import Session
from detente.timing.game import Course, run_game, simulate
from detente.timing.prior import Prior
from detente.timing.scores import STATES

COLUMNS: Final = tuple(state.replace(" ", "_") for state in STATES)
"""The four outcomes as names of columns."""

PLAYED: Final = 2000
"""Disputes that are played out beside the probabilities."""


def calendar_frame(legal: Sequence[LegalDate]) -> pd.DataFrame:
    """Legal dates, one row each."""
    rows = [{**asdict(entry), "day": None if entry.day is None else entry.day.isoformat()} for entry in legal]
    return pd.DataFrame(rows, columns=["day", "kind", "id", "by", "what"])


def stages_frame(steps: Sequence[Step], losses: Sequence[tuple[float, float]], as_of: date) -> pd.DataFrame:
    """One row a stage: what brings it, when, and what both sides lose in it."""
    rows = []
    for k, (first, second) in enumerate(losses):
        step = steps[k - 1] if k else None
        rows.append(
            {
                "stage": k,
                "state": "truce" if step is None else "war" if k == len(steps) else "partial tariffs",
                "threat": "" if step is None else " ".join(threat.id for threat in step.threats),
                "title": "none of the threats is in force" if step is None else step.title,
                "by": "" if step is None else step.by,
                "opens": (as_of if step is None else step.opens).isoformat(),
                "dated": step is None or step.dated,
                "loss_first": first,
                "loss_second": second,
            }
        )
    return pd.DataFrame(rows)


def showdowns_frame(course: Course, steps: Sequence[Step]) -> pd.DataFrame:
    """One row a threat: what happens on the day on which it can be carried out."""
    names = ("tough", "bluffs", "belief", "concede", "deal", "carried_out", "held", "if_resisted")
    return pd.DataFrame(
        [
            {"stage": k, "by": step.by, **{name: getattr(found, name) for name in names}}
            for k, (step, found) in enumerate(zip(steps, course.showdowns, strict=True), start=1)
        ]
    )


def offers_frame(course: Course, as_of: date) -> pd.DataFrame:
    """One row a round of offers before anything is carried out."""
    rows = []
    for spell, offers in zip(("first", "between reviews"), course.offers, strict=True):
        for k, demand in enumerate(() if offers is None else offers.demands, start=1):
            on = (as_of + timedelta(k * course.game.prior.round_days)).isoformat() if spell == "first" else None
            left = 0.0 if offers is None else float(offers.open[k])
            rows.append({"spell": spell, "round": k, "on": on, "demand": float(demand), "open": left})
    return pd.DataFrame(rows, columns=["spell", "round", "on", "demand", "open"])


def chances_frame(course: Course, as_of: date) -> pd.DataFrame:
    """One row a day: the probability of each outcome."""
    days = [(as_of + timedelta(k)).isoformat() for k in range(len(course.chances))]
    return pd.DataFrame({"day": days, **dict(zip(COLUMNS, course.chances.T, strict=True))})


def at_marks(course: Course, as_of: date, marks: Sequence[tuple[date, str]]) -> pd.DataFrame:
    """One row a marked day: the probability of each outcome."""
    rows = [
        {
            "day": day.isoformat(),
            "why": why,
            **dict(zip(COLUMNS, course.chances[(day - as_of).days].tolist(), strict=True)),
        }
        for day, why in marks
    ]
    return pd.DataFrame(rows)


def played_frame(course: Course, as_of: date, marks: Sequence[tuple[date, str]], seed: int) -> pd.DataFrame:
    """Frequencies among disputes played out, beside the probabilities, on marked days."""
    days = [(day - as_of).days for day, _ in marks]
    seen = simulate(course, days, PLAYED, seed)
    rows = []
    for k, (day, _) in enumerate(marks):
        for place, state in enumerate(STATES):
            rows.append(
                {
                    "day": day.isoformat(),
                    "state": state,
                    "probability": float(course.chances[days[k], place]),
                    "frequency": float((seen[:, k] == place).mean()),
                    "disputes": PLAYED,
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class ClockVariant:
    """A clock with one assumption moved: its name, what is moved (`prior` or `elasticities`), and its course."""

    name: str
    kind: str
    course: Course


def other_priors(prior: Prior, pair: tuple[str, str]) -> Iterator[tuple[str, Prior]]:
    """Priors in which one thing is moved, each named with the codes of both sides."""
    for name, other in prior.variants():
        for seat, code in (("first", pair[0]), ("second", pair[1])):
            name = name.replace(f"{seat} side's resolve", f"resolve of {code}")
        yield name, other


def variants_of(
    session: Session, pair: tuple[str, str], course: Course, steps: Sequence[Step]
) -> tuple[list[ClockVariant], tuple[str, ...]]:
    """The clock as stated, then under other priors, then with payoffs of every other set of elasticities.

    With other elasticities resolves stay those of the prior. Also a note on sets that lack sectors of the world.
    Raises BadMeasure, NotSolved.
    """
    game = course.game
    found = [ClockVariant("as stated", "prior", course)]
    for name, prior in other_priors(game.prior, pair):
        found.append(ClockVariant(name, "prior", run_game(replace(game, prior=prior))))
    others, missing = under_other_sets(session, steps)
    for name, stages in others:
        found.append(
            ClockVariant(name, "elasticities", run_game(replace(game, losses=from_the_truce(stages.losses(pair)))))
        )
    left = (f"elasticities {', '.join(missing)} lack sectors of the world, and are not in the sensitivity",)
    return found, left if missing else ()


def varied_frame(variants: Sequence[ClockVariant], table: Callable[[Course], pd.DataFrame]) -> pd.DataFrame:
    """A table of every variant, one under the other, with the columns `variant` and `kind` before its own."""
    frames = []
    for each in variants:
        frame = table(each.course)
        frame.insert(0, "kind", each.kind)
        frame.insert(0, "variant", each.name)
        frames.append(frame)
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)

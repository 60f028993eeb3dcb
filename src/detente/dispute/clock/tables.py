"""Tables of a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Final

import pandas as pd

from detente.dispute.clock.stages import Step
from detente.talks.clock import STATES, Course, LegalDate, simulate

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

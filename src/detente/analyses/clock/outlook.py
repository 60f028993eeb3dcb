"""Tables of a clock: the probability of each outcome by day, forecasts beside it, and the same under other assumptions.

Forecasts of a file are read as probabilities over the four states; one that gives no probability is listed, and not
scored. Once it is known what happened, the forecasts and the clock are scored alike.

Other assumptions are other games, priors with one thing moved, and payoffs of other sets of elasticities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from detente.analyses.clock.stages import LegalDate, Step, from_the_truce, under_other_sets
from detente.dispute.blocks import Forecast, RecordedOutcome
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadInput, NotSolved
from detente.inputs import FloatArray
from detente.timing.equilibrium import run_game
from detente.timing.escalation import Course, simulate
from detente.timing.fixed_types import fixed_chances
from detente.timing.game import ClockGame
from detente.timing.posterior import Posterior
from detente.timing.prior import Prior
from detente.timing.redrawn import run_redrawn
from detente.timing.scores import STATE_OF, STATES, SUM, brier, log_score, pool


@dataclass(frozen=True, eq=False)
class Expert:
    """The forecast of one person on one day for one horizon.

    `chances` (4,) are probabilities of `STATES`, or None where none was said; `said` are the words. Probability that is
    not given to a state by name is spread evenly over those not named.
    """

    who: str
    day: date
    by: date | None
    said: tuple[str, ...]
    chances: FloatArray | None = field(repr=False)


def experts(forecasts: Sequence[Forecast]) -> tuple[Expert, ...]:
    """Forecasts grouped by who made them, when, and for when, in the order of the file.

    Raises BadInput where the probabilities that a person gave sum to more than 1.
    """
    groups: dict[tuple[str, date, date | None], list[Forecast]] = {}
    for forecast in forecasts:
        groups.setdefault((forecast.who, forecast.date, forecast.by), []).append(forecast)
    return tuple(_expert(who, day, by, said) for (who, day, by), said in groups.items())


def _expert(who: str, day: date, by: date | None, said: Sequence[Forecast]) -> Expert:
    given: dict[str, float] = {}
    for forecast in said:
        if forecast.probability is not None:
            state = STATE_OF[forecast.outcome]
            given[state] = given.get(state, 0.0) + forecast.probability
    total = sum(given.values())
    if total > 1 + SUM:
        raise BadInput(f"the probabilities that {who} gave on {day} sum to {total:.6g}: at most 1")
    chances = None
    if given:
        others = [state for state in STATES if state not in given]
        if not others and total < 1 - SUM:
            raise BadInput(
                f"the probabilities that {who} gave on {day} name every outcome and sum to {total:.6g}, not 1"
            )
        rest = (1 - min(total, 1.0)) / len(others) if others else 0.0
        chances = np.array([given.get(state, rest) for state in STATES])
        chances = chances / max(total, 1.0)
        chances.setflags(write=False)
    words = tuple(forecast.quote or f"{forecast.outcome}" for forecast in said)
    return Expert(who, day, by, words, chances)


ONE: Final = "One dispute is one observation: these scores say how this one went, and not whether a forecaster is good."
"""What goes with every score."""

_COLUMNS: Final = [state.replace(" ", "_") for state in STATES]
_SCORES: Final = ["day", "ending", "what", "state", "forecaster", "probability", "brier", "log"]
UNIFORM: Final = "uniform"
CLOCK: Final = "clock"


def forecast_frame(
    told: Sequence[Expert], course: Course, as_of: date, marks: Sequence[tuple[date, str]]
) -> pd.DataFrame:
    """Experts, their pools for each horizon that somebody gave probabilities for, and the clock on its last day."""
    rows = [_row(e.who, e.day, e.by, "; ".join(e.said), e.chances) for e in told]
    for by in dict.fromkeys(e.by for e in told if e.chances is not None):
        for kind, chances in _pools(told, by):
            rows.append(_row(f"{kind} pool", as_of, by, "", chances))
    last = marks[-1][0]
    rows.append(_row(CLOCK, as_of, last, "", course.chances[(last - as_of).days]))
    rows.append(_row(UNIFORM, as_of, None, "", np.full(len(STATES), 1 / len(STATES))))
    return pd.DataFrame(rows)


def _row(who: str, day: date, by: date | None, said: str, chances: FloatArray | None) -> dict[str, object]:
    values = np.full(len(STATES), math.nan) if chances is None else chances
    when = {"day": day.isoformat(), "by": None if by is None else by.isoformat()}
    return {"who": who, **when, "said": said, **dict(zip(_COLUMNS, map(float, values), strict=True))}


def _pools(told: Sequence[Expert], by: date | None) -> list[tuple[str, FloatArray]]:
    given = [e.chances for e in told if e.chances is not None and e.by == by]
    found = [("linear", pool(given))]
    if np.prod(given, axis=0).any():  # else every state is ruled out by somebody, and no logarithmic pool exists
        found.append(("log", pool(given, by="log")))
    return found


def score_frame(
    dispute: Dispute, known: Dispute, told: Sequence[Expert], course: Course, until: date, *, asked: bool
) -> pd.DataFrame:
    """Scores against the outcomes of the file that are dated after its day and on the clock; empty unless asked for.

    The clock is scored on the day of each outcome. A forecast for a day is scored against how things stood on it, the
    last outcome before; one without a day against the first outcome after it was made. Raises BadInput where scores are
    asked for and there is no such outcome.
    """
    if not asked:
        return pd.DataFrame({name: pd.Series(dtype="float64" if name in _SCORES[5:] else "str") for name in _SCORES})
    record = sorted((o for o in dispute.outcomes if known.as_of < o.date <= until), key=lambda o: o.date)
    if not record:
        raise BadInput(
            f"{dispute.dispute} has no outcome dated from {known.as_of} to {until}: there is nothing to score"
        )
    uniform = np.full(len(STATES), 1 / len(STATES))
    rows = []
    for outcome in record:
        rows.append(_scored(outcome, CLOCK, course.chances[(outcome.date - known.as_of).days]))
        rows.append(_scored(outcome, UNIFORM, uniform))
    forecasters = [(e.who, e.by, e.chances) for e in told if e.chances is not None]
    for by in dict.fromkeys(by for _, by, _ in forecasters):
        forecasters += [(f"{kind} pool", by, chances) for kind, chances in _pools(told, by)]
    for who, by, chances in forecasters:
        settled = record[0] if by is None else next((o for o in reversed(record) if o.date <= by), None)
        if settled is not None:
            rows.append(_scored(settled, who, chances))
    return pd.DataFrame(rows, columns=_SCORES)


def _scored(outcome: RecordedOutcome, who: str, chances: FloatArray) -> dict[str, object]:
    state = STATE_OF[outcome.outcome]
    place = STATES.index(state)
    log = log_score(chances, place)
    return {
        "day": outcome.date.isoformat(),
        "ending": outcome.outcome,
        "what": outcome.what or "",
        "state": state,
        "forecaster": who,
        "probability": float(chances[place]),
        "brier": brier(chances, place),
        "log": log if math.isfinite(log) else math.nan,
    }


COLUMNS: Final = tuple(state.replace(" ", "_") for state in STATES)
"""The four outcomes as names of columns."""

PLAYED: Final = 20_000
"""Number of simulated disputes that are compared with the probabilities."""


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
    """One row a threat that is decided on: what happens on the day of its decision, given that it comes."""
    names = ("reached", "tough", "bluffs", "belief", "concede", "deal", "carried_out", "held", "threshold", "yields")
    rows = [
        {"stage": each.stage + 1, "by": step.by, **{name: float(getattr(each, name)) for name in names}}
        for step, each in zip(steps, course.decisions, strict=False)  # the clock may end before the last threat
    ]
    return pd.DataFrame(rows, columns=["stage", "by", *names])


def beliefs_frame(course: Course, as_of: date, pair: tuple[str, str]) -> pd.DataFrame:
    """One row a side and event: what is believed of its resolve from then on, if nothing has ended the dispute."""
    rows = []

    def add(day: int, stage: int, event: str, beliefs: tuple[Posterior, Posterior]) -> None:
        for side, found in zip(pair, beliefs, strict=True):
            low, middle, high = (float(found.quantile(p)) for p in (0.05, 0.5, 0.95))
            when = (as_of + timedelta(day)).isoformat()
            rows.append({"day": when, "stage": stage, "event": event, "side": side, "low": low, "median": middle,
                         "high": high})  # fmt: skip

    if course.decisions:
        add(0, 0, "prior", course.decisions[0].before)
        first = course.decisions[0]
        add(first.day, 1, "held back", first.after("held back"))
        if first.bluffs > 0:
            add(first.day, 1, "backed down", first.after("backed down"))
    for each in course.decisions:
        add(each.day, each.stage + 1, "carried out", each.after("carried out"))
    return pd.DataFrame(rows, columns=["day", "stage", "event", "side", "low", "median", "high"])


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
    """Frequencies among simulated disputes, beside the probabilities, on marked days."""
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


AS_STATED: Final = "as stated"
"""The name of the clock itself among its variants."""
REDRAWN: Final = "resolves drawn anew at each date"
OLD_THRESHOLDS: Final = "resolves that last, thresholds as if drawn anew"
SOLVED_AGAIN: Final = "resolves that last, thresholds solved again (as stated)"
IMPATIENT: Final = "the same, the equilibrium from the least patient thresholds"
"""The games that are compared, by name."""


@dataclass(frozen=True)
class ClockVariant:
    """A clock with one assumption moved: its name, what is moved (`prior` or `elasticities`), and its course."""

    name: str
    kind: str
    course: Course


def games_frame(course: Course, as_of: date, marks: Sequence[tuple[date, str]]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The outcomes on marked days in other games under the same prior, one game under the other, and notes.

    Resolves drawn anew at each date; resolves that last under the thresholds of that game; resolves that last under
    thresholds solved again, which is the clock itself; and its equilibrium from the least patient thresholds where that
    is another one.
    """
    days = [(day - as_of).days for day, _ in marks]
    anew = run_redrawn(course.game)
    games = {REDRAWN: anew.chances[days], OLD_THRESHOLDS: fixed_chances(anew, days)}
    games[SOLVED_AGAIN] = course.chances[days]
    notes: tuple[str, ...]
    try:
        other = run_game(course.game, patient=False).chances[days]
    except NotSolved:
        notes = ("the search from the least patient thresholds ends at none that fit: other equilibria are not known",)
    else:
        gap = float(np.abs(other - games[SOLVED_AGAIN]).max())
        notes = ("the searches from the most and from the least patient thresholds end at the same equilibrium",)
        if gap > _SAME:
            games[IMPATIENT] = other
            notes = (f"there is another equilibrium, which moves a probability by {gap:.1%}: see the table of games",)
    frames = [
        pd.DataFrame(
            {
                "variant": name,
                "kind": "game",
                "day": [day.isoformat() for day, _ in marks],
                **dict(zip(COLUMNS, found.T, strict=True)),
            }
        )
        for name, found in games.items()
    ]
    return pd.concat(frames, ignore_index=True), notes


_SAME: Final = 1e-3
"""The difference of probabilities up to which two equilibria count as one."""


def other_priors(prior: Prior, pair: tuple[str, str]) -> Iterator[tuple[str, Prior]]:
    """Priors in which one thing is moved, each named with the codes of both sides.

    The risk that talks break down is left as it is: no offers are made where resolves last.
    """
    for name, other in prior.variants():
        if other.breakdown != prior.breakdown:
            continue
        for seat, code in (("first", pair[0]), ("second", pair[1])):
            name = name.replace(f"{seat} side's resolve", f"resolve of {code}")
        yield name, other


def solved_courses(games: Iterator[tuple[str, ClockGame]]) -> tuple[dict[str, Course], tuple[str, ...]]:
    """The course of each game by name, and a note on games that have no thresholds that fit."""
    found, lost = {}, []
    for name, game in games:
        try:
            found[name] = run_game(game)
        except NotSolved:
            lost.append(name)
    return found, (f"no thresholds fit, and the sensitivity leaves out: {', '.join(lost)}",) if lost else ()


def variants_of(
    session: Session, pair: tuple[str, str], course: Course, steps: Sequence[Step]
) -> tuple[list[ClockVariant], tuple[str, ...]]:
    """The clock as stated, then under other priors, then with payoffs of every other set of elasticities.

    With other elasticities resolves stay those of the prior. Also notes on what is left out.
    Raises BadMeasure, NotSolved.
    """
    game = course.game
    priors, first = solved_courses((name, replace(game, prior=prior)) for name, prior in other_priors(game.prior, pair))
    others, missing = under_other_sets(session, steps)
    sets, second = solved_courses(
        (name, replace(game, losses=from_the_truce(stages.losses(pair)))) for name, stages in others
    )
    found = [ClockVariant(AS_STATED, "prior", course)]
    found += [ClockVariant(name, "prior", each) for name, each in priors.items()]
    found += [ClockVariant(name, "elasticities", each) for name, each in sets.items()]
    left = (f"elasticities {', '.join(missing)} lack sectors of the world, and are not in the sensitivity",)
    return found, (*first, *second, *(left if missing else ()))


def varied_frame(variants: Sequence[ClockVariant], table: Callable[[Course], pd.DataFrame]) -> pd.DataFrame:
    """A table of every variant, one under the other, with the columns `variant` and `kind` before its own."""
    frames = []
    for each in variants:
        frame = table(each.course)
        frame.insert(0, "kind", each.kind)
        frame.insert(0, "variant", each.name)
        frames.append(frame)
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)

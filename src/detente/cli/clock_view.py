"""A clock on a terminal: the prior, probabilities on marked days with their span, the games, scores."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from detente.analyses.clock.report import (
    OUTCOMES,
    chance,
    headline,
    named,
    names_of,
    scored,
    showdown_span,
    span,
    stamp,
    unread,
    whole,
)
from detente.cli.screen import plain_table, say
from detente.report.blocks import rows_of
from detente.report.numbers import MISSING, level_usd, listed

if TYPE_CHECKING:
    from rich.console import Console

    from detente.analyses.clock.result import Clock

_ENDS: Final = ("deal", "carried_out", "held")
"""How the day of a threat can end."""


def show_clock(clock: Clock, to: Console) -> None:
    """The headline, the prior, probabilities on marked days, what they depend on, stages, forecasts and scores."""
    say(headline(clock), to, "bold")
    to.print()
    say("The prior: probabilities are under these beliefs, and no others", to, "italic")
    for text in clock.stated:
        say(f"- {named(clock, text)}.", to)
    _show_outlook(clock, to)
    _show_stages(clock, to)
    _show_forecasts(clock, to)
    for note in clock.notes:
        say(f"Note: {note}", to)
    if clock.ignored:
        say(unread(clock), to)
    say(stamp(clock), to, "dim")


def _show_outlook(clock: Clock, to: Console) -> None:
    to.print()
    say("Probability of each outcome; below it the span over other priors and elasticities", to, "italic")
    table = plain_table([("", "left"), *((label.split(" (")[0], "right") for label in OUTCOMES.values())])
    for row in rows_of(clock.outlook):
        spans = (span(clock, name, row["day"]) for name in OUTCOMES)
        table.add_row(f"{row['day']}", *(chance(row[name]) for name in OUTCOMES))
        table.add_row(f"  {row['why']}", *(whole(low, high) for low, high in spans), style="dim")
    to.print(table)


def _show_stages(clock: Clock, to: Console) -> None:
    first, second = (names_of(clock).economy(code) for code in clock.players)
    say(
        "What stands behind it: losses a year in each stage, and what happens on the day of each threat; below it the "
        "span over other priors and elasticities",
        to,
        "italic",
    )
    table = plain_table(
        [("", "left"), (f"{first} loses", "right"), (f"{second} loses", "right"), ("deal", "right"),
         ("carried out", "right"), ("held", "right")]
    )  # fmt: skip
    days = {row["stage"]: row for row in rows_of(clock.showdowns)}
    for row in rows_of(clock.stages):
        day = days.get(row["stage"])
        ends = [MISSING] * 3 if day is None else [chance(day[name]) for name in _ENDS]
        label = f"{row['state']}: {row['threat'] or 'none of the threats'}"
        table.add_row(label, level_usd(row["loss_first"]), level_usd(row["loss_second"]), *ends)
        if day is not None:
            spans = (whole(*showdown_span(clock, name, row["stage"])) for name in _ENDS)
            table.add_row(f"  from {row['opens']}", "", "", *spans, style="dim")
    to.print(table)


def _show_forecasts(clock: Clock, to: Console) -> None:
    said = clock.forecasts[~clock.forecasts["who"].isin(["clock", "uniform"])]
    for row in rows_of(said):
        if math.isnan(row["deal"]):
            say(f"{row['who']} gave no probability: “{row['said']}”. Not scored.", to)
        else:
            parts = [f"{label} {chance(row[name])}" for name, label in OUTCOMES.items()]
            say(f"{row['who']}: {listed(parts)}.", to)
    if not len(clock.scores):
        return
    to.print()
    say("Scores against what happened; lower is better", to, "italic")
    table = plain_table(
        [
            ("what happened", "left"),
            ("forecaster", "left"),
            ("its probability", "right"),
            ("Brier", "right"),
            ("log", "right"),
        ]
    )
    for row in rows_of(clock.scores):
        log = "∞" if math.isnan(row["log"]) else f"{row['log']:.3f}"
        numbers = (chance(row["probability"]), f"{row['brier']:.3f}", log)
        table.add_row(f"{row['day']} {row['state']}", row["forecaster"], *numbers)
    to.print(table)
    say(scored(clock), to)

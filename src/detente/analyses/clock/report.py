"""A clock as sentences, tables, a chart and a folder with a report."""

from __future__ import annotations

import math
from datetime import date
from functools import partial
from typing import Any, Final

import pandas as pd

from detente.analyses.clock.result import Clock
from detente.dispute.results import Record
from detente.report import altair as alt
from detente.report.alike import told_together
from detente.report.blocks import Bullets, Document, Figure, Row, Section, Table, Text, rows_of
from detente.report.charts import FAINT, GAIN, INK, LABELS, LOSS, LOSS_LIGHT, PLOT, QUIET, SIZE, themed
from detente.report.facts import Fact
from detente.report.numbers import MISSING, NO_BREAK, Names, capital, level_usd, listed, names_of, stamp_of, typeset
from detente.report.numbers import day as date_words

OUTCOMES: Final = {
    "deal": "deal",
    "truce": "truce (talks go on)",
    "partial_tariffs": "partial tariffs",
    "war": "war",
}
"""The four outcomes as a sentence names them."""
_SHORT: Final = tuple(label.split(" (")[0] for label in OUTCOMES.values())
"""The same as heads of columns."""
_COLOURS: Final = {"deal": GAIN, "truce": FAINT, "partial_tariffs": LOSS_LIGHT, "war": LOSS}
_SMALL: Final = 5e-4
"""A probability under this is printed as about nothing, not as none."""


def chance(probability: float) -> str:
    """A probability in per cent: with a digit, and never as certain where it is not."""
    if math.isnan(probability):
        return MISSING
    if 0 < probability < _SMALL:
        return f"<0.1{NO_BREAK}%"
    if 1 - _SMALL < probability < 1:
        return f">99.9{NO_BREAK}%"
    return f"{probability * 100:.1f}{NO_BREAK}%"


def stamp(clock: Clock) -> str:
    """World, elasticities, closure, residual, version and id, on one line."""
    return stamp_of(clock, clock.residual, "long run", "under the prior stated")


def named(found: Record, text: str) -> str:
    """A sentence made elsewhere, with the names of both sides for their codes and numbers as a report has them."""
    return capital(Names(found.names).within(typeset(text), found.players))


def headline(clock: Clock) -> str:
    """The span of a deal and of a war over games, priors and elasticities, before the probabilities of the clock."""
    last = clock.outlook.iloc[-1]
    parts = [f"{OUTCOMES[name]} {chance(float(last[name]))}" for name in OUTCOMES]
    return (
        f"{_spans(clock, str(last['day']))} Under the prior stated, with resolves that last and thresholds solved "
        f"again at each date, by {last['day']}: {listed(parts)}."
    )


def brief(clock: Clock) -> str:
    """The same in short: the spans, and the probability of a deal and of a war at the end."""
    last = clock.outlook.iloc[-1]
    spans = _spans(clock, str(last["day"])).removesuffix(".")
    return (
        f"{spans}; under the prior stated, with resolves that last, they are "
        f"{chance(float(last['deal']))} and {chance(float(last['war']))}."
    )


def facts(clock: Clock) -> tuple[Fact, ...]:
    """The probabilities of a deal and of a war at the end; they hang on the game and the prior that are chosen."""
    last, day = clock.outlook.iloc[-1], str(clock.outlook["day"].iloc[-1])
    found = []
    for name in ("deal", "war"):
        low, high = span(clock, name, day)
        found.append(
            Fact(
                "clock", "probability", name, f"a {name}", f"clock:{day}", "the clock runs out", float(last[name]),
                low=low, high=high, decided_by=("the game", "the prior on resolve", "elasticities"), chosen=True,
            )
        )  # fmt: skip
    return tuple(found)


def _spans(clock: Clock, day: str) -> str:
    (least, most), (lowest, highest) = (span(clock, name, day) for name in ("deal", "war"))
    when = date_words(date.fromisoformat(day))
    return (
        f"How the dispute ends depends on what is assumed of resolve: a deal by {when} has a probability of "
        f"{_bare(least)}–{chance(most)} and a war one of {_bare(lowest)}–{chance(highest)} over the games, priors and "
        "elasticities tried."
    )


def _bare(probability: float) -> str:
    return chance(probability).removesuffix(f"{NO_BREAK}%")


def span(clock: Clock, outcome: str, day: str) -> tuple[float, float]:
    """The lowest and the highest probability of an outcome on a marked day, over all variants."""
    values = clock.sensitivity.loc[clock.sensitivity["day"] == day, outcome]
    return float(values.min()), float(values.max())


def showdown_span(clock: Clock, what: str, stage: int) -> tuple[float, float]:
    """The lowest and the highest probability of what happens on the day of a threat, over all variants."""
    values = clock.varied_showdowns.loc[clock.varied_showdowns["stage"] == stage, what]
    return float(values.min()), float(values.max())


def whole(low: float, high: float) -> str:
    """A span of probabilities in whole per cent, without the sign."""
    return f"{low * 100:.0f}–{high * 100:.0f}"


def outlook_table(clock: Clock) -> Table:
    """The probability of each outcome on marked days, with the span over all variants."""
    rows = []
    for row in rows_of(clock.outlook):
        cells = []
        for name in OUTCOMES:
            cells.append(f"{chance(row[name])} ({whole(*span(clock, name, row['day']))})")
        rows.append(Row((f"{row['day']}: {row['why']}", *cells)))
    caption = (
        "Probability of each outcome under the prior stated, with resolves that last and thresholds solved again; in "
        "brackets the span over other games, priors and elasticities"
    )
    return Table(caption, ("", *_SHORT), tuple(rows), stamp(clock))


def sensitivity_table(clock: Clock) -> Table:
    """Every variant on the last day of the clock."""
    last = str(clock.outlook["day"].iloc[-1])
    rows: list[Row] = []
    heads = {
        "game": "Other games, the same prior",
        "prior": "Other priors, one thing moved at a time",
        "elasticities": "Other elasticities, the same resolves",
    }
    for kind, head in heads.items():
        mine = clock.sensitivity[(clock.sensitivity["kind"] == kind) & (clock.sensitivity["day"] == last)]
        if len(mine):
            rows.append(Row((head,), heading=True))
        for row in rows_of(mine):
            label = names_of(clock).within(str(row["variant"]), clock.players)
            rows.append(Row((label, *(chance(row[name]) for name in OUTCOMES))))
    return Table(f"The same probabilities on {last} under other assumptions", ("", *_SHORT), tuple(rows))


def calendar_table(clock: Clock) -> Table:
    """Every legal date."""
    names = names_of(clock)
    rows = [
        Row(
            (row["day"] or "no day given", row["kind"], names.economy(row["by"]) if row["by"] else MISSING, row["what"])
        )
        for row in rows_of(clock.calendar.astype("object").where(clock.calendar.notna(), None))
    ]
    return Table("Legal dates and deadlines of the file", ("Day", "Kind", "By", "What"), tuple(rows), words=True)


def stages_table(clock: Clock) -> Table:
    """The cost of each stage for both sides."""
    first, second = (names_of(clock).economy(code) for code in clock.players)
    rows = [
        Row(
            (
                f"{row['state']}: {row['title']}",
                row["opens"] + ("" if row["dated"] else " (assumed)"),
                level_usd(row["loss_first"]),
                level_usd(row["loss_second"]),
            )
        )
        for row in rows_of(clock.stages)
    ]
    head = ("", "From", f"{first} loses a year", f"{second} loses a year")
    return Table(
        "What each stage costs, with its answers, against none of the threats", head, tuple(rows), stamp(clock)
    )


def showdown_table(clock: Clock) -> Table:
    """The outcomes on the day on which each threat is decided on."""
    titles = dict(zip(clock.stages["stage"], clock.stages["title"], strict=True))
    rows = []
    for row in rows_of(clock.showdowns):
        cells = [
            f"{chance(row[name])} ({whole(*showdown_span(clock, name, row['stage']))})"
            for name in ("reached", "tough", "bluffs", "concede", "deal", "carried_out", "held")
        ]
        rows.append(Row((titles[row["stage"]], *cells)))
    head = (
        "",
        "Comes",
        "Would carry it out",
        "Bluffs if not",
        "Other gives way if asked",
        "Deal",
        "Carried out",
        "Held",
    )
    caption = (
        "On the day on which each threat is decided on, given that it comes; in brackets the span over other priors "
        "and elasticities"
    )
    return Table(caption, head, tuple(rows))


def belief_table(clock: Clock) -> Table:
    """What each side is believed to have for resolve, from the prior on."""
    names, titles = names_of(clock), dict(zip(clock.stages["stage"], clock.stages["title"], strict=True))
    rows: list[Row] = []
    for (stage, event), group in clock.beliefs.groupby(["stage", "event"], sort=False):
        head = "The prior" if event == "prior" else f"{titles[stage]}: {event}"
        rows.append(Row((head,), heading=True))
        for row in rows_of(group):
            cells = (level_usd(row[name]) for name in ("median", "low", "high"))
            rows.append(Row((names.economy(row["side"]), row["day"], *cells)))
    caption = "What is believed of each side's resolve, USD a year, after what it did, while no deal is made"
    return Table(caption, ("", "From", "Median", "5 %", "95 %"), tuple(rows))


def unread(clock: Clock) -> str:
    """The facts that are dated after the day of the dispute and therefore enter no probability."""
    return f"No probability depends on what is dated after {clock.as_of}: {listed(list(clock.ignored))}."


def scored(clock: Clock) -> str:
    """The mean scores of the clock beside those of a uniform forecast, and what they are worth."""
    means = clock.scores.groupby("forecaster")[["brier", "log"]].mean()
    mine, uniform = means.loc["clock"], means.loc["uniform"]
    log = "∞" if clock.scores.loc[clock.scores["forecaster"] == "clock", "log"].isna().any() else f"{mine['log']:.3f}"
    return (
        f"Over {clock.scores['day'].nunique()} dated outcomes the clock has a mean Brier score of {mine['brier']:.3f} "
        f"and a mean log score of {log}, a uniform forecast {uniform['brier']:.3f} and {uniform['log']:.3f}. "
        f"{clock.scored}"
    )


def forecast_table(clock: Clock) -> Table:
    """Every forecast as probabilities."""
    rows = [
        Row((row["who"], row["day"], _day(row["by"]), *(chance(row[name]) for name in OUTCOMES)))
        for row in rows_of(clock.forecasts)
    ]
    head = ("", "On", "For", *_SHORT)
    return Table("Forecasts: of the file, pooled, and of the clock for its last day", head, tuple(rows), stamp(clock))


def _day(given: object) -> str:
    return given if isinstance(given, str) else MISSING


def sayings(clock: Clock) -> tuple[str, ...]:
    """The words of every forecast of the file."""
    return tuple(f"{row['who']}, {row['day']}: “{row['said']}”" for row in rows_of(clock.forecasts) if row["said"])


def score_table(clock: Clock) -> Table:
    """Scores against what happened."""
    rows = [
        Row(
            (
                f"{row['day']}: {row['state']}",
                row["forecaster"],
                chance(row["probability"]),
                f"{row['brier']:.3f}",
                "∞" if math.isnan(row["log"]) else f"{row['log']:.3f}",
            )
        )
        for row in rows_of(clock.scores)
    ]
    head = ("What happened", "Forecaster", "Probability given to it", "Brier (0 best)", "Log (0 best)")
    return Table("Scores; lower is better", head, tuple(rows), clock.scored)


def chances_chart(clock: Clock) -> Any:
    """The four probabilities over time, stacked, with the days on which threats open."""
    kept = range(len(clock.chances) - 1, -1, -max(1, len(clock.chances) // 240))
    frame = clock.chances.iloc[sorted({0, *kept})]
    long = frame.melt("day", list(OUTCOMES), "outcome", "probability")
    long = long.assign(
        order=[list(OUTCOMES).index(name) for name in long["outcome"]],
        colour=[_COLOURS[name] for name in long["outcome"]],
        percent=long["probability"] * 100,
    )
    first, last_day = (pd.Timestamp(clock.chances["day"].iloc[k]) for k in (0, -1))
    every = "MS" if (last_day - first).days < 200 else "QS" if (last_day - first).days < 600 else "2QS"
    months = [day.isoformat() for day in pd.date_range(first, last_day, freq=every)]
    axis = alt.Axis(values=months, format="%b %Y", labelOverlap=True, grid=False, titleColor=QUIET)
    level = alt.Axis(tickCount=5, titleFontSize=SIZE, titleColor=QUIET, minExtent=30, maxExtent=46)
    x = alt.X("day:T", axis=axis, title=None)
    y = alt.Y("percent:Q", stack="zero", scale=alt.Scale(domain=[0, 100]), title="Probability, %", axis=level)
    colour = alt.Color("colour:N", scale=None, legend=None)
    areas = alt.Chart(long).mark_area().encode(x, y, colour, order="order:Q", detail="outcome:N")
    last = clock.chances.iloc[-1]
    ends, below = [], 0.0
    for name, label in OUTCOMES.items():
        value = float(last[name]) * 100
        if value >= 4:  # a thinner band has no room for its name
            ends.append(
                {"day": str(last["day"]), "percent": below + value / 2, "text": label, "colour": _COLOURS[name]}
            )
        below += value
    words = alt.Chart(pd.DataFrame(ends)).mark_text(align="left", dx=6, fontSize=SIZE - 1)
    words = words.encode(alt.X("day:T"), alt.Y("percent:Q"), text="text:N", color=alt.value(INK))
    opens = clock.stages[clock.stages["stage"] > 0]
    rules = (
        alt.Chart(pd.DataFrame({"day": opens["opens"]})).mark_rule(color=INK, strokeDash=[3, 3]).encode(alt.X("day:T"))
    )
    drawn = alt.layer(areas, rules, words).properties(width=LABELS + PLOT - 120, height=LABELS + 90)
    about = ["Dashed: days on which threats can be carried out", _beliefs(clock), stamp(clock)]
    return themed(drawn, "Where the dispute stands, day by day", about)


def _beliefs(clock: Clock) -> str:
    sides = [
        f"{names_of(clock).the(code)} {level_usd(resolve['median'])} a year, give or take a factor of "
        f"{math.exp(resolve['sigma']):.1f}"
        for code, resolve in zip(clock.players, clock.prior["resolves"], strict=True)
    ]
    return f"Prior, what each would rather pay than give way: {listed(sides)}"


def figures(clock: Clock) -> tuple[Figure, ...]:
    """The chart and its words."""
    last = clock.chances.iloc[-1]
    parts = [f"{label} {chance(float(last[name]))}" for name, label in OUTCOMES.items()]
    return (Figure("chances", partial(chances_chart, clock), f"Four bands over time that end at {listed(parts)}."),)


def sections(clock: Clock) -> tuple[Section, ...]:
    """The sections of a report on a clock."""
    stated = Bullets(tuple(named(clock, text) for text in clock.stated))
    said = (Bullets(sayings(clock)),) if sayings(clock) else ()
    scores = (Text(scored(clock)), score_table(clock)) if len(clock.scores) else ()
    return (
        Section("When the clock runs out", (*figures(clock), outlook_table(clock))),
        Section("The prior of the clock", (Text(_PRIOR, detail=True), stated, belief_table(clock))),
        Section("How much the clock depends on it", (Text(_SENSITIVE), sensitivity_table(clock)), detail=True),
        Section("Legal dates", (calendar_table(clock),), detail=True),
        Section("The games of the clock", (Text(_GAMES, detail=True), stages_table(clock), showdown_table(clock))),
        Section("Forecasts and scores", (Text(_FORECASTS), forecast_table(clock), *said, *scores)),
        *((Section("Notes on the clock", (Bullets(told_together(_notes(clock))),)),) if _notes(clock) else ()),
    )


def _notes(clock: Clock) -> tuple[str, ...]:
    return (*clock.notes, *((unread(clock),) if clock.ignored else ()))


def document(clock: Clock) -> Document:
    """The whole report on a clock."""
    s = clock.settings
    about = f"World {s.on}, from {clock.as_of} to {clock.until}. detente {s.version}, clock {clock.id[:12]}."
    return Document(f"{clock.title}: the clock", about, headline(clock), (), sections(clock), clock.id, s.version)


_PRIOR: Final = (
    "Nobody knows what a government would rather pay than give way. Everything here is a probability under these "
    "beliefs, which were stated before anything was computed and are moved in the next part."
)
_SENSITIVE: Final = (
    "The first rows are other games under the same prior. Where resolves are drawn anew at each date, nothing is "
    "learnt and a deal comes sooner or later. Where they last and both sides keep the thresholds of that game, a "
    "threat held back once is held back for good; nobody who has learnt that would keep them. The clock is the third: "
    "resolves last, and thresholds are solved again given what each side has shown. Then half and double of each "
    "number of the prior, and the payoffs of other sets of elasticities. Where a row differs much from the third, the "
    "clock says little that its assumptions do not."
)
_GAMES: Final = (
    "Each side's resolve is drawn once and lasts. On the day of the first threat its side insists or holds back, and "
    "the other gives way or not; who is resisted carries the threat out or backs down. On the day of a later threat "
    "the other side gives way or not, and then the threat is carried out or its side gives way. A review period "
    "after the last, a war of attrition begins. Each side looks ahead to all of it, and believes of the other what it "
    "has shown: who held out is over the threshold it passed. It is a perfect Bayesian equilibrium in thresholds, the "
    "one that a search from the most patient thresholds reaches."
)
_FORECASTS: Final = (
    "A forecast without a probability is listed and not scored. Probability that a person gave to no outcome by name "
    "is spread evenly over those not named. Uniform is one in four for each."
)

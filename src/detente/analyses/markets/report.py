"""Markets as sentences, tables, a chart and a folder with a report."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

from detente.analyses.clock.outlook import AS_STATED
from detente.analyses.clock.report import chance, named
from detente.analyses.markets.result import Markets
from detente.report import altair as alt
from detente.report.alike import told_together
from detente.report.blocks import Bullets, Document, Figure, Row, Section, Table, Text, rows_of
from detente.report.charts import PLOT, SIZE, fitted, label_axis, themed, tone
from detente.report.facts import Fact
from detente.report.numbers import (
    MISSING,
    level_usd,
    listed,
    names_of,
    points,
    signed_percent,
    signed_usd,
    stamp_of,
    typeset,
)

SECTORS: Final = 10
"""Sectors of each side that a table and a chart show: those whose value added the war changes most."""


LEADING: Final = 5
"""Sectors of each side that a terminal shows of them."""


def stamp(found: Markets) -> str:
    """World, elasticities, closure, residual, version and id, on one line."""
    return stamp_of(found, found.residual, "long run", found.valued)


def headline(found: Markets) -> str:
    """The move to expect if talks break down, and what the moves of events imply."""
    row = found.moves.iloc[0]
    who = names_of(found).the(found.economy)
    text = (
        f"Equity of {who} moves by {signed_percent(row['if_war'])} when war becomes certain and by "
        f"{signed_percent(row['if_peace'])} when peace does, from a probability of war of {chance(found.probability)}, "
        f"where {found.valued}."
    )
    return " ".join([text, *_said(found)])


def brief(found: Markets) -> str:
    """The move to expect if war becomes certain, in a sentence, with what it assumes."""
    move, valued = signed_percent(float(found.moves["if_war"].iloc[0])), found.valued.partition(";")[0]
    who = names_of(found).the(found.economy)
    return f"A war that becomes certain would move equity of {who} by {move}, where {valued}."


def facts(found: Markets) -> tuple[Fact, ...]:
    """The move of equity to expect if war becomes certain; it hangs on the probability before it."""
    move, who = float(found.moves["if_war"].iloc[0]), found.economy
    return (
        Fact(
            "markets", "equity", who, names_of(found).the(who), "war certain", "war becomes certain", move,
            decided_by=("the probability of war before it",), chosen=True,
            because=f"equity is of the war that markets are asked about, where {found.valued.partition(';')[0]}",
        ),
    )  # fmt: skip


def flagged_events(found: Markets) -> frozenset[str]:
    """Events on which the asset whose moves imply a probability is flagged."""
    mine = found.events[found.events["asset"].isin(set(found.implied["asset"]))]
    return frozenset(mine.loc[mine["flagged"], "event"])


def _said(found: Markets) -> list[str]:
    """The implication of each flagged event, or a note that none is flagged."""
    mine = found.events[found.events["asset"].isin(set(found.implied["asset"]))]
    told = found.implied["event"].isin(flagged_events(found))
    stated = found.implied[(found.implied["variant"] == AS_STATED) & told]
    said = [f"{r['event']} ({signed_percent(r['move'])}): {typeset(r['statement'])}." for r in rows_of(stated)]
    if said or not len(mine):
        return said
    if len(mine) == 1:
        return ["The event is not flagged: its move is none that any other day may not bring."]
    return [f"None of {len(mine)} events is flagged: no move on them differs from what any day may bring."]


def moves_table(found: Markets) -> Table:
    """Moves to expect when war or peace becomes certain, under every variant."""
    rows = [
        Row(
            (
                names_of(found).within(row["variant"], found.players),
                chance(row["probability"]),
                f"{row['war']:.5f}",
                signed_percent(row["if_war"]),
                signed_percent(row["if_peace"]),
            )
        )
        for row in rows_of(found.moves)
    ]
    head = ("", "Probability of war", "Equity in war", "If war is certain", "If peace is certain")
    return Table(
        f"Moves of equity to expect: {names_of(found).economy(found.economy)}", head, tuple(rows), stamp(found)
    )


def event_table(found: Markets) -> Table:
    """Abnormal returns of every event."""
    rows = [
        Row(
            (
                f"{row['on']}, {row['asset']}" + (" (after the day of the file)" if row["after_as_of"] else ""),
                signed_percent(row["abnormal"]),
                points(row["se"]).lstrip("+"),
                typeset(f"{row['t']:.2f}"),
                f"{row['p']:.4f}" + (" *" if row["flagged"] else ""),
                row["what"],
            )
        )
        for row in rows_of(found.events)
    ]
    model = found.events["model"].iloc[0] if len(found.events) else ""
    head = ("", "Abnormal return", "Standard error, %", "t", "p (* flagged)", "Event")
    return Table(f"Event study: {model}", head, tuple(rows), flagged(found), words=True)


def flagged(found: Markets) -> str:
    """The number of flagged days among all days."""
    parts = [
        f"of {row['days']} days of {row['asset']} {row['flagged']} ({row['share']:.1%}) have p under {row['level']:.0%}"
        for row in rows_of(found.flags)
    ]
    return typeset(f"For comparison, {listed(parts)}") if parts else "Too few prices to flag all days"


def implied_table(found: Markets) -> Table:
    """The probability that each event implies, under every variant."""
    rows: list[Row] = []
    for event, mine in found.implied.groupby("event", sort=False):
        told = "" if event in flagged_events(found) else ", not flagged"
        rows.append(Row((f"{event}: {signed_percent(float(mine['move'].iloc[0]))}{told}",), heading=True))
        for row in rows_of(mine):
            after = "none" if math.isnan(row["after"]) else chance(row["after"])
            ratio = "without limit" if math.isnan(row["ratio"]) else f"{row['ratio']:.3g}"
            label = names_of(found).within(row["variant"], found.players)
            rows.append(Row((label, chance(row["before"]), after, signed_percent(row["largest"]), ratio)))
    head = ("", "Probability before", "Probability after", "Move that certainty would bring", "Move over it")
    caption = (
        "The probability of war that moves imply; none: no change in probability explains the move; a move that is not "
        "flagged may be any day's"
    )
    return Table(caption, head, tuple(rows), stamp(found))


def exposure_table(found: Markets) -> Table:
    """Sectors of both sides whose value added the war changes most."""
    names = names_of(found)
    rows: list[Row] = []
    for code in found.players:
        rows.append(Row((names.economy(code),), heading=True))
        for place, row in enumerate(rows_of(_most(found, code))):
            change = MISSING if math.isnan(row["change"]) else signed_percent(row["change"])
            cells = (change, signed_usd(row["change_usd"]), level_usd(row["value_added"]))
            rows.append(Row((names.sector(row["sector"]), *cells), detail=place >= LEADING))
    head = ("", "Change", "A year", "Value added before")
    return Table("What the war changes of sectors' value added, the most first", head, tuple(rows), stamp(found))


def _most(found: Markets, code: str) -> Any:
    last = found.exposures["stage"].max()
    mine = found.exposures[(found.exposures["economy"] == code) & (found.exposures["stage"] == last)]
    order = mine["change_usd"].abs().sort_values(ascending=False, kind="stable").index
    return mine.loc[order].head(SECTORS)


def exposure_chart(found: Markets, code: str) -> Any:
    """Bars of the change in value added of one side's sectors."""
    rows = _most(found, code)
    names = names_of(found)
    frame = rows.assign(
        label=[fitted(names.sector(sector)) for sector in rows["sector"]],
        bn=rows["change_usd"] / 1e3,
        colour=[tone(value) for value in rows["change_usd"]],
        text=[signed_usd(value) for value in rows["change_usd"]],
    )
    y = alt.Y("label:N", sort=list(frame["label"]), axis=label_axis())
    reach = float(frame["bn"].abs().max()) * 1.8 or 1.0
    x = alt.X("bn:Q", scale=alt.Scale(domain=[-reach, reach]), axis=None)
    base = alt.Chart(frame).encode(y, x)
    bars = base.mark_bar(size=14).encode(color=alt.Color("colour:N", scale=None, legend=None))
    up = base.transform_filter("datum.bn >= 0").mark_text(align="left", dx=5, fontSize=SIZE - 1).encode(text="text:N")
    down = (
        base.transform_filter("datum.bn < 0").mark_text(align="right", dx=-5, fontSize=SIZE - 1).encode(text="text:N")
    )
    drawn = alt.layer(bars, up, down).properties(width=PLOT, height=40 * len(frame))
    title = f"{names.economy(code)}: whose value added the war changes most"
    return themed(drawn, title, ["USD a year at base-year prices, deflated", stamp(found)])


def figures(found: Markets) -> tuple[Figure, ...]:
    """A chart of each side, with its words, that of the economy whose equity is asked about first."""
    made = []
    for code in sorted(found.players, key=lambda code: code != found.economy):
        rows = list(rows_of(_most(found, code)))[:3]
        parts = [f"{names_of(found).sector(row['sector'])} {signed_usd(row['change_usd'])}" for row in rows]
        where = names_of(found).the(code)
        words = f"Bars of the change in value added by sector in {where}; the largest are {listed(parts)}."
        made.append(Figure(f"exposure-{code.lower()}", partial(exposure_chart, found, code), words))
    return tuple(made)


def sections(found: Markets) -> tuple[Section, ...]:
    """The sections of a report on markets."""
    events: tuple[Section, ...] = ()
    if len(found.events):
        events = (
            Section("What prices did", (Text(_EVENTS, detail=True), event_table(found))),
            Section("What moves imply of the probability of war", (Text(_IMPLIED, detail=True), implied_table(found))),
        )
    return (
        Section("What markets should fear", (moves_table(found),)),
        Section("The prior of the probability of war", (Bullets(tuple(named(found, text) for text in found.stated)),)),
        *events,
        Section("Exposure of sectors", (Text(_EXPOSED), *figures(found), exposure_table(found))),
        *((Section("Notes on markets", (Bullets(told_together(found.notes)),)),) if found.notes else ()),
    )


def document(found: Markets) -> Document:
    """The whole report on markets."""
    s = found.settings
    source = f" Prices: {found.prices}." if found.prices else ""
    about = f"World {s.on}, on {found.as_of}.{source} detente {s.version}, markets {found.id[:12]}."
    return Document(f"{found.title}: markets", about, headline(found), (), sections(found), found.id, s.version)


_EXPOSED: Final = (
    "The war here is every threat of the file, carried out with its answers. Changes by sector are no results where a "
    "measure of the file is a value without a list of products: it is laid over all goods in proportion."
)
_EVENTS: Final = (
    "An abnormal return is what a price did beyond its normal return, which is estimated before the event. A day on "
    "which nothing was traded stands for the next. That a day is flagged does not say what moved the price."
)
_IMPLIED: Final = (
    "Equity is worth its value in war with the probability of war, and else its value in peace. If that is all that "
    "moved the price, the move gives a new probability. Where it would have to leave 0 to 100 %, no change in "
    "probability explains the move: it is then larger than what certainty would bring, by the ratio shown."
)

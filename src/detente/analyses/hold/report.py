"""Whether deals would hold, as tables and a chart.

Whether deals would hold, as a document and a folder with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, Literal

import pandas as pd

from detente.analyses.hold.compliance_sentences import (
    NO_DEAL,
    NOTIONS,
    clause,
    deal_words,
    kept_words,
    number,
    packages,
    rate,
    routes,
    stamp,
    state_words,
    wishes,
    with_names,
    years,
)
from detente.analyses.hold.compliance_sentences import brief as brief
from detente.analyses.hold.compliance_sentences import caveats as caveats
from detente.analyses.hold.compliance_sentences import headline as headline
from detente.analyses.hold.result import ASSUMED_GROUPS, Hold
from detente.report import altair as alt
from detente.report.alike import told_together
from detente.report.blocks import Bullets, Document, Figure, Row, Section, Table, Text, rows_of
from detente.report.charts import INK, PLOT, QUIET, SERIES, SIZE, fitted, label_axis, themed
from detente.report.numbers import MISSING, capital, level_percent, level_usd, names_of, signed_percent, signed_usd

_ROOM: Final = 0.5
"""Patience over which there is room for words on the left of a point."""


def enforcement_table(hold: Hold) -> Table:
    """Every deal and side: what cheating brings, what war brings, the patience it asks, and whether it is kept."""

    def cells(by: dict[str, dict[str, Any]]) -> tuple[str, ...]:
        war = by["war"]
        amounts = (signed_usd(war["temptation_usd"]), signed_usd(-war["loss_usd"]))
        off = "yes" if war["renegotiated"] else "no"
        return (*amounts, number(war["patience"]), rate(war), kept_words(war), off)

    patience = ("Patience a period", "Up to a rate of", f"At {_rate(hold)} a year")
    head = ("", "Cheating brings", "War brings", *patience, "Both prefer the deal to war")
    caption = f"What keeps each side to each deal; a period is {years(hold.period)}, amounts are real income a year"
    return Table(caption, head, tuple(_by_deal(hold, cells)), stamp(hold))


def enough_table(hold: Hold) -> Table:
    """Every deal and side: the shortest war and truce and the longest time unnoticed that do, and a clause."""

    def cells(by: dict[str, dict[str, Any]]) -> tuple[str, ...]:
        war, back = by["war"], by.get("snap-back")
        times = (
            MISSING if time != time else years(time)
            for time in (war["periods"] * hold.period, war["truce"], war["longest_lag"])
        )
        return (*times, MISSING if back is None else rate(back))

    head = ("", "Shortest war", "Shortest truce", "Longest unnoticed", "With snap-back, up to a rate of")
    caption = (
        f"What is enough at {_rate(hold)} a year: war that ends after a while, a truce that is expected to last, "
        f"cheating that takes longer to find out; and a snap-back after {years(hold.lag)}"
    )
    return Table(caption, head, tuple(_by_deal(hold, cells)), stamp(hold))


def _by_deal(hold: Hold, cells: Callable[[dict[str, dict[str, Any]]], tuple[str, ...]]) -> Iterator[Row]:
    """A heading for each deal, and a row for each side with cells made of its rows by punishment."""
    names = names_of(hold)
    for deal in hold.holds.index:
        its = hold.enforcement[hold.enforcement["deal"] == deal]
        yield Row((capital(deal_words(deal)),), heading=True)
        for side in hold.players:
            by = {row["punishment"]: row for row in rows_of(its[its["side"] == side])}
            yield Row((names.economy(side), *cells(by)))


def _rate(hold: Hold) -> str:
    return level_percent(hold.annual_rate)


def punishment_table(hold: Hold) -> Table:
    """The punishments of cheating, and each side's incentive to leave them alone."""
    names = names_of(hold)
    words = {"war": "War at Nash tariffs", "threats": "What the file threatens, answered"}
    rows = [
        Row(
            (
                f"{words[row['punishment']]}: {names.economy(row['side'])}",
                signed_percent(math.expm1(row["payoff"])),  # payoffs are log changes
                signed_percent(math.expm1(row["gain"])),
                "yes" if row["credible"] else "no",
            )
        )
        for row in rows_of(hold.punishments)
    ]
    head = ("", "Payoff in it", "Gain by leaving it alone", "An equilibrium")
    return Table("What follows cheating", head, tuple(rows), stamp(hold))


def ballot_table(hold: Hold) -> Table:
    """Every side and deal: who consents, who blocks, who decides, what consent costs."""
    names = names_of(hold)
    rows: list[Row] = []
    for side in hold.win_set:
        mine = hold.ballots[hold.ballots["side"] == side]
        if len(mine):
            rows.append(Row((names.economy(side),), heading=True))
        for row in rows_of(mine):
            cells = ("yes" if row["ratified"] else "no", level_percent(row["share"], 0), row["vetoed_by"] or MISSING)
            paid = level_usd(row["payment_usd"]) if row["payment_to"] else MISSING
            if row["payment_to"] not in ("", row["vetoed_by"]):
                paid += f" to {row['payment_to']}"
            rows.append(Row((capital(deal_words(row["deal"])), *cells, row["pivotal"], paid)))
    head = ("", "Ratified", "Weight for it", "Vetoed by", "Who decides", "Least payment a year")
    assumed = ASSUMED_GROUPS if hold.assumed else ""
    caption = (
        f"Ratification at home{assumed}, over {NO_DEAL[hold.no_deal]}; more than {level_percent(hold.quota, 0)} must "
        "be for it; what is paid goes to those who veto, unless others are named"
    )
    return Table(caption, head, tuple(rows), stamp(hold), words=True)


def group_table(hold: Hold) -> Table:
    """The gain of every group from every deal, in per cent of the income of its sectors."""
    names = names_of(hold)
    deals = list(dict.fromkeys(hold.groups["deal"]))
    rows: list[Row] = []
    for side in hold.players:
        mine = hold.groups[hold.groups["side"] == side]
        if len(mine):
            rows.append(Row((names.economy(side),), heading=True))
        for group, its in mine.groupby("group", sort=False):
            gains = {row["deal"]: row for row in rows_of(its)}
            cells = (signed_usd(gains[deal]["gain_usd"]) + ("*" if gains[deal]["given"] else "") for deal in deals)
            rows.append(Row((str(group), *cells)))
    head = ("", *(capital(deal_words(deal)) for deal in deals))
    over = NO_DEAL[hold.no_deal]
    caption = f"What each group gains a year over {over}, where labour is held in its sector; * given by the file"
    return Table(caption, head, tuple(rows), stamp(hold), detail=True)


def state_table(hold: Hold) -> Table:
    """Every state of the conflict: real income of both sides, and by which notions it is an equilibrium."""
    names = names_of(hold)
    rows = [
        Row(
            (
                f"{row['state']}. {state_words(hold, row['title'])}",
                *(signed_usd(row[f"real_income_usd of {side}"]) for side in hold.players),
                ", ".join(word for notion, word in NOTIONS.items() if row[notion]) or MISSING,
            )
        )
        for row in rows_of(hold.states)
    ]
    head = ("", *map(names.economy, hold.players), "An equilibrium by")
    return Table("States of the conflict: real income a year over what is in force", head, tuple(rows), stamp(hold))


def patience_chart(hold: Hold) -> Any:
    """The patience that each deal asks of each side, beside that of the rate at which deals are judged."""
    names = names_of(hold)
    war = hold.enforcement[hold.enforcement["punishment"] == "war"]
    frame = pd.DataFrame(
        {
            "label": [fitted(deal_words(deal)) for deal in war["deal"]],
            "value": war["patience"].fillna(1.0).to_numpy(),
            "side": [names.economy(side) for side in war["side"]],
            "colour": [SERIES[hold.players.index(side)] for side in war["side"]],
            "text": [
                f"{names.economy(side)}: {'no threat supports it' if value != value else f'{value:.2f}'}"
                for side, value in zip(war["side"], war["patience"], strict=True)
            ],
            "supported": war["patience"].notna().to_numpy(),
            "up": [hold.players.index(side) for side in war["side"]],
        }
    )
    order = list(dict.fromkeys(frame["label"]))
    worth = (1 + hold.annual_rate) ** -hold.period
    inside = frame["supported"] & (frame["value"] > _ROOM)  # on their left, so that they do not run over the rule
    y = alt.Y("label:N", sort=order, axis=label_axis())
    scale = alt.Scale(domain=[0, 1.45], nice=False)
    axis = alt.Axis(
        values=[0, 0.25, 0.5, 0.75, 1], format=".2f", titleFontSize=SIZE, titleColor=QUIET, labelFlush=False
    )
    x = alt.X("value:Q", scale=scale, axis=axis, title="Worth of the next period")
    layers = []
    for k in range(len(hold.players)):
        shift = -7 if k == 0 else 9
        for supported in (True, False):  # a deal that no threat supports has a ring at the end of the scale
            kept = frame[(frame["up"] == k) & (frame["supported"] == supported)]
            mine = alt.Chart(kept).encode(x, y, alt.Color("colour:N", scale=None, legend=None))
            layers.append(mine.mark_point(filled=supported, size=70, opacity=1, yOffset=shift))
            sides: tuple[tuple[Literal["left", "right"], int, Any], ...] = (("right", -8, inside), ("left", 8, ~inside))
            for align, dx, where in sides:
                words = alt.Chart(kept[where[kept.index]]).encode(x, y, alt.Color("colour:N", scale=None, legend=None))
                layers.append(words.mark_text(align=align, dx=dx, dy=shift, fontSize=SIZE - 1).encode(text="text:N"))
    rule = alt.Chart(pd.DataFrame({"value": [worth]})).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=x)
    drawn = alt.layer(rule, *layers).properties(width=PLOT, height=44 * len(order))
    under = f"Dashed: {worth:.3f}, at {level_percent(hold.annual_rate)} a year and {years(hold.period)} a period"
    return themed(drawn, "Patience that each deal asks of each side", [under, stamp(hold)])


def figures(hold: Hold) -> tuple[Figure, ...]:
    """The chart of patience, with its words."""
    names = names_of(hold)
    war = hold.enforcement[hold.enforcement["punishment"] == "war"]
    said = [
        f"{deal_words(row['deal'])}, {names.the(row['side'])}: {number(row['patience'])}"
        for row in rows_of(war)
        if row["patience"] == row["patience"]
    ]
    return (Figure("patience", partial(patience_chart, hold), f"Least patience by deal and side: {'; '.join(said)}."),)


def sections(hold: Hold) -> tuple[Section, ...]:
    """The sections of a report on deals after signature."""
    home: tuple[Any, ...] = (Text("The file names no groups at home."),)
    if len(hold.ballots):
        home = (
            Text(_HOME, detail=True),
            ballot_table(hold),
            group_table(hold),
            Bullets(with_names(hold, hold.assumed), detail=True),
        )
    listed = (Bullets(packages(hold)),) if packages(hold) else ()
    notes = Bullets(told_together(hold.notes))
    rest = (Text(_STATES, detail=True), state_table(hold), Bullets((*routes(hold), *wishes(hold))))
    return (
        Section(
            "Who would cheat",
            (*figures(hold), enforcement_table(hold), *listed, enough_table(hold), Text(clause(hold))),
        ),
        Section("What follows cheating", (Text(_PUNISHED), punishment_table(hold)), detail=True),
        Section("Ratification at home", home),
        Section("Where the conflict can rest", rest),
        Section("How sure that is", (Text(f"The war that is feared, {_game(hold)}: {hold.certificate}."), notes)),
    )


def document(hold: Hold) -> Document:
    """The whole report."""
    s = hold.settings
    about = f"World {s.on}. Governments want {hold.objective}. detente {s.version}, hold {hold.id[:12]}."
    return Document(
        f"{hold.title}: would a deal hold", about, headline(hold), caveats(hold), sections(hold), hold.id, s.version
    )


def _game(hold: Hold) -> str:
    """The game of the war that is feared."""
    floor = "which may lower duties in force" if hold.liberalise else "no lower than the duties in force"
    return f"at Nash tariffs {floor}"


_PUNISHED: Final = (
    "A threat that its maker would rather not carry out is not believed. Nash tariffs are best answers to each other, "
    "so nobody would leave them alone. What a file threatens need not be. Where both have more under the deal than in "
    "the war that punishes its breach, both would rather return to the deal: the punishment holds only "
    "where they cannot talk again."
)
_HOME: Final = (
    "A group gains what the factors in its sectors have more, value added and its share of tariff revenue over "
    "consumer prices, where labour stays in its sector. Taken from the group that gains most for its size to the one "
    "that loses most, the group with which a deal passes is the one that decides. Gains rest on changes by sector, "
    "which are no results where a measure of the file is a value without a list of products."
)
_STATES: Final = (
    "Each side can act, charge its best tariffs, give way, or do nothing new. Best tariffs are best against the move "
    "of the other; where both charge them, they are Nash tariffs. Giving way is to withdraw what was added and to "
    "charge in no sector more than the other does. A state is an equilibrium (Nash) if no move on this menu is better "
    "for its side. It is one by GMR if every gain can be answered so that it is none; by SMR if "
    "there is no way out of that; by SEQ if the answer serves those who give it."
)

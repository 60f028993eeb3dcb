"""Bands as tables and as a chart: every number with its band, and what drives it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from detente.analyses.bands.result import Bands
from detente.errors import BadInput
from detente.report import altair as alt
from detente.report.blocks import Row, Table, rows_of
from detente.report.charts import GAIN, INK, LOSS, NEUTRAL, PLOT, SIZE, fitted, label_axis, tall, themed
from detente.report.numbers import (
    ASSUMPTIONS,
    MISSING,
    Names,
    level_percent,
    of_draws,
    signed_percent,
    signed_usd,
    significant,
)

CHANGES: Final = {
    "real_income": "real income",
    "real_wage": "real wage",
    "consumer_prices": "consumer prices relative to the wage",
    "value_added": "value added of a sector",
    "if_war": "move of equity if war becomes certain",
    "if_peace": "move of equity if peace becomes certain",
    "probability_change": "change in the probability of war",
}
"""Quantities that are changes, fractions, as a table names them."""
RATES: Final = {
    "best": "best duty",
    "nash": "Nash duty",
    "rate": "Nash duty if each charges one",
    "patience": "patience that keeps the deal",
    "holds": "whether the deal is kept (1) or not (0)",
    "ratified": "whether it is ratified (1) or not (0)",
    "deal": "chance of a deal",
    "truce": "chance of a truce",
    "partial_tariffs": "chance of partial tariffs",
    "war": "chance of a war",
    "probability": "probability of war",
    "probability_after": "probability of war after a move",
    "equity": "value of equity, of 1 without threats",
    "equity_in_war": "value of equity in war",
    "equity_in_peace": "value of equity in peace",
}
"""Quantities that are levels, fractions."""
MONEY: Final = {
    "real_income_usd": "real income in USD a year",
    "revenue": "tariff revenue",
    "goods_balance": "balance of goods",
    "value_added_usd": "value added of a sector in USD a year",
    "first": "no deal to the first side",
    "second": "no deal to the second side",
    "third": "no deal to third countries",
    "world": "no deal to the world",
    "alone": "the demand alone",
    "last": "the demand after all others",
    "shapley": "the demand over all orders",
    "at_threat": "the demand where threats are carried out",
    "at_answered": "the demand where threats are carried out and answered",
    "apart": "distance to a deal",
    "short_of_payments": "distance to a deal with payments",
    "temptation_usd": "what cheating brings",
    "loss_usd": "what punishment takes",
    "payment_usd": "payment that ratifies",
}
"""Quantities in USD million a year."""
COUNTS: Final = {"packages": "packages that both prefer"}
"""Quantities that are counts."""
QUANTITIES: Final = {**CHANGES, **RATES, **MONEY, **COUNTS}


def figure_of(bands: Bands, quantity: str, value: float) -> str:
    """A number in its unit: per cent, USD, or as it is, for a function's always: its names are its own."""
    if math.isnan(value):
        return MISSING
    if not bands.parties:
        return _plain(value)
    if quantity in CHANGES:
        return signed_percent(value)
    if quantity in RATES:
        return level_percent(value)
    if quantity in MONEY:
        return signed_usd(value)
    return _plain(value)


def _plain(value: float) -> str:
    return ("−" if value < 0 else "") + significant(abs(value), 4) if value else "0"


def _called(bands: Bands, quantity: str) -> str:
    """A quantity in words; that of a function by the name it gave."""
    return QUANTITIES.get(quantity, quantity) if bands.parties else quantity


def band_table(bands: Bands, quantity: str | None = None) -> Table:
    """Every scenario and party: the run itself, median, band, and the shares of draws in which it falls and rises."""
    names = Names(bands.names)
    rows: list[Row] = []
    last = ""
    for row in rows_of(bands.of_parties(quantity)):
        if row["scenario"] != last:
            rows.append(Row((str(row["scenario"]),), heading=True))
        last = row["scenario"]
        name = names.economy(row["economy"]) if row["economy"] else _called(bands, row["quantity"])
        if row["partner"]:
            name += " with everybody" if row["partner"] == "all" else f" with {names.economy(row['partner'])}"
        figures = (figure_of(bands, row["quantity"], row[column]) for column in ("run", "median", "low", "high"))
        rows.append(Row((str(name), *figures, *(of_draws(row[c]) for c in ("negative", "positive")))))
    chosen = quantity or bands.quantity
    ways = ("Under 0 in", "Over 0 in") if bands.parties and chosen in RATES else ("Falls in", "Rises in")
    head = ("", "The run", "Median", "5 %", "95 %", *ways)
    title = _called(bands, chosen) if bands.parties else "numbers"
    return Table(f"Bands of {title}: quantiles over draws, and the shares of draws", head, tuple(rows), bands.stamp)


def driver_table(bands: Bands, quantity: str | None = None) -> Table:
    """The drivers of each number: shares of its variance over draws."""
    names = Names(bands.names)
    table = bands.drivers
    if bands.parties:
        chosen = table["quantity"] == (quantity or bands.quantity)
        table = table[chosen & table["economy"].isin([*bands.parties, ""])]
    named = list(dict.fromkeys(table["assumption"]))
    rows: list[Row] = []
    last = ""
    for (scenario, its, economy, _), cells in table.groupby(["scenario", "quantity", "economy", "partner"], sort=False):
        if scenario != last:
            rows.append(Row((str(scenario),), heading=True))
        last = str(scenario)
        label = names.economy(str(economy)) if economy else _called(bands, str(its))
        rows.append(Row((label, *(of_draws(share) for share in cells["share"]))))
    head = ("", *(ASSUMPTIONS.get(name, name).capitalize() for name in named))
    return Table("Which assumption drives it: shares of the variance over draws", head, tuple(rows), bands.stamp)


def bands_chart(bands: Bands, titles: Mapping[str, str] | None = None) -> Any:
    """The band of each party's real income in each scenario as a bar, its median as a line, the run itself as a dot.

    `titles` says what scenarios are called, by id; bands themselves know only the ids.
    """
    names = Names(bands.names)
    table = bands.of_parties()
    if table.empty:
        raise BadInput(f"{bands.title}: no state changes anything, so that there are no bands to draw")
    shown = bands.quantity
    times = 100 if bands.parties and shown in (*CHANGES, *RATES) else 1
    labels = [_label(row, names, titles or {}) for row in rows_of(table)]
    if len(set(labels)) < len(labels):  # titles that are alike once they are cut would share a row; ids are never alike
        labels = [_label(row, names, {}) for row in rows_of(table)]
    falls = zip(table["negative"], table["positive"], strict=True)
    frame = pd.DataFrame(
        {
            "label": labels,
            **{name: table[name].to_numpy() * times for name in ("low", "high", "median", "run")},
            "colour": [LOSS if down > 0.5 else GAIN if up > 0.5 else NEUTRAL for down, up in falls],
        }
    )
    order = list(frame["label"])
    y = alt.Y("label:N", sort=order, axis=label_axis())
    axis = alt.Axis(tickCount=5, grid=True, labelFontSize=SIZE - 1, labelFlush=False)
    base = alt.Chart(frame).encode(y)
    x = alt.X("low:Q", axis=axis, title=None, scale=alt.Scale(zero=True))
    colour = alt.Color("colour:N", scale=None, legend=None)
    body = base.mark_bar(height=12, opacity=0.45).encode(x, x2="high:Q", color=colour)
    middle = base.mark_tick(thickness=2.5, size=16).encode(alt.X("median:Q"), color=colour)
    dot = base.mark_point(size=34, filled=True, color=INK, opacity=1).encode(alt.X("run:Q"))
    zero = alt.Chart(pd.DataFrame({"low": [0.0]})).mark_rule(color=NEUTRAL).encode(alt.X("low:Q"))
    drawn = alt.layer(zero, body, middle, dot).properties(width=PLOT, height=tall(order, 40) * len(order))
    about = ["Bars hold nine draws in ten, ticks are medians, dots the run itself"]
    unit = "%" if times == 100 else "USD million a year" if shown in MONEY else ""
    what = "change in real income" if shown == "real_income" else _called(bands, shown)
    title = f"How sure: {what}, {unit}" if bands.parties and unit else "How sure"
    return themed(drawn, title, [*about, bands.stamp])


def _label(row: dict[str, Any], names: Names, titles: Mapping[str, str]) -> str:
    """The label of a bar, on at most four short lines of which the last name the economy."""
    scenario = titles.get(row["scenario"], str(row["scenario"]))
    ends = fitted(names.economy(row["economy"]) if row["economy"] else str(row["quantity"])).split("\n")[:3]
    lines = fitted(f"{scenario}:").split("\n") if scenario else []
    room = 4 - len(ends)
    if len(lines) > room:
        lines = [*lines[: room - 1], f"{lines[room - 1][:22]}…:"]
    return "\n".join([*lines, *ends])


READ: Final = (
    "Every number is computed again for each draw of what nobody knows for sure. A band holds the draws between the 5 "
    "and the 95 % quantile. The share of draws in which something holds says how much of the ground that was varied it "
    "covers; it is not a probability, for nobody knows how likely each assumption is."
)

"""One chart for each table of a scenario. Every function takes the table itself and says in its title what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from detente.errors import BadInput
from detente.report import altair as alt
from detente.report.blocks import number
from detente.report.charts import (
    GAIN,
    LABELS,
    LOSS,
    NEUTRAL,
    PLOT,
    SERIES,
    SIZE,
    bars,
    dumbbells,
    room,
    themed,
    tone,
)
from detente.report.lettering import BOLD
from detente.report.numbers import (
    Names,
    hundredths,
    level_percent,
    level_usd,
    points,
    signed_percent,
    signed_usd,
)

SHOWN: Final = 8
"""Economies at either end of a list."""
_PALE: Final = "#C4C4C4"
"""Of bars that are no results."""
TERMS: Final = {
    "terms_of_trade_and_transfers": "Terms of trade\n(with transfers)",
    "volume_of_trade": "Volume of trade",
    "labour": "Labour",
    "trade_costs": "Trade costs",
    "total": "Real income",
}
PAID: Final = {
    "change in tariff revenue": "Government:\nchange in tariff revenue",
    "extra cost of the old final basket (consumers)": "Consumers: extra cost\nof the old basket",
    "extra cost of the old inputs (firms)": "Firms: extra cost\nof the old inputs",
    "change in real income": "Change in real income",
}


def winners_losers(economies: pd.DataFrame, parties: Sequence[str], names: Names, stamp: list[str]) -> Any:
    """Real income of the parties and of those who gain and lose most, sorted."""
    order = economies.sort_values("real_income", ascending=False, kind="stable")
    others = order[~order["economy"].isin(parties)]
    ends = others if len(others) <= 2 * SHOWN else pd.concat([others.head(SHOWN), others.tail(SHOWN)])
    rows = order[order["economy"].isin(parties) | order["economy"].isin(ends["economy"])]
    left_out = len(order) - len(rows)
    between = [f"{left_out} economies in between are left out; the parties are in full colour"] if left_out else []
    frame = pd.DataFrame(
        {
            "label": [names.economy(code) for code in rows["economy"]],
            "value": rows["real_income"],
            "text": [signed_percent(v) for v in rows["real_income"]],
            "colour": [
                tone(v, code in parties or not parties)
                for code, v in zip(rows["economy"], rows["real_income"], strict=True)
            ],
        }
    )
    bold = [names.economy(party) for party in parties]
    return themed(bars(frame, bold=bold), "Who gains and who loses", ["Change in real income, %", *between, *stamp])


def steps(groups: dict[str, pd.DataFrame], names: Names, stamp: list[str]) -> Any:
    """Real income of each party in each scenario, a panel for each group of scenarios that share a reference.

    Each frame has label, party (code) and real_income.
    """
    together = pd.concat(list(groups.values()))
    ends = room(list(together["real_income"]), _texts(together, names))
    panels = []
    for title, rows in groups.items():
        frame = pd.DataFrame(
            {
                "label": rows["label"],
                "member": rows["party"],
                "value": rows["real_income"],
                "text": _texts(rows, names),
                "colour": [tone(v) for v in rows["real_income"]],
            }
        )
        tall = max(18, 50 // max(1, rows["party"].nunique()))
        heading = alt.TitleParams(title, anchor="start", fontSize=13, fontWeight=BOLD, offset=6, frame="bounds")
        panels.append(bars(frame, domain=ends, group=True, row=tall).properties(title=heading))
    return themed(alt.vconcat(*panels), "What each step does to each side", ["Change in real income, %", *stamp])


def _texts(rows: pd.DataFrame, names: Names) -> list[str]:
    """The label of each bar of a step: whose it is, and its change."""
    return [f"{names.economy(p)} {signed_percent(v)}" for p, v in zip(rows["party"], rows["real_income"], strict=True)]


def path(table: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """Real income of each party over the dates on which tariffs changed.

    `table` has on (date), party (code) and real_income. Each line carries its name at its end; the names are moved
    apart where they would lie on each other.
    """
    frame = table.assign(on=pd.to_datetime(table["on"]), change=table["real_income"] * 100)
    parties = list(dict.fromkeys(frame["party"]))
    colours = {party: SERIES[k % len(SERIES)] for k, party in enumerate(parties)}
    frame["colour"] = frame["party"].map(colours)
    last = frame[frame["on"] == frame["on"].max()].copy()
    last["text"] = [
        f"{names.economy(p)} {signed_percent(v)}" for p, v in zip(last["party"], last["real_income"], strict=True)
    ]
    height, width = 260, LABELS + PLOT - 190
    low, high = min(0.0, frame["change"].min()), max(0.0, frame["change"].max())
    gap = (high - low or 1.0) * 16 / height
    last["beside"] = apart(list(last["change"]), gap)
    days = alt.X("on:T", axis=alt.Axis(format="%b %Y", labelAngle=0, values=_ends(frame["on"]), labelPadding=6))
    scale = alt.Scale(domain=[min(low, last["beside"].min()), max(high, last["beside"].max())], nice=False)
    values = alt.Y("change:Q", scale=scale, axis=alt.Axis(tickCount=5, minExtent=40, maxExtent=40, labelLimit=40))
    colour = alt.Color("colour:N", scale=None, legend=None)
    base = alt.Chart(frame).encode(days, colour)
    lines = base.mark_line(interpolate="step-after", strokeWidth=2.2).encode(values, detail="party:N")
    dots = base.mark_point(filled=True, size=26, opacity=1).encode(values)
    words = (
        alt.Chart(last)
        .mark_text(align="left", dx=8, fontSize=SIZE - 1)
        .encode(days, alt.Y("beside:Q", scale=scale), text="text:N", color=colour)
    )
    zero = alt.Chart(pd.DataFrame({"change": [0.0]})).mark_rule(color=NEUTRAL).encode(values)
    drawn = alt.layer(zero, lines, dots, words).properties(width=width, height=height)
    return themed(drawn, "Real income as the tariffs changed", ["Change in real income, %", *stamp])


def _ends(days: pd.Series) -> list[alt.DateTime]:
    """The first and the last day, for an axis that names them."""
    return [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in (days.min(), days.max())]


def apart(places: Sequence[float], gap: float) -> list[float]:
    """The places moved so that neighbours are at least `gap` apart, around where they were, in the same order."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    shift = (sum(moved) - sum(places)) / max(len(places), 1)
    return [place - shift for place in moved]


def sectors(table: pd.DataFrame, economy: str, names: Names, stamp: list[str]) -> Any:
    """Consumer prices and output by sector in one economy, the largest rise of prices first.

    Grey where a value stands in for a list of products, so that sectors have no results.
    """
    grey = bool(table.get("stand_in", pd.Series([False])).any())
    rows = table[table["economy"] == economy].sort_values("consumer_price", ascending=False, kind="stable")
    rows = rows[rows["consumer_price"].notna()]
    panels: list[Any] = []
    for column, title, width in (("consumer_price", "Consumer price", 120), ("output", "Output", 180)):
        frame = pd.DataFrame(
            {
                "label": [names.sector(code) for code in rows["sector"]],
                "value": rows[column].fillna(0.0),
                "text": [hundredths(v) for v in rows[column]],
                # a higher price is what a consumer loses by, so it takes the colour of a loss
                "colour": [
                    _PALE if grey else tone(-v if column == "consumer_price" else v) for v in rows[column].fillna(0.0)
                ],
            }
        )
        heading = alt.TitleParams(title, anchor="middle", fontSize=13, fontWeight=BOLD, offset=6)
        panels.append(bars(frame, width=width, axis=not panels).properties(title=heading))
    about = "Change in %; prices relative to the wage there, tariffs included; output in volume"
    told = ["No results: they need a list of products, and a value stands in for it"] if grey else []
    return themed(alt.hconcat(*panels), f"Prices and output in {names.the(economy)}", [*told, about, *stamp])


def diversion(table: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """The change of third economies' sales in a market in which another's goods became dearer."""
    importer, exporter = only(table, "importer"), only(table, "exporter")
    order = table.sort_values("change", ascending=False, kind="stable")
    rows = order.head(12) if len(order) <= 15 else pd.concat([order.head(12), order.tail(3)])
    frame = pd.DataFrame(
        {
            "label": [names.economy(code) for code in rows["economy"]],
            "value": rows["change"],
            "text": [
                f"{signed_usd(c)} ({signed_percent(g)})" for c, g in zip(rows["change"], rows["growth"], strict=True)
            ],
            "colour": [tone(v) for v in rows["change"]],
        }
    )
    title = f"Who replaces {names.the(exporter)} in the market of {names.the(importer)}"
    left = f"; {len(order) - len(rows)} economies in between are left out" if len(order) > len(rows) else ""
    return themed(bars(frame), title, [f"Change in goods sold there, USD a year and %{left}", *stamp])


def decomposition(table: pd.DataFrame, parties: Sequence[str], names: Names, stamp: list[str]) -> Any:
    """The terms that add up to the change in real income, a panel for each economy."""
    rows = table.set_index("economy").loc[list(parties)]
    shown = [term for term in TERMS if term in ("total",) or (term in rows and (rows[term].abs() > 0).any())]
    values = [number(rows, party, term) for party in parties for term in shown]
    ends = room(values, [points(v) for v in values])
    panels: list[Any] = []
    for party in parties:
        frame = pd.DataFrame(
            {
                "label": [TERMS[term] for term in shown],
                "value": [number(rows, party, term) for term in shown],
                "text": [points(number(rows, party, term)) for term in shown],
                "colour": [tone(number(rows, party, term), term == "total") for term in shown],
            }
        )
        heading = alt.TitleParams(names.economy(party), anchor="start", fontSize=13, fontWeight=BOLD, offset=6)
        panels.append(bars(frame, domain=ends, row=36).properties(title=heading))
    about = "Contributions in log points × 100, which for small changes are per cent; they add up"
    return themed(alt.vconcat(*panels), "Why real income changes", [about, *stamp])


def tariffs(table: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """The average tariff of one economy on another by sector, before and after."""
    importer, exporter = only(table, "importer"), only(table, "exporter")
    rows = table.assign(rise=table["after"] - table["before"]).sort_values("after", ascending=False, kind="stable")
    frame = pd.DataFrame(
        {
            "label": [names.sector(code) for code in rows["sector"]],
            "before": rows["before"],
            "after": rows["after"],
            "text": [
                f"{level_percent(b)} to {level_percent(a)}" for b, a in zip(rows["before"], rows["after"], strict=True)
            ],
            "colour": [LOSS if rise > 0 else GAIN if rise < 0 else NEUTRAL for rise in rows["rise"]],
        }
    )
    title = f"Tariffs of {names.the(importer)} on {names.the(exporter)}"
    about = "Average tariff of each sector, before (hollow) and after (full), % of the value at the border"
    return themed(dumbbells(frame), title, [about, *stamp])


def ledger(table: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """Revenue against what consumers and firms pay in one economy."""
    economy = only(table, "economy") if "economy" in table else None
    amounts = table.set_index("item")["usd"]
    items = list(PAID)
    # to the payer an extra cost is a loss, whatever its sign in the table
    paid = {item: -float(amounts[item]) if item.startswith("extra cost") else float(amounts[item]) for item in items}
    frame = pd.DataFrame(
        {
            "label": [PAID[item] for item in items],
            "value": [paid[item] for item in items],
            "text": [signed_usd(paid[item]) for item in items],
            "colour": [tone(paid[item], item != "change in real income") for item in items],
        }
    )
    place = f" in {names.the(economy)}" if economy else ""
    about = "USD a year, relative to wages, + received and − paid. Firms pass costs on to consumers: do not add the two"
    return themed(bars(frame, row=40), f"Who pays and who receives{place}", [about, *stamp])


def balances(table: pd.DataFrame, parties: Sequence[str], names: Names, stamp: list[str]) -> Any:
    """Balances of goods of each party with the others and with everybody, before and after."""
    rows = table[(table["scope"] == "goods") & table["partner"].isin([*parties, "all"])] if parties else table
    frame = pd.DataFrame(
        {
            "label": [
                f"{names.economy(e)}\nwith {'everybody' if p == 'all' else names.economy(p)}"
                for e, p in zip(rows["economy"], rows["partner"], strict=True)
            ],
            "value": rows["balance_after"] - rows["balance_before"],
            "text": [
                f"{signed_usd(a - b)}, to {level_usd(a)}"
                for b, a in zip(rows["balance_before"], rows["balance_after"], strict=True)
            ],
            "colour": [NEUTRAL] * len(rows),
        }
    )
    about = "Change in exports − imports of goods, USD a year, and the balance after it"
    return themed(bars(frame, row=40), "Balances of trade in goods", [about, *stamp])


def trade(table: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """The purchases of one economy from another by sector, before and after."""
    importer, exporter = only(table, "importer"), only(table, "exporter")
    rows = table[table["before"] > 0].sort_values("before", ascending=False, kind="stable")
    frame = pd.DataFrame(
        {
            "label": [names.sector(code) for code in rows["sector"]],
            "before": rows["before"],
            "after": rows["after"],
            "text": [f"{level_usd(b)} to {level_usd(a)}" for b, a in zip(rows["before"], rows["after"], strict=True)],
            "colour": [tone(a - b) for b, a in zip(rows["before"], rows["after"], strict=True)],
        }
    )
    title = f"What {names.the(importer)} buys from {names.the(exporter)}"
    about = "USD a year before tariffs, before (hollow) and after (full)"
    return themed(dumbbells(frame), title, [about, *stamp])


def coverage(table: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """The share of each sector's imports whose tariff changes."""
    importer, exporter = only(table, "importer"), only(table, "exporter")
    rows = table.sort_values("covered", ascending=False, kind="stable")
    frame = pd.DataFrame(
        {
            "label": [names.sector(code) for code in rows["sector"]],
            "value": rows["covered"],
            "text": [
                f"{level_percent(c, 0)}: {level_percent(b)} to {level_percent(a)}"
                for c, b, a in zip(rows["covered"], rows["before"], rows["after"], strict=True)
            ],
            "colour": [LOSS if a > b else GAIN for b, a in zip(rows["before"], rows["after"], strict=True)],
        }
    )
    title = f"What the measures cover: {names.economy(importer)} on {names.economy(exporter)}"
    about = "Share of each sector's imports whose tariff changes, and the tariff on that share before and after"
    return themed(bars(frame), title, [about, *stamp])


def averaging(table: pd.DataFrame, parties: Sequence[str], names: Names, stamp: list[str]) -> Any:
    """The change in real income as it is, and as averaged tariffs would have given it."""
    rows = table.set_index("economy").loc[list(parties)]
    frame = pd.DataFrame(
        [
            {
                "label": names.economy(party),
                "member": member,
                "value": value,
                "text": f"{word} {signed_percent(value)}",
                "colour": tone(value, strong),
            }
            for party in parties
            for member, word, column, strong in (
                ("a", "as covered", "real_income", True),
                ("b", "if averaged", "real_income_if_averaged", False),
            )
            for value in [number(rows, party, column)]
        ]
    )
    about = "Change in real income, %, with covered and other goods apart, and had each sector had one average tariff"
    return themed(bars(frame, group=True, row=20), "What averaging would have hidden", [about, *stamp])


def only(table: pd.DataFrame, column: str) -> str:
    """The one value of a column; raises BadInput where there are several, since a chart shows one of them."""
    values = table[column].unique()
    if len(values) != 1:
        raise BadInput(
            f"the table has {len(values)} values of {column}, a chart shows one: "
            f"choose it, such as table[table[{column!r}] == {values[0] if len(values) else '...'!r}]"
        )
    return str(values[0])

"""A path of years as sentences, tables, charts and a folder with a report."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.analyses.path.result import Trajectory
from detente.report import altair as alt
from detente.report.alike import told_together
from detente.report.blocks import Bullets, Document, Figure, Row, Section, Table, Text, rows_of
from detente.report.charts import INK, LABELS, NEUTRAL, PLOT, SERIES, SIZE, themed
from detente.report.numbers import (
    level_percent,
    listed,
    names_of,
    signed_percent,
    signed_usd,
    stamp_of,
)

SEQUENCE: Final = "static equilibria in sequence"
SERIES_SHOWN: Final = {
    "real_income": "Real income",
    "real_gdp": "Real GDP",
    "consumer_prices": "Consumer prices relative to the own wage",
    "workers_moving": "Workers in another sector",
    "unemployment": "Unemployment",
}
"""Columns of years that tables and charts show, by name; unemployment only where there may be some."""
ITEMS: Final = {
    "static": "Static: new rates on the trade of before",
    "conventional": "Conventional: buyers substitute at the costs and spending of before",
    "offset": "Income and payroll tax offset",
    "refunds": "Refunds of duties",
    "conventional_net": "Conventional, net",
    "equilibrium": "Duties of the new equilibrium",
    "income_effect": "Income and payroll taxes on the change of GDP",
    "dynamic_net": "Dynamic, net",
}
"""Items of revenue by name."""
_THREATS: Final = {
    "answered": " where threats are carried out and answered",
    "unanswered": " where threats are carried out without answers",
    "none": "",
}
LEADING: Final = 3
"""Parties that a headline names and a terminal shows; a written report has all."""
OTHERS: Final = 8
"""Economies beside the parties whose real income a table shows: those that it changes most in the last year."""


def stamp(found: Trajectory) -> str:
    """World, elasticities, closure, residual, version and id, on one line."""
    return stamp_of(found, found.residual, SEQUENCE)


def shown_series(found: Trajectory) -> dict[str, str]:
    """The series that the report shows."""
    idle = not found.years["unemployment"].to_numpy().any()
    return {column: name for column, name in SERIES_SHOWN.items() if not (idle and column == "unemployment")}


def _sum(found: Trajectory, economy: str, item: str, column: str = "total") -> float:
    rows = found.sums[(found.sums["economy"] == economy) & (found.sums["item"] == item)]
    return float(rows[column].iloc[0])


def _parties(found: Trajectory) -> list[str]:
    there = set(found.years["economy"])
    return [code for code in found.parties if code in there]


def _span(found: Trajectory) -> str:
    return str(found.first) if found.first == found.last else f"{found.first} to {found.last}"


def headline(found: Trajectory) -> str:
    """Real income of the parties in the first and the last year, and the revenue of the party that raises most."""
    parts = []
    for code in _parties(found)[:LEADING]:
        its = found.of(code)["real_income"]
        ends = signed_percent(float(its.iloc[0]))
        if len(its) > 1:
            ends = f"{ends} in {found.first} and {signed_percent(float(its.iloc[-1]))} in {found.last}"
        parts.append(f"{names_of(found).the(code)} {ends}")
    said = f"Change in real income{_THREATS[found.threats]}, {_against(found)}: {'; '.join(parts)}." if parts else ""
    return f"{said} {_revenue_said(found)} The years are {SEQUENCE}.".strip()


def brief(found: Trajectory) -> str:
    """The revenue over the years, in a sentence that stands without the headline."""
    said = _revenue_said(found)
    return f"{said.removesuffix('.')};{_THREATS[found.threats]} {_against(found)}." if said else ""


def _against(found: Trajectory) -> str:
    """The baseline of every year: the world in which no measure of the file holds."""
    year = found.settings.year
    return f"against the world{'' if year is None else f' of {year}'} without any measure of the file"


def _revenue_said(found: Trajectory) -> str:
    most = max(_parties(found), key=lambda code: abs(_sum(found, code, "equilibrium")), default=None)
    if most is None:
        return ""
    net, dynamic = _sum(found, most, "conventional_net"), _sum(found, most, "dynamic_net")
    if np.isnan(net) or np.isnan(dynamic):
        return (
            f"Duties of {names_of(found).the(most)} change by {signed_usd(_sum(found, most, 'equilibrium'))} over "
            f"{_span(found)} in the equilibria; quotas that earn rents, or trade that ends, leave no sum by a "
            "definition of budget offices."
        )
    rate = level_percent(found.discount)
    return (
        f"Over {_span(found)} revenue of {names_of(found).the(most)} changes by {signed_usd(net)} by the conventional "
        f"definition and by {signed_usd(dynamic)} by the dynamic one, both net of the offset "
        f"({signed_usd(_sum(found, most, 'conventional_net', 'discounted'))} and "
        f"{signed_usd(_sum(found, most, 'dynamic_net', 'discounted'))} discounted at {rate})."
    )


def years_table(found: Trajectory, code: str) -> Table:
    """The years of one party."""
    series = shown_series(found)
    paid = found.revenue[found.revenue["economy"] == code]
    revenue = {(row["year"], item): float(row[item]) for row in rows_of(paid) for item in ITEMS}
    rows = [
        Row(
            (
                str(year),
                f"{row['elasticity_level']:.2f}",
                *(_shown(column, row[column]) for column in series),
                *(signed_usd(revenue[year, item]) for item in ("conventional_net", "dynamic_net")),
            )
        )
        for year, row in found.of(code).iterrows()
    ]
    head = ("", "Elasticities, of the long run", *series.values(), "Revenue, conventional", "Revenue, dynamic")
    return Table(f"{names_of(found).economy(code)} by year", head, tuple(rows), stamp(found))


def _shown(column: str, value: float) -> str:
    levels = ("workers_moving", "unemployment")
    return level_percent(float(value), 2) if column in levels else signed_percent(float(value))


def revenue_table(found: Trajectory) -> Table:
    """Sums of revenue of the parties by item."""
    rows: list[Row] = []
    for place, code in enumerate(_parties(found)):
        rows.append(Row((names_of(found).economy(code),), heading=True, detail=place >= LEADING))
        for item, name in ITEMS.items():
            if item == "refunds" and _sum(found, code, item) == 0:
                continue
            cells = (signed_usd(_sum(found, code, item)), signed_usd(_sum(found, code, item, "discounted")))
            rows.append(Row((name, *cells), strong=item.endswith("_net"), detail=place >= LEADING))
            if item == "equilibrium":  # the offset of the conventional definition has its own row
                taken = (-found.offset * _sum(found, code, item, column) for column in ("total", "discounted"))
                rows.append(Row((ITEMS["offset"], *map(signed_usd, taken)), detail=place >= LEADING))
    head = ("", f"{_span(found)}", f"Discounted at {level_percent(found.discount)}")
    return Table("Revenue over the years, change from the calibrated world", head, tuple(rows), stamp(found))


def others_table(found: Trajectory) -> Table:
    """Real income of the other economies that it changes most, in the first and the last year."""
    last = found.years[(found.years["year"] == found.last) & ~found.years["economy"].isin(found.parties)]
    order = last["real_income"].abs().sort_values(ascending=False, kind="stable").index[:OTHERS]
    rows = []
    for code in last.loc[order, "economy"]:
        its = found.of(code)
        cells = [
            signed_percent(float(its[column].iloc[at])) for column in ("real_income", "real_gdp") for at in (0, -1)
        ]
        rows.append(Row((names_of(found).economy(code), *cells)))
    head = (
        "", f"Real income, {found.first}", f"Real income, {found.last}", f"Real GDP, {found.first}",
        f"Real GDP, {found.last}",
    )  # fmt: skip
    return Table("Other economies", head, tuple(rows), stamp(found), detail=True)


def states_table(found: Trajectory) -> Table:
    """The states of the law with their days."""
    rows = [
        Row((f"{row['first']} to {row['last']}", f"{row['days']:,}", str(row["measures"])), detail=place >= OTHERS)
        for place, row in enumerate(rows_of(found.states))
    ]
    return Table("States of the law", ("", "Days", "Measures"), tuple(rows))


def _lines(found: Trajectory, frame: pd.DataFrame, name: str, unit: str) -> Any:
    """Lines of the parties by year, named at their last point; a point where there is one year alone."""
    names = names_of(found)
    codes = _parties(found)[: len(SERIES)]
    rows = frame[frame["economy"].isin(codes)].assign(
        label=[names.economy(c) for c in frame.loc[frame["economy"].isin(codes), "economy"]]
    )
    order = [names.economy(code) for code in codes]
    colour = alt.Color(
        "label:N",
        scale=alt.Scale(domain=order, range=list(SERIES[: len(order)])),
        legend=None,
    )
    x = alt.X("year:O", axis=alt.Axis(labelAngle=0, labelOverlap=True, labelFontSize=SIZE - 2))
    y = alt.Y(
        "value:Q",
        axis=alt.Axis(
            tickCount=4,
            title=f"{name}, {unit}",
            titleAnchor="end",
            titleAngle=0,
            titleAlign="left",
            titleX=0,
            titleY=-8,
            titleColor=INK,
            titleFontSize=SIZE,
            grid=True,
            minExtent=50,
            maxExtent=50,
        ),
    )
    zero = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=NEUTRAL).encode(alt.Y("value:Q"))
    drawn = alt.Chart(rows).mark_line(point=True, strokeWidth=2).encode(x, y, colour)
    return alt.layer(zero, drawn).properties(width=LABELS + PLOT - 50, height=110)


def years_chart(found: Trajectory) -> Any:
    """Real income, real GDP, consumer prices, workers and revenue of the parties by year, one panel each."""
    panels = [
        _lines(found, found.years.assign(value=found.years[column] * 100), name, "%")
        for column, name in shown_series(found).items()
    ]
    money = found.revenue.assign(value=found.revenue["dynamic_net"] / 1e3)
    panels.append(_lines(found, money, "Revenue, dynamic", "USD bn a year"))
    names = [names_of(found).economy(code) for code in _parties(found)[: len(SERIES)]]
    colours = ("blue", "orange", "green", "purple", "black", "brown", "light blue", "grey")
    key = listed([f"{name} {colour}" for name, colour in zip(names, colours, strict=False)])
    return themed(alt.vconcat(*panels), "Year by year", [key, stamp(found)])


def figures(found: Trajectory) -> tuple[Figure, ...]:
    """The chart by year, with its words."""
    parts = []
    for code in _parties(found)[:LEADING]:
        its = found.of(code)
        parts.append(
            f"{names_of(found).the(code)} {signed_percent(float(its['real_income'].iloc[0]))} in {found.first} and "
            f"{signed_percent(float(its['real_income'].iloc[-1]))} in {found.last}"
        )
    drawn = listed([*(name[:1].lower() + name[1:] for name in shown_series(found).values()), "revenue"])
    words = f"Lines by year of {drawn}. Real income: {listed(parts)}."
    return (Figure("years", partial(years_chart, found), words),)


def sections(found: Trajectory) -> tuple[Section, ...]:
    """The sections of a report on a path of years."""
    tables = tuple(
        replace(years_table(found, code), detail=place >= LEADING) for place, code in enumerate(_parties(found))
    )
    return (
        Section("Year by year", (*figures(found), *tables)),
        Section(
            "Revenue over the years",
            (Text(_DEFINITIONS.format(offset=level_percent(found.offset))), revenue_table(found)),
        ),
        Section("Other economies by year", (others_table(found),), detail=True),
        Section("The law of the years", (states_table(found),)),
        Section("Notes on the path", (Bullets(told_together(found.notes)),)),
    )


def document(found: Trajectory) -> Document:
    """The whole report on a path of years."""
    s = found.settings
    about = f"World {s.on}. detente {s.version}, path {found.id[:12]}."
    return Document(
        f"{found.title}: the path of years", about, headline(found), (), sections(found), found.id, s.version
    )


_DEFINITIONS: Final = (
    "All amounts are changes from the calibrated world. The conventional definition lets buyers turn from what became "
    "dear and holds incomes, wages, spending and exporters' prices, as budget offices do; of each dollar it takes off "
    "{offset} for the income and payroll taxes that indirect taxes displace (the offset of CBO and JCT). The dynamic "
    "definition takes the duties of the equilibrium, over own wages and with the same offset, and adds {offset} of the "
    "change in real GDP."
)

"""Who replaces the goods on which tariffs rise, in every market where they do: the whole of the loss, said and drawn.

The table of a scenario has the rows of `detente.solver.lost_sales.substitution` for each importer whose measures
changed, with all exporters whose goods are covered counted together.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pandas as pd

from detente.analyses.run.charts import only
from detente.analyses.run.figures import Figures
from detente.analyses.run.result import Scenario
from detente.analyses.run.sentences import changed_pairs, scenario_stamp
from detente.report.blocks import Block, Figure, Row, Table, Text, rows_of
from detente.report.charts import bars, themed, tone
from detente.report.numbers import Names, capital, level_percent, listed, signed_usd, usd
from detente.solver.lost_sales import COVERED, NOT_BOUGHT, OTHER, OWN, THIRD

GROUPS: Final = (COVERED, OTHER, THIRD, OWN, NOT_BOUGHT)
_SOLD: Final = ("before", "after", "change", "change_at_base_prices", "share")
_MOST: Final = 3
"""Third countries that a sentence names."""


def grouped(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The sums of the rows of one market by group, in the order of `GROUPS`, and in each by column."""
    sums = table.groupby("who", sort=False)[list(_SOLD)].sum().reindex(list(GROUPS), fill_value=0.0)
    return {who: {column: float(sums[column][who]) for column in _SOLD} for who in GROUPS}


def markets(scenario: Scenario, parties: list[str]) -> dict[str, pd.DataFrame]:
    """The rows of each market of a party in which covered goods sell less; a cut of tariffs replaces nobody."""
    table = scenario.tables.get("substitution")
    found: dict[str, pd.DataFrame] = {}
    for importer in dict.fromkeys(n for n, _ in changed_pairs(scenario, parties)):
        rows = table[table["importer"] == importer] if table is not None else pd.DataFrame()
        if len(rows) and grouped(rows)[COVERED]["change"] < 0:
            found[importer] = rows
    return found


def blocks(drawn: Figures) -> list[Block]:
    """A sentence, a chart and a table for each market."""
    found: list[Block] = []
    for importer, rows in markets(drawn.scenario, drawn.parties).items():
        found += [
            Text(replaced(rows, importer, drawn.names)),
            _figure(drawn, importer, rows),
            _table(drawn, importer, rows),
        ]
    return found


def replaced(rows: pd.DataFrame, importer: str, names: Names) -> str:
    """Where the loss goes, at border prices, and again in volumes."""
    sums = grouped(rows)
    there = [who for who in GROUPS[1:] if who not in (OTHER, THIRD) or sums[who]["before"] > 0]
    said = [_group(who, sums[who]["change"], rows, importer, names) for who in there]
    volumes = [f"{_short(who, importer, names)} {signed_usd(sums[who]['change_at_base_prices'])}" for who in there]
    return (
        f"Goods {_partners(rows, names)} that the tariffs cover sell {usd(sums[COVERED]['change'])} a year less in "
        f"{names.the(importer)}. In the same sectors {listed(said)}. {_whole(sums, importer, names)} Amounts are at "
        "the prices at the border, duties left out, before and after, in world factor income. At the border prices of "
        f"before, which leaves volumes, the loss is {usd(sums[COVERED]['change_at_base_prices'])}: {listed(volumes)}."
    )


def _whole(sums: dict[str, dict[str, float]], importer: str, names: Names) -> str:
    """That the groups are all of the loss, or that nobody replaces what is not bought and everybody sells less."""
    if max(sums[who]["change"] for who in (OTHER, THIRD, OWN)) > 0:
        return "That is the whole of the loss."
    return (
        f"Nobody replaces them: buyers of {names.the(importer)} spend less on these sectors than before, by more than "
        "the loss of the covered goods."
    )


def _partners(rows: pd.DataFrame, names: Names) -> str:
    """The exporters whose goods are covered, in words."""
    codes = list(rows["economy"][rows["who"] == COVERED])
    return f"of {listed([names.the(code) for code in codes])}" if len(codes) <= _MOST else f"of {len(codes)} economies"


def _short(who: str, importer: str, names: Names) -> str:
    """A group as the row of a table or chart names it."""
    producers = f"producers of {names.the(importer)}"
    return {OTHER: "other goods of the same partners", THIRD: "third countries", OWN: producers}.get(who, who)


def _group(who: str, amount: float, rows: pd.DataFrame, importer: str, names: Names) -> str:
    if who == NOT_BOUGHT:
        how = "less" if amount >= 0 else "more"
        return f"buyers spend {usd(amount)} {how} on all goods together"
    text = f"{_short(who, importer, names)} sell {usd(amount)} {'more' if amount >= 0 else 'less'}"
    if who != THIRD:
        return text
    top = rows[rows["who"] == THIRD].sort_values("change", ascending=amount < 0, kind="stable").head(_MOST)
    each = [f"{names.the(row['economy'])} {signed_usd(row['change'])}" for row in rows_of(top)]
    return f"{text} ({listed(each)})" if each else text


def _title(who: str, rows: pd.DataFrame, importer: str, names: Names) -> str:
    return f"covered goods {_partners(rows, names)}" if who == COVERED else _short(who, importer, names)


def _table(drawn: Figures, importer: str, rows: pd.DataFrame) -> Table:
    sums, names = grouped(rows), drawn.names
    cells = []
    for who in GROUPS:
        money = (signed_usd(sums[who][column]) for column in ("change", "change_at_base_prices"))
        share = "" if who == COVERED else level_percent(sums[who]["share"])
        cells.append(Row((capital(_title(who, rows, importer, names)), *money, share), strong=who == COVERED))
    caption = (
        f"Who replaces the covered goods in {names.the(importer)}, USD a year at border prices without duties; the "
        "last four rows sum to the loss. What is no longer bought is negative where buyers spend more"
    )
    head = ("", "change", "at base prices", "share of the loss")
    return Table(caption, head, tuple(cells), scenario_stamp(drawn.findings, drawn.scenario))


def _figure(drawn: Figures, importer: str, rows: pd.DataFrame) -> Figure:
    sums, names = grouped(rows), drawn.names
    words = [f"{_title(who, rows, importer, names)} {signed_usd(sums[who]['change'])}" for who in GROUPS]
    draw = partial(chart, rows, names, drawn.stamp)
    return Figure(f"substitution-{importer.lower()}", draw, f"Bars of the change in sales a year: {'; '.join(words)}.")


def chart(rows: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """Bars of the loss of the covered goods in one market, and of the four places where it goes. Raises BadInput."""
    importer = only(rows, "importer")
    values = [sums["change"] for sums in grouped(rows).values()]
    frame = pd.DataFrame(
        {
            "label": [capital(_title(who, rows, importer, names)) for who in GROUPS],
            "value": values,
            "text": [signed_usd(value) for value in values],
            "colour": [tone(value, who == COVERED) for who, value in zip(GROUPS, values, strict=True)],
        }
    )
    about = "Change in sales, USD a year at border prices without duties; the last four sum to the loss"
    return themed(bars(frame), f"Where the lost sales go in {names.the(importer)}", [about, *stamp])

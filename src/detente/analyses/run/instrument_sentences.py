"""Quotas, limits, bans, charges on exports and duties by the unit in words: which rate holds, who earns what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pandas as pd

from detente.analyses.instruments_told import called, percent_or_missing, usd_or_missing
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import scenario_stamp
from detente.report.blocks import Block, Bullets, Row, Section, Table, Text, rows_of
from detente.report.numbers import MISSING, Names, capital, level_percent, level_usd, listed, names_of

TITLE: Final = "Quotas, export limits and charges"
_WITHOUT_SUBSTITUTE: Final = (
    "What a ban or a limit costs rests on how easily buyers turn to other goods of the same sector, the trade "
    "elasticity "
    "(here the set {set}). An input that nothing else can replace costs its buyers more than is shown. `detente bands` "
    "prints the change in real income under every bundled set of elasticities."
)
_AVERAGE_RATE: Final = (
    "Averages of the tariff of one party on another take a quota as its law has it: the rate within it, and beyond it "
    "on the part of base-year trade that is over it. The table of sectors covered in part takes the rate that holds in "
    "the equilibrium, which is the one below and may be lower."
)
_FEW: Final = 3
"""Economies that a sentence names."""
_SHORT_SUPPLY: Final = ("export ban", "import ban", "export limit", "import limit")


def instruments_section(findings: Findings, scenario: Scenario) -> tuple[Section, ...]:
    """The section on what is no duty in per cent; none where the state has nothing of it."""
    table = scenario.tables.get("instruments")
    if table is None or table.empty:
        return ()
    names = names_of(findings)
    titles = {measure.id: measure.title or measure.id for measure in findings.dispute.measures}
    rows = list(rows_of(table))
    blocks: list[Block] = [Bullets(tuple(told(row, titles, names) for row in rows))]
    if any(row["kind"] == "quota" for row in rows):
        blocks.append(Text(_AVERAGE_RATE))
    if any(row["kind"] in _SHORT_SUPPLY for row in rows):
        blocks.append(Text(_WITHOUT_SUBSTITUTE.format(set=findings.settings.elasticities)))
    return (Section(TITLE, (*blocks, _table(findings, scenario, table, names))),)


def in_short_supply(scenario: Scenario) -> str | None:
    """What a reader of the headline has to know of a ban or a limit; None where none bites in the state."""
    table = scenario.tables.get("instruments")
    rows = [] if table is None else [row for row in rows_of(table) if row["kind"] in _SHORT_SUPPLY]
    if not any(row["regime"] != "below" for row in rows):
        return None
    return (
        "A ban or a limit on goods that nothing else in their sector can replace costs their buyers more than is shown "
        "here, by how much no trade elasticity says."
    )


def told(row: dict[str, Any], titles: dict[str, str], names: Names) -> str:
    """One instrument in a sentence computed from its row."""
    name = titles.get(row["measure"], row["measure"])
    whose = f" ({names.economy(row['partner'])})" if row["partner"] else ""
    before, after = level_usd(row["trade_before_usd_mn"]), level_usd(row["trade_after_usd_mn"])
    if row["kind"] in ("export ban", "import ban"):
        return f"{name}: trade ends, which was {before} in the base year."
    if row["kind"] == "export tax":
        return (
            f"{name}: trade goes from {before} to {after} a year, and the tax of {level_percent(row['rate'])} "
            "brings the "
            f"exporter {level_usd(row['revenue_usd_mn'])}."
        )
    if row["regime"]:
        return f"{name}{whose}: {_of_quota(row, names)}"
    return (
        f"{name}: the {row['kind']} was {level_percent(row['low'])} of the price in the base year and is "
        f"{percent_or_missing(row['rate'])} of the new one, each over the trade of its time; it brings "
        f"{level_usd(row['revenue_usd_mn'])} a year."
    )


def _of_quota(row: dict[str, Any], names: Names) -> str:
    """The regime of a quota or a limit, its rate and its rent."""
    limit, filled = level_usd(row["limit_usd_mn"]), level_percent(row["filled"])
    holder = f"licence holders of {_holders(row, names.the)}"
    rent, rate = level_usd(row["rent_usd_mn"]), level_percent(row["rate"])
    is_quota = row["kind"] == "quota"
    if row["regime"] == "below":
        at = f", all at {level_percent(row['low'])}" if is_quota else ""
        return f"it does not bind; {filled} of {limit} is used{at}."
    if row["regime"] == "above":
        return (
            f"trade of {level_usd(row['trade_after_usd_mn'])} passes the quota of {limit}, so that the rate beyond it, "
            f"{rate}, holds at the margin; within it the difference to {level_percent(row['low'])} is a rent of {rent} "
            f"a year to {holder}."
        )
    if is_quota:
        return (
            f"the quota of {limit} is just filled, and the rate that clears it is {rate}; the difference to "
            f"{level_percent(row['low'])} is a rent of {rent} a year to {holder}."
        )
    base = "what producers receive" if row["kind"] == "export limit" else "the price at the border"
    return (
        f"the limit of {limit} binds; a licence for a dollar of goods is worth {rate} of {base}, a rent of {rent} a "
        f"year to {holder}."
    )


def _holders(row: dict[str, Any], called: Callable[[str], str]) -> str:
    """The economies whose licence holders earn a rent, where they are few."""
    codes = str(row["holder"]).split(", ")
    return listed([called(code) for code in codes]) if len(codes) <= _FEW else f"{len(codes)} economies"


def _table(findings: Findings, scenario: Scenario, table: pd.DataFrame, names: Names) -> Table:
    rows = tuple(
        Row(
            (
                called(row, names),
                row["kind"],
                row["regime"] or MISSING,
                percent_or_missing(row["rate"]),
                usd_or_missing(row["limit_usd_mn"]),
                usd_or_missing(row["trade_before_usd_mn"]),
                usd_or_missing(row["trade_after_usd_mn"]),
                percent_or_missing(row["filled"]),
                usd_or_missing(row["rent_usd_mn"]),
                _holders(row, names.economy) if row["holder"] else MISSING,
                usd_or_missing(row["revenue_usd_mn"]),
            )
        )
        for row in rows_of(table)
    )
    banned = table["kind"].isin(("export ban", "import ban")).any()
    without_banned = " (of quotas and limits without goods that a ban closes)" if banned else ""
    caption = (
        f"{capital(TITLE)} in this state: the rate that holds in the equilibrium (of a limit its shadow price), "
        f"trade at the border in the base year{without_banned} and now, and what the holders of licences and the "
        "treasury earn a year"
    )
    head = ("", "what", "regime", "rate", "limit", "trade before", "now", "filled", "rent", "holder", "revenue")
    return Table(caption, head, rows, scenario_stamp(findings, scenario))

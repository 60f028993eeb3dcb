"""Which scenario a report leads with, and whom it shows besides the parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from detente.dispute import Findings, Scenario
from detente.dispute.plan import leading
from detente.report.numbers import NOISE


def main_scenario(findings: Findings) -> Scenario:
    """The scenario of the headline; see `detente.dispute.plan.leading`."""
    every = (findings.baseline, *findings.scenarios)
    return every[leading([(scenario.kind, len(scenario.measures)) for scenario in every])]


def incomes(scenario: Scenario) -> pd.DataFrame:
    """real_income (fractions) and real_income_usd (USD million) by economy."""
    return scenario.tables["economies"].set_index("economy")[["real_income", "real_income_usd"]]


def third_economies(scenario: Scenario, parties: Sequence[str]) -> pd.DataFrame:
    """`incomes` of all others, largest gain first."""
    others = incomes(scenario).drop(index=list(parties))
    return others.sort_values("real_income", ascending=False, kind="stable")


def gains_most_trade(scenario: Scenario, parties: Sequence[str]) -> str | None:
    """The third economy to which most trade is diverted: the largest sum, in dollars, of what it sells more.

    Summed over the markets of parties where the tariff on goods of another party changed; None where nobody sells more.
    """
    pairs = set(changed_pairs(scenario, parties))
    table = scenario.tables["diversion"]
    if not pairs or table.empty:  # with one party there is no market of another
        return None
    markets = [pair in pairs for pair in zip(table["importer"], table["exporter"], strict=True)]
    sales = table[markets].groupby("economy")["change"].sum().drop(index=list(parties), errors="ignore")
    return str(sales.idxmax()) if len(sales) and sales.max() > 0 else None


def most_affected(scenario: Scenario, parties: Sequence[str], each: int = 2) -> list[str]:
    """Twice `each` third economies: who gains most trade, then those whose real income changes most.

    First is `gains_most_trade`, since who replaces whom is what third countries ask. Then come `each` by the share of
    real income that they gain or lose, and the rest by dollars of it; each economy is named once.
    """
    others = third_economies(scenario, parties).abs()
    others = others[others["real_income"] > NOISE]
    shares = others["real_income"].sort_values(ascending=False, kind="stable").index[:each]
    dollars = others["real_income_usd"].drop(index=shares).sort_values(ascending=False, kind="stable").index
    winner = gains_most_trade(scenario, parties)
    ranked = [str(code) for code in (*([] if winner is None else [winner]), *shares, *dollars)]
    return list(dict.fromkeys(ranked))[: 2 * each]


def columns(findings: Findings, scenario: Scenario) -> list[str]:
    """The economies that tables of scenarios show: the parties, then `most_affected`, who gains most trade first."""
    parties = list(findings.dispute.parties)
    return parties + most_affected(scenario, parties)


@dataclass(frozen=True)
class Group:
    """Scenarios that are shown together because they are measured against the same state."""

    kind: Literal["threats", "steps", "removals"]
    scenarios: tuple[Scenario, ...]


def groups(findings: Findings) -> tuple[Group, ...]:
    """Every scenario in its group, empty groups left out.

    The baseline is among the steps, unless the last of them is the same state already.
    """
    steps = [s for s in findings.scenarios if s.kind == "step"]
    if not steps or set(steps[-1].measures) != set(findings.baseline.measures):
        steps.append(findings.baseline)
    found = (
        Group("threats", tuple(s for s in findings.scenarios if s.kind in ("threat", "answered"))),
        Group("steps", tuple(s for s in steps if s.measures or len(steps) > 1)),
        Group("removals", tuple(s for s in findings.scenarios if s.kind == "removal")),
    )
    return tuple(group for group in found if group.scenarios) or (Group("steps", (findings.baseline,)),)


def changed_pairs(scenario: Scenario, parties: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of parties (importer, exporter) between which a tariff changes in the scenario."""
    table = scenario.tables["tariffs"]
    moved = table[
        (table["before"] != table["after"]) & table["importer"].isin(parties) & table["exporter"].isin(parties)
    ]
    found = set(zip(moved["importer"], moved["exporter"], strict=True))
    return [(n, i) for n in parties for i in parties if (n, i) in found]


def exact_changes(scenario: Scenario) -> dict[str, float]:
    """Change in real income by economy, fractions."""
    return {str(code): float(value) for code, value in incomes(scenario)["real_income"].items()}

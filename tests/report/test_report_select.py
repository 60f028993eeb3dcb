"""Whom tables show besides the parties."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

import detente as dt
from detente.analyses.run.sentences import columns, gains_most_trade, most_affected

PARTIES = ["USA", "CHN"]


def test_of_the_case_of_may_2018_the_table_shows_mexico_which_gains_most_trade() -> None:
    findings = dt.run(dt.Dispute.read("us-china-2018"))
    scenario = findings.main
    sales = scenario.tables["diversion"].groupby("economy")["change"].sum()
    assert gains_most_trade(scenario, PARTIES) == sales.drop(index=PARTIES, errors="ignore").idxmax() == "MEX"
    shown = columns(findings, scenario)
    assert shown[:3] == ["USA", "CHN", "MEX"]
    assert shown[3] == "VNM"  # the largest gain as a share of real income
    assert len(shown) == len(set(shown)) == 6


def test_sales_are_summed_over_the_markets_where_a_tariff_changes(findings: dt.Findings) -> None:
    scenario = findings.main
    table = scenario.tables["diversion"].copy()
    table["change"] = 0.0
    table.loc[(table["economy"] == "MEX") & (table["importer"] == "USA"), "change"] = 60.0
    table.loc[table["economy"] == "JPN", "change"] = 50.0
    at = replace(scenario, tables={**scenario.tables, "diversion": table})
    assert gains_most_trade(at, PARTIES) == "JPN"
    assert most_affected(at, PARTIES)[0] == "JPN"


def test_where_nobody_sells_more_the_table_shows_who_is_affected_most(findings: dt.Findings) -> None:
    scenario = findings.main
    table = scenario.tables["diversion"].assign(change=-1.0)
    for changed in (table, pd.DataFrame()):  # with one party the table is empty
        at = replace(scenario, tables={**scenario.tables, "diversion": changed})
        assert gains_most_trade(at, PARTIES) is None
        assert len(most_affected(at, PARTIES)) == 4

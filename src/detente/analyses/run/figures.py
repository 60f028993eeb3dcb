"""The charts of a report on findings, each with its words for readers who cannot see it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from detente.analyses.run import charts
from detente.analyses.run.origins import stamp
from detente.analyses.run.reasons import TERMS
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import Group, against, changed_pairs, exact_changes, groups, names_of
from detente.report.blocks import Figure, number, pair_of, rows_of
from detente.report.charts import wrap
from detente.report.map import income_map
from detente.report.numbers import NOISE, Names, level_percent, listed, signed_percent, signed_usd

PATH_FROM = 4
"""Dated steps from which a line over time says more than bars."""


class Figures:
    """The figures of some findings, with the names and the stamp that they share."""

    def __init__(self, findings: Findings, scenario: Scenario) -> None:
        self.findings = findings
        self.scenario = scenario
        self.names: Names = names_of(findings)
        self.parties = list(findings.dispute.parties)
        self.stamp = [f"{scenario.title}, {against(findings, scenario)}", stamp(findings, scenario)]

    def of_steps(self) -> list[Figure]:
        """What each scenario does to each party: bars, and a line over time where there are many dated steps."""
        every = groups(self.findings)
        dated = [group for group in every if group.kind == "steps" and len(group.scenarios) >= PATH_FROM]
        barred = {self._short_title(group): self._rows(group) for group in every if group not in dated}
        # the stamp of the scenario with the widest gap holds for all of them
        worst = max((s for group in every for s in group.scenarios), key=lambda s: s.residual)
        under = [stamp(self.findings, worst)]
        found = []
        if barred:
            found.append(Figure("steps", charts.steps(barred, self.names, under), self._steps_in_words(barred)))
        for group in dated:
            rows = self._rows(group)
            rows["on"] = pd.to_datetime(pd.Series([scenario.on for scenario in group.scenarios for _ in self.parties]))
            path = Figure("path", charts.path(rows, self.names, under), self._path_in_words(rows))
            # where the headline is about what is in force, how it came about is the first thing to see
            found.insert(0 if self.scenario.kind in ("baseline", "step") else len(found), path)
        return found

    def of_incomes(self) -> Figure:
        """Who gains and who loses."""
        table = self.scenario.tables["economies"]
        ranked = sorted(exact_changes(self.scenario).items(), key=lambda pair: -pair[1])
        shown = [ranked[0], *(pair for pair in ranked[1:-1] if pair[0] in self.parties), ranked[-1]]
        words = listed([f"{self.names.the(code)} {signed_percent(change)}" for code, change in shown])
        chart = charts.winners_losers(table, self.parties, self.names, self.stamp)
        return Figure("gains-and-losses", chart, f"Bars of the change in real income, from most to least: {words}.")

    def of_map(self) -> Figure:
        """Who gains and who loses, on a map."""
        table = self.scenario.tables["economies"]
        ranked = sorted(exact_changes(self.scenario).items(), key=lambda pair: pair[1])
        gaining = sum(change > NOISE for _, change in ranked)
        losing = sum(change < -NOISE for _, change in ranked)
        ends = [f"{self.names.the(code)} {signed_percent(change)}" for code, change in (ranked[0], ranked[-1])]
        words = (
            f"A world map of the change in real income: {losing} economies lose and {gaining} gain, from {ends[0]} to "
            f"{ends[1]}."
        )
        return Figure("map", income_map(table, self.names, self.stamp), words)

    def of_reasons(self) -> Figure:
        """Why real income changes."""
        table = self.scenario.tables["decomposition"]
        rows = table.set_index("economy")
        said = []
        for party in self.parties:
            parts = [
                f"{term.replace('_', ' ')} {signed_percent(number(rows, party, term))}" for term in (*TERMS, "total")
            ]
            said.append(f"{self.names.the(party)}: {', '.join(parts)}")
        chart = charts.decomposition(table, self.parties, self.names, self.stamp)
        return Figure("reasons", chart, f"Bars of the terms of the change in real income. {'; '.join(said)}.")

    def of_ledgers(self) -> list[Figure]:
        """Who pays, for every party that collects a changed tariff."""
        collectors = list(dict.fromkeys(n for n, _ in changed_pairs(self.scenario, self.parties)))
        found = []
        for party in collectors:
            table = self.scenario.tables["ledger"]
            mine = table[table["economy"] == party]
            said = [
                f"{item} {signed_usd(usd)}"
                for item, usd in zip(mine["item"], mine["usd"], strict=True)
                if item in charts.PAID
            ]
            chart = charts.ledger(mine, self.names, self.stamp)
            found.append(
                Figure(f"ledger-{party.lower()}", chart, f"Bars for {self.names.the(party)}: {', '.join(said)}.")
            )
        return found

    def of_diversion(self) -> list[Figure]:
        """Who replaces whom, in every market of a party where another party's goods became dearer."""
        table, found = self.scenario.tables["diversion"], []
        for importer, exporter in changed_pairs(self.scenario, self.parties):
            mine = pair_of(table, importer, exporter)
            if mine.empty:
                continue
            top = mine.sort_values("change", ascending=False).head(3)
            most = listed(
                [f"{self.names.the(e)} {signed_usd(c)}" for e, c in zip(top["economy"], top["change"], strict=True)]
            )
            words = f"Bars of what third economies sell more to {self.names.the(importer)}; most of all {most}."
            chart = charts.diversion(mine, self.names, self.stamp)
            found.append(Figure(f"diversion-{importer}-from-{exporter}".lower(), chart, words))
        return found

    def of_sectors(self) -> list[Figure]:
        """Prices and output by sector, for every party."""
        table, found = self.scenario.tables["sectors"], []
        for party in self.parties:
            mine = list(rows_of(table[table["economy"] == party].dropna(subset=["consumer_price", "output"])))
            dearest = max(mine, key=lambda row: row["consumer_price"])
            least, most = (pick(mine, key=lambda row: row["output"]) for pick in (min, max))
            words = (
                f"Bars by sector in {self.names.the(party)}. The largest change of a consumer price: "
                f"{self._sector(dearest, 'consumer_price')}. Output from {self._sector(least, 'output')} to "
                f"{self._sector(most, 'output')}."
            )
            chart = charts.sectors(table, party, self.names, self.stamp)
            found.append(Figure(f"sectors-{party.lower()}", chart, words))
        return found

    def of_tariffs(self) -> list[Figure]:
        """Tariffs by sector before and after, for every pair of parties where one changes."""
        table, found = self.scenario.tables["tariffs"], []
        for importer, exporter in changed_pairs(self.scenario, self.parties):
            mine = pair_of(table, importer, exporter)
            top = max(rows_of(mine), key=lambda row: row["after"])
            words = (
                f"Dots by sector for the tariff of {self.names.the(importer)} on {self.names.the(exporter)}, before "
                f"and after. The highest after: {self.names.sector(top['sector'])}, {level_percent(top['before'])} "
                f"before, {level_percent(top['after'])} after."
            )
            chart = charts.tariffs(mine, self.names, self.stamp)
            found.append(Figure(f"tariffs-{importer}-on-{exporter}".lower(), chart, words))
        return found

    def of_averaging(self) -> Figure:
        """What one average tariff a sector would have shown."""
        rows = self.scenario.tables["averaging"].set_index("economy")
        each = [
            f"{self.names.the(p)} {signed_percent(number(rows, p, 'real_income'))}, if averaged "
            f"{signed_percent(number(rows, p, 'real_income_if_averaged'))}"
            for p in self.parties
        ]
        chart = charts.averaging(self.scenario.tables["averaging"], self.parties, self.names, self.stamp)
        return Figure("averaging", chart, f"Bars of the change in real income: {'; '.join(each)}.")

    def _short_title(self, group: Group) -> str:
        what = {"threats": "If threats are carried out", "steps": "Tariffs in force", "removals": "If measures go"}
        return f"{what[group.kind]}, {against(self.findings, group.scenarios[0])}"

    def _rows(self, group: Group) -> pd.DataFrame:
        rows = [
            {
                "label": "\n".join(wrap(scenario.title.removeprefix("In force from "), 23)[:4]),
                "party": party,
                "real_income": exact_changes(scenario)[party],
            }
            for scenario in group.scenarios
            for party in self.parties
        ]
        return pd.DataFrame(rows)

    def _sector(self, row: dict[str, Any], column: str) -> str:
        return f"{self.names.sector(row['sector'])} {signed_percent(row[column])}"

    def _steps_in_words(self, panels: dict[str, pd.DataFrame]) -> str:
        changes = exact_changes(self.scenario)
        each = [f"{self.names.the(p)} {signed_percent(changes[p])}" for p in self.parties]
        states = sum(rows["label"].nunique() for rows in panels.values())
        return (
            f"Bars of the change in real income of each party in {states} states of the table above; in the one called "
            f"{self.scenario.title}: {listed(each)}."
        )

    def _path_in_words(self, rows: pd.DataFrame) -> str:
        last = rows[rows["on"] == rows["on"].max()]
        each = [
            f"{self.names.the(p)} {signed_percent(v)}" for p, v in zip(last["party"], last["real_income"], strict=True)
        ]
        return f"Lines of the change in real income over {rows['on'].nunique()} dates, at the end: {listed(each)}."

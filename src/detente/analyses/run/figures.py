"""The charts of a report on findings, and the sentences that explain them.

Each chart has its words for readers who cannot see it. The sentences say why real income changes and who pays, true to
the split of real income, to the ledger, and to the balances. Published figures stand beside those computed here, with
the reasons why they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pandas as pd

from detente.analyses.run import charts
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import Group, against, changed_pairs, exact_changes, groups, incomes, scenario_stamp
from detente.dispute.blocks import Estimate
from detente.report.blocks import Bullets, Figure, Row, Section, Table, Text, number, pair_of, rows_of
from detente.report.charts import LABELS, SIZE
from detente.report.lettering import BOLD, wrap
from detente.report.maps import REST, income_map
from detente.report.numbers import (
    NO_BREAK,
    Names,
    capital,
    day,
    direction,
    level_percent,
    level_usd,
    listed,
    names_of,
    points,
    signed_percent,
    signed_usd,
    usd,
)
from detente.solver.noise import NOISE
from detente.solver.solution import RENTS_EARNED

NO_PATH: Final = (
    "the trade of some goods ends, and no path of finite costs leads there, so that the change is not split."
)
"""The words in the place of the split of real income under a ban."""
PATH_FROM = 4
"""Dated steps from which a line over time says more than bars."""


class Figures:
    """The figures of some findings, with the names and the stamp that they share."""

    def __init__(self, findings: Findings, scenario: Scenario) -> None:
        self.findings = findings
        self.scenario = scenario
        self.names: Names = names_of(findings)
        self.parties = list(findings.dispute.parties)
        self.stamp = [f"{scenario.title}, {against(findings, scenario)}", scenario_stamp(findings, scenario)]

    def of_steps(self) -> list[Figure]:
        """The effect of each scenario on each party: bars, and a line over time if there are many dated steps."""
        every = groups(self.findings)
        dated = [group for group in every if group.kind == "steps" and len(group.scenarios) >= PATH_FROM]
        barred = {self._short_title(group): self._rows(group) for group in every if group not in dated}
        # the stamp of the scenario with the widest gap holds for all of them
        worst = max((s for group in every for s in group.scenarios), key=lambda s: s.residual)
        under = [scenario_stamp(self.findings, worst)]
        found = []
        if barred:
            found.append(
                Figure("steps", partial(charts.steps, barred, self.names, under), self._steps_in_words(barred))
            )
        for group in dated:
            rows = self._rows(group)
            rows["on"] = pd.to_datetime(pd.Series([scenario.on for scenario in group.scenarios for _ in self.parties]))
            path = Figure("path", partial(charts.path, rows, self.names, under), self._path_in_words(rows))
            # where the headline is about what is in force, how it came about is the first thing to see
            found.insert(0 if self.scenario.kind in ("baseline", "step") else len(found), path)
        return found

    def of_incomes(self) -> Figure:
        """Gains and losses of real income by economy."""
        table = self.scenario.tables["economies"]
        ranked = sorted(exact_changes(self.scenario).items(), key=lambda pair: -pair[1])
        shown = [ranked[0], *(pair for pair in ranked[1:-1] if pair[0] in self.parties), ranked[-1]]
        words = listed([f"{self.names.the(code)} {signed_percent(change)}" for code, change in shown])
        chart = partial(charts.winners_losers, table, self.parties, self.names, self.stamp)
        return Figure("gains-and-losses", chart, f"Bars of the change in real income, from most to least: {words}.")

    def of_map(self) -> Figure:
        """Gains and losses of real income on a map."""
        table = self.scenario.tables["economies"]
        ranked = sorted(exact_changes(self.scenario).items(), key=lambda pair: pair[1])
        gaining = sum(change > NOISE for _, change in ranked)
        losing = sum(change < -NOISE for _, change in ranked)
        ends = [f"{self.names.the(code)} {signed_percent(change)}" for code, change in (ranked[0], ranked[-1])]
        words = (
            f"A world map of the change in real income: {losing} economies lose and {gaining} gain, from {ends[0]} to "
            f"{ends[1]}."
        )
        rest = dict(ranked).get(REST)
        if rest is not None:
            words += (
                f" Countries without data of their own are hatched: {self.names.the(REST)}, {signed_percent(rest)}."
            )
        return Figure("map", partial(income_map, table, self.names, self.stamp), words)

    def of_reasons(self) -> Figure:
        """Why real income changes."""
        table = self.scenario.tables["decomposition"]
        rows = table.set_index("economy")
        shown = [
            term
            for term in (*TERMS, "total")
            if term == "total" or any(abs(number(rows, party, term)) > NOISE for party in self.parties)
        ]
        said = []
        for party in self.parties:
            parts = [
                f"{'in all' if term == 'total' else term.replace('_', ' ')} {signed_percent(number(rows, party, term))}"
                for term in shown
            ]
            said.append(f"in {self.names.the(party)} {listed(parts)}")
        chart = partial(charts.decomposition, table, self.parties, self.names, self.stamp)
        return Figure("reasons", chart, f"Bars of what makes up the change in real income: {'; '.join(said)}.")

    def of_ledgers(self) -> list[Figure]:
        """The incidence of the tariffs, for every party that collects a changed tariff."""
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
            chart = partial(charts.ledger, mine, self.names, self.stamp)
            found.append(
                Figure(f"ledger-{party.lower()}", chart, f"Bars of a year in {self.names.the(party)}: {listed(said)}.")
            )
        return found

    def of_diversion(self) -> list[Figure]:
        """Trade diversion in every market of a party in which another party's goods became dearer."""
        table, found = self.scenario.tables["diversion"], []
        drawn: list[pd.DataFrame] = []
        for importer, exporter in changed_pairs(self.scenario, self.parties):
            mine = pair_of(table, importer, exporter)
            third = mine.drop(columns="exporter").reset_index(drop=True)
            if mine.empty or any(third.equals(other) for other in drawn):
                continue  # whose goods became dearer is told apart only by the third economies that are left
            drawn.append(third)
            top = mine[mine["change"] > 0].sort_values("change", ascending=False).head(3)
            most = listed(
                [f"{self.names.the(e)} {signed_usd(c)}" for e, c in zip(top["economy"], top["change"], strict=True)]
            )
            said = f"most of all {most}" if most else "none sells more"
            words = f"Bars of what third economies sell more to {self.names.the(importer)}; {said}."
            chart = partial(charts.diversion, mine, self.names, self.stamp)
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
            if table.get("stand_in", pd.Series([False])).any():
                words = (
                    f"Bars of prices and output by sector in {self.names.the(party)}, in grey because they are no "
                    "results: a list of products is missing."
                )
            chart = partial(charts.sectors, table, party, self.names, self.stamp)
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
            chart = partial(charts.tariffs, mine, self.names, self.stamp)
            found.append(Figure(f"tariffs-{importer}-on-{exporter}".lower(), chart, words))
        return found

    def of_averaging(self) -> Figure:
        """The result with one average tariff a sector."""
        rows = self.scenario.tables["averaging"].set_index("economy")
        each = [
            f"{self.names.the(p)} {signed_percent(number(rows, p, 'real_income'))}, with one average tariff a sector "
            f"{signed_percent(number(rows, p, 'real_income_if_averaged'))}"
            for p in self.parties
        ]
        chart = partial(charts.averaging, self.scenario.tables["averaging"], self.parties, self.names, self.stamp)
        return Figure("averaging", chart, f"Bars of the change in real income: {'; '.join(each)}.")

    def _short_title(self, group: Group) -> str:
        what = {"threats": "If threats are carried out", "steps": "Tariffs in force", "removals": "If measures go"}
        return f"{what[group.kind]}, {against(self.findings, group.scenarios[0])}"

    def _rows(self, group: Group) -> pd.DataFrame:
        rows = [
            {
                "label": "\n".join(wrap(scenario.title.removeprefix("In force from "), LABELS, SIZE, BOLD)[:4]),
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
        count = sum(rows["label"].nunique() for rows in panels.values())
        states = "1 state" if count == 1 else f"{count} states"
        return (
            f"Bars of the change in real income of each party in {states} of the table above; in the one called "
            f"{self.scenario.title}: {listed(each)}."
        )

    def _path_in_words(self, rows: pd.DataFrame) -> str:
        last = rows[rows["on"] == rows["on"].max()]
        each = [
            f"{self.names.the(p)} {signed_percent(v)}" for p, v in zip(last["party"], last["real_income"], strict=True)
        ]
        return f"Lines of the change in real income over {rows['on'].nunique()} dates, at the end: {listed(each)}."


TERMS: Final = ("terms_of_trade_and_transfers", "volume_of_trade", "trade_costs", "labour")
"""The terms that do not depend on the numeraire and add up to the change in real income."""

_NAMES: Final = {
    "terms_of_trade_and_transfers": "terms of trade",
    "volume_of_trade": "volume of trade",
    "trade_costs": "trade costs",
    "labour": "labour supply",
}
_PLAIN: Final = {
    ("terms_of_trade_and_transfers", "gain"): "what it sells abroad fetches more against what it buys there",
    ("terms_of_trade_and_transfers", "loss"): "what it sells abroad fetches less against what it buys there",
    ("volume_of_trade", "gain"): "tariffs block less trade that benefits both sides",
    ("volume_of_trade", "loss"): "tariffs block more trade that benefits both sides",
    ("trade_costs", "gain"): "moving goods takes less",
    ("trade_costs", "loss"): "moving goods takes more",
    ("labour", "gain"): "people work more, and taxed work is worth more than it costs them",
    ("labour", "loss"): "people work less, and taxed work is worth more than it costs them",
}


def dominant(terms: Mapping[str, float]) -> str | None:
    """The largest term by size, or None where every one is within `NOISE` of zero."""
    name = max(TERMS, key=lambda term: abs(terms[term]))
    return name if abs(terms[name]) > NOISE else None


def explanation(scenario: Scenario, economy: str, names: Names) -> str:
    """Why real income of one economy changes: the largest term in plain words, then the others, then the sum."""
    rows = scenario.tables["decomposition"].set_index("economy")
    return explained(names.the(economy), {term: number(rows, economy, term) for term in (*TERMS, "total")})


def explained(name: str, terms: Mapping[str, float]) -> str:
    """`explanation` from the terms themselves, in log points."""
    if pd.isna(terms["total"]):
        return f"{capital(name)}: {NO_PATH}"
    main = dominant(terms)
    total = direction(terms["total"])
    if main is None:
        return f"Nothing moves the real income of {name}."
    verdict = {"gain": "gains", "loss": "loses", "none": "neither gains nor loses"}[total]
    turn = direction(terms[main])
    # the smaller terms can together outweigh the largest
    link = "mainly because" if total == turn else "although"
    said = f"{capital(name)} {verdict}, {link} {_PLAIN[main, turn]} ({_NAMES[main]}, {points(terms[main])})"
    for term in (term for term in TERMS if term != main and abs(terms[term]) > NOISE):
        verb = "adds" if direction(terms[term]) == "gain" else "takes"
        size = points(terms[term]).lstrip("+−")
        said += f"; {_PLAIN[term, direction(terms[term])]}, which {verb} {size} ({_NAMES[term]})"
    return f"{said}. Together {points(terms['total'])}, in log points × 100."


_EARNED: Final = " Its holders of licences and its treasury then earn {earned} a year by quotas and charges on exports."
"""The level after the measures, of which the treasury may get nothing."""


def who_pays(scenario: Scenario, economy: str, names: Names) -> str:
    """The ledger of one economy in words: what the government collects more, and what buyers and firms pay more."""
    ledger = scenario.tables["ledger"]
    mine = list(rows_of(ledger[ledger["economy"] == economy]))
    amounts = {row["item"]: row["usd"] for row in mine}
    each = {row["item"]: row["usd_per_household"] for row in mine} if "usd_per_household" in ledger else {}
    return paid(names.the(economy), amounts, each)


def paid(name: str, amounts: Mapping[str, float], per_household: Mapping[str, float]) -> str:
    """`who_pays` from the ledger itself, USD million and USD per household (empty or NaN: nobody counted)."""
    revenue = amounts["change in tariff revenue"]
    consumers = amounts["extra cost of the old final basket (consumers)"]
    firms = amounts["extra cost of the old inputs (firms)"]
    household = per_household.get("extra cost of the old final basket (consumers)")
    each = "" if household is None or pd.isna(household) else f" (${abs(household):,.0f} a household)"
    earned = amounts.get(RENTS_EARNED, 0.0)
    rents = _EARNED.format(earned=usd(earned)) if earned > 0 else ""
    return (
        f"In {name} the government collects {_more_or_less(revenue, 'in tariffs on all goods')}.{rents} What consumers "
        f"used to buy costs them {_more_or_less(consumers)}{each}, and what firms used as inputs costs them "
        f"{_more_or_less(firms)}, both relative to wages. Firms pass their costs on, so the two are not to be added."
    )


def balance(scenario: Scenario, economy: str, partner: str, names: Names) -> str:
    """The balance of goods of one party with another, before and after."""
    rows = scenario.tables["balances"]
    row = rows[(rows["economy"] == economy) & (rows["partner"] == partner) & (rows["scope"] == "goods")].iloc[0]
    return balance_moves(
        names.the(economy), names.the(partner), float(row["balance_before"]), float(row["balance_after"])
    )


def balance_moves(name: str, partner: str, before: float, after: float) -> str:
    """`balance` from the two levels, exports − imports in USD million."""
    kind = {True: "surplus", False: "deficit"}
    where = f"in goods with {partner}"
    if before * after < 0:
        turned = f"turns from a {kind[before > 0]} of {usd(before)} into a {kind[after > 0]} of {usd(after)}"
        return f"The balance of {name} {where} {turned}."
    change = abs(after) - abs(before)
    own = kind[before > 0 or after > 0]
    if abs(change) <= NOISE * max(abs(before), 1.0):
        return f"The {own} of {name} {where} stays at {usd(before)}."
    verb = "grows" if change > 0 else "shrinks"
    ends = f", from {usd(before)} to {usd(after)}" if usd(before) != usd(after) else f", of {usd(before)}"
    return f"The {own} of {name} {where} {verb} by {usd(change)}{ends}."


def averaging(scenario: Scenario, parties: list[str], names: Names) -> str | None:
    """The result with one average tariff a sector; None if the digits shown would be the same."""
    rows = scenario.tables["averaging"].set_index("economy")
    shown = [
        tuple(signed_percent(number(rows, p, name)) for name in ("real_income_if_averaged", "real_income"))
        for p in parties
    ]
    if rows["real_income_if_averaged"].isna().any() or all(other == own for other, own in shown):
        return None
    each = [f"{other} instead of {own} for {names.the(p)}" for p, (other, own) in zip(parties, shown, strict=True)]
    return (
        "A measure on part of a sector is kept apart from the rest of the sector. Had each sector had one average "
        f"tariff, the change would have been {listed(each)}."
    )


def covered(scenario: Scenario, importer: str, exporter: str, names: Names) -> str | None:
    """The share of one economy's purchases from another that the measures cover; None if they cover none."""
    table = scenario.tables["tariffs"]
    rows = pair_of(table, importer, exporter)
    imports = float(rows["imports"].sum())
    moved = rows[rows["after"] != rows["before"]]
    if moved.empty or imports <= 0:
        return None
    weights = rows["imports"] / imports
    before, after = float((rows["before"] * weights).sum()), float((rows["after"] * weights).sum())
    return (
        f"The tariff of {names.the(importer)} on goods from {names.the(exporter)} goes from {before * 100:.1f} to "
        f"{after * 100:.1f}{NO_BREAK}% on average over the {level_usd(imports)} it buys in the sectors that measures "
        "reach, in the world of the model, weighted by these imports."
    )


def _more_or_less(amount: float, what: str = "") -> str:
    size = f"{usd(amount)} a year"
    if amount == 0:
        return "as much as before"
    return f"{size} {'more' if amount > 0 else 'less'}{' ' + what if what else ''}"


def in_force_on(findings: Findings, estimate: Estimate) -> Scenario | None:
    """The state of the day that an estimate is about, measured against the world without measures."""
    steps = [s for s in findings.scenarios if s.kind == "step" and s.on is not None and s.on <= estimate.of]
    return max(steps, key=lambda scenario: scenario.on or estimate.of, default=None)


def published(findings: Findings) -> tuple[Section, ...]:
    """A table of figures side by side and the reasons why they differ; nothing where the file has no estimate."""
    names, rows, reasons = names_of(findings), [], []
    worst: Scenario | None = None
    for estimate in findings.dispute.estimates:
        state = in_force_on(findings, estimate)
        if state is None or estimate.date > findings.dispute.as_of:
            continue
        worst = state if worst is None or state.residual > worst.residual else worst
        here = incomes(state)
        theirs = (
            "–" if estimate.real_income is None else signed_percent(estimate.real_income),
            "–" if estimate.real_income_usd is None else signed_usd(estimate.real_income_usd),
        )
        ours = (
            signed_percent(number(here, estimate.economy, "real_income")),
            signed_usd(number(here, estimate.economy, "real_income_usd")),
        )
        about = f"{names.economy(estimate.economy)}, tariffs of {day(estimate.of)}"
        rows.append(Row((f"{estimate.who}: {about}", *theirs, *ours)))
        reasons.append(f"{estimate.who}: {estimate.differs}")
    if worst is None:
        return ()
    head = ("", "published", "a year", "here", "a year")
    caption = "Change in real income as published, and in the state in force on the same day here"
    table = Table(caption, head, tuple(rows), scenario_stamp(findings, worst))
    blocks = (table, Text("Why they differ:"), Bullets(tuple(reasons)))
    return (Section("Beside published estimates", blocks, detail=True),)

"""What people pay, in words and tables: consumer prices, who bears the duties, and households by income."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from detente.analyses.run.figures import Figures
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import MOST_PARTIES, scenario_stamp
from detente.analyses.run.waterfall import payers, quota_rents, received, waterfall_figure
from detente.data.employment import WHOLE
from detente.report.blocks import Block, Row, Section, Table, Text, number, rows_of
from detente.report.numbers import Names, capital, level_percent, level_usd, listed, signed_percent, usd
from detente.solver.first_round import ALL, WAYS
from detente.solver.incidence import BARS, EVERYBODY

_HEAD = (
    "",
    "first round, before substitution",
    "first round, after substitution",
    "equilibrium, to own wages",
    "equilibrium, to world income",
)
_DECILES = [str(decile) for decile in range(1, 11)]


def people_section(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """One section where the duties of some party move in the scenario, else none."""
    scenario = drawn.scenario
    if "who_pays" not in scenario.tables:  # findings of an earlier version
        return ()
    levying = set(scenario.tables["who_pays"]["importer"])
    levy = [party for party in drawn.parties if party in levying]
    if not levy:
        return ()
    shown = levy[:MOST_PARTIES]
    blocks: list[Block] = [Text(" ".join(prices_said(findings, scenario, party, drawn.names) for party in shown))]
    blocks.append(_prices(findings, drawn, levy))
    if uncounted := _uncounted(scenario, drawn.names):
        blocks.append(Text(uncounted, detail=True))
    blocks += [Text(borne(scenario, party, drawn.names), detail=True) for party in shown]
    blocks += [waterfall_figure(drawn, party) for party in shown]
    blocks.append(_bars(findings, drawn, shown))
    blocks += _groups(findings, drawn)
    if jobs := _jobs(scenario, drawn.names):
        blocks.append(Text(jobs, detail=True))
    return (Section("What people pay", tuple(blocks)),)


def prices_said(findings: Findings, scenario: Scenario, party: str, names: Names) -> str:
    """First-round consumer prices of a party, what that is a household or a person, and prices in the equilibrium."""
    row = _whole(scenario.tables["prices"], party)
    who, year = names.the(party), findings.settings.year
    in_equilibrium = f"in the equilibrium they change by {signed_percent(row['to_wage'])} relative to own wages"
    if pd.isna(row["first_round"]):
        return f"In {who} some trade ends, so that first-round prices are not defined; {in_equilibrium}."
    persons = scenario.tables["persons"].set_index("economy")
    counted = [
        f"${abs(amount):,.0f} a {unit}"
        for unit in ("household", "person")
        if not pd.isna(amount := number(persons, party, f"first_round_usd_per_{unit}"))
    ]
    verb = "less" if row["first_round"] < 0 else "more"
    each = (
        f", {listed(counted)} {verb} a year for what all final buyers bought, investment and government included, at "
        f"prices of {year or 'the base year'}{_own_consumption(scenario, party)}"
    )
    return (
        f"Consumer prices in {who} change by {signed_percent(row['first_round'])} in the first round before "
        f"substitution{each if counted else ''}, and by {signed_percent(row['first_round_substituted'])} after it; "
        f"{in_equilibrium}."
    )


def _own_consumption(scenario: Scenario, party: str) -> str:
    """What households' own consumption alone costs more a household; empty where its amounts are not known."""
    table = scenario.tables["households"]
    name = "consumption_cost_usd_per_household"
    mine = table[(table["economy"] == party) & (table["prices"] == "first_round")]
    if name not in mine or mine.empty or mine[name].isna().any():
        return ""
    each = float(mine[name].mean())  # groups are of equal size
    return f" (${abs(each):,.0f} a household for what households themselves consume)"


def borne(scenario: Scenario, party: str, names: Names) -> str:
    """The waterfall of a party, and pass-through at its border."""
    table = scenario.tables["who_pays"].set_index("importer")
    bars = {name: number(table, party, name) for name in (*BARS, "trade_ended")}
    paid = payers(bars)
    text = (
        f"Who bears the measures on what {names.the(party)} imports, a year, at base prices and relative to its wages: "
        f"{paid}; {received(bars['treasury'], bars['lost_trade'], quota_rents(scenario))}."
    )
    if bars["trade_ended"] > 0:
        text += f" Trade of {usd(bars['trade_ended'])} ends; of it only the old duty counts."
    pairs = scenario.tables["pass_through"]
    whole = pairs[pairs["exporter"] == EVERYBODY].set_index("importer")
    if party in whole.index and not pd.isna(share := number(whole, party, "to_wage")):
        world = number(whole, party, "to_world_income")
        text += (
            f" Buyers' prices at the border rise by {level_percent(share, 0)} of the change of duty relative to own "
            f"wages, and by {level_percent(world, 0)} relative to world income. Duties are those of the measures, not "
            "what customs collect."
        )
    return text


def _whole(table: pd.DataFrame, party: str) -> pd.Series[float]:
    """The row of all sectors of an economy."""
    found: pd.Series[float] = table[(table["economy"] == party) & (table["sector"] == ALL)].iloc[0]
    return found


def _prices(findings: Findings, drawn: Figures, parties: Sequence[str]) -> Table:
    table = drawn.scenario.tables["prices"]
    rows = []
    for party in parties:
        row = _whole(table, party)
        cells = ("–" if pd.isna(row[way]) else signed_percent(row[way]) for way in WAYS)
        rows.append(Row((drawn.names.economy(party), *cells)))
    caption = (
        "Consumer prices, what final buyers buy in all; the first round holds wages, margins, foreign prices and "
        "prices of competitors. By sector: tables/prices.csv"
    )
    return Table(caption, _HEAD, tuple(rows), scenario_stamp(findings, drawn.scenario), detail=True)


def _bars(findings: Findings, drawn: Figures, parties: Sequence[str]) -> Table:
    bars, rents = drawn.scenario.tables["who_pays"].set_index("importer"), quota_rents(drawn.scenario)
    heads = {
        "foreign_sellers": "foreign sellers pay",
        "consumers": "consumers pay",
        "firms": "firms pay on inputs",
        "treasury": f"the treasury{' and holders of quotas' * rents} {'receive' if rents else 'receives'}",
        "trade_costs": "trade costs",
        "lost_trade": "lost trade",
    }
    shown = [name for name in BARS if name != "trade_costs" or (bars["trade_costs"] != 0).any()]
    rows = tuple(Row((heads[name], *(level_usd(number(bars, party, name)) for party in parties))) for name in shown)
    caption = (
        "Who bears the changed duties, USD a year at base prices relative to the importer's wages: what sellers, "
        "consumers and firms pay is what is received and what is lost"
    )
    head = ("", *map(drawn.names.economy, parties))
    return Table(caption, head, rows, scenario_stamp(findings, drawn.scenario), detail=True)


def _groups(findings: Findings, drawn: Figures) -> list[Block]:
    """One table an economy whose households are grouped: first round, by who gets the change in tariff revenue."""
    table = drawn.scenario.tables["households"]
    blocks: list[Block] = []
    for code in dict.fromkeys(table["economy"]):
        mine = table[(table["economy"] == code) & (table["prices"] == "first_round")]
        kind = "income decile, 1 the lowest incomes" if list(mine["group"]) == _DECILES else "group"
        rows = []
        for row in rows_of(mine):
            each = row.get("cost_usd_per_household")
            cells = (
                "–" if each is None or pd.isna(each) else f"${each:,.0f}",
                *(signed_percent(row[name]) for name in ("cost_share", "loss_equal_share", "loss_by_income_share")),
            )
            rows.append(Row((str(row["group"]), *cells)))
        caption = (
            f"Households in {drawn.names.the(code)} by {kind}: extra cost of the old basket in the "
            "first round before substitution, a year; the same as a share of spending, less the group's part of the "
            "change in tariff revenue; minus is a gain. With prices of the equilibrium: tables/households.csv"
        )
        head = ("group", "USD a household", "nobody gets revenue", "all get the same", "by income")
        blocks.append(Table(caption, head, tuple(rows), scenario_stamp(findings, drawn.scenario), detail=True))
    return blocks


def _jobs(scenario: Scenario, names: Names) -> str:
    """How many change their sector, where heads in work were given by economy; empty where they were not."""
    if "jobs" not in scenario.tables:
        return ""
    table = scenario.tables["jobs"]
    each = [
        f"in {names.the(row['economy'])} {row['changing_sector']:,.0f} of {row['heads']:,.0f} in work change their "
        "sector"
        for row in rows_of(table[table["sector"] == WHOLE])
    ]
    by_sector = "; by sector: tables/jobs.csv" if (table["sector"] != WHOLE).any() else ""
    return capital(f"{listed(each) or 'heads in work are given by sector'}{by_sector}.")


def _uncounted(scenario: Scenario, names: Names) -> str:
    """Which economies have no count of persons; empty where all have one."""
    table = scenario.tables["persons"]
    missing = table["economy"][table["persons"].isna()].tolist()
    who = listed([names.the(code) for code in missing])
    return f"tables/persons.csv has no USD a person for {who}: their persons are not counted." if missing else ""

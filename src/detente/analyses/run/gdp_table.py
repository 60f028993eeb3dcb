"""GDP of the parties beside their real income: real, and nominal in two named units."""

from __future__ import annotations

from detente.analyses.run.figures import Figures
from detente.analyses.run.result import Findings
from detente.analyses.run.sentences import scenario_stamp
from detente.report.blocks import Row, Table
from detente.report.numbers import signed_percent

COLUMNS = {
    "real_income": "real income",
    "real_gdp": "real GDP",
    "nominal_gdp": "nominal GDP, world factor income held",
    "nominal_gdp_dollars": "nominal GDP in dollars, US factor income held",
}


def gdp_table(findings: Findings, drawn: Figures) -> tuple[Table, ...]:
    """One row a party; none for findings of an earlier version, which have no nominal GDP."""
    table = drawn.scenario.tables["economies"]
    if not COLUMNS.keys() <= set(table.columns):
        return ()
    by_code = table.set_index("economy").to_dict("index")
    rows = tuple(
        Row((drawn.names.economy(party), *(signed_percent(float(by_code[party][column])) for column in COLUMNS)))
        for party in drawn.parties
    )
    caption = (
        "Real income is what spending buys. Real GDP is what is produced, at base prices. Nominal GDP has a unit, and "
        "its change is no inflation"
    )
    return (Table(caption, ("", *COLUMNS.values()), rows, scenario_stamp(findings, drawn.scenario)),)

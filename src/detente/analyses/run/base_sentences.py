"""The base tariffs of a run in words: what they bring beside what was collected, and the headline under other rules."""

from __future__ import annotations

from collections.abc import Iterator

from detente.analyses.run.result import Findings
from detente.analyses.run.sentences import MOST_PARTIES, exact_changes, scenario_stamp
from detente.data.base_tariffs import BaseRevenue
from detente.report.blocks import Block, Row, Section, Table, Text
from detente.report.numbers import (
    MISSING,
    Names,
    capital,
    level_percent,
    level_usd,
    listed,
    names_of,
    points,
    significant,
)


def base_section(findings: Findings) -> tuple[Section, ...]:
    """Base revenue of the parties beside the collected figure, and the headline under other rules."""
    names = names_of(findings)
    blocks: list[Block] = [Text(revenue(its, names)) for its in (findings.base_revenue or ())[:MOST_PARTIES]]
    blocks += [_rules_table(findings)] if findings.other_rules else []
    return (Section("Base tariffs", tuple(blocks), detail=True),) if blocks else ()


def revenue(its: BaseRevenue, names: Names) -> str:
    """Base revenue of an importer beside the collected figure, and why the two differ."""
    who = names.the(its.importer)
    said = [
        f"Before any measure of this dispute tariffs bring {who} {level_usd(its.revenue)} a year on "
        f"{level_usd(its.imports)} of imported goods, {level_percent(its.rate, 2)}{_in_force(its)}."
    ]
    return " ".join([*said, *_collected(its, who)])


def _in_force(its: BaseRevenue) -> str:
    """The part of the rate that is measures in force, where it is not nothing."""
    part = level_percent(its.additional, 2)
    return f", of which {part} are measures in force in the world's year" if part != level_percent(0.0, 2) else ""


def _collected(its: BaseRevenue, who: str) -> Iterator[str]:
    """What customs collected, the ratio of imports, and the parts of the difference in rates, as far as known."""
    if its.collected_rate is None:
        yield f"No collected figure of {who} is at hand to compare it with."
        return
    rate = level_percent(its.collected_rate, 2)
    if its.collected is None or its.customs_imports is None or its.imports_ratio is None:
        yield (
            f"The mean of applied rates, weighted by trade, was {rate} in {its.year} ({its.source}); the duty "
            "itself is not at hand."
        )
    else:
        yield (
            f"Customs collected {level_usd(its.collected)} on {level_usd(its.customs_imports)} in {its.year}, {rate} "
            f"({its.source}). The world holds {significant(its.imports_ratio, 2)} times the imports that customs "
            "record, so that dollars differ where rates agree."
        )
    if its.coverage is not None and its.composition is not None:
        parts = (f"{points(its.coverage)} from goods without a sector", f"{points(its.composition)} from other weights")
        yield f"Of the difference in rates, in percentage points, {listed(list(parts))} of partners and sectors."


def _rules_table(findings: Findings) -> Table:
    """The change in real income of the parties under each rule, the one in use first."""
    names, main = names_of(findings), findings.main
    parties = list(findings.dispute.parties)[:MOST_PARTIES]
    own = exact_changes(main)
    rows = [Row(("as in this report", *(points(own[party]) for party in parties)), strong=True)]
    for other in findings.other_rules or ():
        cells = (points(other.real_income[p]) if p in other.real_income else MISSING for p in parties)
        rows.append(Row((other.rule, *cells)))
    caption = (
        f"Change in real income, in per cent, by the rule of the base tariffs: {main.title}. A dash: no equilibrium "
        "was found"
    )
    head = ("", *(capital(names.economy(party)) for party in parties))
    return Table(caption, head, tuple(rows), scenario_stamp(findings, main))

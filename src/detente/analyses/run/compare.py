"""Two findings side by side: what differs between the disputes, and between the numbers.

A difference is always the second less the first. What differs is told by field of the file, and by setting of the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from detente.analyses.run.result import Findings
from detente.analyses.run.sentences import headline, incomes, most_affected
from detente.report.blocks import Bullets, Row, Section, Table, Text, rows_of
from detente.report.numbers import (
    names_of,
    points,
    signed_usd,
)

MOST_SECTORS: Final = 10
"""Sectors that a table shows: those in which the two differ most."""
SETTINGS: Final = ("world", "elasticities", "deficits", "horizon")


def compared(first: Findings, second: Findings) -> tuple[Section, ...]:
    """The changed inputs, both headlines, and the difference for parties, those most affected, and sectors.

    A difference is the second minus the first, in percentage points.
    """
    changes = tuple(differences(first, second))
    return (
        Section("What is different", (Bullets(changes) if changes else Text("Nothing: both are the same question."),)),
        Section("In a sentence", (Text(f"Before: {headline(first)}"), Text(f"After: {headline(second)}"))),
        Section("Real income", (_economies(first, second),)),
        Section("Output by sector", tuple(_sectors(first, second, party) for party in _parties(first, second))),
    )


def differences(first: Findings, second: Findings) -> Iterator[str]:
    """Each field of dispute and settings that is not the same, as `field: before → after`."""
    before, after = (findings.dispute.values_as_written() for findings in (first, second))
    yield from _of_values(before, after, "")
    ways = (asdict(first.settings), asdict(second.settings))
    for name in SETTINGS:
        if ways[0][name] != ways[1][name]:
            yield f"{name}: {ways[0][name]} → {ways[1][name]}"


def _of_values(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _of_values(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple) and len(before) == len(after):
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            name = old.get("id", position) if isinstance(old, dict) else position
            yield from _of_values(old, new, f"{path}.{name}")
    elif before != after and path not in ("dispute", "title"):
        yield f"{path}: {_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _parties(first: Findings, second: Findings) -> list[str]:
    """Parties of both, in the order of the first."""
    return [party for party in first.dispute.parties if party in second.dispute.parties]


def _economies(first: Findings, second: Findings) -> Table:
    names, parties = names_of(first), _parties(first, second)
    states = (first.main, second.main)
    shown = [*parties, *(code for state in states for code in most_affected(state, parties))]
    tables = [incomes(state).to_dict("index") for state in states]
    rows = []
    for code in dict.fromkeys(shown):
        if code in tables[0] and code in tables[1]:
            old, new = tables[0][code], tables[1][code]
            cells = (
                points(old["real_income"]),
                points(new["real_income"]),
                points(new["real_income"] - old["real_income"]),
                signed_usd(new["real_income_usd"] - old["real_income_usd"]),
            )
            rows.append(Row((names.economy(code), *cells)))
    caption = f"Change in real income, per cent. Before: {states[0].title}. After: {states[1].title}"
    return Table(caption, ("", "before", "after", "difference", "USD a year"), tuple(rows))


def _sectors(first: Findings, second: Findings, party: str) -> Table:
    names = names_of(first)
    old, new = (_output(findings, party) for findings in (first, second))
    both = [code for code in old if code in new]
    both.sort(key=lambda code: -abs(new[code] - old[code]))
    rows = tuple(
        Row((names.sector(code), points(old[code]), points(new[code]), points(new[code] - old[code])))
        for code in both[:MOST_SECTORS]
    )
    caption = f"{names.economy(party)}: change in output (volume), per cent; the sectors that differ most"
    return Table(caption, ("", "before", "after", "difference"), rows)


def _output(findings: Findings, party: str) -> dict[str, float]:
    table = findings.main.tables["sectors"]
    mine = rows_of(table[table["economy"] == party])
    return {row["sector"]: float(row["output"]) for row in mine if row["output"] == row["output"]}  # NaN: not there

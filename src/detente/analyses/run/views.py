"""Findings as the page shows them: in parts, and two of them side by side.

Each part answers one question and can be drawn by itself. A comparison has the differences between the disputes, by
field of the file and by setting of the run, and those between the numbers: the second less the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Final

from detente.analyses.run import report as sections
from detente.analyses.run import stand_ins, who_replaces
from detente.analyses.run.figures import Figures
from detente.analyses.run.gdp_table import gdp_table
from detente.analyses.run.headlines import headline, not_tried
from detente.analyses.run.instrument_sentences import instruments_section
from detente.analyses.run.result import TABLES, Findings
from detente.analyses.run.sentences import (
    MOST_PARTIES,
    against,
    assumed,
    command_line,
    groups,
    incomes,
    most_affected,
    python_lines,
    scenario_stamp,
    third_countries,
    third_economies,
)
from detente.errors import BadInput, nearest
from detente.report.blocks import Block, Bullets, Row, Section, Table, Text, number, plain, rows_of
from detente.report.numbers import direction, names_of, points, signed_percent, signed_usd

MOST_SECTORS: Final = 10
"""Sectors that a table shows: those in which the two differ most."""
SETTINGS: Final = ("world", "elasticities", "deficits", "base_tariffs", "horizon")


def compared(first: Findings, second: Findings) -> tuple[Section, ...]:
    """The changed inputs, both headlines, and the difference for parties, those most affected, and sectors.

    A difference is the second minus the first, in percentage points.
    """
    changes = tuple(differences(first, second))
    return (
        Section("What is different", (Bullets(changes) if changes else Text("Nothing: both are the same question."),)),
        Section("In a sentence", (Text(f"Before: {headline(first)}"), Text(f"After: {headline(second)}"))),
        Section("Real income", (_economies(first, second),)),
        Section("Output by sector", _outputs(first, second)),
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


def _outputs(first: Findings, second: Findings) -> tuple[Block, ...]:
    """A table for each party; where a value stands in for a list in either, the sentence that there is none."""
    said = [text for each in (first, second) if (text := stand_ins.stands_in(each, each.main)) is not None]
    if said:
        return tuple(Text(text) for text in dict.fromkeys(said))
    return tuple(_sectors(first, second, party) for party in _parties(first, second))


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


Draw = Callable[[Findings, Figures], tuple[Section, ...]]


def first(findings: Findings) -> dict[str, Any]:
    """The content before anything is drawn, as plain values: headline, origin, every state, the parts."""
    scenario = findings.main
    return {
        "id": findings.id,
        "title": findings.dispute.title,
        "headline": headline(findings),
        "caveats": [*not_tried(findings), *assumed(findings), *stand_ins.caveats(findings)],
        "about": sections.about(findings),
        "figures": _figures(findings),
        "table": plain(sections.steps_table(findings, scenario)),
        "states": [{"id": each.id, "title": each.title} for group in groups(findings) for each in group.scenarios],
        "state": scenario.id,
        "tabs": [{"id": id, "title": title} for id, (title, _) in TABS.items()],
        "command": command_line(findings),
        "python": python_lines(findings),
        "tables": list(TABLES),
    }


def _figures(findings: Findings) -> list[dict[str, str]]:
    """The change in real income of the parties, and of the third economies that a reader asks for first."""
    scenario, names = findings.main, names_of(findings)
    changes, parties = incomes(scenario), list(findings.dispute.parties)
    found = []
    for code in (*parties[:MOST_PARTIES], *most_affected(scenario, parties)[:2]):
        income, usd = number(changes, code, "real_income"), number(changes, code, "real_income_usd")
        found.append(
            {"name": names.economy(code), "change": signed_percent(income), "usd": f"{signed_usd(usd)} a year",
             "tone": direction(income)}
        )  # fmt: skip
    return found


def tab(findings: Findings, id: str, state: str | None = None) -> tuple[Section, ...]:
    """The sections of one part, about one state (by default that of the headline).

    Raises BadInput for a part or a state that is not there.
    """
    if id not in TABS:
        raise BadInput(f"there is no part {id!r}; there are: {', '.join(TABS)}")
    return TABS[id][1](findings, Figures(findings, _scenario(findings, state)))


def _scenario(findings: Findings, state: str | None) -> Any:
    if state is None:
        return findings.main
    known = [each.id for each in findings.states]
    if state not in known:
        near = nearest(state, known)
        raise BadInput(f"there is no state {state!r}" + (f"; did you mean {near!r}?" if near else ""))
    return findings[state]


def who_loses(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """Real income of everybody on a map and as bars, why, and what each step does."""
    about = Text(f"{drawn.scenario.title}, {against(findings, drawn.scenario)}.")
    return (
        Section("Who gains and who loses", (about, drawn.of_map(), drawn.of_incomes())),
        sections.why(findings, drawn),
        *(Section("Real income and GDP", (table,)) for table in gdp_table(findings, drawn)),
        Section("What each step does", tuple(drawn.of_steps())),
    )


def sectors(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """Output, prices and tariffs by sector."""
    return (
        sections.by_sector(findings, drawn),
        sections.tariffs(findings, drawn),
        *instruments_section(findings, drawn.scenario),
    )


def prices(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """The incidence of the tariffs, and the change of consumer prices by sector."""
    said = stand_ins.stands_in(findings, drawn.scenario)
    by_sector = _consumer_prices(findings, drawn) if said is None else Text(said)
    return (sections.payers(findings, drawn), Section("What consumers pay", (by_sector,)))


def _consumer_prices(findings: Findings, drawn: Figures) -> Table:
    table, parties = drawn.scenario.tables["sectors"], drawn.parties
    changes = {(row["economy"], row["sector"]): float(row["consumer_price"]) for row in rows_of(table)}
    codes = list(dict.fromkeys(table["sector"]))
    codes.sort(key=lambda code: -max((c for p in parties if (c := changes[p, code]) == c), default=0.0))
    rows = tuple(Row((drawn.names.sector(c), *(_change(changes[party, c]) for party in parties))) for c in codes)
    caption = "Consumer prices, tariffs included, relative to the wage of the country; change in per cent"
    head = ("", *map(drawn.names.economy, parties))
    return Table(caption, head, rows, scenario_stamp(findings, drawn.scenario))


def _change(value: float) -> str:
    return points(value) if value == value else "–"  # NaN: a sector that the economy does not have has no price


def third(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """Everybody else: who replaces whom, balances, and every economy in a table."""
    words = sections.balances(findings, drawn)
    others = third_economies(drawn.scenario, drawn.parties)
    rows = tuple(
        Row((drawn.names.economy(str(code)), points(income), signed_usd(usd)))
        for code, income, usd in zip(others.index, others["real_income"], others["real_income_usd"], strict=True)
    )
    caption = "Change in real income, in per cent and in USD a year"
    every = Table(caption, ("", "per cent", "USD"), rows, scenario_stamp(findings, drawn.scenario))
    return (
        Section(
            "Who replaces whom",
            (
                Text(third_countries(drawn.scenario, drawn.parties, drawn.names)),
                *who_replaces.blocks(drawn),
                *drawn.of_diversion(),
            ),
        ),
        Section("Trade balances", words),
        Section("Every third economy", (every,)),
    )


def method(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """On what the numbers rest."""
    return (
        sections.limits(findings),
        sections.rests_on(findings),
        sections.said(findings),
        sections.made_how(findings),
    )


TABS: Final[dict[str, tuple[str, Draw]]] = {
    "who-loses": ("Who loses", who_loses),
    "sectors": ("Sectors", sectors),
    "prices": ("Prices", prices),
    "third-countries": ("Third countries", third),
    "method": ("Method", method),
}
"""Id → title and sections, in the order in which a reader asks."""

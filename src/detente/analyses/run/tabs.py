"""Findings in parts, each of which answers one question and can be drawn by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from detente.analyses.run import report as sections
from detente.analyses.run.figures import Figures
from detente.analyses.run.result import TABLES, Findings
from detente.analyses.run.sentences import (
    MOST_PARTIES,
    against,
    assumed,
    command_line,
    groups,
    headline,
    incomes,
    most_affected,
    python_lines,
    scenario_stamp,
    third_countries,
    third_economies,
)
from detente.errors import BadInput, nearest
from detente.report.blocks import Row, Section, Table, Text, number, plain, rows_of
from detente.report.numbers import direction, names_of, points, signed_percent, signed_usd

Draw = Callable[[Findings, Figures], tuple[Section, ...]]


def first(findings: Findings) -> dict[str, Any]:
    """The content before anything is drawn, as plain values: headline, origin, every state, the parts."""
    scenario = findings.main
    return {
        "id": findings.id,
        "title": findings.dispute.title,
        "headline": headline(findings),
        "caveats": assumed(findings),
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
        Section("What each step does", tuple(drawn.of_steps())),
    )


def sectors(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """Output, prices and tariffs by sector."""
    return (Section("Prices and output by sector", tuple(drawn.of_sectors())), sections.tariffs(findings, drawn))


def prices(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """The incidence of the tariffs, and the change of consumer prices by sector."""
    return (sections.payers(findings, drawn), Section("What consumers pay", (_consumer_prices(findings, drawn),)))


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
    words = tuple(block for block in sections.substitution(findings, drawn).blocks if block.kind != "figure")
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
            (Text(third_countries(drawn.scenario, drawn.parties, drawn.names)), *drawn.of_diversion()),
        ),
        Section("Trade balances", words),
        Section("Every third economy", (every,)),
    )


def method(findings: Findings, drawn: Figures) -> tuple[Section, ...]:
    """On what the numbers rest."""
    return (sections.cannot(), sections.rests_on(findings), sections.said(findings), sections.made_how(findings))


TABS: Final[dict[str, tuple[str, Draw]]] = {
    "who-loses": ("Who loses", who_loses),
    "sectors": ("Sectors", sectors),
    "prices": ("Prices", prices),
    "third-countries": ("Third countries", third),
    "method": ("Method", method),
}
"""Id → title and sections, in the order in which a reader asks."""

"""Values that stand in for a list of products, what an answer in kind means in rates, and listed goods as products.

A measure by value covers the same share of every sector, where the list that will be published covers much of some and
nothing of others. Totals are results; what a sector gains or loses is not, and is greyed. Answers in kind are said with
their rates, since "the same value" can be everything that one side buys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pandas as pd

from detente.analyses.run.figures import covered
from detente.analyses.run.instrument_sentences import in_short_supply
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import MOST_PARTIES, exact_changes, scenario_stamp
from detente.data.quantities import format_rate
from detente.report.blocks import Row, Section, Table, Text, pair_of
from detente.report.numbers import (
    MISSING,
    Names,
    capital,
    level_percent,
    listed,
    names_of,
    points,
    signed_percent,
    typeset,
)
from detente.solver.lost_sales import COVERED

_ALL: Final = 1 - 1e-6
"""A share of what is bought from a partner that is everything, within the rounding of two tables."""


def stands_in(findings: Findings, scenario: Scenario) -> str | None:
    """Why a state has no results by sector; None where no value stands in for a list."""
    ids = scenario.in_proportion or ()
    if not ids:
        return None
    titles = {measure.id: measure.title or measure.id for measure in findings.dispute.measures}
    named = [f"“{titles[id]}”" for id in ids if id in titles] or list(ids)
    verb = "is a value" if len(named) == 1 else "are values"
    return (
        f"{listed(named)} {verb} without a list of products, and so laid in proportion over all goods. Changes by "
        "sector are no results: they need a list (goods: {list: FILE, value: AMOUNT})."
    )


def in_kind(findings: Findings, scenario: Scenario) -> list[str]:
    """What each answer in kind in a state comes to: on how much of what is bought, at which rate, and the average."""
    names = names_of(findings)
    return [_in_rates(scenario, n, i, names) for n, i in _answered(findings, scenario) if _buys(scenario, n, i)]


def _answered(findings: Findings, scenario: Scenario) -> Iterable[tuple[str, str]]:
    """Who answers in kind in the state, and whom, each pair once."""
    by = {measure.id: measure.by for measure in findings.dispute.measures}
    kind = [r for r in findings.dispute.responses if r.rule == "in-kind" and r.to in scenario.measures]
    return dict.fromkeys((r.by, by[r.to]) for r in kind) if scenario.responses else ()


def _buys(scenario: Scenario, importer: str, exporter: str) -> bool:
    """Whether the state has goods of the pair on which a tariff changes."""
    return "substitution" in scenario.tables and _share(scenario, importer, exporter) > 0


def _share(scenario: Scenario, importer: str, exporter: str) -> float:
    """The share of the goods bought from a partner on which a tariff changes."""
    table, balances = scenario.tables["substitution"], scenario.tables["balances"]
    hit = (table["importer"] == importer) & (table["who"] == COVERED) & (table["economy"] == exporter)
    mine = (balances["economy"] == importer) & (balances["partner"] == exporter) & (balances["scope"] == "goods")
    bought = float(balances.loc[mine, "imports_before"].sum())
    return float(table.loc[hit, "before"].sum()) / bought if bought > 0 else 0.0


def _in_rates(scenario: Scenario, importer: str, exporter: str, names: Names) -> str:
    share = _share(scenario, importer, exporter)
    goods = "all goods" if share >= _ALL else f"{level_percent(share)} of the goods"
    said = covered(scenario, importer, exporter, names)
    rates = listed([typeset(format_rate(rate)) for rate in _rates(scenario, importer, exporter)], "or")
    text = f"Answered in kind means {rates} on {goods} that {names.the(importer)} buys from {names.the(exporter)}."
    return f"{text} {said}" if said is not None else text


def _rates(scenario: Scenario, importer: str, exporter: str) -> Iterator[float]:
    """What is added to the goods covered, to a tenth of a per cent, each rate once."""
    part = pair_of(scenario.tables["coverage"], importer, exporter)
    whole = pair_of(scenario.tables["tariffs"], importer, exporter)
    rows = pd.concat([part, whole[~whole["sector"].isin(part["sector"])]])
    added = (rows["after"] - rows["before"]).round(3)
    yield from sorted(float(rate) for rate in added[added != 0].unique())


def caveats(findings: Findings) -> tuple[str, ...]:
    """What a reader of the headline has to know about the goods that its measures cover."""
    main = findings.main
    said = (stands_in(findings, main), in_short_supply(main))
    return (*(each for each in said if each is not None), *in_kind(findings, main))


def products_section(findings: Findings) -> tuple[Section, ...]:
    """The headline where listed goods and others of a sector are different products, if it was solved."""
    nest, main, names = findings.product_nest, findings.main, names_of(findings)
    if not nest:
        return ()
    own, parties = exact_changes(main), list(findings.dispute.parties)[:MOST_PARTIES]
    text = (
        "Goods that a measure covers and others of the same sector substitute for each other as easily as goods of two "
        "countries do. In the other case they are different products, each with a constant share of spending "
        f"(Cobb-Douglas): then {listed(list(_changes(nest, own, parties, names)))}."
    )
    rows = (
        Row(("one elasticity, as in this report", *(points(own[party]) for party in parties)), strong=True),
        Row(("listed goods as products", *(points(nest[p]) if p in nest else MISSING for p in parties))),
    )
    caption = f"Change in real income, in per cent, by substitution within sectors: {main.title}"
    head = ("", *(capital(names.economy(party)) for party in parties))
    table = Table(caption, head, rows, scenario_stamp(findings, main))
    return (Section("If listed goods have no close substitutes", (Text(text), table), detail=True),)


def _changes(nest: Mapping[str, float], own: Mapping[str, float], parties: list[str], names: Names) -> Iterator[str]:
    for party in parties:
        if party in nest:
            yield f"{names.the(party)} has {signed_percent(nest[party])} instead of {signed_percent(own[party])}"

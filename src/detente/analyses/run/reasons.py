"""Sentences that say why, and who pays: true to the split of real income, to the ledger, and to the balances.

Published figures beside computed ones, and why they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from detente.analyses.run import origins
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import incomes, names_of
from detente.dispute.blocks import Estimate
from detente.report.blocks import Bullets, Row, Section, Table, Text, number, pair_of, rows_of
from detente.report.numbers import (
    NO_BREAK,
    NOISE,
    Names,
    day,
    direction,
    level_usd,
    listed,
    points,
    signed_percent,
    signed_usd,
    usd,
)

TERMS: Final = ("terms_of_trade_and_transfers", "volume_of_trade", "trade_costs")
"""The terms that do not depend on the numeraire and add up to the change in real income."""

_NAMES: Final = {
    "terms_of_trade_and_transfers": "terms of trade",
    "volume_of_trade": "volume of trade",
    "trade_costs": "trade costs",
}
_PLAIN: Final = {
    ("terms_of_trade_and_transfers", "gain"): "what it sells abroad fetches more against what it buys there",
    ("terms_of_trade_and_transfers", "loss"): "what it sells abroad fetches less against what it buys there",
    (
        "volume_of_trade",
        "gain",
    ): "tariffs keep fewer buyers from goods that are worth more to them than they cost at the border",
    (
        "volume_of_trade",
        "loss",
    ): "tariffs keep more buyers from goods that are worth more to them than they cost at the border",
    ("trade_costs", "gain"): "moving goods takes less",
    ("trade_costs", "loss"): "moving goods takes more",
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
    main = dominant(terms)
    total = direction(terms["total"])
    if main is None:
        return f"Nothing moves the real income of {name}."
    verdict = {"gain": "gains", "loss": "loses", "none": "neither gains nor loses"}[total]
    turn = direction(terms[main])
    # with three terms the two smaller ones can together outweigh the largest
    link = "mainly because" if total == turn else "although"
    said = f"{name[0].upper()}{name[1:]} {verdict}, {link} {_PLAIN[main, turn]} ({_NAMES[main]}, {points(terms[main])})"
    rest = [term for term in TERMS if term != main and abs(terms[term]) > NOISE]
    for term in rest:
        verb = "adds" if direction(terms[term]) == "gain" else "takes"
        size = points(terms[term]).lstrip("+−")
        said += f"; {_PLAIN[term, direction(terms[term])]}, which {verb} {size} ({_NAMES[term]})"
    return f"{said}. Together {points(terms['total'])}, in log points × 100."


def who_pays(scenario: Scenario, economy: str, names: Names) -> str:
    """The ledger of one economy in words: what the government collects more, and what buyers and firms pay more."""
    ledger = scenario.tables["ledger"]
    mine = list(rows_of(ledger[ledger["economy"] == economy]))
    amounts, each = ({row["item"]: row[column] for row in mine} for column in ("usd", "usd_per_household"))
    return paid(names.the(economy), amounts, each)


def paid(name: str, amounts: Mapping[str, float], per_household: Mapping[str, float]) -> str:
    """`who_pays` from the ledger itself, USD million and USD per household (NaN where nobody was counted)."""
    revenue = amounts["change in tariff revenue"]
    consumers = amounts["extra cost of the old final basket (consumers)"]
    firms = amounts["extra cost of the old inputs (firms)"]
    household = per_household["extra cost of the old final basket (consumers)"]
    each = "" if pd.isna(household) else f" (${abs(household):,.0f} a household)"
    return (
        f"In {name} the government collects {_more_or_less(revenue, 'in tariffs')}. What consumers used to buy costs "
        f"them {_more_or_less(consumers)}{each}, and what firms used as inputs costs them {_more_or_less(firms)}, both "
        "relative to wages. Firms pass their costs on, so the two are not to be added."
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
    return f"The {own} of {name} {where} {verb} by {usd(change)}, from {usd(before)} to {usd(after)}."


def averaging(scenario: Scenario, parties: list[str], names: Names) -> str | None:
    """What one average tariff a sector would have shown instead; None where the digits shown would be the same."""
    rows = scenario.tables["averaging"].set_index("economy")
    shown = [
        tuple(signed_percent(number(rows, p, name)) for name in ("real_income_if_averaged", "real_income"))
        for p in parties
    ]
    if all(other == own for other, own in shown):
        return None
    each = [f"{other} instead of {own} for {names.the(p)}" for p, (other, own) in zip(parties, shown, strict=True)]
    return (
        "A measure on part of a sector is kept apart from the rest of the sector. Had each sector had one average "
        f"tariff, the change would have been {listed(each)}."
    )


def covered(scenario: Scenario, importer: str, exporter: str, names: Names) -> str | None:
    """How much of the goods that one economy buys from another the measures reach; None where they reach none."""
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
        f"{after * 100:.1f}{NO_BREAK}% on average over the {level_usd(imports)} it buys in the world of the model, "
        "weighted by these imports."
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


def sections(findings: Findings) -> tuple[Section, ...]:
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
    table = Table(caption, head, tuple(rows), origins.stamp(findings, worst))
    return (Section("Beside published estimates", (table, Text("Why they differ:"), Bullets(tuple(reasons)))),)

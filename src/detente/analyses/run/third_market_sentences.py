"""Who faces the goods that lose a market: sentences and tables of the state of the headline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from detente.analyses.run.result import Findings
from detente.analyses.run.sentences import scenario_stamp
from detente.report.blocks import Block, Row, Section, Table, Text, rows_of
from detente.report.numbers import Names, level_percent, level_usd, listed, names_of, signed_percent, signed_usd, usd
from detente.solver.third_markets import HOME, LOST, MADE, THIRD

_PAIRS: Final = 4
"""Pairs that are told, those that lose most first; the tables have all."""
_MARKETS: Final = 5
_PRODUCTS: Final = 10
ABOUT: Final = (
    "Amounts are a year's, at the exporter's prices, duties left out, in the long run. By product the loss is that of "
    "each line of ten digits on customs imports of 2024; the part that goes to third markets is the loss times the "
    "rate of its sector, since no trade by product of third markets is at hand."
)


def sections(findings: Findings) -> tuple[Section, ...]:
    """The section on third markets; none where it was not asked for."""
    table = findings.third_markets
    if table is None:
        return ()
    blocks = tuple(_blocks(findings, table)) or (
        Text("No duty of this state makes an importer buy less of a partner."),
    )
    return (Section("Who faces the goods that lose a market", (*blocks, *((Text(ABOUT),) if len(table) else ()))),)


def _blocks(findings: Findings, table: pd.DataFrame) -> Iterator[Block]:
    names, stamp = names_of(findings), scenario_stamp(findings, findings.main)
    lost = table[table["who"] == LOST].groupby(["importer", "exporter"], sort=False)["change"].sum()
    for importer, exporter in lost.nsmallest(_PAIRS).index:
        its = table[(table["importer"] == importer) & (table["exporter"] == exporter)]
        yield Text(told(its, importer, exporter, names))
        yield _markets(its, exporter, names, stamp)
        products = findings.third_products
        if products is not None and len(products):
            own = products[(products["importer"] == importer) & (products["exporter"] == exporter)]
            if len(own):
                yield _products(own, importer, exporter, names, stamp)


def told(its: pd.DataFrame, importer: str, exporter: str, names: Names) -> str:
    """Where the goods of a pair go that lose the importer's market: the loss is third markets, home, and less made."""
    sums = its.groupby("who")["change"].sum().reindex([LOST, THIRD, HOME, MADE], fill_value=0.0)
    lost, third, home, made = (float(sums[who]) for who in (LOST, THIRD, HOME, MADE))
    top = its[its["who"] == THIRD].groupby("economy")["change"].sum().nlargest(_MARKETS)
    most = [f"{names.the(str(code))} {signed_usd(float(change))}" for code, change in top[top > 0].items()]
    where = f" (most in {listed(most)})" if most and third > 0 else ""
    return (
        f"In the sectors in which {names.the(importer)} buys less of {names.the(exporter)}, its purchases fall by "
        f"{usd(lost)} a year. Third markets buy {usd(third)} {_more(third)}{where}, buyers at home {usd(home)} "
        f"{_more(home)}, and the exporter produces {usd(made)} {_more(made)}."
    )


def _more(change: float) -> str:
    return "more" if change >= 0 else "less"


def _markets(its: pd.DataFrame, exporter: str, names: Names, stamp: str) -> Table:
    """The sectors and third markets in which most more arrives, with the exporter's share of imports there before."""
    third = its[its["who"] == THIRD].nlargest(_PRODUCTS, "change")
    rows = tuple(
        Row(
            (
                f"{names.economy(row['economy'])}, {names.sector(row['sector'])}",
                signed_usd(row["change"]),
                signed_percent(row["growth"]),
                level_percent(row["share_of_imports"]),
            )
        )
        for row in rows_of(third)
    )
    caption = f"Where most more of {names.the(exporter)} arrives, by market and sector"
    return Table(caption, ("", "change", "growth", "share of imports before"), rows, stamp)


def _products(own: pd.DataFrame, importer: str, exporter: str, names: Names, stamp: str) -> Table:
    """The product lines that lose most, and how far the importer depended on the exporter."""
    rows = tuple(
        Row(
            (
                f"{row['product']} ({names.sector(row['sector'])})",
                level_usd(row["before"]),
                signed_usd(row["change"]),
                level_usd(row["redirected"]),
                level_percent(row["share_of_imports"]),
            )
        )
        for row in rows_of(own.nsmallest(_PRODUCTS, "change"))
    )
    head = ("", "imports of 2024", "change", "to third markets", "share of all imports of it")
    return Table(f"Products of {names.the(exporter)} that lose most in {names.the(importer)}", head, rows, stamp)

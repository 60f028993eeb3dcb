"""The whole of the loss is said, drawn and tabled, with signs as they are."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import detente as dt
from detente.analyses.run import views, who_replaces
from detente.analyses.run.figures import Figures
from detente.report.blocks import Table, Text
from detente.report.numbers import Names, signed_usd, usd
from detente.solver.lost_sales import COVERED, NOT_BOUGHT, OTHER, OWN, THIRD

NAMES = Names()


def market(covered: float, other: float, third: float, own: float, *, uncovered: float = 100.0) -> pd.DataFrame:
    """A market in which what is no longer bought is the rest of the loss; volumes are twice the changes."""
    left = -covered - other - third - own
    amounts = {COVERED: covered, OTHER: other, THIRD: third, OWN: own, NOT_BOUGHT: left}
    economies = {COVERED: "CHN", OTHER: "CHN", THIRD: "MEX", OWN: "USA", NOT_BOUGHT: "USA"}
    rows = [
        ("USA", who, economies[who], uncovered, uncovered + a, a, 2 * a, a / -covered) for who, a in amounts.items()
    ]
    columns = ["importer", "who", "economy", "before", "after", "change", "change_at_base_prices", "share"]
    return pd.DataFrame(rows, columns=columns)


def test_the_sentence_has_every_place_with_its_sign() -> None:
    text = who_replaces.replaced(market(-100.0, 20.0, 30.0, 60.0), "USA", NAMES)
    assert text.startswith("Goods of China that the tariffs cover sell $100mn a year less in the United States.")
    for said in (
        "other goods of the same partners sell $20.0mn more",
        "third countries sell $30.0mn more (Mexico +$30.0mn)",
        "producers of the United States sell $60.0mn more",
        "buyers spend $10.0mn more on all goods together",
        "the loss is $200mn",
        "no longer bought −$20.0mn",
    ):
        assert said in text
    fallen = who_replaces.replaced(market(-100.0, 20.0, -5.0, 60.0), "USA", NAMES)
    assert "third countries sell $5.00mn less (Mexico −$5.00mn)" in fallen
    assert "buyers spend $25.0mn less on all goods together" in fallen


def test_a_partner_without_other_goods_is_not_said_to_sell_none_of_them() -> None:
    rows = market(-100.0, 0.0, 30.0, 60.0)
    rows.loc[rows["who"] == OTHER, ["before", "after"]] = 0.0
    assert "other goods" not in who_replaces.replaced(rows, "USA", NAMES)


def test_report_and_page_show_every_market_in_which_goods_sell_less(findings: dt.Findings) -> None:
    drawn = Figures(findings, findings.main)
    table = findings.main.tables["substitution"]
    shown = who_replaces.markets(findings.main, drawn.parties)
    assert list(shown) == ["USA", "CHN"]
    blocks = who_replaces.blocks(drawn)
    tables = [block for block in blocks if isinstance(block, Table)]
    for importer, its in zip(shown, tables, strict=True):
        rows = table[table["importer"] == importer]
        for row, who in zip(its.rows, who_replaces.GROUPS, strict=True):
            of_group = rows[rows["who"] == who]
            assert row.cells[1] == signed_usd(float(of_group["change"].sum()))
            assert row.cells[2] == signed_usd(float(of_group["change_at_base_prices"].sum()))
    page = views.tab(findings, "third-countries")[0]
    texts = [block.text for block in page.blocks if isinstance(block, Text)]
    loss = -float(table[(table["importer"] == "USA") & (table["who"] == COVERED)]["change"].sum())
    assert any(f"sell {usd(loss)} a year less in the United States" in text for text in texts)


def test_a_cut_and_findings_without_the_table_show_nothing(findings: dt.Findings) -> None:
    main = findings.main
    table = main.tables["substitution"].copy()
    table[["change", "change_at_base_prices"]] *= -1
    cut = replace(main, tables={**main.tables, "substitution": table})
    assert who_replaces.markets(cut, ["USA", "CHN"]) == {}
    before = replace(main, tables={name: t for name, t in main.tables.items() if name != "substitution"})
    assert who_replaces.blocks(Figures(findings, before)) == []


@pytest.mark.parametrize("count", [2, 5])
def test_partners_are_named_where_they_are_few(count: int) -> None:
    rows = market(-100.0, 20.0, 30.0, 60.0)
    more = [rows[rows["who"] == COVERED].assign(economy=code) for code in ("CHN", "VNM", "IND", "JPN", "KOR")[:count]]
    text = who_replaces.replaced(pd.concat([*more, rows[rows["who"] != COVERED]]), "USA", NAMES)
    assert text.startswith("Goods of China and Viet Nam" if count == 2 else "Goods of 5 economies")


def test_where_everybody_sells_less_nobody_is_said_to_replace_the_covered_goods() -> None:
    said = who_replaces.replaced(market(-10.0, -2.0, -3.0, -1.0), "USA", NAMES)
    assert "Nobody replaces them: buyers of the United States spend less on these sectors than before" in said
    assert "That is the whole of the loss." not in said
    assert "Nobody" not in who_replaces.replaced(market(-10.0, 2.0, -3.0, -1.0), "USA", NAMES)
    alone = market(-10.0, 2.0, 0.0, 8.0)
    assert "third countries" not in who_replaces.replaced(alone[alone["who"] != THIRD], "USA", NAMES)

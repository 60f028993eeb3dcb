"""Product codes on a world: what they weigh, eight-digit lines, values by code."""

from __future__ import annotations

import numpy as np
import pytest
from policy_lab import measure, mn, small_world

from detente.data.bundled import load_world
from detente.data.products.concordance import NO_SECTOR, code_table, section_301_lists
from detente.data.products.trade import (
    code_values,
    customs_trade,
    has_customs,
    industry_imports,
    line_count,
    weight_note,
)
from detente.errors import BadMeasure
from detente.policy.schedule import TariffBook

WORLD = small_world(6)


def covered(world, *measures, sector="C26"):
    book = TariffBook(world, measures)
    return book.effective(book.ids).set_index("sector").loc[sector, "covered"], book


def listed(*codes, id="c", **given):
    return measure(id, add="25%", goods={"codes": [{"hs": c} if isinstance(c, str) else c for c in codes]}, **given)


def test_every_code_is_text_and_its_weights_sum_to_one():
    table = code_table()
    assert table["hs6"].str.fullmatch(r"\d{6}").all()
    assert table["hs6"].nunique() == 5387
    assert table.groupby("hs6")["weight"].sum().to_numpy() == pytest.approx(1.0)
    assert set(table["how"]) == {"concordance", "heading", "none"}
    assert set(table.loc[table["how"] == "none", "sector"]) == {NO_SECTOR}


def test_codes_weigh_equally_within_an_industry_and_industries_by_imports():
    values = code_values("USA", "CHN")
    imports = industry_imports("USA", "CHN")
    by_industry = values.groupby("naics3")["value"].sum()
    known = [code for code in by_industry.index if code in imports.index]
    assert by_industry[known].to_numpy() == pytest.approx(imports[known].to_numpy())
    whole = values.merge(code_table()).query("weight == 1")
    assert (whole.groupby("naics3")["value"].nunique() == 1).all()


def test_without_customs_every_code_of_a_sector_weighs_the_same():
    assert has_customs("CHN", "USA")
    assert not has_customs("USA", "MEX")
    assert "every HS6 code of a sector weighs the same" in weight_note("USA", "MEX")
    book = TariffBook(WORLD, [listed("854231", on="MEX")])
    table = code_table()
    count = table.loc[table["sector"] == "C26", "weight"].sum()
    assert book.effective(book.ids)["covered"].max() == pytest.approx(1 / count)
    assert any("weighs the same" in note for note in book.notes)


def test_a_list_of_every_code_of_a_sector_covers_it():
    table = code_table()
    codes = table.loc[(table["sector"] == "C26") & (table["weight"] == 1), "hs6"]
    shared = table[(table["sector"] == "C26") & (table["weight"] < 1)]["hs6"]
    share, _ = covered(WORLD, listed(*codes, *shared))
    assert share == pytest.approx(1.0)


def test_a_line_of_eight_digits_is_its_part_of_the_code():
    world = load_world("icio-2017")
    sector = code_table().set_index("hs6").loc[["854370"], "sector"].iloc[0]
    lines = section_301_lists()["hs8"]
    named = lines[lines.str[:6] == "854370"].tolist()
    assert line_count("USA", "854370") == len(named) > 2
    whole, _ = covered(world, listed("854370"), sector=sector)
    one, book = covered(world, listed(named[0]), sector=sector)
    every, _ = covered(world, listed(*named), sector=sector)
    assert one == pytest.approx(whole / len(named))
    assert every == pytest.approx(whole)
    assert any("eight-digit lines of USA" in note for note in book.notes)
    assert line_count("CHN", "854370") is None
    both, chinese = covered(world, listed("85437099", by="CHN", on="USA"), sector=sector)
    assert both > 0
    assert any("taken for the whole code" in note for note in chinese.notes)


def test_overlap_of_lists_is_by_code_exactly():
    book = TariffBook(WORLD, [listed("854231", "854232", id="a"), listed("854232", "854233", id="b")])
    rows = book.atoms.assign(added=(book.rate(book.ids) - book.atoms["base"]).round(12))
    by_rate = rows[rows["sector"] == "C26"].groupby("added")["codes"].sum()
    assert by_rate[0.25] == 2
    assert by_rate[0.5] == 1


def test_a_value_by_code_is_its_share_of_the_sector():
    base = WORLD.flows[0, 1, 1]
    valued = listed({"hs": "854231", "value": mn(base / 4)})
    valued = valued.model_copy(update={"goods": valued.goods.model_copy(update={"basis": "world"})})
    share, book = covered(WORLD, valued)
    assert share == pytest.approx(0.25)
    assert not any("no trade values" in note for note in book.notes)
    real = load_world("icio-2017")
    bought = customs_trade("USA", "CHN", 2017).by_sector["C26"]
    share, _ = covered(real, listed({"hs": "854231", "value": "1.2bn"}))
    assert share == pytest.approx(1200 / bought)


def test_two_values_of_one_code_are_refused():
    with pytest.raises(BadMeasure, match="one code has one value"):
        covered(
            WORLD,
            listed({"hs": "854231", "value": "100mn"}, id="a"),
            listed({"hs": "854231", "value": "200mn"}, id="b"),
        )


def test_a_line_and_its_code_are_not_both_valued():
    with pytest.raises(BadMeasure, match="85423100 has a value, and so has its 6-digit code"):
        covered(
            WORLD,
            listed({"hs": "854231", "value": "100mn"}, id="a"),
            listed({"hs": "85423100", "value": "50mn"}, id="b"),
        )


def test_values_of_all_codes_that_come_to_less_leave_the_rest_uncovered():
    codes = code_table().query("sector == 'C24A'")["hs6"].unique()
    each = WORLD.flows[0, 1, 0] / len(codes) / 2
    goods = {"codes": [{"hs": code, "value": mn(each)} for code in codes], "basis": "world"}
    share, _ = covered(WORLD, measure("m", add="25%", goods=goods), sector="C24A")
    assert 0.3 < share < 0.51
    atoms = TariffBook(WORLD, [measure("m", add="25%", goods=goods)]).atoms
    assert atoms.groupby("sector")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_up_to_one_per_cent_of_a_list_may_be_in_no_sector_and_is_listed():
    known = code_table().query("sector in ['C26', 'C28', 'C24A'] and weight == 1")["hs6"].tolist()[:150]
    _, book = covered(WORLD, listed(*known, "720410"))
    assert book.unmatched.to_numpy().tolist() == [["c", "720410"]]
    with pytest.raises(BadMeasure, match=r"2\.0% of its trade value is in no goods sector \(720410\)"):
        covered(WORLD, listed({"hs": "854231", "value": "1bn"}, {"hs": "720410", "value": "20mn"}))


def test_rates_of_their_own():
    codes = [{"hs": "854231", "set": "30%"}, {"hs": "854232", "add": "10%"}, {"hs": "854233"}]
    book = TariffBook(WORLD, [measure("m", add="5%", goods={"codes": codes})])
    found = sorted((book.rate(book.ids) - book.atoms["base"])[book.covered(book.ids)])
    assert found == pytest.approx(sorted([0.30 - WORLD.tariffs[0, 1, 1], 0.10, 0.05]))


def test_rates_by_sector():
    book = TariffBook(WORLD, [measure("m", goods={"sector_rates": {"C24A": "25%", "C26": "10%"}})])
    added = (book.tariffs(("m",)) - WORLD.tariffs)[0, 1]
    np.testing.assert_allclose(added, [0.25, 0.10, 0.0, 0.0])

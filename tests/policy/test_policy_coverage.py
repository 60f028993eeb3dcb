"""Product codes on a world: what they weigh, eight-digit lines, values by code."""

from __future__ import annotations

import numpy as np
import pytest
from policy_lab import measure, mn, small_world

from detente.data.bundled import load_world
from detente.data.products.concordance import NO_SECTOR, code_table, section_301_lists
from detente.data.products.lines import line_imports, product_lines
from detente.data.products.trade import customs_trade
from detente.data.products.weights import code_weights, industry_imports, line_weights, weight_note
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
    values = code_weights("CHN", "USA")
    imports = industry_imports("CHN", "USA")
    by_industry = values.groupby("naics3")["value"].sum()
    known = [code for code in by_industry.index if code in imports.index]
    assert by_industry[known].to_numpy() == pytest.approx(imports[known].to_numpy())
    whole = values.merge(code_table()).query("weight == 1")
    assert (whole.groupby("naics3")["value"].nunique() == 1).all()


def test_without_trade_by_product_every_code_of_a_sector_weighs_the_same():
    assert industry_imports("CHN", "USA") is not None
    assert industry_imports("CHN", "MEX") is None
    assert "every HS6 code of a sector weighs the same" in weight_note("CHN", "MEX", 2017)
    book = TariffBook(WORLD, [listed("854231", by="CHN", on="MEX")])
    table = code_table()
    count = table.loc[table["sector"] == "C26", "weight"].sum()
    assert book.effective(book.ids)["covered"].max() == pytest.approx(1 / count)
    assert any("weighs the same" in note for note in book.notes)


def test_us_imports_weigh_by_line_of_the_partner():
    lines = line_imports()
    assert line_weights("FRA", "CHN", 2017) is None
    np.testing.assert_array_equal(line_weights("USA", "JPN", 2022), lines["JPN"])
    np.testing.assert_array_equal(line_weights("USA", "DEU", 2022), lines["EUN"])
    np.testing.assert_allclose(line_weights("USA", "KAZ", None), lines.sum(axis=1))
    assert "European Union" in weight_note("USA", "DEU", 2022)
    assert "all partners" in weight_note("USA", "KAZ", 2022)
    assert "of 2017" in weight_note("USA", "CHN", 2017)
    assert 0 < line_weights("USA", "ROW", 2022).sum() < 60_000


@pytest.mark.parametrize(("partner", "total"), [("CHN", 503_652), ("DEU", 116_600)])
def test_lines_of_an_earlier_year_come_to_the_chapters_of_that_year(partner, total):
    lines = line_weights("USA", partner, 2017)
    assert lines.sum() == pytest.approx(total, rel=0.01)
    chapter = np.array([line[:2] for line in product_lines("USA").line])
    shares = lines[chapter == "87"] / lines[chapter == "87"].sum()
    now = line_weights("USA", partner, 2022)[chapter == "87"]
    np.testing.assert_allclose(shares, now / now.sum(), atol=1e-12)


def test_a_list_of_every_code_of_a_sector_covers_it():
    table = code_table()
    codes = table.loc[(table["sector"] == "C26") & (table["weight"] == 1), "hs6"]
    shared = table[(table["sector"] == "C26") & (table["weight"] < 1)]["hs6"]
    share, _ = covered(WORLD, listed(*codes, *shared))
    assert share == pytest.approx(1.0)


def test_a_line_of_the_us_is_its_part_of_the_trade_in_its_code():
    world = load_world("icio-2017")
    lines = product_lines("USA").line
    named = sorted({line[:8] for line in lines if line.startswith("940161")})
    whole, _ = covered(world, listed("940161"), sector="C31T33")
    one, _ = covered(world, listed(named[-1]), sector="C31T33")
    every, book = covered(world, listed(*named), sector="C31T33")
    weight = line_weights("USA", "CHN", 2017)
    part = sum(weight[lines == line].sum() for line in lines if line.startswith(named[-1]))
    all_of_it = sum(weight[lines == line].sum() for line in lines if line.startswith("940161"))
    assert one == pytest.approx(whole * part / all_of_it)
    assert every == pytest.approx(whole)
    assert not any("taken for the whole code" in note for note in book.notes)


def test_lines_of_others_are_taken_for_the_whole_code():
    whole, _ = covered(WORLD, listed("854231", by="CHN", on="USA"))
    one, book = covered(WORLD, listed("85423190", by="CHN", on="USA"))
    two, _ = covered(WORLD, listed("85423190", "85423110", by="CHN", on="USA"))
    assert one == pytest.approx(whole)
    assert two == pytest.approx(whole)
    assert any("taken for the whole code" in note for note in book.notes)


def rates_of(*measures, sector="C26"):
    """What measures of China on US goods add to the base in a sector, by share, and the notes."""
    book = TariffBook(WORLD, list(measures))
    rows = book.atoms.assign(added=(book.rate(book.ids) - book.atoms["base"]).round(9))
    return rows[rows["sector"] == sector].groupby("added")["share"].sum().to_dict(), book.notes


def chinese(*codes, id="m", **more):
    return measure(id, "CHN", "USA", goods={"codes": [{"hs": hs, "add": rate} for hs, rate in codes]}, **more)


@pytest.mark.parametrize("shorter", ["854231", "8542", "85"])
def test_a_line_of_others_and_what_is_left_of_its_code_have_equal_parts_where_both_are_listed(shorter):
    six, _ = covered(WORLD, listed("854231", by="CHN", on="USA"))
    whole, _ = covered(WORLD, listed(shorter, by="CHN", on="USA"))
    shares, notes = rates_of(chinese((shorter, "25%"), ("85423190", "10%")))
    assert shares[0.1] == pytest.approx(six / 2)
    assert shares[0.25] == pytest.approx(whole - six / 2)
    assert any("within 854231" in note and "equal parts" in note and "left of the code" in note for note in notes)
    deeper, _ = rates_of(chinese((shorter, "25%"), ("85423190", "10%"), ("8542319010", "5%")))
    assert deeper[0.05] == pytest.approx(six / 3)
    assert deeper[0.1] == pytest.approx(six / 3)


def test_an_exempt_line_of_others_leaves_the_rest_of_a_listed_code():
    six, _ = covered(WORLD, listed("854231", by="CHN", on="USA"))
    shares, _ = rates_of(chinese(("854231", "25%"), exempt={"codes": ["85423190"]}))
    assert shares[0.25] == pytest.approx(six / 2)


def test_a_line_of_one_list_takes_its_part_of_a_code_of_another():
    six, _ = covered(WORLD, listed("854231", by="CHN", on="USA"))
    shares, _ = rates_of(chinese(("854231", "25%")), chinese(("85423190", "10%"), id="more"))
    assert shares[0.25] == pytest.approx(six / 2)
    assert shares[0.35] == pytest.approx(six / 2)


def test_the_longest_code_has_the_goods():
    codes = [{"hs": "85", "add": "40%"}, {"hs": "8542", "add": "5%"}, {"hs": "8542.31", "add": "10%"}]
    book = TariffBook(WORLD, [measure("m", goods={"codes": codes})])
    rows = book.atoms.assign(added=(book.rate(book.ids) - book.atoms["base"]).round(9))
    assert set(rows["added"]) == {0.0, 0.05, 0.1, 0.4}
    alone, _ = covered(WORLD, listed("854231"))
    of_line = rows[(rows["sector"] == "C26") & (rows["added"] == 0.1)]["share"].sum()
    assert of_line == pytest.approx(alone)
    spared, _ = covered(WORLD, listed("8542"))
    but = listed("8542", exempt={"codes": ["854231"]})
    assert covered(WORLD, but)[0] == pytest.approx(spared - alone)


def test_headings_and_chapters_cover_the_codes_in_them():
    codes = sorted({code for code in code_table()["hs6"] if code.startswith("8542")})
    assert covered(WORLD, listed("8542"))[0] == pytest.approx(covered(WORLD, listed(*codes))[0])
    assert covered(WORLD, listed("8542", by="CHN", on="USA"))[0] == pytest.approx(
        covered(WORLD, listed(*codes, by="CHN", on="USA"))[0]
    )


def test_codes_of_other_editions_cover_what_they_became():
    for by, on in (("USA", "CHN"), ("CHN", "USA")):
        old, _ = covered(WORLD, listed("851762", "851770", by=by, on=on))
        new, _ = covered(WORLD, listed("851762", "851771", "851779", by=by, on=on))
        assert old == pytest.approx(new)


def test_one_code_twice_is_counted_once_and_refused_with_two_rates():
    once, _ = covered(WORLD, listed("85423100"))
    twice, _ = covered(WORLD, listed("8542310000", "85423100"))
    assert twice == pytest.approx(once)
    with pytest.raises(BadMeasure, match="85423100 is listed 2 times"):
        covered(WORLD, listed({"hs": "8542310000", "add": "5%"}, {"hs": "85423100"}))


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
    with pytest.raises(BadMeasure, match="85423100 has a value, and so has 854231"):
        covered(
            WORLD,
            listed({"hs": "854231", "value": "100mn"}, id="a"),
            listed({"hs": "85423100", "value": "50mn"}, id="b"),
        )
    with pytest.raises(BadMeasure, match="85423100 has a value, and so has 8542, which it is in"):
        covered(WORLD, listed({"hs": "8542", "value": "100mn"}, {"hs": "85423100", "value": "50mn"}))


def test_values_of_all_codes_that_come_to_less_leave_the_rest_uncovered():
    codes = code_table().query("sector == 'C24A'")["hs6"].unique()
    each = WORLD.flows[0, 1, 0] / len(codes) / 2
    goods = {"codes": [{"hs": code, "value": mn(each)} for code in codes], "basis": "world"}
    share, _ = covered(WORLD, measure("m", add="25%", goods=goods), sector="C24A")
    assert 0.3 < share < 0.51
    atoms = TariffBook(WORLD, [measure("m", add="25%", goods=goods)]).atoms
    assert atoms.groupby("sector")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_goods_of_no_sector_are_listed_and_unknown_codes_refuse_above_their_share():
    known = code_table().query("sector in ['C26', 'C28', 'C24A'] and weight == 1")["hs6"].tolist()[:150]
    _, book = covered(WORLD, listed(*known, "720410", "9802", by="CHN", on="USA"))
    assert book.unmatched.to_numpy().tolist() == [["c", "720410"], ["c", "9802"]]
    covered(WORLD, listed({"hs": "854231", "value": "1bn"}, {"hs": "720410", "value": "900mn"}))
    with pytest.raises(BadMeasure, match=r"2\.0% of its trade value is of unknown codes \(882721\)"):
        covered(WORLD, listed({"hs": "854231", "value": "1bn"}, {"hs": "882721", "value": "20mn"}))
    with pytest.raises(BadMeasure, match=r"2\.0% of its codes are unknown"):
        covered(WORLD, listed(*known[:149], "882721", "882722", "882723", by="CHN", on="USA"))
    with pytest.raises(BadMeasure, match=r"exempt: 50\.0% of its codes are unknown"):
        covered(WORLD, listed("8542", exempt={"codes": ["854231", "882721"]}))


def test_a_list_comes_to_its_official_total_and_says_by_how_much():
    world = load_world("icio-2017")
    bought = customs_trade("USA", "CHN", 2017).by_sector
    small = listed("8542", "8471", "9401", id="a")
    large = listed("85", "62", id="b", exempt={"codes": ["8542"]})
    for which, total in ((small, 20e3), (large, 150e3)):
        goods = which.goods.model_copy(update={"value": total})
        one = which.model_copy(update={"goods": goods, "exempt": None})
        book = TariffBook(world, [one])
        cells = book.effective(book.ids).set_index("sector")["covered"]
        assert (cells * bought.reindex(cells.index)).sum() == pytest.approx(total, rel=1e-6)
        assert cells.max() <= 1
        (scaling,) = book.scalings
        assert scaling.official == total
        assert f"scaled by {scaling.factor:.3g}" in " ".join(book.notes)
        plain = TariffBook(world, [one.model_copy(update={"goods": which.goods})])
        before = plain.effective(plain.ids).set_index("sector")["covered"]
        assert (before * bought.reindex(before.index)).sum() == pytest.approx(scaling.traded, rel=1e-6)
        assert book.atoms.groupby("sector")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_lists_with_totals_meet_them_together_and_over_partners():
    world = load_world("icio-2022")
    both = [
        listed("8703", id="cars", on=["DEU", "JPN", "KOR"]),
        listed("8708", "8407", id="parts", on="DEU"),
    ]
    worth = {"cars": 60e3, "parts": 9e3}
    book = TariffBook(
        world,
        [its.model_copy(update={"goods": its.goods.model_copy(update={"value": worth[its.id]})}) for its in both],
    )
    by_id = {its.measure: [] for its in book.scalings}
    for its in book.scalings:
        by_id[its.measure].append(its.official)
    assert {id_: sum(its) for id_, its in by_id.items()} == pytest.approx(worth)
    assert len(by_id["cars"]) == 3


def test_a_total_over_what_its_sectors_hold_is_refused():
    one = listed("8542")
    with pytest.raises(BadMeasure, match="cannot be USD 900bn of imports"):
        TariffBook(
            load_world("icio-2017"), [one.model_copy(update={"goods": one.goods.model_copy(update={"value": 900e3})})]
        )


@pytest.mark.parametrize(
    ("name", "official", "traded"),
    [("1", 34e3, 33.6e3), ("2", 16e3, 8.7e3), ("3", 200e3, 142e3), ("4A", 120e3, 85.7e3)],
)
def test_the_lists_of_section_301_by_product_trade_and_by_their_titles(name, official, traded):
    """Official totals of USTR; lists 2 to 4A fall short, since what they hit is bought less in 2024."""
    lines = section_301_lists()
    one = listed(*lines["hs8"][lines["list"] == name])
    book = TariffBook(
        load_world("icio-2017"), [one.model_copy(update={"goods": one.goods.model_copy(update={"value": official})})]
    )
    (scaling,) = book.scalings
    assert scaling.traded == pytest.approx(traded, rel=0.01)


def test_rates_of_their_own():
    codes = [{"hs": "854231", "set": "30%"}, {"hs": "854232", "add": "10%"}, {"hs": "854233"}]
    book = TariffBook(WORLD, [measure("m", add="5%", goods={"codes": codes})])
    found = sorted((book.rate(book.ids) - book.atoms["base"])[book.covered(book.ids)])
    assert found == pytest.approx(sorted([0.30 - WORLD.tariffs[0, 1, 1], 0.10, 0.05]))


def test_rates_by_sector():
    book = TariffBook(WORLD, [measure("m", goods={"sector_rates": {"C24A": "25%", "C26": "10%"}})])
    added = (book.tariffs(("m",)) - WORLD.tariffs)[0, 1]
    np.testing.assert_allclose(added, [0.25, 0.10, 0.0, 0.0])


def shares_of(*codes, exempt, by="CHN", on="USA", sector="C26"):
    """The share of a sector under a list with exempt codes, and the notes."""
    share, book = covered(WORLD, listed(*codes, by=by, on=on, exempt={"codes": exempt}), sector=sector)
    return share, book.notes


def test_an_exemption_spares_the_goods_of_its_codes_and_no_others():
    whole = {code: covered(WORLD, listed(code, by="CHN", on="USA"))[0] for code in ("85", "8542", "854231", "8517")}
    assert shares_of("85", exempt=["8542"])[0] == pytest.approx(whole["85"] - whole["8542"])
    assert shares_of("854231", "8517", exempt=["8542"])[0] == pytest.approx(whole["8517"])
    again, notes = shares_of("85", "854231", exempt=["8542"])
    assert again == pytest.approx(whole["85"] - whole["8542"] + whole["854231"])
    assert any("the longest has the goods: 854231 in 8542" in note for note in notes)
    deepest, _ = shares_of("85", "854231", exempt=["8542", "85423190"])
    assert deepest == pytest.approx(whole["85"] - whole["8542"] + whole["854231"] / 2)


def test_an_exemption_of_other_goods_is_said():
    share, notes = shares_of("8542", exempt=["7208"])
    assert share == pytest.approx(covered(WORLD, listed("8542", by="CHN", on="USA"))[0])
    assert "measure 'c': its exempt codes hold none of its goods" in notes


@pytest.mark.parametrize(
    ("codes", "exempt"),
    [(["854231"], ["854231"]), (["854231", "854232"], ["8542"]), (["85423190"], ["854231"]), (["85", "8542"], ["85"])],
)
def test_a_measure_all_of_whose_goods_are_exempt_is_refused(codes, exempt):
    with pytest.raises(BadMeasure, match="its exemptions take all of its goods"):
        shares_of(*codes, exempt=exempt)


def test_an_official_total_of_goods_that_nobody_buys_is_refused():
    goods = {"codes": [{"hs": "8542310099"}], "value": "2bn"}
    with pytest.raises(BadMeasure, match="cannot be 2bn of imports"):
        TariffBook(WORLD, [measure(goods=goods, add=0.25)])

"""How a duty comes about: the acts add up to it, and each says why it is charged, displaced or left out."""

from __future__ import annotations

from datetime import date

import pytest
from policy_lab import measure

from detente.data.bundled import load_world
from detente.errors import BadInput, UnknownEconomy
from detente.policy.schedule import TariffBook
from detente.policy.stacking_rules import StackingRule

STEEL, CABLE = "720851", "854449"
RULES = [StackingRule(authority="section-232", displaces=("ieepa-reciprocal",), stacks_with=("ieepa-fentanyl",))]


@pytest.fixture(scope="module")
def world():
    return load_world("icio-2022")


def listed(id, code, **given):
    return measure(id, goods={"codes": [{"hs": code}]}, **given)


LAW = (
    measure("reciprocal", add="34%", authority="ieepa-reciprocal", exempt={"codes": ["8544"]}),
    measure("fentanyl", add="20%", authority="ieepa-fentanyl"),
    listed("metals", STEEL, add="50%", of="40%", authority="section-232"),
    measure("ended", add="9%", until="2019-12-31"),
)


def acts(piece):
    return {act.measure: act for act in piece.acts}


def test_the_acts_on_chinese_steel_add_up_to_its_duty(world):
    found = TariffBook(world, LAW, RULES).explain(STEEL, "CHN", on="2025-08-01")
    (piece,) = found.pieces
    base = world.tariffs[world.index("USA"), world.index("CHN"), world.sector_index("C24A")]
    assert piece.ordinary + sum(piece.in_base.values()) == pytest.approx(base, abs=1e-15)
    assert set(piece.in_base) == {"section-232", "section-301"}
    added = {name: act.adds for name, act in acts(piece).items()}
    assert added == pytest.approx({"fentanyl": 0.20, "metals": 0.20, "reciprocal": 0.6 * 0.34}, abs=1e-12)
    assert found.duty == piece.duty == pytest.approx(base + sum(added.values()), abs=1e-12)
    assert acts(piece)["metals"].displaces == ("reciprocal",)
    assert acts(piece)["reciprocal"].displaced_by == ("metals",)
    assert acts(piece)["reciprocal"].of == pytest.approx(0.6)
    assert acts(piece)["reciprocal"].state == "charged"


def test_what_is_exempt_or_not_named_says_so(world):
    (piece,) = TariffBook(world, LAW, RULES).explain(CABLE, "CHN", on=date(2025, 8, 1)).pieces
    assert acts(piece)["reciprocal"].state == "exempt"
    assert acts(piece)["metals"].state == "not in its goods"
    assert acts(piece)["fentanyl"].state == "charged"


def test_an_act_that_is_displaced_whole_is_charged_on_nothing(world):
    whole = listed("metals", STEEL, add="25%", authority="section-232")
    (piece,) = TariffBook(world, [*LAW[:2], whole], RULES).explain(STEEL, "CHN").pieces
    gone = acts(piece)["reciprocal"]
    assert (gone.state, gone.of, gone.adds, gone.displaced_by) == ("displaced", 0.0, 0.0, ("metals",))


def test_claimed_goods_are_a_piece_of_their_own(world):
    claims = {"preference": "USMCA", "share": "38%"}
    found = TariffBook(world, [measure("can", on="CAN", add="25%", claims=claims)]).explain(STEEL, "CAN")
    shares = {acts(piece)["can"].state: piece.share for piece in found.pieces}
    assert shares == pytest.approx({"charged": 0.62, "claims a preference": 0.38}, abs=1e-12)
    base = found.pieces[0].duty - acts(found.pieces[0])["can"].adds
    assert found.duty == pytest.approx(base + 0.62 * 0.25, abs=1e-12)


def test_a_measure_by_value_is_on_a_piece_of_the_product(world):
    found = TariffBook(world, [measure("half", add="25%", goods={"value": "100bn", "basis": "world"})])
    explained = found.explain(STEEL, "CHN")
    assert len(explained.pieces) == 2
    assert sum(piece.share for piece in explained.pieces) == pytest.approx(1.0, abs=1e-12)
    cells = found.effective(("half",)).set_index("sector").loc["C24A"]
    assert explained.duty == pytest.approx(cells["after"], abs=1e-12)


def test_totals_and_duties_that_replace_others_add_up_too(world):
    law = [
        measure("deal", on="DEU", total="15%", **{"from": "2025-08-07"}),
        measure("earlier", on="DEU", add="10%", **{"from": "2025-04-05"}),
        measure("later", on="DEU", add="3%", stacking="replace", **{"from": "2025-09-01"}),
    ]
    (piece,) = TariffBook(world, law[:2]).explain(STEEL, "DEU").pieces
    assert acts(piece)["deal"].adds == pytest.approx(0.15 - piece.ordinary, abs=1e-12)
    (replaced,) = TariffBook(world, law).explain(STEEL, "DEU").pieces
    assert {name: act.adds for name, act in acts(replaced).items()} == pytest.approx(
        {"earlier": 0.0, "deal": 0.0, "later": 0.03}, abs=1e-12
    )
    assert replaced.duty == pytest.approx(piece.duty - 0.10 - (0.15 - piece.ordinary) + 0.03, abs=1e-12)


def test_a_cut_stops_at_zero_and_says_what_is_given_back(world):
    (piece,) = TariffBook(world, [measure("cut", on="DEU", add="-90%")]).explain(STEEL, "DEU").pieces
    assert piece.duty == 0.0
    assert acts(piece)["cut"].adds + piece.cut + piece.ordinary + sum(piece.in_base.values()) == pytest.approx(0.0)


def test_the_explained_duty_is_that_of_the_part_in_the_book(world):
    book = TariffBook(world, LAW[:3], RULES)
    rows = book.atoms.assign(rate=book.rate(book.ids))
    steel = rows[(rows["sector"] == "C24A") & (rows["codes"] == 1)]
    assert book.explain(STEEL, "CHN").duty == pytest.approx(float(steel["rate"].iloc[0]), abs=1e-12)


def test_a_product_that_no_measure_names_pays_the_ordinary_duty_in_words(world):
    found = TariffBook(world, [LAW[2]]).explain(CABLE, "CHN")
    assert found.notes[0] == "no measure in force names 854449 of CHN: it pays the ordinary duty"
    assert found.as_dict()["pieces"][0]["acts"][0]["state"] == "not in its goods"


@pytest.mark.parametrize(
    ("code", "partner", "message"),
    [
        ("999", "CHN", "'0999' may be meant"),
        ("123456", "CHN", "123456 is not known"),
        ("7204", "CHN", r"is of no goods sector \(scrap, waste and ash\)"),
        (STEEL, "DEU", "nobody has measures on the goods of DEU"),
    ],
)
def test_what_cannot_be_explained_is_said_in_words(world, code, partner, message):
    with pytest.raises(BadInput, match=message):
        TariffBook(world, LAW, RULES).explain(code, partner)


def test_a_partner_that_is_not_there_is_named_with_the_nearest(world):
    with pytest.raises(UnknownEconomy, match="CHM"):
        TariffBook(world, LAW, RULES).explain(STEEL, "CHM")


def test_an_act_that_the_base_holds_is_not_charged_again(world):
    held = listed("steel-2018", STEEL, add="25%", authority="section-232", in_base=True)
    book = TariffBook(world, [held, LAW[1]], RULES)
    (piece,) = book.explain(STEEL, "CHN").pieces
    base = piece.ordinary + sum(piece.in_base.values())
    assert piece.duty == pytest.approx(base + 0.20, abs=1e-12)
    assert {name: act.adds for name, act in acts(piece).items()} == pytest.approx(
        {"steel-2018": 0.0, "fentanyl": 0.20}, abs=1e-12
    )
    assert acts(piece)["steel-2018"].state == "held by the base tariff"

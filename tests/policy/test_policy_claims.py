"""Goods that claim a preference are a part of the cell of their own, and a duty on a content is charged on it alone."""

from __future__ import annotations

import numpy as np
import pytest
from policy_lab import measure, small_world, wedges
from pydantic import ValidationError

import detente as dt
from detente.data.bundled import load_world
from detente.data.products.lines import line_imports, product_lines
from detente.data.products.shares import claimed_shares, content_shares
from detente.errors import BadMeasure
from detente.policy.reach import purchases
from detente.policy.schedule import TariffBook

WORLD = small_world(3)
THETA = np.full(len(WORLD.sectors), 4.0)


def claims(share, preference="USMCA"):
    return {"preference": preference, "share": share}


def parts(*measures, world=WORLD):
    book = TariffBook(world, measures)
    table = book.atoms.assign(rate=book.rate(book.ids))
    return table[table["sector"] == "C26"]


def test_claimed_goods_and_the_rest_are_two_parts_and_no_average():
    found = parts(measure("m", on="MEX", add="25%", claims=claims("38%")))
    base = WORLD.tariffs[0, 2, 1]
    assert sorted(zip(found["share"], found["rate"], strict=True)) == [
        (pytest.approx(0.38, abs=1e-15), base),
        (pytest.approx(0.62, abs=1e-15), base + 0.25),
    ]


def test_a_claim_is_the_shock_of_its_two_parts_and_its_solution_that_of_the_hand_made_one():
    book = TariffBook(WORLD, [measure("m", on="MEX", add="25%", claims=claims("38%"))])
    shock = book.shock(book.ids)
    n, i, j, s, t, t_cf = [], [], [], [], [], []
    for sector in range(3):
        base = WORLD.tariffs[0, 2, sector]
        for share, rate in ((0.38, base), (0.62, base + 0.25)):
            n.append(0), i.append(2), j.append(sector), s.append(share), t.append(base), t_cf.append(rate)
    by_hand = dt.Shock(parts=dt.Parts(*map(np.array, (n, i, j, s, t, t_cf))))
    one, other = wedges(shock.parts, THETA), wedges(by_hand.parts, THETA)
    assert one.keys() == other.keys()
    for cell in one:
        np.testing.assert_allclose(one[cell], other[cell], atol=1e-12)
        base = WORLD.tariffs[cell]
        k = (1 + base + 0.25) / (1 + base)
        assert one[cell][0] == pytest.approx(0.38 + 0.62 * k**-4.0, abs=1e-12)
    economy = dt.calibrate(WORLD, elasticities=THETA)
    np.testing.assert_allclose(dt.solve(economy, shock).W_hat, dt.solve(economy, by_hand).W_hat, atol=1e-9)


def test_measures_with_one_preference_and_share_leave_out_the_same_goods():
    given_ = {"on": "MEX", "claims": claims("38%")}
    found = parts(measure("a", add="25%", **given_), measure("b", add="10%", **given_))
    base = WORLD.tariffs[0, 2, 1]
    np.testing.assert_allclose(sorted(found["rate"]), [base, base + 0.35], atol=1e-15)


def test_two_shares_of_one_preference_on_the_same_day_are_refused_and_on_others_nested():
    one = measure("a", on="MEX", add="25%", claims=claims("38%"))
    with pytest.raises(BadMeasure, match=r"say that 38% and 50% of the same goods of MEX claim USMCA"):
        TariffBook(WORLD, [one, measure("b", on="MEX", add="10%", claims=claims("50%"))])
    ended = measure("a", on="MEX", add="25%", claims=claims("38%"), until="2018-06-30")
    later = measure("b", on="MEX", add="10%", claims=claims("50%"), **{"from": "2018-07-01"})
    book = TariffBook(WORLD, [ended, later])
    here = (book.atoms["sector"] == "C26").to_numpy()
    share, base = book.atoms["share"].to_numpy()[here], WORLD.tariffs[0, 2, 1]
    for ids, taxed, add in ((("a",), 0.62, 0.25), (("b",), 0.50, 0.10)):
        assert share[book.rate(ids)[here] > base].sum() == pytest.approx(taxed, abs=1e-15)
        assert (share @ book.rate(ids)[here]) == pytest.approx(base + taxed * add, abs=1e-15)
    assert len(share) == 3  # who claims before the change claims after it


def test_two_preferences_are_of_different_goods_and_of_no_more_than_all():
    found = parts(
        measure("a", on="MEX", add="25%", claims=claims("38%")),
        measure("b", on="MEX", add="10%", claims=claims("50%", "GSP")),
    )
    base = WORLD.tariffs[0, 2, 1]
    told = {round(rate - base, 12): share for share, rate in zip(found["share"], found["rate"], strict=True)}
    assert told == {0.10: pytest.approx(0.38), 0.25: pytest.approx(0.50), 0.35: pytest.approx(0.12)}
    with pytest.raises(BadMeasure, match=r"claimed by 108\.0% of the same goods"):
        parts(
            measure("a", on="MEX", add="25%", claims=claims("58%")),
            measure("b", on="MEX", add="10%", claims=claims("50%", "GSP")),
        )


def test_a_partner_that_is_not_named_claims_nothing():
    book = TariffBook(WORLD, [measure("m", on=["MEX", "CHN"], add="25%", claims=claims({"MEX": "40%"}))])
    average = book.effective(("m",)).set_index(["exporter", "sector"])
    added = average["after"] - average["before"]
    assert added["MEX", "C26"] == pytest.approx(0.15, abs=1e-15)
    assert added["CHN", "C26"] == pytest.approx(0.25, abs=1e-15)


def test_a_measure_by_value_is_not_charged_on_what_claims_a_preference():
    half = purchases(WORLD, "USA", "MEX", "world").total / 2
    goods = {"value": f"{half:.6f}mn", "basis": "world"}
    found = parts(measure("m", on="MEX", add="25%", goods=goods, claims=claims("38%")))
    taxed = found[found["rate"] > WORLD.tariffs[0, 2, 1]]
    assert taxed["share"].sum() == pytest.approx(0.5 * 0.62, abs=1e-9)
    assert found["share"].sum() == pytest.approx(1.0, abs=1e-12)


@pytest.fixture(scope="module")
def icio():
    return load_world("icio-2022")


def test_usmca_by_table_is_the_average_of_its_lines_by_their_imports(icio):
    goods = {"codes": [{"hs": "87032301"}]}
    book = TariffBook(icio, [measure("cars", on="CAN", add="25%", goods=goods, claims=claims("usmca-2025"))])
    mine = product_lines("USA").line.astype("U8") == "87032301"
    worth = line_imports()["CAN"].to_numpy()[mine]
    wanted = np.average(claimed_shares("usmca-2025", "CAN")[mine], weights=worth)
    atoms = book.atoms.assign(claimed=book.claimed[:, 0], taxed=book.covered(("cars",)))
    named = atoms[atoms["claimed"] | atoms["taxed"]]
    assert named.loc[named["claimed"], "share"].sum() / named["share"].sum() == pytest.approx(wanted, abs=1e-9)
    free = TariffBook(icio, [measure("cars", on="CHN", add="25%", goods=goods, claims=claims("usmca-2025"))])
    assert not free.claimed.any()


def test_a_duty_on_the_metal_of_goods_is_charged_by_product(icio):
    goods = {"codes": [{"hs": "8474"}]}
    book = TariffBook(icio, [measure("m", on="MEX", add="50%", goods=goods, of="metal-content")])
    mine = product_lines("USA").line.astype("U4") == "8474"
    worth = line_imports()["MEX"].to_numpy()[mine]
    wanted = 0.5 * np.average(content_shares("metal-content", "USA")[mine], weights=worth)
    _, share, added = book.added("MEX")
    assert (share @ added) / share.sum() == pytest.approx(wanted, abs=1e-12)
    assert any("clipped at 1" in note for note in book.notes)


def test_metals_are_apart_and_all_metals_hold_each(icio):
    goods = {"codes": [{"hs": "8544"}]}
    steel, copper = (
        measure(metal, on="MEX", add="50%", goods=goods, of=f"{metal}-content") for metal in ("steel", "copper")
    )
    both = TariffBook(icio, [steel, copper])
    alone = [TariffBook(icio, [one]) for one in (steel, copper)]
    cells = [book.effective(book.ids).set_index("sector") for book in (both, *alone)]
    added = [its["after"] - its["before"] for its in cells]
    np.testing.assert_allclose(added[0], added[1] + added[2], atol=1e-12)
    every = measure("every", on="MEX", add="10%", goods=goods, of="metal-content")
    with pytest.raises(BadMeasure, match="which is part of it"):
        TariffBook(icio, [steel, every]).rate(("steel", "every"))


def test_a_code_may_have_a_share_of_its_own():
    world = load_world("icio-2017")
    codes = [{"hs": "854231", "add": "25%", "of": "40%"}, {"hs": "854232", "add": "25%"}]
    book = TariffBook(world, [measure("m", on="MEX", goods={"codes": codes})])
    added = np.unique(np.round(book.added("MEX")[2], 12))
    assert added.tolist() == [0.10, 0.25]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"claims": claims("usmca-2026")}, "did you mean usmca-2025|did you mean usmca-2024"),
        ({"claims": claims("38")}, "such as 38%"),
        ({"claims": claims("0%")}, "not a part of value or trade"),
        ({"claims": claims({"CHN": "40%"})}, "claims of CHN, which it is not on"),
        ({"by": "MEX", "on": "USA", "claims": claims("usmca-2025")}, "is of imports of USA, not of MEX"),
        ({"of": "metals-content"}, "did you mean metal-content"),
        ({"of": "140%"}, "not a part of value or trade"),
        ({"total": "-5%", "add": None}, "under zero"),
        ({"total": "15%"}, "has both add and total"),
    ],
)
def test_what_is_no_share_is_refused_with_the_nearest_right_form(given_, message):
    with pytest.raises(ValidationError, match=message):
        measure("m", **({"on": "MEX", "add": "25%"} | given_))

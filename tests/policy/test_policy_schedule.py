"""Measures on a world: shares that sum to one, rates that are never averaged, and shocks the model can take."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_lab import measure, mn, same, small_world, wedges

from detente.data.bundled import load_world, toy_world
from detente.data.world import World
from detente.errors import BadMeasure, UnknownEconomy, UnknownName, UnknownSector
from detente.policy.reach import Shares, history, left_over, purchases
from detente.policy.schedule import TariffBook

THETA = np.full(4, 5.0)
VALUES = st.floats(0.01, 0.45)


def total(world, importer, exporter):
    goods = [world.sector_index(sector) for sector in world.goods]
    return float(world.flows[world.index(importer), world.index(exporter), goods].sum())


def by_value(id, world, share, add="25%", **given_):
    value = share * total(world, "USA", "CHN")
    return measure(id, add=add, goods={"value": mn(value), "basis": "world"}, **given_)


@given(st.integers(0, 50), st.lists(VALUES, min_size=1, max_size=2), st.booleans())
def test_shares_of_a_cell_sum_to_one(seed, shares, listed):
    world = small_world(seed)
    measures = [by_value(f"v{k}", world, share) for k, share in enumerate(shares)]
    measures.append(measure("s", add="10%", goods={"sectors": ["C26"]}))
    if listed:
        measures.append(measure("c", add="5%", goods={"codes": [{"hs": "854231"}, {"hs": "85423200"}]}))
    book = TariffBook(world, measures)
    assert book.atoms.groupby(["importer", "exporter", "sector"])["share"].sum().to_numpy() == pytest.approx(1.0)
    assert (book.atoms["share"] > 0).all()
    assert book.atoms["base"].to_numpy() == pytest.approx(
        [world.tariffs[0, 1, world.sector_index(sector)] for sector in book.atoms["sector"]]
    )


@given(st.integers(0, 50), st.floats(0.01, 3.0))
def test_a_measure_on_all_of_the_value_is_the_measure_on_all_goods(seed, rate):
    world = small_world(seed)
    whole = TariffBook(world, [measure("m", add=rate)])
    value = TariffBook(world, [by_value("m", world, 1.0, add=rate)])
    named = TariffBook(world, [measure("m", add=rate, goods={"sectors": list(world.goods)})])
    for book in (value, named):
        assert same(wedges(book.shock(("m",)).parts, THETA), wedges(whole.shock(("m",)).parts, THETA))


@given(st.integers(0, 50), st.floats(0.02, 0.9), st.floats(0.01, 3.0))
def test_a_measure_split_in_two_equal_halves_of_value_changes_nothing(seed, share, rate):
    world = small_world(seed)
    one = TariffBook(world, [by_value("m", world, share, rate)])
    two = TariffBook(world, [by_value("a", world, share / 2, rate), by_value("b", world, share / 2, rate)])
    assert same(wedges(one.shock(("m",)).parts, THETA), wedges(two.shock(("a", "b")).parts, THETA), 1e-9)


def test_a_part_of_a_cell_is_two_varieties_and_never_its_average():
    world = small_world(2)
    book = TariffBook(world, [by_value("m", world, 0.3)])
    parts = book.shock(("m",)).parts
    K, v = wedges(parts, THETA)[0, 1, 1]
    base = world.tariffs[0, 1, 1]
    k = (1 + base + 0.25) / (1 + base)
    assert pytest.approx(0.3 * k**-5 + 0.7) == K
    assert v == pytest.approx((0.3 * k**-5 / K) / (1 + base + 0.25) + (0.7 / K) / (1 + base))
    assert (1 + 0.3 * 0.25 / (1 + base)) ** -5 < K  # convex in the rate: trade falls less than at the average


def test_the_base_of_the_parts_is_the_cell_of_the_world_exactly():
    world = load_world("icio-2017")
    book = TariffBook(world, history("us-on-china-2018-2020"))
    parts = book.shock(("us-on-china-2020-02-14",)).parts
    before = np.zeros_like(world.flows)
    np.add.at(before, (parts.n, parts.i, parts.j), parts.s / (1 + parts.t))
    touched = before > 0
    np.testing.assert_allclose(before[touched], 1 / (1 + world.tariffs[touched]), rtol=1e-12)


def test_from_one_state_to_another_is_the_same_as_both_steps():
    world = small_world(5)
    book = TariffBook(world, [by_value("a", world, 0.4), measure("b", add="10%", goods={"sectors": ["C26"]})])
    direct = wedges(book.shock(("a", "b")).parts, THETA)
    first = wedges(book.shock(("a",)).parts, THETA)
    then = wedges(book.shock(("a", "b"), start=("a",), theta=THETA).parts, THETA)
    assert then.keys() == {(0, 1, 1)}  # only the second measure's cell moves
    K = first[0, 1, 1][0] * then[0, 1, 1][0]
    assert pytest.approx(direct[0, 1, 1][0], rel=1e-12) == K
    assert then[0, 1, 1][1] == pytest.approx(direct[0, 1, 1][1], rel=1e-12)
    back = book.shock((), start=("a",), theta=THETA).parts
    assert wedges(back, THETA)[0, 1, 0][0] * first[0, 1, 0][0] == pytest.approx(1.0)


def test_the_same_state_is_no_shock_at_all():
    world = small_world(5)
    book = TariffBook(world, [by_value("a", world, 0.4)])
    assert book.shock(()).parts is None
    assert book.shock(("a",), start=("a",), theta=THETA).parts is None


def test_a_start_needs_theta_by_sector():
    world = small_world(5)
    book = TariffBook(world, [by_value("a", world, 0.4)])
    with pytest.raises(BadMeasure, match="needs theta"):
        book.shock((), start=("a",))
    with pytest.raises(BadMeasure, match="not one a sector"):
        book.shock((), start=("a",), theta=np.ones(3))


def test_averages_are_for_printing_and_say_what_is_covered():
    world = small_world(7)
    book = TariffBook(world, [by_value("m", world, 0.3)])
    cells = book.effective(("m",)).set_index("sector")
    assert cells.index.tolist() == ["C24A", "C26", "C28"]
    assert (cells["after"] - cells["before"]).to_numpy() == pytest.approx(0.075)
    assert cells["covered"].to_numpy() == pytest.approx(0.3)
    assert cells["imports"].to_numpy() == pytest.approx(world.flows[0, 1, :3])
    row = book.totals(("m",)).iloc[0]
    assert row["covered_imports"] == pytest.approx(0.3 * total(world, "USA", "CHN"))
    assert row["after"] - row["before"] == pytest.approx(0.075)
    assert row["before"] == pytest.approx(np.average(world.tariffs[0, 1, :3], weights=world.flows[0, 1, :3]))
    dense = book.tariffs(("m",))
    assert dense[0, 1, 1] == pytest.approx(world.tariffs[0, 1, 1] + 0.075)
    assert (dense != world.tariffs).sum() == 3


def test_values_that_together_exceed_trade_are_refused_with_the_shortfall():
    world = small_world(7)
    with pytest.raises(BadMeasure, match=r"cover 120\.0% of what USA buys from CHN \(a 60\.0% \+ b 60\.0%\)"):
        TariffBook(world, [by_value("a", world, 0.6), by_value("b", world, 0.6)])
    with pytest.raises(BadMeasure, match="cannot be hit; lower the value"):
        TariffBook(world, [by_value("a", world, 1.2)])


def test_customs_values_are_shares_of_customs_imports():
    world = load_world("icio-2017")
    book = TariffBook(world, [measure("m", add="25%", goods={"value": "50bn", "basis": "customs"})])
    bases = book.bases().iloc[0]
    assert bases["customs"] == pytest.approx(497_555, abs=1)  # US imports from China of 2017 by NAICS3
    assert bases["world"] == pytest.approx(367_800, abs=1)
    assert bases["ratio"] == pytest.approx(bases["world"] / bases["customs"])
    row = book.totals(("m",)).iloc[0]
    assert row["covered"] == pytest.approx(50_000 / bases["customs"])
    assert row["covered_imports"] == pytest.approx(50_000 * bases["ratio"])
    assert book.notes == ()


def test_without_customs_figures_the_world_is_the_basis_and_says_so():
    world = small_world(1, year=2017, economies=("USA", "MEX", "CHN"))
    book = TariffBook(world, [measure("m", on="MEX", add="25%", goods={"value": "1bn"})])
    assert "no customs figures for what USA buys from MEX in 2017" in book.notes[0]
    assert np.isnan(book.bases()["customs"][0])


def test_a_value_on_several_partners_lies_in_proportion():
    world = small_world(4)
    both = total(world, "USA", "CHN") + total(world, "USA", "MEX")
    goods = {"value": mn(both / 2), "basis": "world"}
    book = TariffBook(world, [measure("m", on=["CHN", "MEX"], add="25%", goods=goods)])
    assert book.totals(("m",))["covered"].to_numpy() == pytest.approx(0.5)


def test_figures_of_two_bases_are_never_added_up():
    world = small_world(4, year=2017)  # customs figures are bundled for China and not for Mexico
    both = total(world, "USA", "CHN") + total(world, "USA", "MEX")
    goods = {"value": mn(both / 2), "basis": "customs"}
    book = TariffBook(world, [measure("m", on=["CHN", "MEX"], add="25%", goods=goods)])
    assert book.totals(("m",))["covered"].to_numpy() == pytest.approx(0.5)


def test_a_value_can_say_its_sectors():
    world = small_world(4)
    half = world.flows[0, 1, 1] / 2
    goods = {"value": mn(half), "basis": "world", "sectors": ["C26"]}
    cells = TariffBook(world, [measure("m", add="25%", goods=goods)]).effective(("m",)).set_index("sector")
    assert cells["covered"].to_dict() == pytest.approx({"C24A": 0.0, "C26": 0.5, "C28": 0.0})


def test_by_value_and_by_sector_are_independent():
    world = small_world(4)
    book = TariffBook(world, [by_value("v", world, 0.4), measure("s", add="10%", goods={"sectors": ["C26"]})])
    rows = book.atoms.assign(rate=book.rate(book.ids) - book.atoms["base"])
    found = rows[rows["sector"] == "C26"].set_index("share")["rate"].to_dict()
    assert found == pytest.approx({0.6: 0.10, 0.4: 0.35})


def test_exemptions_of_economies_sectors_and_codes():
    world = small_world(4)
    steel = measure("m", on="all", add="25%", exempt={"economies": ["MEX"], "sectors": ["C28"], "codes": ["854231"]})
    book = TariffBook(world, [steel])
    assert book.pairs == (("USA", "CHN"),)
    covered = book.effective(("m",)).set_index("sector")["covered"]
    assert covered["C24A"] == pytest.approx(1.0)
    assert covered["C28"] == 0.0
    assert 0.9 < covered["C26"] < 1.0


@pytest.mark.parametrize(
    ("given_", "error", "message"),
    [
        ({"on": "CHM"}, UnknownEconomy, "did you mean 'CHN'"),
        ({"by": "USSR", "on": "CHN"}, UnknownEconomy, "USSR"),
        ({"goods": {"sectors": ["C25"]}}, UnknownSector, "measure 'm' names 'C25'"),
        ({"goods": {"sectors": ["SERV"]}}, BadMeasure, "pay no customs duty"),
        ({"exempt": {"economies": ["MEX"]}}, BadMeasure, "exempts MEX, which it is not on"),
        ({"exempt": {"sectors": ["C26"]}, "goods": {"sectors": ["C28"]}}, BadMeasure, "where it has no goods"),
        ({"goods": {"value": "1bn", "basis": "world"}, "exempt": {"codes": ["854231"]}}, BadMeasure, "not say which"),
        ({"goods": {"codes": [{"hs": "610910"}]}}, BadMeasure, "100.0% of its codes"),
        (
            {"goods": {"codes": [{"hs": "854231"}, {"hs": "610910"}]}},
            BadMeasure,
            r"50\.0% of its codes \(610910\) is",
        ),
        ({"goods": {"codes": [{"hs": "854231", "value": "900bn"}]}}, BadMeasure, "check their values and their basis"),
    ],
)
def test_what_does_not_fit_the_world_is_refused(given_, error, message):
    with pytest.raises(error, match=message):
        TariffBook(small_world(4), [measure("m", add="25%", **given_)])


def test_an_id_is_given_once_and_known():
    world = small_world(4)
    with pytest.raises(BadMeasure, match="m is given twice"):
        TariffBook(world, [measure("m", add="25%"), measure("m", add="10%")])
    with pytest.raises(UnknownName, match="did you mean 'us-301'"):
        TariffBook(world, [measure("us-301", add="25%")]).rate(("us-30",))


def test_dates_decide_what_is_in_force_and_threats_never_are():
    world = small_world(4)
    book = TariffBook(
        world,
        [
            measure("law", add="25%", **{"from": "2018-07-06", "until": "2019-12-31"}),
            measure("threat", status="threatened", add="25%", **{"from": "2018-07-06"}),
            measure("idea", status="proposed", add="25%"),
        ],
    )
    assert book.in_force(date(2018, 7, 5)) == ()
    assert book.in_force(date(2018, 7, 6)) == ("law",)
    assert book.in_force(date(2020, 1, 1)) == ()


def test_a_book_without_measures_changes_nothing():
    world = small_world(4)
    book = TariffBook(world, [])
    assert book.atoms.empty
    assert book.shock(()).parts is None
    assert book.effective(()).empty
    np.testing.assert_array_equal(book.tariffs(()), world.tariffs)


def test_a_measure_that_reaches_no_trade_says_so():
    flows = np.ones((2, 2, 2))
    flows[0, 1] = 0.0
    world = World(flows, np.zeros((2, 2, 2)), None, None, ["USA", "CHN"], ["C26", "C28"])
    book = TariffBook(world, [measure("m", add="25%")])
    assert book.atoms.empty
    assert book.notes == ("measure 'm' reaches no trade of the base year",)


def test_it_works_on_a_world_without_real_codes():
    world = toy_world(1)
    book = TariffBook(world, [measure("m", by="E1", on="all", add="25%")])
    assert len(book.atoms) == 4
    assert (book.rate(("m",)) - book.atoms["base"]).to_numpy() == pytest.approx(0.25)


def test_a_path_on_a_world_that_holds_it_already_is_noted():
    later = TariffBook(load_world("icio-2022"), history("china-on-us-2018-2020"))
    assert any("hold measures of that path already" in note for note in later.notes)
    before = TariffBook(load_world("icio-2017"), history("china-on-us-2018-2020"))
    assert not any("already" in note for note in before.notes)


def test_results_are_frames_with_plain_names():
    world = small_world(4)
    book = TariffBook(world, [measure("m", add="25%")])
    assert list(book.atoms.columns) == ["importer", "exporter", "sector", "share", "base", "codes"]
    assert isinstance(book.unmatched, pd.DataFrame)


def test_of_what_values_leave_of_a_cell_only_rounding_is_clipped():
    world = small_world(3)
    with pytest.raises(BadMeasure, match="measures by value are of different goods"):
        left_over(world, [_slice(world, 0.6), _slice(world, 0.4 + 1e-6)])
    over = left_over(world, [_slice(world, 0.6), _slice(world, 0.4 + 1e-10)])
    assert over.tolist() == [0.0] * len(world.sectors)
    under = left_over(world, [_slice(world, 0.6), _slice(world, 0.4 - 1e-6)])
    np.testing.assert_allclose(under, 1e-6, rtol=1e-6)
    assert left_over(world, []).tolist() == [1.0] * len(world.sectors)


def _slice(world, share):
    base = purchases(world, "USA", "CHN", "world")
    return Shares("value", np.full(len(world.sectors), share), base)

"""Worlds nobody lives in, each rule from both sides: a fault is refused or warned of, the world beside it is not."""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import list_worlds, load_world, toy_world
from detente.data.readers import read_tidy
from detente.data.world import World
from detente.errors import BadEconomy, BadWorld, DetenteWarning
from detente.inputs import FloatArray

REAL = load_world("icio-2017")
KEPT = ("USA", "GBR", "CHN", "DEU", "IRL", "PAK", "MEX", "VNM", "ROW")


def parts(world: World = REAL, **changes: Any) -> dict[str, Any]:
    """The arguments of a world of one's own with the same accounts."""
    names = ("flows", "tariffs", "io", "value_added", "economies", "sectors", "year")
    return {name: getattr(world, name) for name in names} | changes


def reread(**changes: Any) -> World:
    return World(**parts(**changes))


def told(**changes: Any) -> list[str]:
    """What is said of a world; each sentence is warned of once and stands in the provenance."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        world = reread(**changes)
    sentences = [str(each.message) for each in caught]
    assert all(each.category is DetenteWarning for each in caught)
    assert list(world.provenance.notes) == sentences
    return sentences


def only(sentences: list[str], *words: str) -> None:
    """One sentence says all of it; consequences of the same fault may be told beside it."""
    assert any(all(word in sentence for word in words) for sentence in sentences), sentences


def scaled(factor: float) -> dict[str, FloatArray]:
    return {name: factor * getattr(REAL, name) for name in ("flows", "io", "value_added")}


def at_home(flows: FloatArray, factor: float | FloatArray, n: int | None = None) -> FloatArray:
    flows, places = flows.copy(), np.arange(len(flows)) if n is None else np.array([n])
    flows[places, places] *= factor
    return flows


@pytest.mark.parametrize("name", list(list_worlds()["name"]))
def test_bundled_worlds_and_worlds_made_of_them_are_silent(name: str) -> None:
    world = load_world(name)
    reread(**parts(world))
    for rule in world.tariff_sources:
        reread(**parts(world.with_tariffs(rule)))
    others = [code for code in world.economies if code not in KEPT]
    small = world.aggregate(economies={"OTH": others})
    reread(**parts(small))
    two = world.aggregate(economies={"OTH": [code for code in world.economies if code != "STP"]})
    reread(**parts(two))
    reread(**parts(world.aggregate(sectors={"ALL": list(world.sectors)})))


@pytest.mark.parametrize("seed", range(30))
def test_toy_worlds_are_silent(seed: int) -> None:
    toy = toy_world(seed, n=2 + seed % 5, j=1 + seed % 3)
    reread(**parts(toy))
    reread(**parts(toy, flows=1e9 * toy.flows, io=1e9 * toy.io, value_added=1e9 * toy.value_added))
    reread(**parts(toy, year=2017))


@pytest.mark.parametrize("unit", [1e6, 1e3])
def test_money_in_dollars_or_thousands(unit: float) -> None:
    only(told(**scaled(unit)), "output sums to", "bundled worlds have 1.6e8 to 2.0e8", "USD million")


@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_another_year_or_currency_of_the_same_size_is_silent(factor: float) -> None:
    assert told(**scaled(factor)) == []


def test_money_in_billions() -> None:
    only(told(**scaled(1e-3)), "output of USA in 2017 is 3.391e+04", "multiply USD billion by 1e3")
    assert told(**scaled(1e-3), year=None) == []  # without a year it may be a toy with real names


def test_own_sales_missing_everywhere_are_refused() -> None:
    flows = at_home(REAL.flows, 0.0)
    with pytest.raises(BadWorld, match=r"no economy sells anything to itself.*43 % to 94 %.*Comtrade"):
        reread(flows=flows, io=None, value_added=None)
    with pytest.raises(BadEconomy, match=r"no economy sells anything to itself"):
        dt.Economy.monopolistic(flows, 0 * flows, np.full(28, 5.0), economies=REAL.economies, sectors=REAL.sectors)
    World(np.ones((1, 1, 1)), np.zeros((1, 1, 1)), economies=["A"], sectors=["S"])


def test_own_sales_missing_from_a_tidy_table_are_refused(tmp_path: Path) -> None:
    rows = [f"2017,{i},{n},C26,{5 if i != n else 0}" for i in ("USA", "CHN", "MEX") for n in ("USA", "CHN", "MEX")]
    (tmp_path / "comtrade.csv").write_text("\n".join(["year,exporter,importer,sector,value", *rows]))
    with pytest.raises(BadWorld, match="put own sales, output less exports, on the diagonal"):
        read_tidy(tmp_path / "comtrade.csv", tariffs=0.0)


def test_own_sales_missing_from_most_sectors() -> None:
    goods = np.array([code in REAL.goods for code in REAL.sectors])
    most = at_home(REAL.flows, np.where(goods, 0.0, 1.0))
    only(told(flows=most, io=None, value_added=None), "sell nothing at home", "in bundled worlds none")
    few = at_home(REAL.flows, np.where(np.arange(28) < 5, 0.0, 1.0))
    assert not any("sell nothing at home" in each for each in told(flows=few, io=None, value_added=None))


@pytest.mark.parametrize(("code", "factor"), [("DEU", 1e-3), ("MEX", 1e-6), ("VNM", 0.0)])
def test_own_sales_of_one_economy_in_another_unit_or_missing(code: str, factor: float) -> None:
    flows = at_home(REAL.flows, factor, REAL.index(code))
    only(told(flows=flows, io=None, value_added=None), f"{code} buys 0.", "at home (1 such economies)")


@pytest.mark.parametrize("code", ["DEU", "MEX", "NZL"])
def test_own_sales_of_one_economy_in_thousands(code: str) -> None:
    flows = at_home(REAL.flows, 1e3, REAL.index(code))
    only(told(flows=flows, io=None, value_added=None), code, "abroad", "0.05 to 0.66")


def test_the_largest_economy_in_another_unit() -> None:
    flows = at_home(REAL.flows, 1e6, REAL.index("USA"))
    only(told(flows=flows, io=None, value_added=None), "USA has 100.00%", "of the output of 81 economies")


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_own_sales_off_by_two_are_silent(factor: float) -> None:
    assert told(flows=at_home(REAL.flows, factor), io=None, value_added=None) == []


def test_an_economy_that_does_not_trade() -> None:
    n, flows = REAL.index("NZL"), REAL.flows.copy()
    flows[n], flows[:, n] = 0.0, 0.0
    flows[n, n] = REAL.flows[n, n]
    only(told(flows=flows, io=None, value_added=None), "NZL", "0.00% abroad, 0 of its part")


@pytest.mark.parametrize(("share", "silent"), [(0.01, False), (0.3, True), (0.9, True), (0.99, False)])
def test_value_added_in_another_unit_than_output(share: float, silent: bool) -> None:
    io = REAL.io * ((1 - share) * REAL.output / REAL.io.sum(1).clip(1e-9))[:, None, :]
    sentences = told(io=io, value_added=share * REAL.output)
    assert (sentences == []) == silent
    if not silent:
        only(sentences, "value added of", "(81 such economies)", "26 % to 73 %")


def test_a_deficit_over_income() -> None:
    flows, n = REAL.flows.copy(), REAL.index("MEX")
    flows[:, n] *= 0.05
    flows[n, n] = REAL.flows[n, n] * 0.5
    added = flows.sum(0)
    only(told(flows=flows, io=None, value_added=0.3 * added, year=None), "MEX has a trade deficit of", "−66 % to 30 %")
    mild = REAL.flows.copy()
    mild[:, n] *= 0.9
    assert told(flows=mild, io=None, value_added=None) == []


def test_importers_and_exporters_exchanged_in_the_flows() -> None:
    exchanged = REAL.flows.transpose(1, 0, 2)
    only(told(flows=exchanged, io=None, value_added=None), "since 2002 it was the other way round")
    assert told(flows=exchanged, io=None, value_added=None, year=1990) == []  # who had which balance is not known then


def test_importers_and_exporters_exchanged_in_the_tariffs() -> None:
    only(told(tariffs=REAL.tariffs.transpose(1, 0, 2)), "exchange the first two of tariffs")
    draw = np.random.default_rng(0).uniform(0.0, 0.3, REAL.tariffs.shape)
    one = np.where(np.arange(81)[None, :, None] == REAL.index("RUS"), 0.35, 0.0) * np.ones(REAL.tariffs.shape)
    for tariffs in (draw, one, np.full(REAL.tariffs.shape, 0.1)):
        diagonal = np.eye(81, dtype=bool)[:, :, None]
        free = np.array([code in REAL.services for code in REAL.sectors])
        assert told(tariffs=np.where(diagonal | free, 0.0, tariffs)) == []


def test_tariffs_on_own_sales() -> None:
    tariffs = REAL.tariffs.copy()
    taxed = [n for n in range(81) if tariffs[n, :, 3].max() > 0][:50]
    tariffs[taxed, taxed, 3] = tariffs[taxed, :, 3].max(axis=1)
    only(told(tariffs=tariffs), "50 of 81 economies, AGO first, levy tariffs on own sales")
    fewer = tariffs.copy()
    fewer[taxed[5:], taxed[5:], 3] = 0.0
    assert told(tariffs=fewer) == []
    tariffs[taxed, taxed, 3] *= 0.3  # what blocs that were merged keep
    assert told(tariffs=tariffs) == []


def test_tariffs_on_services() -> None:
    tariffs = REAL.tariffs.copy()
    tariffs[:, :, REAL.sector_index(REAL.services[0])] = 0.1 * (1 - np.eye(81))
    only(told(tariffs=tariffs), "bear a mean tariff of", "services=[...]")
    assert told(tariffs=tariffs, services=[]) == []
    tariffs[:, :, REAL.sector_index(REAL.services[0])] *= 0.01
    assert told(tariffs=tariffs) == []


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_block_that_was_copied_twice(axis: int) -> None:
    flows = np.moveaxis(REAL.flows.copy(), axis, 0)
    flows[4] = flows[7]
    sentences = told(flows=np.moveaxis(flows, 0, axis), io=None, value_added=None)
    only(sentences, "the same to the last digit", "no two do")
    flows[4, 0, 0] += 1.0
    assert not any("last digit" in each for each in told(flows=np.moveaxis(flows, 0, axis), io=None, value_added=None))


def test_equal_economies_and_sectors_of_a_made_up_world_are_silent() -> None:
    even = np.ones((3, 3, 2))
    World(even, 0 * even, economies=["USA", "CHN", "MEX"], sectors=["C26", "C27"])
    World(even + np.eye(3)[:, :, None], 0 * even, economies=["USA", "CHN", "MEX"], sectors=["C26", "C27"])


@pytest.mark.parametrize("year", [1066, 1899, date.today().year + 1, 20170])
def test_a_year_without_accounts(year: int) -> None:
    only(told(year=year), f"the year of the world is {year}", "1900 to")


@pytest.mark.parametrize("year", [1958, 2002, date.today().year, np.int64(2017), None])
def test_a_year_with_accounts(year: int | None) -> None:
    assert told(year=year) == []


@pytest.mark.parametrize("year", ["2017", 2017.0, True, date(2017, 1, 1)])
def test_a_year_that_is_no_whole_number_is_refused(year: object) -> None:
    with pytest.raises(BadWorld, match=r"year is .*: give a whole number such as 2017, or None"):
        reread(year=year)


@pytest.mark.parametrize("pair", [("USA", "usa"), ("USA", "USA "), (" usa", "USA")])
@pytest.mark.parametrize("axis", ["economies", "sectors"])
def test_codes_that_differ_by_case_or_blanks_are_refused(pair: tuple[str, str], axis: str) -> None:
    toy, codes = toy_world(1, n=2, j=2), {"economies": ("A", "B"), "sectors": ("S", "T")}
    with pytest.raises(
        BadWorld, match=rf"{axis} has .* which differ by case or blanks alone: write the code in one way"
    ):
        World(**parts(toy) | codes | {axis: pair})
    assert World(**parts(toy) | codes).economies == ("A", "B")


@pytest.mark.parametrize(("theta", "silent"), [(0.1, False), (0.3, True), (64.85, True), (400.0, False)])
def test_elasticities_that_no_estimate_has(theta: float, silent: bool) -> None:
    toy, values = toy_world(1, io=False), np.array([5.0, theta])
    names = {"economies": toy.economies, "sectors": toy.sectors}
    doors = (
        lambda: dt.calibrate(toy, values),
        lambda: dt.calibrate(toy, values, deficits="balanced"),  # solved, and told once all the same
        lambda: dt.Economy.monopolistic(toy.flows, toy.tariffs, 1 + values, "fixed", **names),
    )
    for door in doors:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            economy = door()
        assert len(caught) == (0 if silent else 1)
        assert any("theta of S2 is" in note for note in economy.notes) != silent


@pytest.mark.filterwarnings("ignore::detente.errors.DetenteWarning")
def test_what_was_told_is_kept_and_not_told_again_of_worlds_made_of_it() -> None:
    world = reread(year=1066)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        merged = world.aggregate(economies={"OTH": [code for code in world.economies if code not in KEPT]})
        provenance = dt.calibrate(merged).provenance
    assert any("the year of the world is 1066" in note for note in provenance["notes"])

"""Average tariffs on a day under both weightings."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from policy_lab import measure, small_world

from detente.data.bundled import load_world
from detente.data.products.concordance import code_table
from detente.data.products.weights import code_weights
from detente.policy.averages import average_tariffs
from detente.policy.reach import history, levels, purchases
from detente.policy.schedule import TariffBook

US, CHINA = "us-on-china-2018-2020", "china-on-us-2018-2020"


@pytest.fixture(scope="module")
def book():
    return TariffBook(load_world("icio-2017"), [*history(US), *history(CHINA)])


def on(book, day, importer="USA"):
    table = average_tariffs(book, date.fromisoformat(day))
    return table[table["importer"] == importer].set_index("weights")


def test_a_schedule_by_code_is_averaged_over_its_codes(book):
    rates = levels(CHINA)["2018-11-01"]
    values = code_weights("CHN", "USA")
    found = on(book, "2018-12-31", "CHN")
    assert found.loc["equal", "after"] == pytest.approx(rates.mean())
    assert found.loc["imports", "after"] == pytest.approx(np.average(values["hs6"].map(rates), weights=values["value"]))
    assert found.loc["equal", "before"] == pytest.approx(levels(CHINA)["2018-01-01"].mean())
    assert found.loc["imports", "last_change"] == date(2018, 11, 1)


def test_lists_come_on_top_of_the_base_tariffs_of_the_world(book):
    world = book.world
    base = world.tariffs[world.index("USA"), world.index("CHN")]
    customs = purchases(world, "USA", "CHN", "customs").by_sector
    found = on(book, "2018-12-31").loc["imports"]
    assert found["before"] == pytest.approx(np.average(base, weights=customs))
    rise = (0.25 * 50e3 + 0.10 * 200e3) / customs.sum()
    assert found["after"] - found["before"] == pytest.approx(rise)
    assert found["last_change"] == date(2018, 9, 24)


def test_before_the_first_date_nothing_is_in_force(book):
    found = on(book, "2018-07-05")
    assert (found["before"] == found["after"]).all()
    assert found["last_change"].isna().all()
    assert on(book, "2018-07-06").loc["imports", "after"] > found.loc["imports", "after"] + 0.015  # $34bn of 499


def test_the_path_goes_up_then_down(book):
    days = ["2018-07-06", "2018-08-23", "2018-09-24", "2019-06-01", "2019-09-01", "2020-02-14"]
    path = [on(book, day).loc["imports", "after"] for day in days]
    assert (np.diff(path[:-1]) > 0).all()
    assert path[-1] < path[-2]
    china = [on(book, day, "CHN").loc["imports", "after"] for day in ("2018-06-30", "2018-07-01", "2018-07-06")]
    assert china[1] < china[0] < china[2]  # the cut of general rates came five days before the answer


def test_other_measures_come_on_top_of_a_table():
    world = load_world("icio-2017")
    steel = measure("steel", add="25%", goods={"sectors": ["C24A"]}, **{"from": "2018-03-23"})
    alone = TariffBook(world, history(US))
    both = TariffBook(world, [*history(US), steel])
    count = code_table().groupby("sector")["weight"].sum().reindex(world.goods).fillna(0.0)
    for day in ("2018-03-23", "2019-07-01"):
        gain = on(both, day)["after"] - on(alone, day)["after"]
        assert gain["equal"] == pytest.approx(0.25 * count["C24A"] / count.sum())
        assert 0 < gain["imports"] < 0.005
    assert on(both, "2018-03-23").loc["imports", "last_change"] == date(2018, 3, 23)
    assert on(both, "2018-03-22").loc["imports", "after"] == on(alone, "2018-03-22").loc["imports", "after"]


def test_a_pair_without_a_table_is_averaged_over_the_sectors():
    world = small_world(3)
    law = measure("m", on=["CHN", "MEX"], add="25%", **{"from": "2018-07-06", "until": "2018-12-31"})
    book = TariffBook(world, [law, measure("t", status="threatened", add="50%")])
    during = average_tariffs(book, date(2018, 8, 1))
    assert (during["after"] - during["before"]).to_numpy() == pytest.approx(0.25)
    mexico = during[(during["exporter"] == "MEX") & (during["weights"] == "imports")].iloc[0]
    assert mexico["before"] == pytest.approx(np.average(world.tariffs[0, 2, :3], weights=world.flows[0, 2, :3]))
    after = average_tariffs(book, date(2019, 1, 1))
    assert (after["after"] == after["before"]).all()
    assert (after["last_change"] == date(2018, 12, 31)).all()

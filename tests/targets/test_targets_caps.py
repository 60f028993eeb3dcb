"""Caps that bind are said with the trade they end, and one rate stands beside rates by sector where signs differ."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.optimize import brentq

import detente as dt
from detente.targets.problem import LARGEST
from targets.targets_lab import economy_of, moving

ONE, OTHER = "E1", "E2"
SOLVES = 1e-6
"""Two searches that end within 1e-7 of their goal agree to this in rates and money, relative."""


@pytest.fixture(scope="module")
def capped() -> dt.Target:
    """Who imports would have the other charge some goods out of the market, and others hardly at all."""
    free = economy_of(empty=0, free=True)
    return dt.reach(free, moving(free, 1500.0), by="restraint", rates="sector", cheapest_for=ONE)


@pytest.fixture(scope="module")
def turning() -> dt.Target:
    economy = economy_of(empty=0, seed=7)
    return dt.reach(economy, moving(economy, 100.0), rates="sector", cheapest_for=ONE)


def charged(target: dt.Target) -> dt.Solution:
    """The equilibrium of the rates of a restraint, solved as a shock of whole cells."""
    economy = target.economy
    e_cf = np.zeros(economy.t.shape)
    for rate in target.rates.itertuples():
        for sector in rate.sectors:
            e_cf[economy.index(rate.importer), economy.index(rate.exporter), economy.sector_index(sector)] = rate.rate
    return dt.solve(economy, dt.Shock(e_cf=e_cf))


def test_a_cap_that_binds_names_its_sectors_and_what_is_left_of_their_trade(capped: dt.Target) -> None:
    economy, table = capped.economy, capped.caps
    at_cap = capped.rates[np.isclose(capped.rates["rate"], LARGEST["restraint"], rtol=1e-6)]
    assert [(sector,) for sector in table["sector"]] == list(at_cap["sectors"])
    assert 0 < len(table) < len(capped.rates)
    alone = charged(capped)
    for row in table.itertuples():
        cell = economy.index(row.importer), economy.index(row.exporter), economy.sector_index(row.sector)
        assert row.before == pytest.approx(float(economy.M[cell]), rel=1e-9)
        assert row.after == pytest.approx(float(alone.M_cf[cell]), rel=SOLVES)
        assert row.ended == (float(alone.M_cf[cell] / economy.M[cell]) < 0.01)


def test_every_door_of_a_target_says_which_caps_bind(capped: dt.Target) -> None:
    (said,) = [text for text in capped.warnings if "cap" in text]
    assert said.startswith("the cap of 2,000% binds for export charges of E2 on goods for E1 in S2, S3")
    assert "autarky between the two in 2 sectors" in said
    assert said in repr(capped)
    assert said in capped._repr_html_()
    plain = json.loads(json.dumps(capped.as_dict()))
    assert said in plain["warnings"]
    assert [row["sector"] for row in plain["caps"]] == list(capped.tables()["caps"]["sector"])


def test_no_cap_is_claimed_where_none_binds(turning: dt.Target) -> None:
    assert turning.caps.empty
    assert not any("cap" in text for text in turning.warnings)


def test_a_tariff_cut_that_is_used_up_binds_without_ending_trade() -> None:
    economy = economy_of(empty=0)
    target = dt.reach(economy, moving(economy, 1500.0), of=OTHER)
    assert not target.met
    assert not target.caps["ended"].any()
    (said,) = target.warnings
    assert "the cap of 100% of the tariff binds for tariff cuts of E2" in said
    assert "autarky" not in said


def test_signs_of_one_rate_and_of_rates_by_sector_are_those_of_whole_solves(turning: dt.Target) -> None:
    """One rate is found again by bracketing whole solves; both changes of real income come from these."""
    economy, goal = turning.economy, turning.goal
    n, i = economy.index(ONE), economy.index(OTHER)
    asked = float(turning.levels["asked"].iloc[0])

    def solved(rates: float | np.ndarray) -> dt.Solution:
        t_cf = economy.t.copy()
        t_cf[n, i] += rates
        return dt.solve(economy, dt.Shock(t_cf=t_cf))

    one = brentq(lambda rate: solved(rate).balance(ONE, OTHER)[1] - asked, 0.0, 2.0, xtol=1e-12)
    assert isinstance(goal, dt.Balance)
    assert turning.one_rate is not None
    assert turning.one_rate.rates["rate"].iloc[0] == pytest.approx(one, rel=SOLVES)
    compared = turning.rates_compared
    assert compared is not None
    row = compared.set_index("economy").loc[ONE]
    wide = solved(turning.rates["rate"].to_numpy())
    for column, solution in (("one_rate", solved(one)), ("by_sector", wide)):
        worth = float((solution.W_hat[n] - 1) * economy.I[n])
        assert row[column] == pytest.approx(worth, rel=1e-4)  # a change of 1e-4 of income, found to 1e-8 of it
    assert row["one_rate"] < 0 < row["by_sector"]
    assert row["sign_differs"]
    (said,) = turning.warnings
    assert said.startswith("the sign for E1 depends on the rates: one rate costs it $")
    assert "rates by sector (chosen for E1) bring it $" in said


def test_one_rate_stands_beside_rates_by_sector_of_one_instrument_alone() -> None:
    economy = economy_of(empty=0)
    goal = moving(economy, 30.0)
    assert dt.reach(economy, goal).rates_compared is None
    assert dt.reach(economy, goal, by=["tariff", "restraint"], rates="sector").rates_compared is None

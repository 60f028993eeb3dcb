"""The path of years: the days add up, its ends are those of a run, and sums and revenue have their closed forms."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from registry_lab import small_dispute, small_world

import detente as dt
from detente.analyses.path import compute as path_compute
from detente.analyses.path.budget import AMOUNTS, sums_frame
from detente.analyses.path.dated_states import LawByDay
from detente.analyses.path.report import revenue_table
from detente.data.bundled import first_year_level, horizon
from detente.dispute.session import Session
from detente.report.render import markdown

CHANGES = ["real_income", "real_gdp", "consumer_prices", "workers_moving"]
#: Real GDP of a path is integrated to `ADDS_UP` in logs, that of a run to a tenth of it.
GDP_ADDS_UP = path_compute.ADDS_UP


@cache
def session() -> Session:
    """The small dispute on the small world."""
    return Session.of(small_dispute(), world=small_world())


@cache
def found() -> dt.Trajectory:
    """Nine years, of which the seventh is the first of the long run."""
    return dt.path(session(), years=9)


def scenario(state: str, **options: Any) -> pd.DataFrame:
    """Economies of a state of a run, by code."""
    return dt.run(session(), **options)[state].tables["economies"].set_index("economy")


def test_elasticities_go_from_the_first_year_to_the_long_run() -> None:
    levels = [horizon(h) for h in range(1, 12)]
    assert levels[0] == first_year_level() == pytest.approx(0.76 / 2)
    assert levels[6:] == [1.0] * 5
    np.testing.assert_allclose(np.diff(levels[:7]), (1 - levels[0]) / 6)
    assert horizon(5.5, long_run=10) == pytest.approx((1 + levels[0]) / 2)  # halfway from year 1 to 10
    with pytest.raises(dt.BadInput, match="year is 0"):
        horizon(0)
    with pytest.raises(dt.BadInput, match="long_run is 1"):
        dt.horizon(3, long_run=1)


def test_the_days_of_states_are_those_of_the_years() -> None:
    law = LawByDay.of(session(), "answered")
    states = law.states(2018, 9)
    assert sum(state.days for state in states) == 9 * 365 + 2  # 2020 and 2024 have a day more
    assert [sum(state.within(year) for state in states) for year in (2018, 2020)] == [365, 366]
    assert [(state.first.isoformat(), len(state.law)) for state in states] == [("2018-01-01", 0), ("2018-05-23", 2)]
    assert LawByDay.of(session(), "none").states(2018, 2)[0].law == ()


def test_the_long_run_is_that_of_a_run_and_the_first_year_is_weighted_by_days() -> None:
    years, run = found().years, scenario("steel-answered")
    last = years[years["year"] == 2026].set_index("economy")
    for column in CHANGES:
        np.testing.assert_allclose(last[column], run[column], atol=GDP_ADDS_UP if column == "real_gdp" else 1e-9)
    theta = np.full(len(small_world().sectors), 4.0) * first_year_level()
    early = scenario("steel-answered", elasticities=theta)
    first = years[years["year"] == 2018].set_index("economy")
    share = (365 - 142) / 365  # from 23 May on
    for column in CHANGES:
        expected = share * early[column]
        np.testing.assert_allclose(first[column], expected, atol=GDP_ADDS_UP if column == "real_gdp" else 1e-9)
    assert abs(last.loc["USA", "real_income"]) > 1e-5  # what is compared is not nothing


def test_years_of_one_law_and_one_elasticity_are_the_same_and_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    solved: list[object] = []
    whole = path_compute.equilibrium

    def counted(*given: Any, **more: Any) -> dt.Solution:
        solved.append(given)
        return whole(*given, **more)

    monkeypatch.setattr(path_compute, "equilibrium", counted)
    again = dt.path(session(), years=9)
    assert len(solved) == 8  # two states in 2018, one in each of the years 2 to 7
    assert again.to_json() == found().to_json()
    usa = found().of("USA")
    assert usa.loc[2024, "real_income"] == usa.loc[2026, "real_income"]
    assert found().residual <= 1e-9


def test_no_threat_carried_out_changes_nothing() -> None:
    still = dt.path(session(), years=2, threats="none", first=2018)
    assert not still.years[[*CHANGES, "employment", "unemployment"]].to_numpy().any()
    assert not still.sums[["total", "discounted"]].to_numpy().any()


def test_discounted_sums_are_the_geometric_series() -> None:
    n, rate = 10, 0.03
    revenue = pd.DataFrame({"year": np.arange(2025, 2025 + n), "economy": "USA", **dict.fromkeys(AMOUNTS, 7.0)})
    sums = sums_frame(revenue, rate)
    np.testing.assert_allclose(sums["total"], 7.0 * n)
    np.testing.assert_allclose(sums["discounted"], 7.0 * (1 - 1.03**-n) / (1 - 1 / 1.03))
    np.testing.assert_allclose(sums_frame(revenue, 0.0)["discounted"], 7.0 * n)
    revenue.loc[3, "income_effect"] = np.nan  # a missing year is no zero
    found = sums_frame(revenue, rate).set_index("item")[["total", "discounted"]]
    assert found.index[found.isna().all(axis=1)].tolist() == ["income_effect"]


def test_conventional_revenue_is_that_of_buyers_who_substitute_at_old_costs_and_spending() -> None:
    """Computed cell by cell from the definition: 25 % on two sectors, unanswered, on whole cells."""
    path = dt.path(session(), years=1, first=2030, threats="unanswered", long_run=2)
    economy = session().under(elasticities=session().economy.theta * first_year_level()).economy
    usa, chn = economy.index("USA"), economy.index("CHN")
    static = conventional = 0.0
    for code in ("C24A", "C26"):
        j = economy.sector_index(code)
        t, theta = economy.t[usa, :, j].copy(), float(economy.theta[j])
        static += 0.25 * economy.M[usa, chn, j]
        k = np.ones(len(t))
        k[chn] = (1 + t[chn] + 0.25) / (1 + t[chn])
        shares = economy.pi[usa, :, j] * k**-theta
        shares /= shares.sum()
        new = t.copy()
        new[chn] += 0.25
        revenue = new / (1 + new) * shares * economy.X[usa, j]
        conventional += float(revenue.sum() - (t * economy.M[usa, :, j]).sum())
    row = path.revenue[path.revenue["economy"] == "USA"].iloc[0]
    assert row["static"] == pytest.approx(static)
    assert row["conventional"] == pytest.approx(conventional)
    assert 0 < row["conventional"] < row["static"]


def test_revenue_sums_by_its_definitions() -> None:
    refunded = dt.path(session(), years=2, first=2019, refunds=["USA:2020=3bn", "USA:2020=500mn"], growth=0.04)
    r = refunded.revenue.set_index(["year", "economy"])
    np.testing.assert_allclose(r["offset"], -0.25 * r["conventional"])
    np.testing.assert_allclose(r["conventional_net"], r["conventional"] + r["offset"] + r["refunds"])
    np.testing.assert_allclose(r["dynamic_net"], 0.75 * r["equilibrium"] + r["income_effect"] + r["refunds"])
    assert r.loc[(2020, "USA"), "refunds"] == -3500
    assert (r["refunds"] != 0).sum() == 1
    plain = dt.path(session(), years=2, first=2019).revenue.set_index(["year", "economy"])
    size = 1.04 ** (np.asarray(r.index.get_level_values("year"), dtype=float) - 2017)
    np.testing.assert_allclose(r["conventional"], plain["conventional"] * size)
    gdp = refunded.years.set_index(["year", "economy"])["real_gdp_usd"]
    np.testing.assert_allclose(r["income_effect"], 0.25 * gdp * size)
    item = refunded.sums[(refunded.sums["economy"] == "USA") & (refunded.sums["item"] == "dynamic_net")]
    assert item["total"].iloc[0] == pytest.approx(r["dynamic_net"].xs("USA", level="economy").sum())


def test_workers_settle_as_elasticities_do() -> None:
    """Mobility begins at 1, which is the short run of the same elasticities."""
    settling = dt.path(session(), years=2, first=2019, mobility=3.0, long_run=2)
    assert settling.years.groupby("year")["mobility"].first().tolist() == [1.0, 3.0]
    theta = np.full(len(small_world().sectors), 4.0) * first_year_level()
    short = scenario("steel-answered", elasticities=theta, horizon="short")["real_income"]
    first = settling.years[settling.years["year"] == 2019].set_index("economy")["real_income"]
    np.testing.assert_allclose(first, short, atol=1e-9)
    assert any("mobility of workers goes from 1" in note for note in settling.notes)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"refunds": ["USA 2020 3bn"]}, "write economy, year and amount, as in USA:2026=100bn"),
        ({"refunds": ["USA:2035=3bn"]}, "refunds name 2035, but the path has the years 2018 to 2019"),
        ({"refunds": ["USB:2019=3bn"]}, "'USB'"),
        ({"refunds": ["USA:2019=-3bn"]}, "without a minus"),
        ({"discount": 3}, "discount is 3"),
        ({"years": 0}, "years is 0"),
        ({"threats": "some"}, "threats is 'some'"),
    ],
)
def test_bad_options_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(dt.BadInput, match=message):
        dt.path(session(), **{"years": 2, **given})


def test_the_report_has_both_definitions_and_says_what_the_years_are() -> None:
    entry = found().presenter
    text = markdown(entry.document(found()))
    for said in (
        "static equilibria in sequence", "Conventional, net", "Dynamic, net", "2018-05-23 to 2026-12-31", "offset",
        "where threats are carried out and answered", "without any measure of the file",
    ):  # fmt: skip
        assert said in text
    table = {}
    for row in revenue_table(found()).rows[1:]:  # of the first party
        if row.heading:
            break
        table[row.cells[0]] = table.get(row.cells[0], 0) + 1
    assert table["Income and payroll tax offset"] == 2  # each definition adds up with its own
    assert dt.Trajectory.from_json(found().to_json()).to_json() == found().to_json()
    assert found().plot("years").to_dict()["vconcat"]


@pytest.mark.slow
def test_a_path_has_bands() -> None:
    drawn = dt.bands(
        small_dispute(), result="path", options={"years": 2}, draws=2, world=small_world(),
        holds=["2019 USA real_income < 0"],
    )  # fmt: skip
    assert {"real_income", "conventional_net"} <= set(drawn.bands["quantity"])

"""The tables of a run about people: of the solution, for whom they are counted, and with tables of one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente import run
from detente.analyses.run.figures import Figures
from detente.analyses.run.people_sentences import borne, people_section, prices_said
from detente.analyses.run.result import Findings
from detente.analyses.run.sentences import cannot
from detente.analyses.run.waterfall import payers, received, steps
from detente.data.persons import persons_in
from detente.data.world import World
from detente.dispute.results import id_of
from detente.dispute.schema import Dispute
from detente.errors import BadTable, UnknownEconomy, UnknownSector
from detente.report.numbers import Names
from detente.solver.first_round import ALL
from detente.solver.incidence import BARS, EVERYBODY

NAMES = Names({"USA": "United States", "CHN": "China"})


def test_prices_are_those_of_every_table(found: Findings) -> None:
    tables = found["first-answered"].tables
    prices, persons = tables["prices"], tables["persons"]
    whole = prices[prices["sector"] == ALL].set_index("economy")
    assert list(whole.index) == list(persons["economy"])
    assert set(prices[prices["sector"] != ALL]["economy"]) == {"USA", "CHN"}
    economies = tables["economies"].set_index("economy")
    np.testing.assert_allclose(whole["to_wage"], economies["consumer_prices"], rtol=1e-12, atol=1e-14)
    counted = persons.set_index("economy")
    assert counted.loc["CHN", "persons"] == persons_in(2017)["CHN"]
    assert np.isnan(counted.loc["OTH", "persons"])  # Taiwan and the rest of the world are in it
    assert counted.loc["USA", "households"] == 126_000_000
    cost = whole.loc["USA", "first_round"] * economies.loc["USA", "income_before"]
    assert counted.loc["USA", "first_round_usd_per_household"] == pytest.approx(cost * 1e6 / 126e6)
    income = economies.loc["CHN", "real_income_usd"] * 1e6 / persons_in(2017)["CHN"]
    assert counted.loc["CHN", "real_income_usd_per_person"] == pytest.approx(income)


def test_every_waterfall_sums_and_pass_through_is_of_the_moved_goods(found: Findings) -> None:
    for scenario in found.states:
        bars = scenario.tables["who_pays"]
        gap = bars[list(BARS[:3])].sum(axis=1) - bars[list(BARS[3:])].sum(axis=1)
        assert (gap.abs() <= 1e-9 * bars["base_trade"]).all(), scenario.id
        table = scenario.tables["pass_through"]
        whole = table[table["exporter"] == EVERYBODY].set_index("importer")["base_trade"]
        np.testing.assert_allclose(whole, bars.set_index("importer")["base_trade"][whole.index])


def test_the_bars_of_the_drawn_waterfall_meet_and_end_at_zero(found: Findings) -> None:
    for row in found.main.tables["who_pays"].to_dict("records"):
        drawn = steps({str(name): value for name, value in row.items()})
        np.testing.assert_array_equal(drawn["start"], [0.0, *drawn["end"][:-1]])
        assert abs(drawn["end"].iloc[-1]) <= 1e-9 * max(drawn["end"].abs().max(), 1.0)
        assert drawn["bar"].tolist() == ["foreign_sellers", "consumers", "firms", "treasury", "lost_trade"]
    names = {figure.name for figure in found.presenter.figures(found)}
    assert {f"waterfall-{code.lower()}" for code in found.main.tables["who_pays"]["importer"]} & names


def test_deciles_add_up_to_the_economy(found: Findings) -> None:
    tables = found["first-answered"].tables
    deciles, persons = tables["households"], tables["persons"].set_index("economy")
    assert set(deciles["economy"]) == {"USA"}
    first = deciles[deciles["prices"] == "first_round"]
    assert first["cost_usd_per_household"].mean() == pytest.approx(
        persons.loc["USA", "first_round_usd_per_household"], rel=1e-9
    )
    own = first["consumption_cost_usd_per_household"].mean()
    assert 0 < own < first["cost_usd_per_household"].mean()
    said = prices_said(found, found["first-answered"], "USA", NAMES)
    assert f"(${own:,.0f} a household for what households themselves consume)" in said


@pytest.mark.parametrize(
    ("treasury", "lost", "rents", "said"),
    [
        (5e3, 1e3, False, "the treasury receives $5.00bn of it, and $1.00bn is lost with trade, which nobody receives"),
        (
            -3e3,
            -200.0,
            False,
            "the treasury receives $3.00bn less, and $200mn is gained with trade that duties no longer",
        ),
        (3e3, 1e3, True, "the treasury and licence holders of quotas receive $3.00bn of it"),
    ],
)
def test_duties_that_fall_bring_trade_back_and_rents_are_not_the_treasurys(
    treasury: float, lost: float, rents: bool, said: str
) -> None:
    assert received(treasury, lost, rents).startswith(said)


def test_who_pays_less_than_nothing_gains() -> None:
    said = payers({"foreign_sellers": -68.1, "consumers": 5e3, "firms": 0.0})
    assert said == "foreign sellers gain $68.1mn and consumers pay $5.00bn"


def test_a_floor_under_wages_is_not_full_employment(found: Findings) -> None:
    assert any("full employment is assumed" in limit for limit in cannot(found))
    floor = replace(found, settings=replace(found.settings, labour={"wage_floor": 1.0, "wage_unit": "dollars"}))
    assert not any("full employment" in limit for limit in cannot(floor))
    assert len(cannot(floor)) == len(cannot(found))


def test_what_people_pay_is_said_with_its_kind_of_price_and_its_unit(found: Findings) -> None:
    scenario = found["first-answered"]
    said = prices_said(found, scenario, "USA", NAMES)
    assert "in the first round before substitution, $" in said
    assert "a household and $" in said
    assert "at prices of 2017 ($" in said
    assert "after it; in the equilibrium" in said
    assert said.endswith("relative to own wages.")
    assert "a household" not in prices_said(found, scenario, "CHN", NAMES)
    assert "not what customs collect" in borne(scenario, "USA", NAMES)
    (section,) = people_section(found, Figures(found, scenario))
    assert [block.detail for block in section.blocks].count(False) == 1  # one paragraph on a terminal
    texts = [getattr(block, "text", "") for block in section.blocks]
    assert any(text.startswith("tables/persons.csv has no USD a person for ") for text in texts)
    assert people_section(found, Figures(found, found["step-2018-03-23"])) != ()


def test_a_ban_has_no_first_round_and_says_so(found: Findings) -> None:
    scenario = found["first-answered"]
    tables = {name: scenario.tables[name] for name in ("persons", "prices")}
    ended = replace(scenario, tables=tables | {"prices": tables["prices"].assign(first_round=np.nan)})
    assert "some trade ends" in prices_said(found, ended, "USA", NAMES)


def table_of(world: World, **changed: object) -> pd.DataFrame:
    rows = [(code, group, share) for code in world.sectors for group, share in (("low", 0.25), ("high", 0.75))]
    return pd.DataFrame(rows, columns=["sector", "group", "share"]).assign(**changed)


def test_tables_of_ones_own_are_read_and_change_the_id(
    small: Dispute, small_world: World, found: Findings, tmp_path: Path
) -> None:
    table_of(small_world).to_csv(tmp_path / "groups.csv", index=False)
    pd.DataFrame(
        {"economy": ["CHN", "USA", "USA"], "sector": ["", "C24A", "C25"], "heads": [750e6, 80_000, 1_400_000]}
    ).to_csv(tmp_path / "heads.csv", index=False)
    short = small.model_copy(update={"measures": small.measures[3:4], "responses": (), "demands": ()})
    own = run(short, world=small_world, households=tmp_path / "groups.csv", employment=tmp_path / "heads.csv")
    assert own.id != id_of(own.dispute, own.settings)
    assert [note for note in own.notes if "groups.csv" in note or "heads.csv" in note]
    scenario = own.main
    groups = scenario.tables["households"]
    assert set(groups["economy"]) == {"USA"}  # China levies nothing here
    halves = groups[groups["prices"] == "to_wage"].set_index("group")  # of the first party
    assert halves.loc["high", "cost"] == pytest.approx(3 * halves.loc["low", "cost"])
    jobs, economies = scenario.tables["jobs"], scenario.tables["economies"].set_index("economy")
    assert jobs["changing_sector"][0] == pytest.approx(750e6 * economies.loc["CHN", "workers_moving"])
    sectors = scenario.tables["sectors"].set_index(["economy", "sector"])["employment"]
    np.testing.assert_allclose(jobs["change"][1:], [80_000, 1_400_000] * sectors[[("USA", "C24A"), ("USA", "C25")]])
    assert jobs["change"].isna()[0]
    (section,) = people_section(own, Figures(own, scenario))
    assert any("change their sector" in getattr(block, "text", "") for block in section.blocks)
    assert "jobs" in own.written()
    assert "jobs" not in found.written()


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"households": {"share": 0.4}}, BadTable, "sum to 0.8, not 1"),
        ({"households": {"economy": "FRA"}}, UnknownEconomy, "FRA"),
        ({"employment": pd.DataFrame({"economy": ["CHN"], "heads": [-1]})}, BadTable, "heads in row 1 are '-1'"),
        ({"employment": pd.DataFrame({"economy": ["FRA"], "heads": [1]})}, UnknownEconomy, "FRA"),
        ({"employment": pd.DataFrame({"economy": ["CHN"] * 2, "heads": [1, 2]})}, BadTable, "CHN has the sector all"),
        ({"employment": pd.DataFrame({"economy": ["CHN"], "sector": ["X"], "heads": [1]})}, UnknownSector, "X"),
        ({"employment": pd.DataFrame({"economy": ["CHN"]})}, BadTable, "lacks heads"),
    ],
)
def test_tables_that_mean_nothing_are_refused(
    small: Dispute, small_world: World, given: dict, error: type[Exception], said: str
) -> None:
    if isinstance(given.get("households"), dict):
        given = {"households": table_of(small_world, **given["households"])}
    with pytest.raises(error, match=said):
        run(small, world=small_world, **given)

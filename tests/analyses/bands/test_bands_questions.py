"""Any result is banded: clock, war, talks, deals of a dispute; Nash tariffs and targets of an economy; over worlds."""

from __future__ import annotations

import math

import numpy as np
import pytest

import detente as dt
from detente import bands, run_clock
from detente.analyses.bands.band_tables import QUANTITIES, band_table, bands_chart
from detente.analyses.bands.report import document, headline
from detente.analyses.bands.result import Bands
from detente.analyses.registry import REGISTRY
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over, draws
from detente.ensemble.summary import KEYS
from detente.errors import BadInput
from detente.report.render import markdown
from ensemble.conftest import TEXT

DEMANDS = """\
demands:
  - {id: buy, by: USA, of: CHN, ask: {purchases: {seller: USA, schedule: [{by: 2019-05-31, extra: 20bn}]}}}
  - {id: stop, by: CHN, of: USA, ask: {withdraw: first}}
"""
TWO = Over(elasticities=("CP", "U4"), deficits=("fixed",))


def keys_of(found: Bands) -> list[tuple[str, ...]]:
    return list(found.bands[list(KEYS)].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def asked(world: World) -> Dispute:
    return Dispute.parse(TEXT + DEMANDS, world=world)


@pytest.fixture(scope="module")
def clock(asked: Dispute, world: World) -> Bands:
    return bands(asked, result="clock", over=TWO, draws=4, seed=3, world=world, holds=["2018-11-02 deal > 0.3"])


def test_a_draw_of_a_clock_is_the_clock_with_its_elasticities(clock: Bands, asked: Dispute, world: World) -> None:
    full = Over(elasticities=TWO.elasticities, deficits=TWO.deficits, worlds=(world.name,), horizons=("long",))
    drawn = draws(full, {world.name: world.sectors}, 3, 0, 4)[2]
    found = run_clock(asked, world=world, elasticities=drawn.theta, deficits="fixed")
    numbers = REGISTRY["clock"].numbers(found)
    assert list(numbers) == keys_of(clock)
    np.testing.assert_array_equal(clock.values[2], list(numbers.values()))
    assert clock.result == "clock"
    keys = clock.bands[list(KEYS)]
    column = int(np.flatnonzero((keys["scenario"] == "2018-11-02") & (keys["quantity"] == "deal"))[0])
    day = found.outlook[found.outlook["day"].astype(str) == "2018-11-02"].iloc[0]
    assert clock.values[2, column] == day["deal"]
    assert clock.holds[0].share == np.mean(clock.values[:, column] > 0.3)


def test_the_report_of_a_clock_names_its_numbers(clock: Bands) -> None:
    text = markdown(document(clock))
    assert "chance of a deal" in text
    assert "chance of a war" in text
    assert "4 draws" in headline(clock)
    assert {row.cells[0] for row in band_table(clock, "war").rows} >= {"2018-11-02", "chance of a war"}
    assert bands_chart(clock).to_dict()
    assert Bands.from_json(clock.to_json()).to_json() == clock.to_json()


@pytest.mark.parametrize(
    "result", [pytest.param(name, marks=pytest.mark.slow) for name in ("war", "talks", "hold")] + ["markets"]
)
def test_every_other_question_is_banded(asked: Dispute, world: World, result: str) -> None:
    found = bands(asked, result=result, over=TWO, draws=2, seed=3, world=world)
    entry = REGISTRY[result]
    numbers = entry.numbers(getattr(dt, entry.door)(asked, world=world))
    values = np.array(list(numbers.values()))
    assert list(numbers) == keys_of(found)
    np.testing.assert_allclose(found.bands["run"], values, rtol=1e-6, atol=1e-6 * np.nanmax(np.abs(values)))
    known = ~np.isnan(found.values).all(0)
    np.testing.assert_array_equal(found.bands["least"][known], np.nanmin(found.values[:, known], 0))
    np.testing.assert_array_equal(found.bands["most"][known], np.nanmax(found.values[:, known], 0))
    assert found.bands["quantity"].isin(QUANTITIES).all()
    assert markdown(document(found))


def test_the_options_of_the_question_are_those_of_every_draw(asked: Dispute, world: World) -> None:
    given = {"over": TWO, "draws": 2, "seed": 3, "world": world}
    values = {"multiplier": 2.0, "probability": 0.5}
    found = bands(asked, result="markets", options=values, **given)
    usual = bands(asked, result="markets", options={"probability": 0.5}, **given)
    one, two = (each.band("war/1", "USA", "equity") for each in (usual, found))
    for column in ("run", "least", "most"):
        assert two[column] - 1 == pytest.approx(2 * (one[column] - 1), rel=1e-12)
    with pytest.raises(BadInput, match="did you mean 'multiplier'"):
        bands(asked, result="markets", options={"multiplyer": 2.0}, **given)


def test_a_result_that_there_is_not_is_refused(asked: Dispute, world: World) -> None:
    with pytest.raises(BadInput, match="did you mean 'talks'"):
        bands(asked, result="talk", world=world)
    with pytest.raises(BadInput, match="of a dispute, not of function"):
        bands(openness, result="war", world=world)
    with pytest.raises(BadInput, match="of the long run"):
        bands(asked, result="clock", over=Over(horizons=("long", "short")), world=world)
    with pytest.raises(BadInput, match="clock is of the long run: leave horizon='short' out"):
        bands(asked, result="clock", horizon="short", world=world)


def nash(economy: dt.Economy) -> dict[str, float]:
    found = dt.nash(economy, players=["USA", "CHN"], against=["USA", "CHN"], uniform=True)
    usa, chn = economy.index("USA"), economy.index("CHN")
    return {
        "duty of the US": float(found.tariffs[usa, chn].max()),
        "USA": float(found.solution.W_hat[usa] - 1),
        "CHN": float(found.solution.W_hat[chn] - 1),
    }


def target(economy: dt.Economy) -> dict[str, float]:
    found = dt.reach(economy, dt.Balance("USA", "CHN", change=-20e3), by="tariff")
    return {"duty": float(found.rates["rate"].max()), "met": float(found.met)}


def openness(economy: dt.Economy) -> dict[str, float]:
    usa = economy.index("USA")
    return {"own share": float(economy.pi[usa, usa].mean()), "deficit": float(economy.D[usa])}


def test_a_nash_war_is_banded(world: World) -> None:
    """With stronger elasticities markets have less power, so duties differ between draws; each lies above zero."""
    found = bands(nash, over=Over(elasticities=("U4",), deficits=("fixed",)), draws=3, world=world)
    row = found.band("", "", "duty of the US")
    assert 0 < row["least"] < row["most"]
    economy = dt.calibrate(world, elasticities="U4", deficits="fixed")
    assert row["run"] == pytest.approx(nash(economy)["duty of the US"], rel=1e-9)


def test_a_target_is_banded(world: World) -> None:
    found = bands(target, over=TWO, draws=4, world=world, holds=["duty < 20% and met > 0.5"])
    assert found.holds[0].share == 1.0
    assert found.band("", "", "duty")["low"] > 0


def test_a_solution_is_banded_over_worlds() -> None:
    """What differs between two draws here is the year alone: there is no spread, one set and one closure."""
    over = Over(
        elasticities=("U4",), deficits=("fixed",), worlds=("icio-2014", "icio-2017"), horizons=("long",), spread=0
    )
    found = bands(openness, over=over, draws=16)
    by_world = found.draws.groupby("world")["1"].agg(["min", "max", "size"])
    assert (by_world["min"] == by_world["max"]).all()
    assert (by_world["size"] == 8).all()
    for name in over.worlds:
        economy = dt.calibrate(dt.load_world(name), elasticities="U4")
        assert by_world.loc[name, "min"] == pytest.approx(openness(economy)["deficit"], rel=1e-12)
    share = found.drivers.set_index(["quantity", "assumption"])["share"]
    assert share["deficit", "world"] == pytest.approx(1.0)
    assert found.settings.world == "icio-2014"


@pytest.mark.slow
def test_a_dispute_is_banded_over_worlds() -> None:
    over = Over(elasticities=("U4",), deficits=("fixed",), worlds=("icio-2014", "icio-2017"), spread=0)
    dispute = Dispute.parse(TEXT)
    found = bands(dispute, over=over, draws=8)
    for name in over.worlds:
        income = dt.run(dispute, world=name)["first-answered"].tables["economies"].set_index("economy")
        column = str(
            found.bands.index[(found.bands[list(KEYS[:3])] == ["first-answered", "real_income", "USA"]).all(axis=1)][0]
        )
        drawn = found.draws.loc[found.draws["world"] == name, column]
        assert math.isclose(drawn.min(), drawn.max(), rel_tol=0, abs_tol=1e-12)
        assert drawn.iloc[0] == pytest.approx(income.loc["USA", "real_income"], abs=1e-8)

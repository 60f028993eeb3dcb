"""A war between two parties: payoffs are those of the states they name, who blinks follows, all is read back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente import run, run_war
from detente.analyses.run.result import Findings
from detente.analyses.war.report import headline
from detente.analyses.war.result import TABLES, War
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.errors import BadInput, BadTable, UnknownEconomy
from detente.model.shock import Shock
from detente.optimal_tariffs.governments import Objective
from detente.optimal_tariffs.nash_equilibrium import nash
from detente.policy.schedule import TariffBook
from detente.report.blocks import json_together
from detente.solver.economy import calibrate
from detente.solver.equilibrium import solve

GRID = (0.0, 0.4)


@pytest.fixture(scope="module")
def war(small: Dispute, small_world: World) -> War:
    return run_war(small, world=small_world, grid=GRID)


def payoff(war: War, first: str, second: str, economy: str, column: str = "real_income") -> float:
    return float(war.matrix(economy, column).loc[first, second])


def test_each_side_has_the_moves_that_the_file_gives_it(war: War) -> None:
    moves = {side: list(rows["move"]) for side, rows in war.moves.groupby("side")}
    assert moves == {"USA": ["none", "threat", "best", "Nash"], "CHN": ["none", "in kind", "best", "Nash"]}
    average = war.moves.set_index(["side", "move"])["average_tariff"]
    assert average["CHN", "in kind"] == pytest.approx(average["CHN", "none"] + 0.25, abs=0.01)
    assert average["USA", "threat"] > average["USA", "none"]


def test_the_file_s_own_scenarios_are_cells_of_the_table(war: War, found: Findings) -> None:
    for scenario, cell in (("all-threats", ("threat", "none")), ("all-threats-answered", ("threat", "in kind"))):
        table = found[scenario].tables["economies"].set_index("economy")["real_income"]
        for economy in ("USA", "CHN", "MEX", "OTH"):
            assert payoff(war, *cell, economy) == pytest.approx(table[economy], abs=1e-9)
    assert payoff(war, "none", "none", "USA") == 0.0


def test_nash_is_the_one_of_the_war_layer_and_the_only_equilibrium_of_the_table(
    war: War, small: Dispute, small_world: World
) -> None:
    economy = calibrate(small_world)
    book = TariffBook(small_world, [m for m in small.measures if m.id in ("steel", "pork")])
    before = solve(economy, book.shock(book.ids))
    found = nash(
        economy,
        ["USA", "CHN"],
        against=["USA", "CHN"],
        sectors=small_world.goods,
        start=book.shock(book.ids),
        floor="in-force",
    )
    change = found.solution.W_hat / before.W_hat - 1
    for n, code in enumerate(small_world.economies):
        assert payoff(war, "Nash", "Nash", code) == pytest.approx(change[n], abs=1e-8)
    stable = war.payoffs[war.payoffs["equilibrium"]]
    assert set(zip(stable["first_move"], stable["second_move"], strict=True)) == {("Nash", "Nash")}
    assert war.certified
    assert "certificate holds" in war.certificate


def test_no_move_beats_the_best_one(war: War) -> None:
    own = war.matrix("CHN")
    assert own.loc["threat"].idxmax() == "best"
    assert war.matrix("USA")["none"].idxmax() == "best"


def test_who_blinks_is_who_gains_by_backing_down_alone_and_both_are_compared_alike(war: War) -> None:
    rows = war.blinks.set_index("player")
    clash = ("threat", "in kind")
    assert [tuple(row) for row in rows[["clash_first", "clash_second"]].to_numpy()] == [clash, clash]
    assert list(rows.loc["USA", ["back_first", "back_second"]]) == ["none", "in kind"], "the answer stays"
    assert list(rows.loc["CHN", ["back_first", "back_second"]]) == ["threat", "none"], "the threat stays"
    for side in ("USA", "CHN"):
        row = rows.loc[side]
        at_clash = payoff(war, *clash, side, "payoff")
        assert row["clash"] == at_clash
        back = payoff(war, row["back_first"], row["back_second"], side, "payoff")
        assert row["gain"] == pytest.approx(back - at_clash)
        assert row["both_gain"] == pytest.approx(payoff(war, "none", "none", side, "payoff") - at_clash)
        assert row["blinks"] == (row["gain"] > 1e-9)
    assert ("both gain" in war.verdict) == rows["blinks"].all()
    assert war.verdict.startswith("neither") == (not rows["blinks"].any())


def test_no_duty_of_the_war_lies_below_the_one_in_force_unless_the_sides_liberalise(
    war: War, small: Dispute, small_world: World
) -> None:
    free = run_war(small, world=small_world, grid=(0.0,), liberalise=True)
    for name in ("nash", "best"):
        assert (war.sectors[name] >= war.sectors["before"] - 1e-9).all()
    steel = ("USA", "C24A")
    at = [each.sectors.set_index(["player", "sector"]) for each in (war, free)]
    assert at[0].loc[steel, "nash"] == pytest.approx(at[0].loc[steel, "before"])
    assert at[1].loc[steel, "nash"] < at[1].loc[steel, "before"] - 0.01
    assert (war.liberalise, free.liberalise) == (False, True)
    assert war.id != free.id
    for column in ("in_force", "average", "lowered", "real_income"):  # both show both games
        np.testing.assert_allclose(war.games[column], free.games[column], atol=1e-9)
    stable = free.payoffs[free.payoffs["equilibrium"]]
    assert set(zip(stable["first_move"], stable["second_move"], strict=True)) == {("Nash", "Nash")}


def test_the_cuts_alone_are_the_duties_lowered_to_nash_and_nothing_else(
    war: War, small: Dispute, small_world: World
) -> None:
    economy = calibrate(small_world)
    book = TariffBook(small_world, [m for m in small.measures if m.id in ("steel", "pork")])
    now = np.array(book.tariffs(book.ids))  # both measures cover whole sectors
    free = nash(
        economy, ["USA", "CHN"], against=["USA", "CHN"], sectors=small_world.goods, start=now, bounds=(0.0, 5.0)
    )
    before = solve(economy, Shock(t_cf=now))
    usa, chn = (small_world.index(code) for code in ("USA", "CHN"))
    lowered, raised, alone = (now.copy() for _ in range(3))
    for n, i in ((usa, chn), (chn, usa)):
        lowered[n, i] = np.minimum(now[n, i], free.tariffs[n, i])
        raised[n, i] = np.maximum(now[n, i], free.tariffs[n, i])
    alone[usa, chn] = lowered[usa, chn]
    split = war.split.set_index(["part", "by", "economy"])
    for part, by, t in (("cuts", "both", lowered), ("raises", "both", raised), ("cuts", "USA", alone)):
        change = solve(economy, Shock(t_cf=t)).W_hat / before.W_hat - 1
        for code in ("USA", "CHN", "MEX"):
            told = split.loc[(part, by, code), "real_income"]
            assert told == pytest.approx(change[small_world.index(code)], abs=2e-9)
    together = split.loc[("together", "both", "USA"), "real_income"]
    assert together == pytest.approx(free.solution.W_hat[usa] / before.W_hat[usa] - 1, abs=1e-8)
    assert split.loc[("cuts", "USA", "USA"), "duties"] == (lowered[usa, chn] < now[usa, chn] - 1e-6).sum() > 0


def test_both_games_are_played_under_every_rule_of_the_base_tariffs(
    war: War, small: Dispute, small_world: World
) -> None:
    assert list(dict.fromkeys(war.games["base_tariffs"])) == [
        small_world.tariff_source,
        *(rule for rule in small_world.tariff_sources if rule != small_world.tariff_source),
    ]
    assert war.games["level"].all()
    other = run_war(small, world=small_world, base_tariffs="simple", grid=(0.0,))
    for game in ("floored", "free"):
        mine, its = (
            each.games[(each.games["game"] == game) & (each.games["base_tariffs"] == "simple")].set_index("player")
            for each in (war, other)
        )
        np.testing.assert_allclose(mine["real_income"], its["real_income"], atol=1e-8)
        np.testing.assert_allclose(mine["average"], its["average"], atol=1e-5)


def test_curves_cross_at_the_one_rate_equilibrium(war: War) -> None:
    assert len(war.curves) == 2 * len(GRID)
    rates = war.crossing.set_index("player")["rate"]
    for side, other in (("USA", "CHN"), ("CHN", "USA")):
        curve = war.curves[war.curves["player"] == side]
        between = np.interp(rates[other], curve["partner_rate"], curve["best_rate"])
        assert between == pytest.approx(rates[side], abs=5e-3)
        assert (curve["gain"] > 0).all()


def test_sectors_have_the_duties_of_each_state(war: War, small_world: World) -> None:
    steel = war.sectors.set_index(["player", "sector"]).loc[("USA", "C24A")]
    base = small_world.tariffs[small_world.index("USA"), small_world.index("CHN"), small_world.sector_index("C24A")]
    assert steel["before"] == pytest.approx(base + 0.25)
    assert (war.sectors["nash"] >= 0).all()
    assert set(war.sectors["sector"]) <= set(small_world.goods)


def test_one_rate_is_one_rate_and_no_better(war: War, small: Dispute, small_world: World) -> None:
    one = run_war(small, world=small_world, one_rate=True, grid=GRID)
    for side in ("USA", "CHN"):
        mine = one.sectors[one.sectors["player"] == side]
        assert np.ptp(mine["nash"]) < 1e-6
        assert one.crossing.set_index("player")["rate"][side] == pytest.approx(mine["nash"].iloc[0], abs=1e-6)
    assert payoff(one, "best", "none", "USA") <= payoff(war, "best", "none", "USA")
    assert one.id != war.id


def test_a_government_that_wants_revenue_taxes_more(war: War, small: Dispute, small_world: World) -> None:
    greedy = run_war(small, world=small_world, objective=Objective(revenue={"USA": 0.5}), grid=(0.0,))
    mean = [w.moves.set_index(["side", "move"]).loc[("USA", "Nash"), "average_tariff"] for w in (war, greedy)]
    assert mean[1] > mean[0] + 0.01
    assert "0.5 × revenue of USA" in greedy.objective


def test_sides_in_another_order_and_others_than_the_parties(war: War, small: Dispute, small_world: World) -> None:
    other = run_war(small, world=small_world, players=["CHN", "USA"], grid=(0.0,))
    assert other.matrix("USA").loc["in kind", "threat"] == pytest.approx(
        payoff(war, "threat", "in kind", "USA"), abs=1e-9
    )
    third = run_war(small, world=small_world, players=["USA", "MEX"], grid=(0.0,))
    assert set(third.moves["move"]) == {"none", "best", "Nash"}, "nothing is in force between them"
    assert list(third.blinks["clash_first"]) == ["Nash", "Nash"]
    assert third.verdict == "neither USA nor MEX gains by backing down alone"


def test_where_nobody_threatens_the_clash_is_what_is_in_force(small_text: str, small_world: World) -> None:
    text = small_text.replace("status: threatened,", "status: withdrawn,")
    war = run_war(Dispute.parse(text, world=small_world), world=small_world, grid=(0.0,))
    assert list(war.moves["move"].unique()) == ["none", "withdraw", "best", "Nash"]
    removed = run(Dispute.parse(text, world=small_world), world=small_world)
    for side, cell in (("USA", ("withdraw", "none")), ("CHN", ("none", "withdraw"))):
        row = war.blinks.set_index("player").loc[side]
        assert (row["back_first"], row["back_second"]) == cell
        table = removed[f"removal-{side.lower()}"].tables["economies"].set_index("economy")["real_income"]
        assert payoff(war, *cell, side) == pytest.approx(table[side], abs=1e-9)
        assert row["gain"] == pytest.approx(np.log1p(table[side]), abs=1e-9)
    both = removed["removal"].tables["economies"].set_index("economy")["real_income"]
    assert payoff(war, "withdraw", "withdraw", "MEX") == pytest.approx(both["MEX"], abs=1e-9)


EMBARGO = """\
dispute: embargo
title: An embargo
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: embargo, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A]}, import: {ban: true}}
"""


def test_a_ban_has_no_answer_in_kind_and_the_clash_is_the_ban_alone(small_world: World) -> None:
    war = run_war(Dispute.parse(EMBARGO, world=small_world), world=small_world, grid=(0.0,))
    assert set(war.blinks["clash_first"]) == {"threat"}
    assert set(war.blinks["clash_second"]) == {"none"}
    assert "If the United States carries out its threat and China does nothing new" in headline(war)


SHARED_QUOTA = """\
dispute: shared-quota
title: A quota that others share
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: all, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]},
     quota: {share: 80%, in: 0%, over: 50%}}
  - {id: tariffs, by: USA, on: CHN, status: threatened, goods: {all: true}, add: 10%}
"""


def test_a_quota_that_others_share_moves_in_the_game_as_in_the_table(small_world: World) -> None:
    war = run_war(Dispute.parse(SHARED_QUOTA, world=small_world), world=small_world, grid=(0.0,))
    own = war.games["base_tariffs"] == small_world.tariff_source
    floored = war.games[own & (war.games["game"] == "floored")].set_index("player")
    for code in ("USA", "CHN"):
        assert floored.loc[code, "real_income"] == pytest.approx(payoff(war, "Nash", "Nash", code), abs=1e-9)


def test_a_war_survives_json_and_a_folder(war: War, tmp_path: Path) -> None:
    again = War.from_json(war.to_json())
    assert again.to_json() == war.to_json()
    assert (again.players, again.settings) == (war.players, war.settings)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(war, name), check_dtype=False)
    folder = war.write(tmp_path / "war")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["id"] == war.id
    assert {f"tables/{name}.csv" for name in TABLES} <= set(manifest["files"])
    assert "<table" in war._repr_html_()
    assert war.verdict in repr(war)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "detente findings 1"}'])
def test_other_text_is_no_war(text: str) -> None:
    with pytest.raises(BadTable, match="this is no war"):
        War.from_json(text)


def test_a_war_stands_beside_a_run_and_not_in_it(small: Dispute, small_world: World, found: Findings, war: War) -> None:
    with pytest.raises(BadInput, match="'war' is not an option"):
        run(small, world=small_world, war=True)
    plain = json.loads(found.to_json())
    assert "war" not in plain
    together = json.loads(json_together(found, [war]))
    assert War.from_dict(together.pop("war")).to_json() == war.to_json()
    assert together == plain
    assert not any(name.startswith("war_") for name in found.tables())


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"players": []}, BadInput, "players are nobody: name two"),
        ({"players": ["USA"]}, BadInput, "players are USA: name two"),
        ({"players": ["USA", "USA"]}, BadInput, "two different economies"),
        ({"players": ["USA", "CHN", "MEX"]}, BadInput, "players are USA, CHN, MEX"),
        ({"players": "USA"}, BadInput, "players are USA: name two different economies"),
        ({"players": ["USA", "CHX"]}, UnknownEconomy, "did you mean 'CHN'"),
        ({"grid": [-0.1]}, BadInput, "grid holds -0.1: give numbers separated by commas, at least 0 and at most 5"),
        ({"grid": []}, BadInput, "grid is empty"),
        ({"objective": Objective(weights=np.ones((2, 2)))}, BadInput, "political weights have shape"),
    ],
)
def test_what_is_no_war_is_refused(small: Dispute, small_world: World, given, error, said) -> None:
    with pytest.raises(error, match=said):
        run_war(small, world=small_world, **given)


def test_progress_tells_of_every_part(small: Dispute, small_world: World) -> None:
    told: list[tuple[int, int, str]] = []
    run_war(small, world=small_world, grid=(0.0,), progress=lambda *now: told.append(now))
    assert [(done, total) for done, total, _ in told] == [(k, 5) for k in range(6)]
    assert told[-1][2] == ""

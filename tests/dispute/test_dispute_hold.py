"""Whether deals hold: payoffs are those of the states named, and every verdict follows from them."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente import run, run_hold
from detente.analyses.hold.compliance import packages_of
from detente.analyses.hold.conflict_states import best_move
from detente.analyses.hold.result import Hold
from detente.data.world import World
from detente.dispute.results import Record
from detente.dispute.schema import Dispute
from detente.enforcement.self_enforcing import Incentive
from detente.errors import BadInput, BadTable
from detente.graph_model.conflict import Conflict
from detente.graph_model.stability import CONCEPTS
from detente.model.shock import Shock
from detente.optimal_tariffs.best_responses import best_response
from detente.optimal_tariffs.cooperation import cooperate
from detente.optimal_tariffs.nash_equilibrium import nash
from detente.solver.economy import Economy, calibrate
from detente.solver.equilibrium import solve
from hold_lab import TEXT, hold_dispute, hold_world, small_hold

DEALS = ["truce", "withdrawal", "halves", "match", "free trade", "cooperative", "opening", "buying"]


@pytest.fixture(scope="module")
def small_world() -> World:
    return hold_world()


@pytest.fixture(scope="module")
def dispute() -> Dispute:
    return hold_dispute()


@pytest.fixture(scope="module")
def hold() -> Hold:
    return small_hold()


def income(hold: Hold, deal: str, economy: str, column: str = "real_income_usd") -> float:
    rows = hold.deals[(hold.deals["deal"] == deal) & (hold.deals["economy"] == economy)]
    return float(rows[column].iloc[0])


def test_no_deal_is_the_scenario_of_the_file(hold: Hold, dispute: Dispute, small_world: World) -> None:
    found = run(dispute, world=small_world)
    for scenario, state in (("first", "threat"), ("first-answered", "answered")):
        table = found[scenario].tables["economies"].set_index("economy")["real_income"]
        for economy in ("USA", "CHN", "MEX", "OTH"):
            assert income(hold, state, economy, "real_income") == pytest.approx(table[economy], abs=1e-9)
    assert income(hold, "status quo", "USA") == income(hold, "truce", "USA") == 0.0


def test_deals_are_the_duties_they_name(hold: Hold, small_world: World) -> None:
    """Solved again from tariff arrays, without the arena; cells of the pair are whole in this file's measures."""
    economy = calibrate(small_world)
    usa, chn = (economy.index(code) for code in ("USA", "CHN"))
    goods = [small_world.sector_index(sector) for sector in small_world.goods]
    now = economy.t.copy()
    now[usa, chn, small_world.sector_index("C24A")] += 0.25
    now[chn, usa, small_world.sector_index("A01")] += 0.15
    before = solve(economy, Shock(t_cf=now)).W_hat
    level = {}
    for name in ("withdrawal", "halves", "match", "free trade"):
        t = now.copy()
        for n, i in ((usa, chn), (chn, usa)):
            level["withdrawal"] = economy.t[n, i]
            level["halves"] = now[n, i] / 2
            level["match"] = np.minimum(economy.t[n, i], now[i, n])
            level["free trade"] = np.zeros_like(now[n, i])
            t[n, i, goods] = level[name][goods]
        after = solve(economy, Shock(t_cf=t)).W_hat
        for k, code in enumerate(economy.economies):
            assert income(hold, name, code, "real_income") == pytest.approx(after[k] / before[k] - 1, abs=1e-9), name
    agreed = cooperate(
        economy, ["USA", "CHN"], Shock(t_cf=now), against=["USA", "CHN"], sectors=small_world.goods, bounds=(0, 5)
    )
    for code in ("USA", "CHN"):
        assert income(hold, "cooperative", code, "real_income") == pytest.approx(agreed.gain, abs=1e-7)


def test_cheating_is_the_best_answer_and_war_is_nash(hold: Hold, small_world: World) -> None:
    economy = calibrate(small_world)
    now = economy.t.copy()
    usa, chn = (economy.index(code) for code in ("USA", "CHN"))
    now[usa, chn, small_world.sector_index("C24A")] += 0.25
    now[chn, usa, small_world.sector_index("A01")] += 0.15
    start, goods = Shock(t_cf=now), small_world.goods
    before = np.log(solve(economy, start).W_hat)
    rows = hold.enforcement.set_index(["deal", "side", "punishment"])
    one = {"start": start, "sectors": goods, "rates": "one", "bounds": (0, 5), "floor": "in-force"}
    war = nash(economy, ["USA", "CHN"], against=["USA", "CHN"], **one)
    for side, other in (("USA", "CHN"), ("CHN", "USA")):
        row = rows.loc[("truce", side, "war")]
        best = best_response(economy, side, [other], **one)
        n = economy.index(side)
        assert row["cheating"] == pytest.approx(np.log(best.solution.W_hat[n]) - before[n], abs=1e-8)
        assert row["temptation_usd"] == pytest.approx(
            (best.solution.W_hat[n] - np.exp(before[n])) * economy.I[n], rel=1e-5
        )
        assert row["punished"] == pytest.approx(np.log(war.solution.W_hat[n]) - before[n], abs=1e-8)
    assert hold.certified
    assert hold.punishments.set_index("punishment").loc["war", "credible"].all()
    # what the file threatens is not what either side would do by itself
    assert not hold.punishments.set_index("punishment").loc["threats", "credible"].any()


def test_packages_are_the_promises_they_name(hold: Hold, dispute: Dispute, small_world: World) -> None:
    economy = calibrate(small_world)
    usa, chn = (economy.index(code) for code in ("USA", "CHN"))
    before = economy.t.copy()
    before[usa, chn, small_world.sector_index("C24A")] += 0.25
    before[chn, usa, small_world.sector_index("A01")] += 0.15
    after = before.copy()
    after[chn, usa, [small_world.sector_index(code) for code in ("C28", "C29")]] = 0.0
    change = solve(economy, Shock(t_cf=after)).W_hat / solve(economy, Shock(t_cf=before)).W_hat - 1
    for code, value in (("USA", -2e3), ("CHN", 4e3), ("MEX", 0.0)):
        n = economy.index(code)
        assert income(hold, "opening", code, "real_income") == pytest.approx(change[n], abs=1e-9)
        assert income(hold, "opening", code, "value_usd") == value
        if value:
            total = np.log(1 + change[n]) + np.log1p(value / (economy.I[n] * (1 + change[n]) * _base(hold, economy, n)))
            assert income(hold, "opening", code, "payoff") == pytest.approx(total, abs=1e-7)
    # who pays for a promise to buy loses, and the seller gains
    assert income(hold, "buying", "CHN") < 0 < income(hold, "buying", "USA")
    rows = hold.enforcement.set_index(["deal", "side", "punishment"])
    assert rows.loc[("opening", "CHN", "snap-back"), "loss_usd"] == pytest.approx(
        income(hold, "opening", "CHN") + 4e3, rel=1e-9
    )


def _base(hold: Hold, economy: Economy, n: int) -> float:
    """Real income in force on the day over that of the world as calibrated."""
    code = economy.economies[n]
    return income(hold, "opening", code) / income(hold, "opening", code, "real_income") / float(economy.I[n])


def test_packages_that_talks_pick_are_named_once() -> None:
    rows = [
        ("nash", "packages", "no deal", "a + b"),
        ("egalitarian", "packages", "no deal", "a"),
        ("utilitarian", "packages", "no deal", "a + b"),
        ("utilitarian", "lotteries", "no deal", "c"),
        ("nash", "packages", "truce", "c + d"),
        ("nash", "packages", "red lines", ""),
    ]
    picks = pd.DataFrame(rows, columns=["concept", "over", "among", "demands"])
    assert packages_of(SimpleNamespace(solutions=picks)) == {
        "nash pick": ("a", "b"),
        "egalitarian pick": ("a",),
        "nash pick (truce)": ("c", "d"),
    }


def test_patience_follows_from_the_payoffs(hold: Hold) -> None:
    assert list(dict.fromkeys(hold.enforcement["deal"])) == DEALS
    for row in hold.enforcement.itertuples():
        its = Incentive(row.keeping, row.cheating, row.punished)
        period = hold.lag if row.punishment == "snap-back" else hold.period
        if row.keeping <= row.punished:
            assert math.isnan(row.patience)
            assert not row.holds
            assert row.says.startswith("no threat supports this deal")
            continue
        assert row.patience == pytest.approx((row.cheating - row.keeping) / (row.cheating - row.punished), rel=1e-12)
        assert row.highest_rate == pytest.approx(its.annual_rate(period), rel=1e-9)
        assert row.holds == (hold.annual_rate <= row.highest_rate)
        weight = row.patience * (1 + hold.annual_rate) ** period  # δ*/δ
        if row.punishment == "snap-back" or weight >= 1:
            assert math.isnan(row.truce)
        else:
            assert row.truce == pytest.approx(period / (1 - weight), rel=1e-9)
        assert (row.says == "kept") == (row.holds and row.credible)
    assert hold.enforcement["truce"].notna().any()
    kept = hold.enforcement[hold.enforcement["holds"] & hold.enforcement["credible"]]
    for deal, holds in hold.holds.items():
        assert holds == (set(kept.loc[kept["deal"] == deal, "side"]) == {"USA", "CHN"})


def test_a_snap_back_is_believed_only_where_the_truce_is_kept(hold: Hold) -> None:
    truce = hold.enforcement[(hold.enforcement["deal"] == "truce") & (hold.enforcement["punishment"] == "war")]
    back = hold.enforcement[hold.enforcement["punishment"] == "snap-back"]
    assert set(back["credible"]) == {bool(truce["holds"].all())}
    assert set(back["deal"]) == set(DEALS[1:])
    assert (back["punished"] == 0).all()  # what stood before the deal


def test_groups_gain_what_their_sectors_earn_or_what_the_file_says(hold: Hold, dispute: Dispute) -> None:
    rows = hold.groups.set_index(["side", "group", "deal"])
    assert rows.loc[("CHN", "hardliners", "free trade"), "gain_usd"] == -4000.0
    assert rows.loc["CHN"].loc["hardliners", "given"].all()
    assert not rows.loc["USA"]["given"].any()
    farms = rows.loc[("USA", "farms", "match")]
    assert farms["share"] == pytest.approx(farms["gain_usd"] / farms["size_usd"])
    # farmers are hit by China's answer, which a truce spares them
    assert rows.loc[("USA", "farms", "truce"), "gain_usd"] > 0
    assert hold.assumed == ("farms of USA: sectors assumed; no source states it",)


def test_ballots_follow_from_gains_weights_and_vetoes(hold: Hold, dispute: Dispute) -> None:
    for ballot in hold.ballots.itertuples():
        factions = dispute.factions[ballot.side]
        gains = hold.groups[(hold.groups["side"] == ballot.side) & (hold.groups["deal"] == ballot.deal)]
        gain = dict(zip(gains["group"], gains["gain_usd"], strict=True))
        losers = [f.name for f in factions if gain[f.name] < -1e-2]
        share = sum(f.weight for f in factions if f.name not in losers) / sum(f.weight for f in factions)
        assert ballot.share == pytest.approx(share)
        assert ballot.vetoed_by == ", ".join(f.name for f in factions if f.veto and f.name in losers)
        assert ballot.ratified == (share > 0.5 and not ballot.vetoed_by)
        assert (ballot.payment_usd == 0) == ballot.ratified
    assert hold.win_set["CHN"] == ["truce", "opening"]  # one exporter against one hardliner is no majority
    instead = hold.ballots[(hold.ballots["side"] == "CHN") & (hold.ballots["deal"] == "match")].iloc[0]
    left = {deal: income(hold, deal, "USA") + income(hold, deal, "USA", "value_usd") for deal in DEALS}
    assert instead["instead"] == max(hold.win_set["CHN"], key=left.__getitem__)
    assert instead["instead_usd"] == pytest.approx(left["match"] - left[instead["instead"]])


def test_the_conflict_is_ranked_by_its_payoffs(hold: Hold) -> None:
    states = hold.states
    assert states["pattern"].tolist()[0] == "000000"
    assert len(states) == 16
    options = {"USA": ["threat", "best", "give way"], "CHN": ["answer", "best", "give way"]}
    again = Conflict.from_payoffs(
        ["USA", "CHN"],
        options,
        states["pattern"].tolist(),
        {side: states[f"payoff of {side}"].tolist() for side in ("USA", "CHN")},
        tie=1e-9,
    )
    for concept in CONCEPTS:
        assert states.loc[states[concept], "state"].tolist() == again.equilibria(concept)
        assert hold.routes.loc[hold.routes["concept"] == concept, "state"].tolist() == again.equilibria(concept)
    by = states.set_index("pattern")["real_income_usd of USA"]
    assert by["100000"] == pytest.approx(income(hold, "threat", "USA"), abs=1e-3)
    assert by["100100"] == pytest.approx(income(hold, "answered", "USA"), abs=1e-3)
    assert by["001001"] == pytest.approx(income(hold, "match", "USA"), abs=1e-3)


def test_an_equilibrium_has_no_better_move_on_the_menu_best_tariffs_among_them(hold: Hold, small_world: World) -> None:
    """By brute force over the menus: the moves of a side are the rows that share the other side's signs."""
    states = hold.states.set_index("pattern")
    for pattern, row in states.iterrows():
        rests = []
        for k, side in enumerate(("USA", "CHN")):
            kept = pattern[3:] if k == 0 else pattern[:3]
            mine = [p for p in states.index if (p[3:] if k == 0 else p[:3]) == kept]
            assert len(mine) == 4
            best = max(mine, key=lambda p, side=side: states[f"payoff of {side}"][p])
            gain = states[f"payoff of {side}"][best] - row[f"payoff of {side}"]
            rests.append(gain <= 1e-9)
            assert row[f"better of {side}"] == (0 if rests[-1] else states["state"][best])
            usd = states[f"real_income_usd of {side}"]
            assert row[f"better_usd of {side}"] == (0 if rests[-1] else pytest.approx(usd[best] - usd[pattern]))
        assert row["nash"] == all(rests)
    gives_way = states.loc["001000"]
    assert not gives_way["nash"]
    assert gives_way["better of USA"] == states.loc["010000", "state"], "its best tariffs pay"
    economy = calibrate(small_world)
    start = economy.t.copy()
    usa, chn = (economy.index(code) for code in ("USA", "CHN"))
    start[usa, chn, small_world.sector_index("C24A")] += 0.25
    start[chn, usa, small_world.sector_index("A01")] += 0.15
    best = best_response(
        economy, "USA", ["CHN"], start, sectors=small_world.goods, rates="one", bounds=(0, 5), floor="in-force"
    )
    before = np.log(solve(economy, Shock(t_cf=start)).W_hat[usa])
    assert states.loc["010000", "payoff of USA"] == pytest.approx(np.log(best.solution.W_hat[usa]) - before, abs=1e-8)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_move_of_small_conflicts_is_that_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    menus = [[format(1 << m >> 1, f"0{size}b") for m in range(size + 1)] for size in rng.integers(1, 4, 2)]
    order = sorted((a + b for a in menus[0] for b in menus[1]), key=lambda pattern: int(pattern[::-1], 2))
    payoffs = {side: rng.integers(0, 5, len(order)).astype(float) for side in "AB"}
    options = {side: [str(k) for k in range(len(menu[0]))] for side, menu in zip("AB", menus, strict=True)}
    conflict = Conflict.from_payoffs(
        ["A", "B"], options, order, {side: its.tolist() for side, its in payoffs.items()}, tie=1e-9
    )
    cut, rests = len(menus[0][0]), {}
    for side, own in (("A", slice(None, cut)), ("B", slice(cut, None))):
        to = best_move(conflict, side, payoffs[side])
        for row, pattern in enumerate(order):
            mine = [s for s, other in enumerate(order) if _without(other, own) == _without(pattern, own)]
            most = payoffs[side][mine].max()
            assert payoffs[side][to[row]] == most
            assert (to[row] == row) == (payoffs[side][row] == most)
        rests[side] = {row + 1 for row in range(len(order)) if to[row] == row}
    assert set(conflict.equilibria("nash")) == rests["A"] & rests["B"]


def _without(pattern: str, own: slice) -> str:
    signs = list(pattern)
    signs[own] = []
    return "".join(signs)


def test_a_punishment_that_both_would_call_off_is_said_to_be(hold: Hold) -> None:
    payoff = hold.deals[hold.deals["economy"].isin(["USA", "CHN"])].pivot(
        index="deal", columns="economy", values="payoff"
    )
    where = {"war": "nash", "threats": "answered", "snap-back": "truce"}
    for row in hold.enforcement.itertuples():
        less = payoff.loc[row.deal] - payoff.loc[where[row.punishment]] > 1e-6
        assert row.renegotiated == less.all()
    assert hold.enforcement["renegotiated"].any()
    kept = [deal for deal, yes in hold.holds.items() if yes]
    war = hold.enforcement[hold.enforcement["punishment"] == "war"].groupby("deal")["renegotiated"].first()
    assert ("renegotiated away" in hold.headline) == bool(war[kept].any())


def test_a_wish_says_what_a_state_would_have_to_be_worth(hold: Hold) -> None:
    usd = {side: hold.states.set_index("state")[f"real_income_usd of {side}"] for side in ("USA", "CHN")}
    assert len(hold.wishes)
    for wish in hold.wishes.itertuples():
        assert wish.usd == pytest.approx(usd[wish.player][wish.beside] - usd[wish.player][wish.state])
        # the wished state rises, and whatever else is named falls
        assert (wish.usd > 0) == (wish.state == wish.wished)


def test_a_hold_is_read_back(hold: Hold, tmp_path: Path) -> None:
    again = Hold.from_json(hold.to_json())
    assert again.to_json() == hold.to_json()
    for name, table in hold.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table, check_dtype=False)
    assert isinstance(hold, Record)
    hold.write(tmp_path / "out")
    assert Hold.from_json((tmp_path / "out/hold.json").read_text("utf-8")).id == hold.id
    assert (tmp_path / "out/tables/ballots.csv").exists()
    with pytest.raises(BadTable, match="this is no hold that this version reads: schema is 'detente war 1'"):
        Hold.from_json('{"schema": "detente war 1"}')
    with pytest.raises(BadTable, match="not JSON at line 1"):
        Hold.from_json("{")
    with pytest.raises(BadTable, match="JSON holds a list"):
        Hold.from_json("[]")
    assert "USA and CHN in small-hold" in repr(hold)
    assert "<table" in hold._repr_html_()


def test_what_cannot_be_asked_is_refused(dispute: Dispute, small_world: World) -> None:
    with pytest.raises(BadInput, match="players are USA: name two different economies"):
        run_hold(dispute, players=["USA"], world=small_world)
    with pytest.raises(BadInput, match="no_deal is 'war': give one of status quo"):
        run_hold(dispute, world=small_world, no_deal="war")
    for packages, message in (
        ({"truce": ["open"]}, "package 'truce' has the name of another deal"),
        ({"a": []}, "package 'a' is empty"),
        ({"a": "open"}, "packages: 'a' is 'open': give a list"),
        ({"a": ["opne"]}, "opne is not a demand"),
    ):
        with pytest.raises(BadInput, match=message):
            run_hold(Dispute.parse(TEXT, world=small_world), world=small_world, packages=packages)
    with pytest.raises(BadInput, match="period is 0: give a number over 0"):
        run_hold(dispute, world=small_world, period=0)
    with pytest.raises(BadInput, match="annual_rate is -1: give a share"):
        run_hold(dispute, world=small_world, annual_rate=-1)
    with pytest.raises(BadInput, match=r"quota is 1\.5: give a share"):
        run_hold(dispute, world=small_world, quota=1.5)
    for payoffs, message in (
        ("{truce: 1bn}", "faction 'f' of USA has no sectors, and no payoffs for withdrawal, halves, match"),
        (
            "{peace: 1bn}",
            "has a payoff for 'peace', which is not a deal; deals are truce, withdrawal",
        ),
    ):
        text = f"{TEXT}factions: {{USA: [{{name: f, payoffs: {payoffs}}}]}}\n"
        with pytest.raises(BadInput, match=message):
            run_hold(Dispute.parse(text, world=small_world), world=small_world, one_rate=True)

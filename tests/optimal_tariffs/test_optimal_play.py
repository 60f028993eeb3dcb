"""Sequences of moves: who moves when, where they settle, and that each round is the state it says it is."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from detente.data.world import World
from detente.errors import BadInput, UnknownEconomy
from detente.optimal_tariffs.history import play
from detente.optimal_tariffs.nash_equilibrium import nash
from detente.optimal_tariffs.retaliation import RULES
from detente.optimal_tariffs.retaliation.rule import Standoff
from detente.policy.measure import Measure
from detente.solver.economy import calibrate

SECTORS = ("C24A", "C26", "SERV")
InKind, Best, Nothing, TitForTat, EqualHarm = (
    RULES[name] for name in ("in-kind", "best", "nothing", "tit-for-tat", "equal-harm")
)


@pytest.fixture(scope="module")
def face() -> Standoff:
    draw = np.random.default_rng(5)
    flows = draw.uniform(2.0, 9.0, (3, 3, 3)) * 1e4
    flows[np.arange(3), np.arange(3)] *= 5.0
    tariffs = np.full((3, 3, 3), 0.05)
    tariffs[np.arange(3), np.arange(3)] = 0.0
    tariffs[:, :, -1] = 0.0
    world = World(flows, tariffs, None, None, ("USA", "CHN", "MEX"), SECTORS, "small")
    return Standoff(world, calibrate(world, elasticities=[3.0, 4.0, 5.0]))


@pytest.fixture(scope="module")
def threat() -> Measure:
    return Measure.model_validate(
        {"id": "threat", "by": "USA", "on": "CHN", "status": "threatened", "goods": {"sectors": ["C26"]}, "add": 0.25}
    )


def test_in_kind_by_rate_settles_at_once_and_each_round_is_its_state(face: Standoff, threat: Measure) -> None:
    history = play(face, {"USA": InKind(match="rate"), "CHN": InKind(match="rate")}, [threat])
    assert (history.settles.kind, history.settles.at, bool(history.settles)) == ("fixed point", 1, True)
    assert [r.moved for r in history.rounds] == [("USA",), ("CHN",), ("USA",), ("CHN",)]
    last = history.rounds[-1]
    again = face.solve([m for stance in last.stances.values() for m in stance])
    assert again.W_hat == pytest.approx(last.solution.W_hat, abs=1e-10)


def test_best_answers_settle_at_nash(face: Standoff) -> None:
    history = play(face, {"USA": Best(), "CHN": Best()}, rounds=12)
    assert history.settles.kind == "fixed point"
    found = nash(face.economy, ["USA", "CHN"], against=["USA", "CHN"], sectors=face.world.goods)
    assert history.rounds[-1].solution.t_cf == pytest.approx(found.tariffs, abs=2e-4)
    assert history.rounds[-1].solution.W_hat == pytest.approx(found.solution.W_hat, abs=1e-7)


def test_tit_for_tat_on_what_was_before_echoes(face: Standoff, threat: Measure) -> None:
    history = play(face, {"USA": TitForTat(), "CHN": TitForTat()}, [threat], order="together")
    assert (history.settles.kind, history.settles.length, bool(history.settles)) == ("cycle", 2, False)
    tariffs = history.frame().pivot(index="round", columns="economy", values="tariff")
    assert tariffs["USA"].iloc[0] > tariffs["USA"].iloc[1]
    assert tariffs["CHN"].iloc[1] > tariffs["CHN"].iloc[0]
    assert str(history.settles) == "repeats every 2 rounds from round 0"


def test_a_threat_that_nobody_keeps_up_is_over(face: Standoff, threat: Measure) -> None:
    history = play(face, {"USA": Nothing(), "CHN": TitForTat(patience=2)}, [threat], order="together")
    assert history.settles.at == 1
    assert history.rounds[-1].solution.W_hat == pytest.approx(np.ones(3), abs=1e-10)


def test_harm_upon_harm_ends_at_the_bound(face: Standoff, threat: Measure) -> None:
    rules = {side: EqualHarm(factor=3.0, most=0.6) for side in ("USA", "CHN")}
    history = play(face, rules, [threat], rounds=12)
    assert history.settles.kind == "bound"
    assert "at the bound" in str(history.settles)
    assert max(m.add or 0.0 for s in history.rounds[-1].stances.values() for m in s) == pytest.approx(0.6)


def test_too_few_rounds_settle_nothing(face: Standoff, threat: Measure) -> None:
    history = play(face, {"USA": InKind(), "CHN": InKind()}, [threat], rounds=1)
    assert history.settles.kind == "open"
    assert not history.settles
    assert "did not settle" in repr(history)


def test_dates_make_law_of_moves(face: Standoff, threat: Measure) -> None:
    first = date(2018, 7, 6)
    history = play(face, {"USA": InKind(), "CHN": InKind()}, [threat], start=first, every=timedelta(days=7), rounds=2)
    assert [r.on for r in history.rounds] == [first, date(2018, 7, 13), date(2018, 7, 20)]
    assert all(m.legal_on(date(2018, 7, 20)) for s in history.rounds[-1].stances.values() for m in s)
    assert list(history.frame()["on"].unique()) == ["2018-07-06", "2018-07-13", "2018-07-20"]


def test_the_frame_has_a_row_a_round_and_economy(face: Standoff, threat: Measure) -> None:
    history = play(face, {"USA": InKind(), "CHN": InKind()}, [threat], rounds=2)
    frame = history.frame(["MEX"])
    assert list(frame["economy"][:3]) == ["USA", "CHN", "MEX"]
    assert len(frame) == 9
    assert frame.loc[frame["economy"] == "MEX", "tariff"].isna().all()
    weight = face.before.M_cf[0, 1, :2]
    rates = np.array([0.05, 0.30])
    assert frame["tariff"][0] == pytest.approx(float(np.average(rates, weights=weight)))
    usd = frame["real_income"] * [face.economy.I[face.economy.index(code)] for code in frame["economy"]]
    pd.testing.assert_series_equal(frame["real_income_usd"], usd, check_names=False)
    assert "<table" in history._repr_html_()


@pytest.mark.parametrize(
    ("rules", "given", "error", "said"),
    [
        (("USA",), {}, BadInput, "two sides"),
        (("USA", "CHN", "MEX"), {}, BadInput, "two sides"),
        ((), {}, BadInput, "two sides"),
        (("USA", "CHX"), {}, UnknownEconomy, "did you mean 'CHN'"),
        (("CHN", "MEX"), {}, BadInput, "the opening is by USA"),
        (("USA", "CHN"), {"order": "random"}, BadInput, "order='random' is not known"),
        (("USA", "CHN"), {"rounds": 0}, BadInput, "1 or more"),
    ],
)
def test_what_is_no_play_is_refused(face: Standoff, threat: Measure, rules, given, error, said) -> None:
    with pytest.raises(error, match=said):
        play(face, {side: Nothing() for side in rules}, [threat], **given)

"""States of promises: duties are those of the law, equal states are solved once, all are what one solve gives."""

from __future__ import annotations

import numpy as np
import pytest

from detente.data.bundled import load_world
from detente.data.world import World
from detente.dispute.blocks import Demand
from detente.dispute.pledges import KEPT, MOST, Outcomes, Pledge, State, StoredEquilibrium, solve_states
from detente.dispute.promises import Cover, Cut, Duties, promise_of
from detente.model.shock import Shock
from detente.policy.measure import Goods, Measure
from detente.policy.schedule import Schedules, TariffBook
from detente.solver.economy import Economy, calibrate
from detente.solver.equilibrium import solve

NAMED = {"USA", "CHN", "MEX"}
BITS = np.array([[s >> a & 1 for a in range(4)] for s in range(16)])
"""Four promises that are kept or not, the first one the lowest bit of a state's number."""


@pytest.fixture(scope="module")
def world() -> World:
    full = load_world("icio-2017")
    return full.aggregate(economies={"OTH": [code for code in full.economies if code not in NAMED]})


@pytest.fixture(scope="module")
def economy(world: World) -> Economy:
    return calibrate(world)


STEEL = Measure(id="steel", by="USA", on=("CHN",), status="proposed", goods=Goods(sectors=("C24A",)), add=0.25)
PART = Measure(
    id="part", by="USA", on=("CHN",), status="proposed", goods=Goods.model_validate({"value": "50bn"}), add=0.25
)


def demand(ask: dict[str, object], by: str = "USA", of: str = "CHN", id: str = "d") -> Demand:
    return Demand.model_validate({"id": id, "by": by, "of": of, "ask": ask})


def test_without_promises_duties_are_those_of_the_book(world: World, economy: Economy) -> None:
    book = TariffBook(world, [STEEL, PART])
    duties = Duties(Schedules(world), economy, [STEEL, PART], {"c": _cut(world, economy, 0.5)})
    for ids in ((), ("steel",), ("steel", "part")):
        made, wanted = duties.wedges(duties.of(ids)), book.shock(ids).wedges(economy)
        np.testing.assert_allclose(made.K, wanted.K, rtol=0, atol=1e-15)
        np.testing.assert_allclose(made.v, wanted.v, rtol=0, atol=1e-15)


def _cut(world: World, economy: Economy, part: float) -> Cut:
    n, i = world.index("USA"), world.index("CHN")
    j = np.array([world.sector_index(code) for code in ("C24A", "C26", "C10T12")])
    return Cut(np.full(3, n), np.full(3, i), j, economy.t[n, i, j] * part)


def test_a_cut_lowers_the_base_and_leaves_what_is_added(world: World, economy: Economy) -> None:
    duties = Duties(
        Schedules(world), economy, [STEEL], {"half": _cut(world, economy, 0.5), "none": _cut(world, economy, 0.0)}
    )
    n, i = world.index("USA"), world.index("CHN")
    for cuts, part in ((("half",), 0.5), (("half", "none"), 0.0)):
        t_cf = duties.wedges(duties.of(("steel",), cuts)).t_cf
        for code, added in (("C24A", 0.25), ("C26", 0.0), ("C10T12", 0.0)):
            j = world.sector_index(code)
            assert t_cf[n, i, j] == pytest.approx(economy.t[n, i, j] * part + added, abs=1e-14)


def test_a_subsidy_is_a_duty_under_zero(world: World, economy: Economy) -> None:
    n, i, j = world.index("CHN"), world.index("USA"), world.sector_index("A01")
    covers = {name: Cover(np.array([n]), np.array([i]), np.array([j]), np.ones(1), name) for name in ("buy", "more")}
    duties = Duties(Schedules(world), economy, [], bought=covers)
    t_cf = economy.t.copy()
    t_cf[n, i, j] = (1 + t_cf[n, i, j]) * 0.8 * 0.9 - 1
    paid = {"buy": -np.log(0.8), "more": -np.log(0.9)}
    made = duties.wedges(duties.subsidised(duties.of(()), paid))
    wanted = Shock(t_cf=t_cf).wedges(economy)
    np.testing.assert_allclose(made.K, wanted.K, rtol=1e-14)
    np.testing.assert_allclose(made.v, wanted.v, rtol=1e-14)
    plain = duties.of(())
    assert duties.subsidised(plain, {}) is plain


def test_every_state_is_what_one_solve_gives_and_equal_ones_are_solved_once(world: World, economy: Economy) -> None:
    n, i = world.index("USA"), world.index("CHN")
    cut = _cut(world, economy, 0.0)
    back = Cut(cut.i, cut.n, cut.j, economy.t[cut.i, cut.n, cut.j] * 0.3)
    duties = Duties(Schedules(world), economy, [STEEL, PART], {"a": cut, "b": back})
    # bits: 1 the steel duty goes, 2 its namesake, which changes nothing more, 4 cut a, 8 cut b
    states = [
        duties.of(("part",) if s & 3 else ("steel", "part"), [name for bit, name in ((4, "a"), (8, "b")) if s & bit])
        for s in range(16)
    ]
    told: list[tuple[int, int]] = []
    found = solve_states(
        economy,
        lambda s, _: State(duties.wedges(states[s])),
        BITS,
        [state.tobytes() for state in states],
        [n, i],
        progress=lambda *now: told.append(now),
    )
    assert found.solved == 8
    assert told[-1] == (8, 8)
    assert found.gap < 1e-9
    for s in (0, 1, 3, 7, 15):
        alone = _alone(economy, duties, states[s])
        np.testing.assert_allclose(found.welfare_hat[s], alone.welfare_hat[0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(found.bought[s], alone.bought[0], rtol=1e-7, atol=1e-3)
        np.testing.assert_allclose(found.balance[s], alone.balance[0], rtol=0, atol=1e-3)
    np.testing.assert_array_equal(found.welfare_hat[1], found.welfare_hat[2])


def _alone(economy: Economy, duties: Duties, state: np.ndarray) -> Outcomes:
    n, i = economy.index("USA"), economy.index("CHN")
    return solve_states(
        economy, lambda _, __: State(duties.wedges(state)), np.zeros((1, 0), dtype=np.int64), [b""], [n, i], workers=1
    )


def test_trade_kept_is_that_of_the_solution(world: World, economy: Economy) -> None:
    n, i = world.index("USA"), world.index("CHN")
    shock = TariffBook(world, [STEEL]).shock(("steel",))
    solution = solve(economy, shock)
    row = StoredEquilibrium.of(solution, [n, i])
    np.testing.assert_allclose(row.bought[0, 1], solution.M_cf[n, i])
    np.testing.assert_allclose(row.bought[1, 0], solution.M_cf[i, n])
    assert row.balance[n] == pytest.approx(solution.balance("USA")[1])


# trade by amount


def _pledged(
    world: World, economy: Economy, cover: str, codes: tuple[str, ...], extra: float, first: float = 0.1
) -> Pledge:
    """China buys so much more of these goods from the US."""
    weights = np.zeros((2, 2, len(world.sectors)))
    places = [world.sector_index(code) for code in codes]
    weights[1, 0, places] = 1.0
    before = float(economy.M[world.index("CHN"), world.index("USA"), places].sum())
    return Pledge(cover, weights, before + extra, extra, first)


def _cover(world: World, name: str, codes: tuple[str, ...], share: float = 1.0) -> Cover:
    """What China buys of these goods from the US."""
    n, i, j = world.index("CHN"), world.index("USA"), np.array([world.sector_index(code) for code in codes])
    return Cover(np.full(len(j), n), np.full(len(j), i), j, np.full(len(j), share), name)


@pytest.mark.parametrize("first", [0.01, 0.1, 1.0])
def test_pledges_are_kept_in_every_state_and_by_no_more_than_needed(
    world: World, economy: Economy, first: float
) -> None:
    n, i = world.index("CHN"), world.index("USA")
    farm, all_goods = ("A01",), world.goods
    cells = {name: _cover(world, name, codes) for name, codes in (("farm", farm), ("goods", all_goods))}
    cut = _cut(world, economy, 0.0)
    back = Cut(cut.i, cut.n, cut.j, economy.t[cut.i, cut.n, cut.j] * 0.2)
    duties = Duties(Schedules(world), economy, [], {"cut": back}, cells)
    states = [duties.of((), ("cut",) if s & 1 else ()) for s in range(8)]
    pledges = [_pledged(world, economy, "farm", farm, 10e3, first)]
    pledges.append(_pledged(world, economy, "goods", all_goods, 40e3, first))

    def lay(s: int, y: np.ndarray) -> State:
        rates = duties.subsidised(states[s], dict(zip(cells, y.tolist(), strict=True)))
        return State(duties.wedges(rates), np.stack([pledge.weights for pledge in pledges]))

    found = solve_states(
        economy,
        lay,
        BITS[:8, :3],
        [state.tobytes() for state in states],
        [i, n],
        pledges=[(1, 1, pledges[0]), (2, 1, pledges[1])],
    )
    made = np.array([[bool(s & 2), bool(s & 4)] for s in range(8)])
    assert (found.short[made] <= KEPT).all()
    assert (found.short[~made] == 0).all()
    assert (found.paid[~made] == 0).all()
    slack = made & (found.short < -KEPT)
    assert (found.paid[slack] == 0).all(), "what is more than kept is not paid for"
    assert found.paid[5, 1] < found.paid[4, 1], "with lower tariffs less is paid"
    assert found.solved == 8


def test_a_pledge_out_of_reach_stays_short(world: World, economy: Economy) -> None:
    n, i = world.index("CHN"), world.index("USA")
    duties = Duties(Schedules(world), economy, [], bought={"farm": _cover(world, "farm", ("A01",))})
    plain, pledge = duties.of(()), _pledged(world, economy, "farm", ("A01",), 5e7)
    found = solve_states(
        economy,
        lambda _, y: State(duties.wedges(duties.subsidised(plain, {"farm": float(y[0])})), pledge.weights[None]),
        BITS[:2, :1],
        [b"0", b"1"],
        [i, n],
        pledges=[(0, 1, pledge)],
    )
    assert found.paid[1, 0] == MOST
    assert found.short[1, 0] > 0


# what a demand changes


def test_measures_that_end_and_answers_that_are_not_given(world: World) -> None:
    law = [STEEL, PART, Measure(id="pork", by="CHN", on=("USA",), status="proposed", goods=Goods(all=True), add=0.1)]
    asked = {
        "w": ({"withdraw": "steel"}, "withdrawal", ("steel",), ()),
        "i": (
            {"end_investigation": {"law": "301", "measures": ["steel", "part"]}},
            "withdrawal",
            ("steel", "part"),
            (),
        ),
        "f": ({"end_investigation": {"law": "301", "future": True}}, "structural", (), ()),
        "n": ({"no_retaliation": {"to": ["part"], "ends": ["pork"]}}, "restriction", ("pork",), ("part",)),
        "all": ({"no_retaliation": {}}, "restriction", (), ("steel", "part")),
        "words": ({"no_retaliation": {"about": "limits on investment"}}, "structural", (), ()),
        "s": ({"structural": {"topic": "cyber", "what": "w"}}, "structural", (), ()),
    }
    for id, (ask, kind, ends, spares) in asked.items():
        promise = promise_of(demand(ask, id=id), world, law)
        assert (promise.demand, promise.kind, promise.ends, promise.spares) == (id, kind, ends, spares)
        assert promise.trade == (kind != "structural")


def test_tariffs_are_cut_where_they_are_over_what_may_remain(world: World) -> None:
    usa, chn = world.index("USA"), world.index("CHN")
    ceiling = promise_of(demand({"tariffs_at_most": {"levels_of": "USA", "but": "critical"}}), world, [])
    assert ceiling.cut is not None
    own, its = world.tariffs[chn, usa], world.tariffs[usa, chn]
    goods = [world.sector_index(code) for code in world.goods]
    assert set(ceiling.cut.j) == {j for j in goods if own[j] > its[j]}
    np.testing.assert_array_equal(ceiling.cut.level, its[ceiling.cut.j])
    assert set(ceiling.cut.n) == {chn}
    assert set(ceiling.cut.i) == {usa}
    assert "'critical'" in ceiling.notes[1]
    to = promise_of(demand({"tariff_cut": {"to": "5%", "sectors": ["C26", "C10T12"]}}), world, []).cut
    assert to is not None
    assert all(level == 0.05 for level in to.level)
    by = promise_of(demand({"tariff_cut": {"by": "40%", "sectors": ["C10T12"]}}), world, []).cut
    assert by is not None
    assert by.level[0] == pytest.approx(0.6 * own[world.sector_index("C10T12")])
    nothing = promise_of(demand({"tariff_cut": {"to": "300%"}}), world, [])
    assert nothing.cut is not None
    assert not len(nothing.cut)
    assert "nothing is cut" in nothing.notes[0]


def test_a_cut_for_everybody_reaches_every_seller(world: World) -> None:
    cut = promise_of(demand({"tariff_cut": {"by": "100%", "sectors": ["C10T12"]}}), world, [], mfn=True).cut
    assert cut is not None
    assert set(cut.n) == {world.index("CHN")}
    assert {world.economies[i] for i in cut.i} == {"USA", "MEX", "OTH"}


def test_trade_by_amount_favours_one_seller(world: World) -> None:
    buy = promise_of(
        demand({"purchases": {"seller": "USA", "schedule": [{"by": "2020-01-01", "extra": "5bn"}]}}), world, []
    )
    less = promise_of(demand({"bilateral_balance": {"partner": "USA", "change": "-9bn", "base": 2018}}), world, [])
    assert (buy.kind, less.kind) == ("purchases", "balance")
    assert buy.discriminates
    assert less.discriminates

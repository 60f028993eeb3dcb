"""Percent where a fraction belongs, from both sides: what is plainly percent is refused, true rates over 1 are not."""

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import list_worlds, load_world, toy_world
from detente.data.rates import mean_duty
from detente.errors import BadEconomy, BadInput, BadShock, BadWorld
from detente.optimal_tariffs.governments import tariff_instruments


@pytest.fixture(scope="module")
def small():
    whole = load_world("icio-2017")
    return whole.aggregate(economies={"OTH": [e for e in whole.economies if e not in ("USA", "CHN", "DEU", "MEX")]})


@pytest.fixture(scope="module")
def economy(small):
    return dt.calibrate(small)


def own(array):
    return np.eye(len(array), dtype=bool)[:, :, None]


def reworld(world, tariffs):
    return dt.World(world.flows, tariffs, world.io, world.value_added, world.economies, world.sectors)


def reeconomy(base, t):
    names = ("pi", "X", "wL", "gamma_va", "gamma_io", "alpha", "theta", "D", "economies", "sectors")
    return dt.Economy(t=t, **{name: getattr(base, name) for name in names})


@pytest.mark.parametrize("name", list(list_worlds()["name"]))
def test_bundled_worlds_in_percent_are_refused_and_as_they_are_stay_far_below(name):
    world = load_world(name)
    assert mean_duty(world.tariffs, world.flows).max() < 0.3
    with pytest.raises(BadWorld, match=r"would levy [0-9]+% on average on what it imports.* divide percentages by 100"):
        reworld(world, 100 * world.tariffs)


@pytest.mark.parametrize("rate", [25.0, 5.0, 7.5, 10.0, 1.45, 1.01])
def test_a_world_of_one_bare_rate_is_refused(small, rate):
    with pytest.raises(BadWorld, match=r"a rate is a fraction, 0\.25 for 25 %"):
        reworld(small, np.where(own(small.tariffs), 0.0, rate) * np.ones(small.tariffs.shape))


@pytest.mark.filterwarnings("ignore::detente.errors.DetenteWarning")  # services are taxed
def test_a_world_of_one_rate_of_100_percent_is_believed(small):
    assert reworld(small, np.where(own(small.tariffs), 0.0, 1.0) * np.ones(small.tariffs.shape)).tariffs.max() == 1.0


def test_single_duties_over_100_percent_are_believed(small):
    tariffs = small.tariffs.copy()
    tariffs[0, 1, 3] = 7.78
    assert reworld(small, tariffs).tariffs[0, 1, 3] == 7.78


def test_an_economy_in_percent_is_refused(economy):
    for t in (100 * economy.t, np.minimum(100 * economy.t, 5.5)):
        with pytest.raises(BadEconomy, match="divide percentages by 100"):
            reeconomy(economy, t)


@pytest.mark.parametrize("highest", [0.6, 1.45, 3.0, 5.0])
def test_an_economy_may_have_high_duties(economy, highest):
    draw = np.random.default_rng(1)
    for t in (np.full(economy.t.shape, highest), draw.uniform(0, highest, economy.t.shape)):
        assert reeconomy(economy, np.where(own(t), 0, t)).t.max() <= highest
    uniform = np.where(own(economy.t), 0.0, 20.0) * np.ones(economy.t.shape)
    assert reeconomy(economy, uniform).t.max() == 20.0


def solved(economy, t_cf):
    return dt.Shock(t_cf=t_cf).wedges(economy)


def test_a_shock_in_percent_is_refused(economy):
    usa, chn = economy.index("USA"), economy.index("CHN")
    with pytest.raises(BadShock, match=r"the base times one hundred|additions to the base"):
        solved(economy, 100 * economy.t)
    t_cf = 100 * economy.t
    t_cf = np.minimum(t_cf, 19.0)
    with pytest.raises(BadShock, match=r"duties of the base times one hundred"):
        solved(economy, t_cf)
    t_cf = economy.t.copy()
    t_cf[usa, chn] = 25.0
    with pytest.raises(BadShock, match=r"t_cf holds (new duties|additions to the base) of 2500% to 2500%: .*d_hat=inf"):
        dt.solve(economy, dt.Shock(t_cf=t_cf))
    t_cf[usa, chn] = np.resize([5.0, 10.0, 7.5, 15.0], len(economy.sectors))
    with pytest.raises(BadShock, match=r"new duties of 500% to 1500%"):
        solved(economy, t_cf)
    t_cf[usa, chn] = np.resize([1.5, 2.5, 3.25], len(economy.sectors))
    with pytest.raises(BadShock, match=r"new duties of 150% to 325%"):
        solved(economy, t_cf)
    t_cf[usa, chn] = economy.t[usa, chn] + 25.0
    with pytest.raises(BadShock, match=r"additions to the base of 2500% to 2500%"):
        solved(economy, t_cf)
    t_cf[usa, chn] = np.resize([1.0, 5.0, 10.0], len(economy.sectors))
    with pytest.raises(BadShock, match=r"new duties of 100% to 1000%"):
        solved(economy, t_cf)


@pytest.mark.parametrize("rates", [[1.0, 2.0, 3.0], [0.5, 5.0, 10.0]])
def test_a_shock_may_have_true_rates_of_several_sizes(economy, rates):
    t_cf = economy.t.copy()
    t_cf[economy.index("USA"), economy.index("CHN")] = np.resize(rates, len(economy.sectors))
    solved(economy, t_cf)


def test_a_shock_is_refused_where_half_of_the_base_comes_back_in_percent(economy):
    levied = np.argwhere(~own(economy.t) & (economy.t > 0))
    for part, refused in ((0.6, True), (0.4, False)):
        t_cf, again = economy.t.copy(), tuple(levied[: int(part * len(levied))].T)
        t_cf[again] *= 100
        if refused:
            with pytest.raises(BadShock, match=rf"t_cf holds {len(again[0])} duties of the base times one hundred"):
                solved(economy, t_cf)
        else:
            solved(economy, t_cf)


@pytest.mark.parametrize("rate", [0.25, 1.0, 1.45, 2.0, 3.0, 10.0, 20.0])
def test_a_shock_may_have_true_rates_over_one(economy, rate):
    t_cf = economy.t.copy()
    t_cf[economy.index("USA"), economy.index("CHN")] = rate
    solved(economy, t_cf)
    solved(economy, np.where(own(t_cf), 0.0, rate) * np.ones(t_cf.shape))
    solved(economy, np.random.default_rng(1).uniform(0, rate, t_cf.shape))
    t_cf[economy.index("CHN"), economy.index("USA")] = 1.25
    solved(economy, t_cf)


def test_a_toy_world_without_tariffs_takes_any(economy):
    toy = dt.calibrate(toy_world(1, n=3, j=2, highest_tariff=0.0), elasticities=np.full(2, 4.0))
    solved(toy, np.where(own(toy.t), 0.0, 20.0) * np.ones(toy.t.shape))


@pytest.mark.parametrize("high", [20.25, 50.0, 145.0, 200.0])
def test_bounds_in_percent_are_refused(economy, high):
    for search in (dt.nash, dt.cooperate, lambda economy, bounds: dt.best_response(economy, "USA", bounds=bounds)):
        with pytest.raises(BadInput, match=rf"duties of up to {high:.0%}: a rate is a fraction.*over 200 to leave"):
            search(economy, bounds=(0.0, high))


@pytest.mark.parametrize("high", [0.25, 1.45, 5.0, 20.0, 33.3, 201.0, 1000.0])
def test_bounds_may_be_caps_of_any_size_or_none(economy, high):
    assert np.expm1(tariff_instruments(economy, bounds=(0.0, high)).upper) == pytest.approx(high)

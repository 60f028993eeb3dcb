"""A draw follows from what is varied, the seed and its number alone, and spreads as its set's errors say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.data.bundled import elasticities, load_world, standard_errors
from detente.ensemble.draws import STATED, Over, deviations, draws, key_of
from detente.errors import BadInput, UnknownElasticities

SECTORS = {"icio-2017": load_world("icio-2017").sectors}
FULL = Over(worlds=("icio-2017",), horizons=("long", "short"), values={"farm": (5e3, 60e3)})


def same(a, b) -> bool:
    plain = ("number", "world", "elasticities", "deficits", "horizon", "values")
    return all(getattr(a, name) == getattr(b, name) for name in plain) and np.array_equal(a.theta, b.theta)


@given(st.integers(0, 2**32), st.integers(0, 90), st.integers(1, 30), st.integers(0, 200))
def test_a_draw_depends_on_the_seed_and_its_number_alone(seed: int, start: int, count: int, more: int) -> None:
    some = draws(FULL, SECTORS, seed, start, start + count)
    whole = draws(FULL, SECTORS, seed, 0, start + count + more)
    assert [draw.number for draw in some] == list(range(start, start + count))
    assert all(same(draw, whole[draw.number]) for draw in some)


def test_another_seed_gives_other_draws() -> None:
    one, two = (draws(FULL, SECTORS, seed, 0, 16) for seed in (0, 1))
    assert not any(np.array_equal(a.theta, b.theta) for a, b in zip(one, two, strict=True))


def test_every_combination_is_as_likely() -> None:
    some = draws(FULL, SECTORS, 5, 0, 1024)
    for name in FULL.elasticities:
        assert sum(draw.elasticities == name for draw in some) == 128  # a power of two fills eighths exactly
    for closure in FULL.deficits:
        assert abs(sum(draw.deficits == closure for draw in some) - 1024 / 3) <= 2
    farm = np.array([draw.values["farm"] for draw in some])
    assert 5e3 < farm.min() < farm.max() < 60e3
    assert farm.mean() == pytest.approx(32.5e3, rel=0.01)


@pytest.mark.parametrize("name", ["CP", "BSY"])
def test_theta_spreads_by_the_published_error_or_the_stated_spread(name: str) -> None:
    sectors = SECTORS["icio-2017"]
    over = Over(elasticities=(name,), deficits=("fixed",), worlds=("icio-2017",), horizons=("long",))
    logs = np.log(np.stack([draw.theta for draw in draws(over, SECTORS, 2, 0, 2048)]))
    np.testing.assert_allclose(np.median(logs, 0), np.log(elasticities(name, sectors)), atol=0.05)
    np.testing.assert_allclose(logs.std(0), deviations(name, sectors, STATED), rtol=0.05)
    known = ~np.isnan(standard_errors(name, sectors))
    assert known.sum() == (27 if name == "CP" else 0)
    assert (deviations(name, sectors, STATED)[~known] == STATED).all()


def test_one_number_of_a_paper_is_drawn_once() -> None:
    over = Over(elasticities=("CP", "U4"), worlds=("icio-2017",), horizons=("long",))
    for draw in draws(over, SECTORS, 4, 0, 64):
        at = dict(zip(SECTORS["icio-2017"], draw.theta, strict=True))
        assert at["A01"] == at["A02"] == at["A03"]
        assert (at["A01"] == at["C27"]) == (draw.elasticities == "U4")


def test_no_spread_is_the_published_number() -> None:
    over = Over(elasticities=("CP",), worlds=("icio-2017",), horizons=("long",), spread=0)
    published = elasticities("CP", SECTORS["icio-2017"])
    assert all(np.array_equal(draw.theta, published) for draw in draws(over, SECTORS, 1, 0, 20))


def test_the_level_is_one_factor_on_every_theta_drawn_evenly_between_its_ends() -> None:
    over = Over(elasticities=("CP", "U4"), worlds=("icio-2017",), horizons=("long",), level=(0.38, 1))
    some = draws(over, SECTORS, 6, 0, 256)
    for draw in some[:32]:
        spread = np.exp(deviations(draw.elasticities, SECTORS["icio-2017"], STATED) * draw.z)
        published = elasticities(draw.elasticities, SECTORS["icio-2017"])
        np.testing.assert_allclose(draw.theta, draw.level * published * spread, rtol=1e-14)
    levels = np.sort([draw.level for draw in some])
    even = 0.38 + 0.62 * (np.arange(256) + 0.5) / 256  # one point of a Sobol coordinate lies in each 256th
    np.testing.assert_allclose(levels, even, rtol=0, atol=0.62 / 512 + 1e-9)


def test_the_level_moves_with_nothing_else() -> None:
    over = Over(worlds=("icio-2017",), horizons=("long", "short"), level=(0.38, 1), base_tariffs=("simple", "scaled"))
    some = draws(over, SECTORS, 6, 0, 1024)
    levels = np.array([draw.level for draw in some])
    for name in ("elasticities", "deficits", "horizon", "base_tariffs"):
        groups = [levels[[getattr(draw, name) == its for draw in some]] for its in {getattr(d, name) for d in some}]
        assert all(abs(group.mean() - 0.69) < 0.01 for group in groups), name


def test_what_is_varied_is_plain_and_has_a_key() -> None:
    leveled = Over(level=[0.38, 1])
    assert Over.from_plain(leveled.plain()) == leveled != Over()
    again = Over.from_plain(FULL.plain())
    assert again == FULL
    assert hash(again) == hash(FULL)
    assert key_of(again.plain()) == key_of(FULL.plain()) != key_of(Over().plain())


def test_a_range_may_be_one_number_and_the_spread_nothing() -> None:
    over = Over(worlds=("icio-2017",), horizons=("long",), spread=0, values={"farm": (2.0, 2.0)})
    assert {draw.values["farm"] for draw in draws(over, SECTORS, 0, 0, 8)} == {2.0}
    with pytest.raises(BadInput, match="spread is 2: give a standard deviation"):
        Over(spread=2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"elasticities": "CP"}, "give a list"),
        ({"elasticities": ("CP", "CP")}, "twice"),
        ({"values": (("a", 1, 2), ("a", 3, 4))}, "values names 'a' twice"),
        ({"elasticities": ()}, "at least one"),
        ({"deficits": ("balance",)}, "choose among"),
        ({"horizons": ("middle",)}, "choose among"),
        ({"spread": -0.1}, "standard deviation"),
        ({"values": {"x": (2.0, 1.0)}}, "lower end first"),
        ({"values": {"x": 2.0}}, "the range of 'x' is 2.0: give two finite numbers"),
        ({"values": "x"}, "values is 'x': give a mapping"),
        ({"level": (1, 0.38)}, "level runs from 1.0 to 0.38"),
        ({"level": (0, 1)}, "two numbers over 0"),
        ({"level": 0.38}, "level is 0.38: give two finite numbers"),
        ({"spread": "x"}, "spread is 'x': give a finite number"),
        ({"deficits": 3}, "deficits is 3: give a list of names"),
    ],
)
def test_what_cannot_be_varied_is_refused(wrong: dict, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Over(**wrong)
    with pytest.raises(UnknownElasticities, match="Shap"):
        Over(elasticities=("Shapp",))

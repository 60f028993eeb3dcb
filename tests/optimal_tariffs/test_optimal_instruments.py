"""What a player sets: cells, groups and bounds."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import ricardian

from detente.errors import BadInput, UnknownEconomy, UnknownSector
from detente.optimal_tariffs.governments import tariff_instruments
from detente.optimal_tariffs.rate_bounds import BOUNDS


@pytest.fixture(scope="module")
def economy():
    return ricardian()


@pytest.mark.parametrize(("rates", "count"), [("sector", 2 * 2 * 2), ("mfn", 2 * 2), ("one", 2)])
def test_groups_are_counted_by_player(economy, rates, count):
    set_by = tariff_instruments(economy, ["E3", "E1"], rates=rates)
    assert set_by.size == count
    assert set_by.players == ("E3", "E1")
    assert list(set_by.positions) == [2, 0]
    assert (np.diff(set_by.owner) >= 0).all()
    n, i, j = set_by.cells
    assert (n != i).all()
    assert (set_by.positions[set_by.owner[set_by.group]] == n).all()
    for group in range(set_by.size):
        mine = set_by.group == group
        if rates == "mfn":
            assert len(set(zip(n[mine], j[mine], strict=True))) == 1
        if rates == "sector":
            assert mine.sum() == 1


def test_what_is_written_is_read(economy):
    set_by = tariff_instruments(economy, ["E2"], against=["E3"], sectors=["S2"])
    t = set_by.write(np.log1p(np.array([0.4])), np.array(economy.t))
    changed = np.argwhere(t != economy.t)
    assert changed.tolist() == [[1, 2, 1]]
    assert t[1, 2, 1] == pytest.approx(0.4)
    np.testing.assert_allclose(set_by.read(t, economy.M), np.log1p([0.4]))


def test_a_group_reads_the_mean_by_trade(economy):
    set_by = tariff_instruments(economy, ["E1"], rates="one")
    n, i, j = set_by.cells
    expected = np.average(np.log1p(economy.t[n, i, j]), weights=economy.M[n, i, j])
    np.testing.assert_allclose(set_by.read(economy.t, economy.M), expected)


def test_a_group_without_trade_reads_the_plain_mean(economy):
    set_by = tariff_instruments(economy, ["E1"], rates="one")
    expected = np.log1p(economy.t[set_by.cells]).mean()
    np.testing.assert_allclose(set_by.read(economy.t, np.zeros_like(economy.M) + 1e-30), expected)


def test_one_player_keeps_its_own_rates(economy):
    both = tariff_instruments(economy, ["E2", "E3"])
    alone = both.of("E3")
    direct = tariff_instruments(economy, ["E3"])
    for a, b in zip(alone.cells, direct.cells, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(alone.group, direct.group)
    np.testing.assert_array_equal(alone.market, direct.market)
    np.testing.assert_array_equal(alone.lower, direct.lower)


def test_bounds_are_rates(economy):
    set_by = tariff_instruments(economy, bounds=(0.0, 0.5))
    np.testing.assert_allclose(np.expm1(set_by.upper), 0.5)
    np.testing.assert_allclose(np.expm1(tariff_instruments(economy).lower), BOUNDS[0])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"players": ["E9"]}, UnknownEconomy, "E9"),
        ({"players": []}, BadInput, "name at least one"),
        ({"players": "E1"}, BadInput, r"players is the text 'E1': give a list"),
        ({"players": ["E1", "E1"]}, BadInput, "each once"),
        ({"against": ["E9"]}, UnknownEconomy, "E9"),
        ({"players": ["E1", "E2"], "against": ["E2"]}, BadInput, "E2 would tax only itself"),
        ({"sectors": ["S9"]}, UnknownSector, "S9"),
        ({"bounds": (0.5, 0.5)}, BadInput, "not in order"),
        ({"bounds": (-1.0, 0.5)}, BadInput, "over −1"),
        ({"bounds": (0.0, np.inf)}, BadInput, "not in order"),
        ({"bounds": (0.0, np.nan)}, BadInput, "not in order"),
        ({"rates": "each"}, BadInput, "choose one of sector, mfn, one"),
    ],
)
def test_levers_that_make_no_sense_are_refused(economy, change, error, words):
    with pytest.raises(error, match=words):
        tariff_instruments(economy, **change)

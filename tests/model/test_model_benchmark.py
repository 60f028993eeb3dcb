"""The benchmark refuses what cannot be an economy, and says where and by how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadEconomy, BadInput, UnknownEconomy, UnknownSector
from detente.model.benchmark import shares


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(toy_world(1, n=4, j=3, empty=2), np.array([3.0, 5.0, 8.0]))


def test_calibration_closes_to_rounding(economy: dt.Economy) -> None:
    gap, _ = economy.open_account
    assert gap < 1e-13
    assert economy.notes == ()


def test_calibration_returns_the_accounts_of_the_world() -> None:
    world = toy_world(2, n=3, j=2)
    economy = dt.calibrate(world, np.array([4.0, 4.0]))
    np.testing.assert_allclose(economy.M, world.flows, rtol=1e-14)
    np.testing.assert_allclose(economy.Y, world.flows.sum(0), rtol=1e-14)
    np.testing.assert_allclose(economy.R, (world.tariffs * world.flows).sum((1, 2)), rtol=1e-14)
    np.testing.assert_allclose(economy.wL, world.value_added.sum(1), rtol=1e-12)


def test_an_empty_sector_has_no_inputs_and_no_weight(economy: dt.Economy) -> None:
    empty = economy.Y == 0
    assert empty.sum() == 2
    assert (economy.gamma_va[empty] == 1).all()
    assert (economy.gamma_io.sum(1)[empty] == 0).all()


def test_arrays_are_read_only_and_convert(economy: dt.Economy) -> None:
    with pytest.raises(ValueError, match="read-only"):
        economy.pi[0, 0, 0] = 0.5
    assert np.asarray(economy.theta).dtype == np.float64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: {"pi": e.pi * 1.1}, "import shares of E. in S. sum to 1.1, not 1"),
        (lambda e: {"alpha": e.alpha * 0.9}, "final spending shares of E. sum to 0.9, not 1"),
        (lambda e: {"gamma_va": e.gamma_va * 0.9}, "cost shares of E"),
        (lambda e: {"theta": e.theta * -1}, "a trade elasticity is above zero"),
        (lambda e: {"theta": e.theta[:2]}, "theta has shape \\(2,\\), but 4 economies and 3 sectors make it \\(3,\\)"),
        (lambda e: {"X": e.X * np.nan}, "X\\[0, 0\\] is not a number"),
        (lambda e: {"X": -e.X}, "cannot be negative"),
        (lambda e: {"t": e.t - 1.5}, "a tariff is a fraction over −1"),
        (lambda e: {"wL": e.wL * 0}, "every economy has factor income"),
        (lambda e: {"D": e.D + 1.0}, "one economy's deficit is another's surplus"),
        (lambda e: {"economies": ("E1", "E1", "E3", "E4")}, "'E1' is named twice"),
        (lambda e: {"deficits": "frozen"}, "choose one of fixed, balanced, proportional"),
    ],
)
def test_refusals(economy: dt.Economy, change: object, words: str) -> None:
    with pytest.raises(BadEconomy, match=words):
        replace(economy, **change(economy))  # type: ignore[operator]


def test_names(economy: dt.Economy) -> None:
    assert economy.index("E3") == 2
    assert economy.sector_index("S2") == 1
    with pytest.raises(UnknownEconomy, match="did you mean 'E3'"):
        economy.index("e3")
    with pytest.raises(UnknownSector):
        economy.sector_index("C26")


def test_an_open_account_is_accepted_and_said(economy: dt.Economy) -> None:
    opened = replace(economy, X=economy.X * np.array([1.02, 1.0, 1.0]))
    assert any("the account is open" in note for note in opened.notes)
    with pytest.raises(BadEconomy, match=r"run `economy = economy\.closed\(\)` first"):
        dt.solve(opened, dt.Shock())


def test_negative_final_demand_is_refused() -> None:
    world = toy_world(3, n=3, j=2)
    flows = world.flows.copy()
    flows[0, :, 0] *= 0.01
    world = dt.World(
        flows, world.tariffs, world.io, np.abs(flows.sum(0) - world.io.sum(1)), world.economies, world.sectors
    )
    with pytest.raises(BadInput, match=r"final demand would be negative|exceed its output"):
        shares(world)


def test_provenance_says_what_calibration_absorbed() -> None:
    """The bundled worlds are stored in single precision, and most tariffs fall on what firms buy."""
    provenance = dt.calibrate(dt.load_world("icio-2017"), "U4").provenance
    assert 1e-9 < provenance["gap_absorbed"] < 1e-7
    assert 0.3 < provenance["revenue_on_inputs"] < 0.9
    without = dt.calibrate(toy_world(4, n=3, j=2, io=False), np.array([4.0, 4.0])).provenance
    assert without["revenue_on_inputs"] == 0

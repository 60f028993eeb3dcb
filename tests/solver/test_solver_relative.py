"""An equilibrium measured from another one is the shock from that other as benchmark."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import detente as dt
import wedge_lab as lab
from detente.errors import BadInput
from detente.solver.relative import measured_from


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_two_states_from_one_benchmark_are_one_step_between_them(deficits, horizon):
    economy = lab.economy(deficits)
    first, second = economy.t.copy(), economy.t.copy()
    first[0, 1, 1] += 0.2
    second[0, 1, 1] += 0.1
    second[2, 0, 0] += 0.3
    before, after = (dt.solve(economy, dt.Shock(t_cf=t), horizon=horizon) for t in (first, second))
    found = measured_from(before, after)
    if horizon == "long":  # a benchmark forgets what labour earned by sector before
        step = dt.solve(economy.at(before), dt.Shock(t_cf=second))
        for name in ("W_hat", "P_hat", "w_hat", "c_hat", "pi_cf", "X_cf", "R_cf"):
            np.testing.assert_allclose(getattr(found, name), getattr(step, name), rtol=1e-9, atol=1e-12)
        for table in ("economies", "sectors", "trade"):
            # real GDP is counted along a path, and the two take different ones
            one, other = (getattr(its, table)().drop(columns="real_gdp", errors="ignore") for its in (found, step))
            pd.testing.assert_frame_equal(one, other, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(found.W_hat, after.W_hat / before.W_hat, rtol=1e-15)
    back = measured_from(after, before)
    np.testing.assert_allclose(found.W_hat * back.W_hat, 1.0, rtol=1e-12)
    assert found.gap == max(before.gap, after.gap)


def test_the_reference_holds_the_rents_of_its_own_exporters():
    economy = lab.economy()
    e = np.zeros_like(economy.t)
    e[0, 1, 1] = 0.3
    before, after = dt.solve(economy, dt.Shock(e_cf=e)), dt.solve(economy, dt.Shock())
    found = measured_from(before, after)
    table = found.economies().set_index("economy")
    name = economy.economies[1]
    assert table["income_before"][name] == pytest.approx(before.I_cf[1], rel=1e-12)
    assert before.rents_cf[1] > 0
    np.testing.assert_allclose(table["income_after"], economy.I, rtol=1e-9)
    np.testing.assert_allclose(table["revenue_before"], before.R_cf, rtol=1e-12)
    np.testing.assert_allclose(found.base.M, before.M_cf, rtol=1e-12)


def test_solutions_of_two_economies_are_refused():
    one, other = lab.economy(seed=1), lab.economy(seed=2)
    with pytest.raises(BadInput, match="solve both on one economy"):
        measured_from(dt.solve(one, dt.Shock()), dt.solve(other, dt.Shock()))

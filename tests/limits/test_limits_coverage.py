"""A measure on part of a cell is not its average: on the world of 2017, with the figures the design quotes."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from oracle import calibrate, nested

SHARE, RATE = 0.3, 0.25
#: The average that the design compares with: 7.4 % on all Chinese goods.
AVERAGE = 0.074


def covered(base: dt.Economy) -> np.ndarray:
    """30 % of every Chinese good that the United States buys; services, the last sector, are left."""
    share = np.zeros(base.t.shape)
    share[base.index("USA"), base.index("CHN"), :-1] = SHARE
    return share


def in_part(base: dt.Economy) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    return [(1 - covered(base), base.t, base.t), (covered(base), base.t, base.t + RATE)]


def averaged(base: dt.Economy) -> np.ndarray:
    return np.asarray(base.t + AVERAGE * (covered(base) > 0))


@pytest.fixture(scope="module")
def base():
    return dt.calibrate(dt.load_world("icio-2017"), elasticities="U4")


def test_part_of_the_goods_costs_what_the_average_would_have_gained(base):
    usa = base.index("USA")
    part = dt.solve(base, dt.Shock(parts=in_part(base)))
    average = dt.solve(base, dt.Shock(t_cf=averaged(base)))
    assert part.W_hat[usa] < 1 < average.W_hat[usa]
    assert part.R_cf[usa] < average.R_cf[usa]
    assert part.W_hat[base.index("CHN")] > average.W_hat[base.index("CHN")]


def test_the_average_after_trade_has_moved_is_far_below_the_rate_on_paper(base):
    cell = base.index("USA"), base.index("CHN"), 0
    after = dt.solve(base, dt.Shock(parts=in_part(base))).t_cf[cell] - base.t[cell]
    assert 0.02 < after < SHARE * RATE


def test_the_figures_of_the_design_on_the_world_file_as_it_stands(shared):
    """The bundled world takes US-China tariffs from customs; the design's figures do not: -0.015 % and +0.018 %."""
    with np.load(shared / "data/worlds/icio-2017.npz") as z:
        sectors, economies = z["sectors"].tolist(), z["countries"].tolist()
        names = ("flows", "tariffs", "io", "value_added")
        raw = dt.World(**{name: z[name] for name in names}, economies=economies, sectors=sectors)
    base = dt.calibrate(raw, elasticities="U4")
    usa = base.index("USA")
    change = {
        "part": dt.solve(base, dt.Shock(parts=in_part(base))).W_hat[usa] - 1,
        "average": dt.solve(base, dt.Shock(t_cf=averaged(base))).W_hat[usa] - 1,
    }
    assert round(100 * change["part"], 3) == -0.015
    assert round(100 * change["average"], 3) == 0.018
    b = calibrate.from_world_file(shared / "data/worlds/icio-2017.npz", base.theta)
    assert nested.solve(b, parts=in_part(base)).W_hat[usa] - 1 == pytest.approx(change["part"], abs=1e-9)

"""A warm counterfactual of the world of 2017, its gradient, and what they are compared with, in the same rounds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jax
import numpy as np
from clock import Timing, in_turn, ratio

import detente as dt
from detente.solver import adjoint as criteria
from detente.solver.compiled import compiled_solve
from detente.solver.equilibrium import benchmark_unknowns, given_of

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from oracle import calibrate, nested

#: The NumPy reference stops at the bound of detente's audit, which detente itself undercuts a hundredfold.
REFERENCE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Speed:
    """Medians and ratios of one elasticity set."""

    elasticities: str
    passes: int
    numpy_pass: Timing
    solve: Timing
    compiled: Timing
    gradient: Timing
    adjoint: Timing
    published_form: Timing
    quickest_form: Timing
    parted: Timing
    quotas: Timing
    solve_to_pass: float
    parted_to_solve: float
    quotas_to_solve: float
    compiled_to_pass: float
    gradient_to_solve: float
    published_to_solve: float
    quickest_to_solve: float


def both_ways(economy: dt.Economy, rate: float = 0.25) -> np.ndarray:
    """`rate` more on all goods, both ways between the United States and China."""
    t = np.array(economy.t)
    usa, chn = economy.index("USA"), economy.index("CHN")
    t[usa, chn, :-1] += rate
    t[chn, usa, :-1] += rate
    return t


def in_two_varieties(economy: dt.Economy, t_cf: np.ndarray) -> dt.Shock:
    """The new tariffs on half of every goods cell of the world; the other half keeps its own."""
    half = np.full(economy.t.shape, 0.5)
    half[:, :, -1] = 0.0  # services are the last sector, and are not split
    return dt.Shock(parts=[(half, economy.t, t_cf), (1 - half, economy.t, economy.t)])


def with_quotas(economy: dt.Economy, t_cf: np.ndarray, cells: int = 20) -> dt.Shock:
    """The new tariffs, and a quota at 70 % of the flow on each of the largest purchases of goods of the United States.

    Beyond it 25 points more are charged.
    """
    bought = np.array(economy.M[economy.index("USA"), :, :-1])
    bought[economy.index("USA")] = 0.0
    i, j = np.unravel_index(np.argsort(bought, axis=None)[::-1][:cells], bought.shape)
    n, whole = np.full(cells, economy.index("USA")), np.ones(cells)
    t = np.array(t_cf)
    t[n, i, j] = economy.t[n, i, j]  # the parts say what changes there
    parts = dt.Parts(n, i, j, whole, economy.t[n, i, j], t_cf[n, i, j])
    quotas = [dt.Quota([m], 0.7 * bought[i[m], j[m]], (0.0, 0.25)) for m in range(cells)]
    return dt.Shock(t_cf=t, parts=parts, quotas=quotas)


def compiled(economy: dt.Economy, shock: dt.Shock) -> Callable[[], object]:
    """The solve as a batch runs it: its arrays are on the device, and what it finds stays there."""
    wedges = shock.wedges(economy)
    start = benchmark_unknowns(economy, "long")
    with jax.enable_x64(True):
        given = jax.device_put((given_of(economy, economy.D, "long"), economy.I, wedges.K, wedges.v, start))

    def task() -> object:
        with jax.enable_x64(True):
            return jax.block_until_ready(compiled_solve(*given, "fixed", "long"))

    return task


def measure(elasticities: str = "CP", rounds: int = 21, slow_rounds: int = 3) -> Speed:
    """25 % both ways on icio-2017, Shock in, audited Solution out; every comparison in the same rounds as the solve."""
    economy = dt.calibrate(dt.load_world("icio-2017"), elasticities=elasticities)
    b = calibrate.from_economy(economy)
    t_cf, outcome = both_ways(economy), criteria.log_real_income(economy, "USA")
    whole, parted, limited = dt.Shock(t_cf=t_cf), in_two_varieties(economy, t_cf), with_quotas(economy, t_cf)
    solution = dt.solve(economy, whole)
    pi, c, theta = np.array(economy.pi), np.array(solution.c_hat), np.array(economy.theta)
    tasks = {
        "pass": lambda: (pi * (c[None] ** -theta)).sum(1),
        "solve": lambda: dt.solve(economy, dt.Shock(t_cf=t_cf)),
        "without parts": lambda: dt.solve(economy, whole),
        "parted": lambda: dt.solve(economy, parted),
        "quotas": lambda: dt.solve(economy, limited),
        "compiled": compiled(economy, whole),
        "gradient": lambda: dt.gradient(economy, dt.Shock(t_cf=t_cf), outcome),
        "adjoint": lambda: dt.gradient(economy, dt.Shock(t_cf=t_cf), outcome, solution=solution),
        "quickest": lambda: nested.solve(b, t_cf=t_cf, demand="series", tol=REFERENCE_TOLERANCE),
    }
    quick = in_turn(tasks, rounds)
    published = {
        "solve": tasks["solve"],
        "published": lambda: nested.solve(b, t_cf=t_cf, demand="direct", tol=REFERENCE_TOLERANCE),
    }
    slow = in_turn(published, slow_rounds, warm=0)
    return Speed(
        elasticities=elasticities,
        passes=solution.passes,
        numpy_pass=quick["pass"],
        solve=quick["solve"],
        compiled=quick["compiled"],
        gradient=quick["gradient"],
        adjoint=quick["adjoint"],
        published_form=slow["published"],
        quickest_form=quick["quickest"],
        parted=quick["parted"],
        quotas=quick["quotas"],
        solve_to_pass=ratio(quick["solve"], quick["pass"]),
        parted_to_solve=ratio(quick["parted"], quick["without parts"]),
        quotas_to_solve=ratio(quick["quotas"], quick["without parts"]),
        compiled_to_pass=ratio(quick["compiled"], quick["pass"]),
        gradient_to_solve=ratio(quick["gradient"], quick["solve"]),
        published_to_solve=ratio(slow["published"], slow["solve"]),
        quickest_to_solve=ratio(quick["quickest"], quick["solve"]),
    )

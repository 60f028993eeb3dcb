"""One random case before detente and the auditor: the verdict, and whether the auditor agrees with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

import detente as dt
from accounts import lab
from oracle import audit, calibrate, newton, shocks
from oracle.toys import Toy

#: The audit's bound, and a digit for sums that the two audits take in another order.
CLOSES = 1e-8
#: What two admissible equilibria of one case must agree to, in logs of wages and of incomes.
SAME = 1e-7


@dataclass(frozen=True)
class Judged:
    """What detente said of a case, and what the auditor finds of that.

    ``wrong`` names what the auditor objects to: accounts that do not close, levels that no equilibrium has, another
    equilibrium than its own, a refusal of what it solves, or a refusal without a cause. It is empty where it agrees.
    """

    case: shocks.Case
    outcome: str
    cause: str
    wrong: str

    @property
    def refused(self) -> bool:
        return self.outcome != "SOLVED"


@lru_cache
def real_world(name: str = "icio-2017") -> Toy:
    """A bundled world as plain accounts, to be aggregated."""
    world = dt.load_world(name)
    theta = np.full(len(world.sectors), 4.0)
    return Toy(world.flows, world.tariffs, world.io, theta, tuple(world.economies), tuple(world.sectors))


def judged(seed: int, *, second: bool = False) -> Judged:
    """The case of a seed; with `second` the auditor also solves what detente has solved, and both must agree."""
    case = shocks.draw(seed, real_world())
    base = lab.economy(case.world, case.deficits)
    solution = dt.solve(base, dt.Shock(**case.shock), horizon=case.horizon, throw=False)
    b = calibrate.from_economy(base)
    if solution.outcome is dt.Outcome.SOLVED:
        wrong = _audited(b, case, solution) or (_compared(b, case, solution) if second else "")
    elif not solution.cause:
        wrong = "refused without a cause"
    else:
        wrong = "the auditor solves it" if _solved(b, case) is not None else ""
    return Judged(case, solution.outcome.name, solution.cause, wrong)


def _solved(b: calibrate.Benchmark, case: shocks.Case) -> newton.Found | None:
    return newton.solve(b, deficits=case.deficits, horizon=case.horizon, **case.shock)


def _audited(b: calibrate.Benchmark, case: shocks.Case, solution: dt.Solution) -> str:
    wage = solution.wage_hat if case.horizon == "short" else None
    gaps = audit.gaps(b, solution, wage_hat=wage, deficits=case.deficits, **case.shock)
    if not max(gaps.values()) <= CLOSES:
        worst = max(gaps, key=lambda name: gaps[name])
        return f"{worst} is open by {gaps[worst]:.1e}"
    return ", ".join(audit.faults(b, solution))


def _compared(b: calibrate.Benchmark, case: shocks.Case, solution: dt.Solution) -> str:
    found = _solved(b, case)
    if found is None:
        return "the auditor does not find it"
    apart = max(
        float(np.abs(np.log(getattr(found, name) / getattr(solution, name))).max())
        for name in ("w_hat", "I_cf", "W_hat")
    )
    return f"another equilibrium: {apart:.1e} apart" if apart > SAME else ""

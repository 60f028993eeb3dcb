"""An equilibrium measured from another one of the same economy.

A state in which exporters charge, quotas earn rents or duties are by the unit is no benchmark: a later shock could not
know which part of a tariff moves with prices. So both states are solved from the calibrated economy, and the changes
from one to the other are ratios of the two. Shares compose, so that this is exact under every closure.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from detente.errors import BadInput
from detente.inputs import FloatArray
from detente.model.benchmark import Benchmark
from detente.solver.solution import Solution


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ReferenceState(Benchmark):
    """An equilibrium as the state that changes are measured from; nothing is solved from it.

    `state` is its solution. Sales, duties and income are those of it, the rents of exporters and of licence holders
    among them.
    """

    state: Solution

    @cached_property
    def Y(self) -> FloatArray:
        """Sales of producers (i, j), USD million."""
        return self.state.Y_cf

    @cached_property
    def R(self) -> FloatArray:
        """Duties collected (n,), USD million."""
        return self.state.R_cf

    @cached_property
    def I(self) -> FloatArray:
        """Income (n,), USD million."""
        return self.state.I_cf

    @property
    def gdp(self) -> FloatArray:
        """Nominal GDP (n,) of the state, USD million."""
        return self.state.gdp_cf


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RelativeSolution(Solution):
    """The equilibrium `state` measured from `base`: changes are new over that state, levels those of `state`."""

    state: Solution

    @cached_property
    def real_gdp_hat(self) -> FloatArray:
        """Real GDP at base prices (n,), new over the reference state, along the paths from the calibrated economy."""
        assert isinstance(self.base, ReferenceState)
        return np.asarray(self.state.real_gdp_hat / self.base.state.real_gdp_hat)

    @property
    def import_price_hat(self) -> FloatArray:
        """The price index of foreign suppliers alone (n, j), new over the reference state."""
        assert isinstance(self.base, ReferenceState)
        with np.errstate(divide="ignore", invalid="ignore"):  # where every foreign supplier is closed in both
            return np.asarray(self.state.import_price_hat / self.base.state.import_price_hat)


def measured_from(before: Solution, after: Solution) -> RelativeSolution:
    """The equilibrium `after` with all changes new over `before`. Raises BadInput where they are of two economies."""
    if before.base is not after.base:
        raise BadInput(f"the solutions are of {before.base.name} and {after.base.name}: solve both on one economy")
    b = before.base
    base = ReferenceState(
        pi=before.pi_cf,
        X=before.X_cf,
        wL=((1 - b.profit_share) * b.gamma_va * before.Y_cf).sum(1),
        gamma_va=b.gamma_va,
        gamma_io=b.gamma_io,
        alpha=b.alpha,
        theta=b.theta,
        t=before.t_cf,
        D=before.D_cf,
        economies=b.economies,
        sectors=b.sectors,
        profit_share=b.profit_share,
        deficits=b.deficits,
        name=b.name,
        provenance=b.provenance,
        notes=b.notes,
        state=before,
    )
    kept = {its.name: getattr(after, its.name) for its in fields(Solution)}
    changes = {
        name: getattr(after, name) / getattr(before, name)
        for name in ("wage_hat", "w_hat", "P_hat", "c_hat", "W_hat", "L_hat", "U_hat")
    }
    effort = (after.W_hat - after.welfare_hat) - (before.W_hat - before.welfare_hat)
    changes["welfare_hat"] = changes["W_hat"] - effort / before.W_hat
    relative = RelativeSolution(
        **kept | changes | {"base": base, "shock": None, "splitting": None, "parts": None}, state=after
    )
    return replace(relative, gaps={name: np.maximum(gap, before.gaps[name]) for name, gap in after.gaps.items()})

"""A shock at the rates of its equilibrium: what searches and slopes, which move other rates, hold of a start."""

from __future__ import annotations

from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.equilibrium import equilibrium
from detente.solver.fixed_point import Horizon
from detente.solver.held_rates import held_at


def held(economy: Benchmark, shock: Shock, horizon: Horizon = "long") -> tuple[Shock, str]:
    """The shock with its quotas and duties per unit at the rates they have in its equilibrium, and a note that says so.

    Rents that go abroad become transfers, so that the equilibrium stays the same. A shock whose rates are all given is
    returned as it is, with an empty note. Raises BadShock, NotSolved.
    """
    wedges = shock.wedges(economy)
    if wedges.varying is None:
        return shock, ""
    return held_at(shock, equilibrium(economy, wedges, horizon))

"""A solved shock at the rates of its equilibrium, which are given rates ever after."""

from __future__ import annotations

from detente.model.shock import Shock
from detente.solver.solution import Solution


def held_at(shock: Shock, solution: Solution) -> tuple[Shock, str]:
    """A shock with its quotas and duties per unit at the rates of its solution, and a note that says so.

    Rents that go abroad become transfers. A shock whose rates are all given is returned as it is, with an empty note.
    """
    if solution.parts is None:
        return shock, ""
    fixed = Shock(shock.t_cf, shock.d_hat, shock.D_cf, solution.parts, shock.e_cf, T_cf=solution.wedges.T_cf)
    what = []
    if shock.quotas:
        what.append(f"{len(shock.quotas)} {'quota' if len(shock.quotas) == 1 else 'quotas'}")
    if shock.parts is not None and shock.parts.specific is not None:
        what.append("duties per unit")
    return fixed, f"{' and '.join(what)} of the start held at the rates they have there"

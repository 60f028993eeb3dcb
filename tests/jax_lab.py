"""Equilibria found by the compiled solve, which the package keeps for batches, in place of NumPy's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
import pytest

from detente.solver import equilibrium
from detente.solver.compiled import compiled_solve
from detente.solver.jax_context import compiled


@contextmanager
def solved_in_jax() -> Iterator[None]:
    """Within it `detente.solver.equilibrium` solves by JAX where one leap does; that it solved at all is checked."""
    solved = 0

    def in_jax(*given: Any) -> equilibrium.Raw:
        nonlocal solved
        solved += 1
        with compiled():
            raw: equilibrium.Raw = jax.tree.map(np.asarray, compiled_solve(*given))
        return raw

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(equilibrium, "in_numpy", in_jax)
        yield
    assert solved, "nothing was solved in JAX: what is compared is NumPy with itself"

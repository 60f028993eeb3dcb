"""Economy + Shock → Solution: the fixed point and its acceleration, the audit, the adjoint, the path of a shock."""

from detente.door import open_door
from detente.solve.adjoint import gradient
from detente.solve.calibrate import calibrate
from detente.solve.economy import Economy
from detente.solve.equilibrium import solve
from detente.solve.outcome import AUDIT_BOUND, Outcome
from detente.solve.path import decompose
from detente.solve.solution import Solution

__all__ = ["AUDIT_BOUND", "Economy", "Outcome", "Solution", "calibrate", "decompose", "gradient", "solve"]

open_door(__name__, solve)

"""The economics: the benchmark, the shock, and one function for each numbered equation. No numerics, no law."""

from detente.model.benchmark import Benchmark
from detente.model.shock import Parts, Shock

__all__ = ["Benchmark", "Parts", "Shock"]

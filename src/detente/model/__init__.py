"""The economics: the benchmark, the shock, and one function for each numbered equation. No numerics, no law."""

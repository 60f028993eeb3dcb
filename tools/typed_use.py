"""What a user's script looks like to a type checker: `make wheel` runs mypy on it against the installed wheel.

The lines that say `type: ignore` are wrong on purpose: without the types of the package mypy would find nothing there,
and would say that the comment is not needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import pandas as pd

import detente as dt

world = dt.load_world("icio-2017")
economy = dt.calibrate(world, elasticities="CP")
solution = dt.solve(economy, dt.Shock(t_cf=economy.t))
assert_type(world, dt.World)
assert_type(economy, dt.Economy)
assert_type(solution, dt.Solution)
assert_type(solution.residual, float)
assert_type(solution.economies(), pd.DataFrame)

dispute = dt.Dispute.read(Path("dispute.yaml"))
findings = dt.run(dispute)
assert_type(dispute, dt.Dispute)
assert_type(findings, dt.Findings)
assert_type(findings.headline, str)
assert_type(dt.run_war("us-china-2018"), dt.War)
assert_type(dt.list_cases(), tuple[str, ...])

dt.solve("icio-2017")  # type: ignore[arg-type, call-arg]
print(dt.no_such_name)  # type: ignore[attr-defined]
findings.headline()  # type: ignore[operator]

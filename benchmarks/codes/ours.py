"""One audited counterfactual as a whole process: python ours.py CASE_FOLDER.

The world of 2017 is read from the package; an economy that the package does not have, from the arrays of the case.
"""

import sys
from pathlib import Path

import numpy as np

import detente as dt

folder = Path(sys.argv[1])
if folder.name == "nafta":
    with np.load(folder / "economy.npz") as z:
        t_cf, economies, sectors = z["t_cf"], z["economies"].tolist(), z["sectors"].tolist()
        arrays = {name: z[name] for name in ("pi", "X", "wL", "gamma_va", "gamma_io", "alpha", "theta", "t", "D")}
    economy = dt.Economy(**arrays, economies=economies, sectors=sectors)
else:
    economy = dt.calibrate(dt.load_world("icio-2017"), folder.name)
    t_cf = np.array(economy.t)
    us, china = economy.index("USA"), economy.index("CHN")
    t_cf[us, china] += 0.25
    t_cf[china, us] += 0.25
solution = dt.solve(economy, dt.Shock(t_cf=t_cf))
assert "jax" not in sys.modules
print(f"passes: {solution.passes}, audit: {solution.gap:.1e}")

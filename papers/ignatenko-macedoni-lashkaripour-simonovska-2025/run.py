"""Table 10 of Ignatenko, Macedoni, Lashkaripour and Simonovska (2025): the rates of April 2025 with elastic labour.

Run with `make papers`. Needs the reference folder (`DETENTE_SHARED`).
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import detente as dt
from detente.errors import DetenteWarning

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import digits, publish, shared, table

HERE = Path(__file__).resolve().parent
KAPPA, THETA = 0.5, 4.0
LABOUR = dt.Elastic(KAPPA, revenue="income-tax", tax="replaced")


def solved() -> dt.Solution:
    """The rates of the US Trade Representative, unanswered, transfers fixed, without the paper's scale elasticity."""
    with np.load(shared() / "reference/ignatenko-2025.npz") as z:
        flows, ustr, codes = z["trade"].T[:, :, None] / 1e3, z["ustr"], [str(code) for code in z["economies"]]
    t = np.zeros(flows.shape)
    with warnings.catch_warnings():  # some economies sell almost nothing at home, and others almost nothing abroad
        warnings.simplefilter("ignore", DetenteWarning)
        world = dt.World(flows=flows, tariffs=t, economies=codes, sectors=["all"], name="2023, one sector")
    economy = dt.calibrate(world, [THETA], labour=LABOUR)
    t_cf, usa = t.copy(), codes.index("USA")
    t_cf[usa, :, 0] = ustr
    t_cf[usa, usa] = 0.0
    return dt.solve(economy, dt.Shock(t_cf=t_cf))


def compared() -> pd.DataFrame:
    """The paper's figures beside ours, percent."""
    s = solved()
    n, rows = s.base.index("USA"), s.economies().set_index("economy").loc["USA"]
    earned = s.w_hat[n] * s.L_hat[n]
    others = np.arange(len(s.base.economies)) != n
    ours = (
        s.U_hat[n] - 1,
        rows["exports_after"] / rows["exports_before"] / earned - 1,
        rows["imports_after"] / rows["imports_before"] / earned - 1,
        s.L_hat[n] - 1,
        float((s.U_hat[others] - 1).mean()),
    )
    return pd.read_csv(HERE / "published.csv").assign(computed=[100 * value for value in ours])


def without_net_of_tax() -> float:
    """U'/U − 1 of the United States with v(L) = κ/(1+κ) · real wage · L before and after, no tax in it; percent."""
    s = solved()
    b, n = s.base, s.base.index("USA")
    part = KAPPA / (1 + KAPPA) * b.wL[n]
    after = s.W_hat[n] * b.I[n] - part * s.w_hat[n] * s.L_hat[n] / s.P_hat[n, 0]
    return float(100 * (after / (b.I[n] - part) - 1))


def made() -> dict[str, str]:
    """The tables of the README."""
    rows = [[r.what, f"{r.published:g}", f"{r.computed:.4f}"] for r in compared().itertuples(index=False)]
    rows.append(["welfare, v(L) without the tax", "1.24", f"{without_net_of_tax():.4f}"])
    s = solved()
    others = np.arange(len(s.base.economies)) != s.base.index("USA")
    over_income = float(100 * (s.welfare_hat[others] - 1).mean())
    rows.append(["welfare of others over income (simple mean)", "-0.35", f"{over_income:.4f}"])
    return {"Table 10": table(["", "published", "computed"], rows)}


def results() -> pd.DataFrame:
    """Every published number beside the computed one."""
    found = compared()
    return pd.DataFrame(
        {
            "table": "Table 10",
            "what": found["what"],
            "unit": "percent",
            "published": found["published"],
            "digits": found["published"].map(digits),
            "computed": found["computed"],
        }
    )


def main() -> int:
    """Write the page and print it."""
    publish(HERE, made(), results())
    return 0


if __name__ == "__main__":
    sys.exit(main())

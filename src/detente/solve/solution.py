"""The solved equilibrium: arrays, the verdict of the audit, and tidy tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.data.exported import Exported, html_of
from detente.model.benchmark import Benchmark
from detente.model.shock import Wedges
from detente.solve import frames
from detente.solve.joint import Horizon, Unknowns
from detente.solve.outcome import Outcome

if TYPE_CHECKING:
    from detente.solve.equilibrium import Raw

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Solution(Exported):
    """An equilibrium after a shock. ``x_hat`` is new over old, ``x_cf`` a new level in USD million; read-only.

    ``rents_cf`` is what each economy charges on its exports, zero unless the shock has export charges.

    ``base`` is the benchmark it is relative to; ``wedges`` the shock as the equations took it; ``passes`` and
    ``residual`` how the fixed point ended; ``gaps`` the audit, per economy; ``outcome`` the audit's verdict.
    """

    base: Benchmark
    wedges: Wedges
    horizon: Horizon
    outcome: Outcome
    passes: int
    residual: float
    gaps: Mapping[str, FloatArray]
    unknowns: Unknowns
    wage_hat: FloatArray
    w_hat: FloatArray
    P_hat: FloatArray
    c_hat: FloatArray
    pi_cf: FloatArray
    X_cf: FloatArray
    Y_cf: FloatArray
    I_cf: FloatArray
    R_cf: FloatArray
    rents_cf: FloatArray
    D_cf: FloatArray
    W_hat: FloatArray

    @classmethod
    def of(cls, base: Benchmark, wedges: Wedges, horizon: Horizon, raw: Raw, outcome: Outcome) -> Solution:
        """From what the compiled solve hands back."""
        arrays = {name: _read_only(value) for name, value in raw.state._asdict().items() if name != "v"}
        if arrays["wage_hat"].shape[1] == 1:
            arrays["wage_hat"] = np.broadcast_to(arrays["wage_hat"], base.X.shape)
        return cls(
            base=base,
            wedges=wedges,
            horizon=horizon,
            outcome=outcome,
            passes=int(raw.passes),
            residual=float(raw.residual),
            gaps={name: _read_only(value) for name, value in raw.gaps._asdict().items()},
            unknowns=raw.x,
            **arrays,
        )

    def __repr__(self) -> str:
        return f"<Solution of {self.base.name}: {self.outcome.value}, {self.passes} passes, largest gap {self.gap:.1e}>"

    def tables(self) -> dict[str, pd.DataFrame]:
        """economies, sectors and trade, as the functions of these names give them."""
        return {"economies": self.economies(), "sectors": self.sectors(), "trade": self.trade()}

    def _repr_html_(self) -> str:
        return html_of(repr(self), {"economies": self.economies()})

    @property
    def gap(self) -> float:
        """The largest relative gap of the audit."""
        return float(max(np.max(gap) for gap in self.gaps.values()))

    @property
    def worst(self) -> str:
        """The account and economy of the largest gap."""
        account = max(self.gaps, key=lambda name: float(np.nan_to_num(self.gaps[name], nan=np.inf).max()))
        return (
            f"{account} account of {self.base.economies[int(np.nan_to_num(self.gaps[account], nan=np.inf).argmax())]}"
        )

    @property
    def t_cf(self) -> FloatArray:
        """Tariffs after the shock (n, i, j), averaged over the parts of a cell by trade after it."""
        return self.wedges.t_cf

    @property
    def M_cf(self) -> FloatArray:
        """Imports after the shock (n, i, j) net of tariffs, own sales included, USD million."""
        return np.asarray(self.pi_cf * self.wedges.v * self.X_cf[:, None, :])

    @property
    def provenance(self) -> Mapping[str, Any]:
        """World, licence, known defects, and how this number was made."""
        return {
            **self.base.provenance,
            "economy": self.base.name,
            "deficits": self.base.deficits,
            "horizon": self.horizon,
            "outcome": self.outcome.name,
            "largest_gap": self.gap,
        }

    def economies(self) -> pd.DataFrame:
        """One row an economy: see `detente.solve.frames.economies`."""
        return frames.economies(self)

    def sectors(self) -> pd.DataFrame:
        """One row an economy and sector: see `detente.solve.frames.sectors`."""
        return frames.sectors(self)

    def trade(self) -> pd.DataFrame:
        """One row a flow: see `detente.solve.frames.trade`."""
        return frames.trade(self)

    def balance(self, economy: str, partner: str | None = None, *, goods_only: bool = False) -> tuple[float, float]:
        """Exports − imports of an economy with a partner, or with the world, before and after.

        Net of tariffs, USD million a year.
        ``goods_only`` leaves services out. Raises UnknownEconomy.
        """
        return frames.balance(self, economy, partner, goods_only)

    def diversion(self, importer: str, exporter: str, *, goods_only: bool = True) -> pd.DataFrame:
        """What third economies sell to the importer, before and after: see `detente.solve.frames.diversion`."""
        return frames.diversion(self, importer, exporter, goods_only)

    def ledger(self, economy: str, households: float | None = None) -> pd.DataFrame:
        """Revenue against what consumers and importing firms pay: see `detente.solve.frames.ledger`."""
        return frames.ledger(self, economy, households)


def _read_only(values: Any) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    array.setflags(write=False)
    return array

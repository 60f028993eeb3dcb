"""The quotas of an equilibrium: the regime of each, its rate, its flow, and who earns its rent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.inputs import FloatArray
from detente.model.varying import VaryingRows

#: A flow so near to its limit is at it, relative; the bound of the audit.
_AT = 1e-9


@dataclass(frozen=True, eq=False)
class QuotaResults:
    """The quotas of a shock with the rate, the flow and the rent of each (q,) in its equilibrium."""

    rows: VaryingRows
    rate: FloatArray
    flow: FloatArray
    rent: FloatArray

    def frame(self, economies: Sequence[str]) -> pd.DataFrame:
        """The table of `detente.Solution.quotas`."""
        its = self.rows
        filled = np.divide(self.flow, its.limit, out=np.where(self.flow > 0, np.inf, 0.0), where=its.limit > 0)
        side = np.where(filled < 1, "below", "above")
        return pd.DataFrame(
            {
                "quota": np.arange(len(its.limit)),
                "instrument": np.where(its.tariff, "tariff", "charge"),
                "regime": np.where(np.abs(filled - 1) <= _AT, "at", side),
                "rate": self.rate,
                "flow": self.flow,
                "limit": its.limit,
                "filled": filled,
                "rent": self.rent,
                "holder": [self._holder(q, economies) for q in range(len(its.limit))],
            }
        )

    def _holder(self, q: int, economies: Sequence[str]) -> str:
        """The economies that earn the rent of a quota."""
        its = self.rows
        if (holder := int(its.holder[q])) >= 0:
            return economies[holder]
        levies = its.n if its.tariff[q] else its.i
        return ", ".join(economies[n] for n in np.unique(levies[its.row[its.of == q]]))

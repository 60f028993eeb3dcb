"""Quotas: a rate that is low while a flow stays under a limit, and as high as it must be where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from detente.data.exported import Shown
from detente.errors import BadInput, BadShock
from detente.inputs import IntArray, number, one_of, shown
from detente.model.parts import Parts, positions

QuotaInstrument = Literal["tariff", "charge"]
"""tariff: the importer levies the rate at the border. charge: the exporter does, on what producers receive."""
Measured = Literal["volume", "value"]
"""volume: the flow at base border prices. value: at the border prices of the equilibrium, in the numeraire."""

_INSTRUMENTS: Final[tuple[QuotaInstrument, ...]] = get_args(QuotaInstrument)
_MEASURED: Final[tuple[Measured, ...]] = get_args(Measured)


@dataclass(frozen=True, eq=False)
class Quota(Shown):
    """A limit on what some parts of cells trade together, and the rates under and over it.

    The rate r of the quota comes on top of what its parts pay anyhow, and is found with the equilibrium by
    complementarity: r is ``low`` where the flow stays under the limit, ``high`` where the flow passes the limit even
    so, and in between the rate at which the flow is the limit. All of the flow pays it at the margin; of the flow
    within the limit, r less ``low`` is a rent.

    Parameters
    ----------
    rows
        Positions of the rows of the shock's `Parts` that share the limit, of any partners and sectors.
    limit
        USD million a year, net of tariffs: at base border prices by volume, in the numeraire by value.
    rate
        (low, high), fractions: in-quota and over-quota rate of a tariff-rate quota; (0, inf) for an export limit,
        whose r is the shadow price.
    instrument
        ``tariff`` is added to ``t_cf`` and levied by the importer; ``charge`` is added to what the exporter charges.
    by
        What is limited: ``volume`` or ``value``.
    holder
        The economy, as a position, that earns the rent; None for the one that levies the rate: the importer of each row
        of a tariff, the exporter of each row of a charge.

    Raises
    ------
    BadShock
        Where rows are none or named twice, the limit is negative, or rates are not in order over −100 %.
    """

    rows: IntArray
    limit: float
    rate: tuple[float, float]
    instrument: QuotaInstrument = "tariff"
    by: Measured = "volume"
    holder: int | None = None

    def __post_init__(self) -> None:
        rows = positions(self.rows, "a quota's rows", "rows of the parts")
        if rows.ndim != 1 or not len(rows) or len(np.unique(rows)) < len(rows):
            raise BadShock(f"a quota's rows are {shown(self.rows)}: name at least one row of the parts, each once")
        try:
            one_of(self.instrument, "a quota's instrument", _INSTRUMENTS)
            one_of(self.by, "a quota's by", _MEASURED)
            limit = number(self.limit, "a quota's limit")
        except BadInput as problem:
            raise BadShock(str(problem)) from None
        if limit < 0:
            raise BadShock(f"a quota's limit is {limit:.6g}: give USD million a year, not negative")
        low, high = _rates(self.rate)
        if limit == 0 and high == np.inf:
            raise BadShock("a quota's limit is 0 and its rate has no end: end the trade of the parts with `closed`")
        if self.holder is not None:
            whole = isinstance(self.holder, int | np.integer) and not isinstance(self.holder, bool)
            if not whole or self.holder < 0:
                raise BadShock(f"a quota's holder is {shown(self.holder)}: give the position of an economy, or None")
            object.__setattr__(self, "holder", int(self.holder))
        for name, value in (("rows", rows), ("limit", limit), ("rate", (low, high))):
            object.__setattr__(self, name, value)

    @property
    def of_importer(self) -> bool:
        """Whether the rate is a tariff."""
        return self.instrument == "tariff"


def _rates(given: ArrayLike) -> tuple[float, float]:
    """low and high. Raises BadShock where they are not in order over −100 %."""
    pair = np.asarray(given, dtype=np.float64) if isinstance(given, Sequence | np.ndarray) else np.zeros(0)
    if pair.shape != (2,) or not -1 < pair[0] < np.inf or not pair[0] <= pair[1]:
        raise BadShock(
            f"a quota's rate is {shown(given)}: give (low, high), two fractions over −1 in order; high may be infinite"
        )
    return float(pair[0]), float(pair[1])


def checked_quotas(given: Any, parts: Parts | None) -> tuple[Quota, ...]:
    """The quotas of a shock on its parts.

    Raises
    ------
    BadShock
        Where one is no quota, a row is not among the parts or is an economy's own sales, or the rates of a row reach
        −100 %.
    """
    quotas = tuple(given)
    for place, quota in enumerate(quotas):
        if not isinstance(quota, Quota):
            raise BadShock(f"quotas hold {shown(quota)}: give Quota(rows, limit, rate=(low, high))")
        if parts is None or quota.rows.max() >= len(parts):
            found = "there are none" if parts is None else f"there are {len(parts)}"
            raise BadShock(f"quota {place} names row {quota.rows.max()} of the parts, but {found}: add the parts first")
        own = quota.rows[parts.n[quota.rows] == parts.i[quota.rows]]
        if len(own):
            raise BadShock(
                f"quota {place} limits row {own[0]} of the parts, what economy {parts.n[own[0]]} sells to itself: own "
                "sales cross no border; leave the row out"
            )
    if parts is not None:
        _check_lows(quotas, parts)
    return quotas


def _check_lows(quotas: Sequence[Quota], parts: Parts) -> None:
    t, e = low_rates(quotas, parts)
    for what, rate in (("tariff", t), ("export charge", e)):
        if (rate <= -1).any():
            row = int(rate.argmin())
            raise BadShock(
                f"the low rates of quotas make the {what} on row {row} of the parts {rate[row]:.6g}: over −1"
            )


def low_rates(quotas: Sequence[Quota], parts: Parts) -> tuple[Any, Any]:
    """t_cf and e_cf of each part with every quota at its low rate."""
    t, e = parts.t_cf.copy(), parts.column("e_cf").copy()
    for quota in quotas:
        (t if quota.of_importer else e)[quota.rows] += quota.rate[0]
    return t, e

"""Parts with charges, bans, duties per unit and quotas, for detente and for the auditor, and their audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

import detente as dt
from accounts import lab
from oracle import audit, calibrate
from oracle.rows import Limit, Row

CLOSURES = ("fixed", "balanced", "proportional")
HORIZONS = ("long", "short")
EVERY = tuple(product(CLOSURES, HORIZONS))
#: The audit's bound, and a digit for sums that the two audits take in another order.
CLOSES = 1e-8


def economy(deficits: str = "fixed", seed: int = 11, N: int = 4, J: int = 3) -> dt.Economy:
    """A small world with deficits and tariffs."""
    return lab.economy(lab.toy(seed, N, J), deficits)


def parts_of(rows: Sequence[Row]) -> dt.Parts:
    """The rows as detente takes them."""
    columns = ("n", "i", "j", "s", "t", "t_cf", "e_cf", "closed", "specific")
    return dt.Parts(**{name: np.array([getattr(row, name) for row in rows]) for name in columns})


def quotas_of(limits: Sequence[Limit]) -> tuple[dt.Quota, ...]:
    """The quotas as detente takes them."""
    return tuple(
        dt.Quota(
            np.array(limit.rows),
            limit.limit,
            (limit.low, limit.high),
            "tariff" if limit.tariff else "charge",
            "volume" if limit.volume else "value",
            limit.holder,
        )
        for limit in limits
    )


def shock_of(rows: Sequence[Row], limits: Sequence[Limit] = (), **more: Any) -> dt.Shock:
    """The shock of some rows and quotas."""
    return dt.Shock(parts=parts_of(rows), quotas=quotas_of(limits), **more)


def cell(base: dt.Economy, n: int, i: int, j: int, *shares: float, **rates: float) -> list[Row]:
    """The rows of a cell, one a share; the rates are those of the first, and the others keep the base tariff."""
    t = float(base.t[n, i, j])
    first = {"t_cf": t, **rates}
    rows = [Row(n, i, j, shares[0], t, **first)]
    return rows + [Row(n, i, j, share, t, t) for share in shares[1:]]


def worst(
    base: dt.Economy, solution: dt.Solution, rows: Sequence[Row], limits: Sequence[Limit] = (), **more: Any
) -> tuple[float, str]:
    """The largest gap that the auditor finds, and its account."""
    rates = solution.quotas()["rate"].tolist() if limits else ()
    wage = solution.wage_hat if solution.horizon == "short" else None
    gaps = audit.gaps(
        calibrate.from_economy(base),
        solution,
        wage_hat=wage,
        deficits=base.deficits,
        rows=rows,
        limits=limits,
        rates=rates,
        **more,
    )
    account = max(gaps, key=lambda name: gaps[name])
    return gaps[account], account


def apart(a: dt.Solution, b: dt.Solution) -> float:
    """How far two equilibria lie apart, relative: wages, prices, expenditure, incomes, real incomes and trade."""
    return max(_gaps(a, b))


def _gaps(a: dt.Solution, b: dt.Solution) -> Iterator[float]:
    sells = a.base.Y > 0  # nobody is paid what labour would earn in a sector that is not there
    yield float(np.abs(np.where(sells, a.c_hat / b.c_hat - 1, 0)).max())
    for name in ("w_hat", "P_hat", "X_cf", "I_cf", "W_hat"):
        one, other = getattr(a, name), getattr(b, name)
        yield float(np.abs(one - other).max() / np.abs(other).max())
    yield float(np.abs(a.pi_cf - b.pi_cf).max())

"""Why a shock has no equilibrium with positive incomes: the economy, the account, by how much, and what to try.

The equations have solutions in which an income is negative: an economy that pays more in subsidies, or lends more to
others, than it earns. Those are no equilibria. Nor is there one where an economy buys abroad but can sell nothing.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from detente.errors import enumerate_names
from detente.inputs import BoolArray, FloatArray
from detente.model.benchmark import Benchmark, Deficits
from detente.model.shock import Wedges

#: Deficits under this share of world factor income are rounding, not transfers.
_ROUNDING = 1e-9
#: An income that has fallen under this share of what it was, where the last equilibrium is, is taken for the cause.
_NEARLY_GONE = 0.25
#: Parts of income under this share of factor income are left out of a message.
_WORTH_TELLING = 1e-3


class Incomes(Protocol):
    """What is needed of an equilibrium, all (n,), USD million: income (6) and its parts."""

    @property
    def I_cf(self) -> FloatArray:
        """Income."""

    @property
    def R_cf(self) -> FloatArray:
        """Tariff revenue, negative where subsidies outweigh it."""

    @property
    def rents_cf(self) -> FloatArray:
        """Charges on exports, negative where subsidies outweigh them."""

    @property
    def D_cf(self) -> FloatArray:
        """Deficits."""

    @property
    def transfers_cf(self) -> FloatArray:
        """Deficits and the transfers beside them."""


class _Part(NamedTuple):
    """A part of income: in words where it is received and where it is paid, and what to try where it weighs most."""

    received: str
    paid: str
    remedy: str


_REVENUE = _Part("tariff revenue", "subsidies on its purchases", "try a smaller subsidy")
_RENTS = _Part("charges on its exports", "subsidies on its exports", "try a smaller export subsidy")
_TRANSFERS = _Part("its trade deficit", "the trade surplus that the closure holds", "try {closures}")
_OTHER_CLOSURES: dict[Deficits, str] = {
    "fixed": "deficits='proportional' or 'balanced'",
    "proportional": "deficits='balanced'",
    "balanced": "a smaller shock",
}


def of_income(base: Benchmark, state: Incomes, closure: Deficits, reached: float, at: float) -> str | None:
    """The income that is not positive in a solution of the shock raised to ``at``; None where all are.

    ``reached`` is how far the shock was raised with positive incomes.
    """
    if not (np.isfinite(state.I_cf).all() and (state.I_cf <= 0).any()):
        return None
    n = int((state.I_cf / base.I).argmin())
    when = "" if at == 1 else f"at {at:.1%} of the shock (rates rising evenly in logs) "
    parts, remedy = _parts(base, state, n, closure)
    return (
        f"{when}the income of {base.economies[n]} would be {_usd(state.I_cf[n])} USD million: {parts}. Incomes are "
        f"positive up to {reached:.1%} of the shock: {remedy}"
    )


def of_utility(base: Benchmark, U_hat: FloatArray, L_hat: FloatArray, reached: float, at: float) -> str | None:
    """The economy whose work is worth more to it than what it spends, at the shock raised to ``at``; None for none."""
    if not (np.isfinite(U_hat).all() and (U_hat <= 0).any()):
        return None
    n = int(U_hat.argmin())
    when = "" if at == 1 else f"at {at:.1%} of the shock (rates rising evenly in logs) "
    return (
        f"{when}the utility C − v(L) of {base.economies[n]} would fall to {U_hat[n]:.3g} of what it was, with "
        f"{L_hat[n] - 1:+.2%} of work: it spends less than its work is worth to it. It is positive up to {reached:.1%} "
        "of the shock: try a lower kappa, or a smaller shock"
    )


def of_vanishing_income(base: Benchmark, state: Incomes, closure: Deficits, reached: float) -> str | None:
    """The income that has nearly gone where the last equilibrium on the way to the shock is; None where none has.

    Under ``proportional`` deficits it is the income without them, since a deficit is a share of income under one.
    """
    before, after, what = base.I, state.I_cf, "income"
    if closure == "proportional":
        before, after, what = base.I - base.D, state.I_cf - state.D_cf, "income without its deficit"
    n = int((after / before).argmin())
    if not after[n] < _NEARLY_GONE * before[n]:
        return None
    parts, remedy = _parts(base, state, n, closure)
    return (
        f"at {reached:.1%} of the shock (rates rising evenly in logs), the most that was reached, the {what} of "
        f"{base.economies[n]} has fallen from {_usd(before[n])} to {_usd(after[n])} USD million: {parts}: {remedy}"
    )


def of_standstill(reached: float) -> str:
    """What is known where neither an income nor a closed border explains it."""
    return f"equilibria were found up to {reached:.1%} of the shock (rates rising evenly in logs)"


def of_closed_borders(base: Benchmark, wedges: Wedges, D: FloatArray, closure: Deficits) -> str | None:
    """The economies whose trade cannot balance because the shock closes borders on one side; None where there are none.

    Looked at are groups of economies that buy and sell among each other: such a group must sell to others to buy from
    them, up to the transfers of the closure.
    """
    may = (base.pi * wedges.K > 0) & base.market[:, None, :]
    np.einsum("nnj->nj", may)[:] = False
    sells: BoolArray = np.asarray(may.any(2))  # (n, i): i can sell to n
    must: BoolArray = np.asarray(
        (may & (base.alpha > 0)[:, None, :]).any(2)
    )  # and does, since n spends on the sector whatever its output is
    held = base.D if closure == "proportional" else D
    if wedges.T_cf is not None:
        held = held + wedges.T_cf
    groups: list[BoolArray] = _groups(sells)
    for group in sorted(groups, key=lambda members: int(members.sum())):
        if group.all() or (closure == "proportional" and len(set(np.sign(held[group]))) > 1):
            continue
        exports, imports = sells[~group][:, group].any(), sells[group][:, ~group].any()
        transfer = float(held[group].sum())
        lends, borrows = (sign * transfer > _ROUNDING * base.wL.sum() for sign in (-1, 1))
        names = enumerate_names([base.economies[n] for n in np.flatnonzero(group)])
        if not exports and not borrows and (lends or must[group][:, ~group].any()):
            how = f"would have to lend {_usd(-transfer)} USD million to" if lends else "would still buy from"
            return f"{names} can sell nothing to others but {how} them: leave an export open, {_or_closure(closure)}"
        if not imports and not lends and (borrows or must[~group][:, group].any()):
            how = f"would have to borrow {_usd(transfer)} USD million from" if borrows else "would still sell to"
            return f"{names} can buy nothing from others but {how} them: leave an import open, {_or_closure(closure)}"
    return None


def _or_closure(closure: Deficits) -> str:
    return "or close the other side too" if closure == "balanced" else f"or try {_OTHER_CLOSURES[closure]}"


def _groups(sells: BoolArray) -> list[BoolArray]:
    """The groups of economies that sell to each other, directly or through others, as masks (n,)."""
    reach = sells | np.eye(len(sells), dtype=bool)
    for k in range(len(reach)):
        reach |= reach[:, [k]] & reach[[k], :]
    mutual = reach & reach.T
    first = mutual.argmax(1)
    return [first == n for n in np.unique(first)]


def _parts(base: Benchmark, state: Incomes, n: int, closure: Deficits) -> tuple[str, str]:
    """The income of an economy in words, part by part, and the remedy for what weighs most."""
    amounts = {_REVENUE: state.R_cf[n], _RENTS: state.rents_cf[n], _TRANSFERS: state.transfers_cf[n]}
    factors = state.I_cf[n] - sum(amounts.values())
    told = {part: amount for part, amount in amounts.items() if abs(amount) > _WORTH_TELLING * abs(factors)}
    received = [f"factor income of {_usd(factors)}"]
    received += [f"{part.received} of {_usd(amount)}" for part, amount in told.items() if amount > 0]
    paid = [f"{_usd(-amount)} for {part.paid}" for part, amount in told.items() if amount < 0]
    if not paid:
        return " and ".join(received), "try a smaller shock"
    heaviest = min(told, key=lambda part: told[part])
    remedy = heaviest.remedy.format(closures=_OTHER_CLOSURES[closure])
    return f"{' and '.join(received)}, less {' and '.join(paid)}", remedy


def _usd(amount: float) -> str:
    """USD million as a person writes them: whole, or four digits of what is small."""
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.4g}"

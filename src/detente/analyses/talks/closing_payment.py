"""How far apart two sides are, and the payment that would close the gap, with its effect on prices.

A payment is a transfer T between the two, beside their deficits and under every closure. It is spent mostly at home by
who receives it and would have been by who pays it, so that it moves the terms of trade: the receiver gains more than
the sum, and the payer loses more. So the payment at which the receiver is as well off as without a deal is sought in
the model, where promises of trade by amount are kept at every payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from detente.analyses.talks.deals import AMONG, Among, Deals
from detente.dispute.pledges import Solved
from detente.inputs import FloatArray

#: Payments are found to this, USD million a year.
_EXACT: Final = 1e-2
#: The payment sought is no more than so many times what the receiver lacks.
_MOST: Final = 8.0


@dataclass(frozen=True, eq=False)
class ClosingPayment:
    """A payment (USD million a year, in the numeraire), what each side then has over the truce (2,), its floors met.

    ``closes``: the payer is no worse off than at its own floor.
    """

    amount: float
    then: FloatArray
    closes: bool


class PaymentSearch:
    """Payments that close gaps between packages and floors, each found once."""

    def __init__(self, deals: Deals) -> None:
        self._deals = deals
        self._found: dict[tuple[int, int, bytes], ClosingPayment | None] = {}

    def least(self, package: int, payer: int, floor: FloatArray) -> ClosingPayment | None:
        """The payment with which the other side is at its floor (2,); None where none leads there. Raises NotSolved."""
        key = (package, payer, floor.tobytes())
        if key not in self._found:
            self._found[key] = self._sought(package, payer, floor)
        return self._found[key]

    def _sought(self, package: int, payer: int, floor: FloatArray) -> ClosingPayment | None:
        payee = 1 - payer
        near: Solved = self._deals.negotiation.session.before
        known: dict[float, FloatArray] = {0.0: self._deals.packages.at(package)}

        def short(amount: float) -> float:
            nonlocal near
            if amount not in known:
                known[amount], near = self._having(package, payer, amount, near)
            return float(floor[payee] - known[amount][payee])

        lack = short(0.0)
        high = lack
        while short(high) > 0:
            if high >= _MOST * lack:
                return None
            high *= 2
        amount = float(brentq(short, 0.0, high, xtol=_EXACT)) if lack > 0 else 0.0
        short(amount)
        then = known[amount]
        return ClosingPayment(amount, then, bool(then[payer] >= floor[payer] - _EXACT))

    def _having(self, package: int, payer: int, amount: float, near: Solved) -> tuple[FloatArray, Solved]:
        """The payoffs of both sides under a package with a payment (2,), and the equilibrium."""
        deals, negotiation = self._deals, self._deals.negotiation
        row, seats = deals.row(package), list(negotiation.seats)
        met = deals.table.met(row)
        economy = negotiation.session.economy
        transfers = np.zeros(len(economy.economies))
        transfers[seats[payer]], transfers[seats[1 - payer]] = -amount, amount
        found = negotiation.settle(negotiation.law(met), met, near, transfers)
        change = (found.welfare_hat - negotiation.session.before.welfare_hat) * economy.I
        values = deals.packages.at(package) - deals.table.worth[row, :2]
        return np.asarray(change[seats] + values), found


def zones_frame(deals: Deals) -> pd.DataFrame:
    """One row a no-deal point and set of packages; see `Talks.zones`. Raises NotSolved."""
    search = PaymentSearch(deals)
    return pd.DataFrame([_zone(deals, search, name, among) for name in deals.bargains for among in AMONG])


def _zone(deals: Deals, search: PaymentSearch, no_deal: str, among: Among) -> dict[str, Any]:
    bargain, (truce, lines) = deals.bargains[no_deal], AMONG[among]
    zone, gap = bargain.zone(truce=truce, red_lines=lines), bargain.gap(truce=truce, red_lines=lines)
    pick = bargain.pick("nash", truce=truce, red_lines=lines)
    row: dict[str, Any] = {
        "no_deal": no_deal,
        "among": among,
        "packages": len(zone),
        "complete": bargain.complete,
        "first": float(deals.failures[no_deal][0]),
        "second": float(deals.failures[no_deal][1]),
        "nash": "" if pick is None else deals.met(int(pick.packages[0])),
        "apart": np.nan if gap is None else gap.apart,
        "short_first": np.nan if gap is None else float(gap.shortfall[0]),
        "short_second": np.nan if gap is None else float(gap.shortfall[1]),
        "nearest": "" if gap is None else deals.met(int(gap.packages[0])),
        "short_of_payments": np.nan if gap is None else gap.short_of_payments,
        "payer": "",
        "payment": np.nan,
        "lump_sum": np.nan,
        "first_then": np.nan,
        "second_then": np.nan,
        "closes": False,
        "paid_for": "",
    }
    payment = None if gap is None else gap.side_payment
    if payment is not None:
        row |= {"payer": payment.payer, "lump_sum": payment.amount, "paid_for": deals.met(payment.package)}
        payer = deals.negotiation.pair.index(payment.payer)
        found = search.least(payment.package, payer, bargain.floor(truce))
        if found is not None:
            then = dict(zip(("first_then", "second_then"), found.then.tolist(), strict=True))
            row |= {"payment": found.amount, **then, "closes": found.closes}
    return row

"""The terms of one state of talks, part by part: duties in per cent, and what is found with the equilibrium.

Talks lay out every state on one set of parts. Most states have duties in per cent alone, of which the wedges are plain
sums; quotas, duties by the unit and measures on exports go to the model as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from detente.errors import BadInput
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.border_terms import BorderTerms, QuotaPool


@dataclass(frozen=True, eq=False)
class DutyRates:
    """The terms of a state, part by part (a,): see `detente.policy.border_terms.BorderTerms`."""

    t: FloatArray
    e: FloatArray
    specific: FloatArray
    closed: BoolArray
    quotas: tuple[QuotaPool, ...]

    @classmethod
    def of(cls, terms: BorderTerms, rest: FloatArray, row: IntArray) -> DutyRates:
        """The terms of laid parts, and of `rest` that have a duty alone, on pieces of them; row (a,): of which part."""
        more = np.zeros(len(rest))

        def on_pieces(laid: FloatArray, others: FloatArray) -> FloatArray:
            return np.asarray(np.concatenate([laid, others])[row])

        return cls(
            on_pieces(terms.t, rest),
            on_pieces(terms.e, more),
            on_pieces(terms.specific, more),
            np.concatenate([terms.closed, more > 0])[row],
            tuple(replace(pool, rows=np.flatnonzero(np.isin(row, pool.rows))) for pool in terms.quotas),
        )

    @property
    def plain(self) -> bool:
        """Whether there are duties in per cent alone."""
        return not (self.quotas or self.e.any() or self.specific.any() or self.closed.any())

    def tobytes(self) -> bytes:
        """A key: equal terms have equal ones."""
        pools = (f"{pool}".encode() + pool.rows.tobytes() for pool in self.quotas)
        return b"".join([*(its.tobytes() for its in (self.t, self.e, self.specific, self.closed)), *pools])

    def towards(self, other: DutyRates, part: float, what: str) -> DutyRates:
        """Terms that lie `part` of the way to others. Raises BadInput where a quota or a ban has no half-way.

        `what` names the measure that goes in part.
        """
        same = [pool.measure for pool in self.quotas] == [pool.measure for pool in other.quotas]
        if not same or (self.closed != other.closed).any():
            raise BadInput(
                f"a part of {what} cannot be met: no quota, limit or ban lies half-way to none; leave levels out, "
                "or make "
                "what could be met by itself a demand of its own"
            )

        def between(one: FloatArray, its: FloatArray) -> FloatArray:
            return np.asarray((1.0 - part) * one + part * its)

        return replace(
            self,
            t=between(self.t, other.t),
            e=between(self.e, other.e),
            specific=between(self.specific, other.specific),
        )

    def subsidised(self, inside: Mapping[str, FloatArray], paid: Mapping[str, float]) -> DutyRates:
        """The same where treasuries pay for imports: by cover y = −ln(1−z), z the part of the price paid.

        `inside` says for each cover whether a part is in it. The buyer pays (1+t)(1−z) over the price at the border, so
        that a subsidy is a duty under zero; those of several covers come on top of each other. The rate of a quota is
        paid by the buyer alone.
        """
        if not paid:
            return self
        kept = np.exp(-sum((inside[name] * part for name, part in paid.items()), np.zeros_like(self.t)))
        return replace(self, t=np.asarray((1.0 + self.t) * kept - 1.0), specific=self.specific * kept)

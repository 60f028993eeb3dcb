"""How a solve ended. The values are the messages a user reads, each with its remedy."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """The audit decides: solved means that every gap is within `AUDIT_BOUND`, relative."""

    SOLVED = "solved: every account closes"
    NOT_CONVERGED = (
        "the fixed point was not reached, also not in small steps: try smaller tariffs or a lower elasticity, "
        "and see which market the audit names"
    )
    NOT_FINITE = (
        "there is no equilibrium that the iteration can hold: a market may have lost nearly all its suppliers, or an "
        "income turned negative; try a smaller shock, or deficits='balanced'"
    )
    ACCOUNT_OPEN = (
        "the fixed point was reached but an account does not close: this is a fault of the benchmark or of detente; "
        "run `economy.open_account`, then please report it"
    )


#: Every gap of a solved equilibrium is at most this, relative to the account itself.
AUDIT_BOUND = 1e-9

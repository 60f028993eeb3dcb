"""What the obligations of deals come to on the day of a dispute: purchases priced as targets, the others listed.

Purchases are kept by the buyer's import subsidy from the state of the law in force, as demands for purchases are
(`detente.dispute.purchase_terms`). They are priced one by one, beside that state and not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from detente.data.quantities import format_money, stated
from detente.dispute.demands import PurchaseCommitment
from detente.dispute.obligations import Obligation, PurchaseObligation
from detente.dispute.priced_obligations import PricedObligation
from detente.dispute.purchase_terms import account_of, purchase_terms
from detente.dispute.session import Session
from detente.policy.measure import Measure
from detente.targets.attainment import reach

NO_CAPITAL: Final = (
    "an investment pledge has no price here: the model is static and has no capital that moves between economies"
)
_LISTED: Final = "goods listed"


def price_obligations(session: Session, between: Sequence[str] | None = None) -> tuple[PricedObligation, ...] | None:
    """The obligations of the dispute, or those between two sides, in the order of the file; None where there is none.

    Withdrawn ones are left out. Raises BadMeasure where the goods of purchases are not in the world, BadInput where
    nothing is bought of them, NotSolved.
    """
    known = [its for its in session.known.obligations if its.status != "withdrawn"]
    chosen = [its for its in known if between is None or {its.by, its.partner} == set(between)]
    return tuple(_priced(session, its) for its in chosen) or None


def _priced(session: Session, its: Obligation) -> PricedObligation:
    account: dict[str, float | bool | None] = dict.fromkeys(
        ("ratio", "asked_here", "reached", "met", "rate", "giver", "asker", "third", "world", "treasury")
    )
    asked, basis, what, notes = None, "", ", ".join(its.measures), list[str]()
    if its.purchases is not None:
        asked, what = its.purchases.yearly, f"{its.purchases.goods} of {its.partner}"
        basis, account, notes = _purchases(session, its, its.purchases)
    elif its.investment is not None:
        asked, what, notes = its.investment.yearly, its.investment.what or f"in {its.partner}", [NO_CAPITAL]
    return PricedObligation(
        obligation=its.id,
        deal=its.deal or "",
        by=its.by,
        partner=its.partner,
        kind=its.kind,
        what=what,
        status=its.status,
        in_force=its.binds_on(session.known.as_of),
        begins="" if its.from_ is None else its.from_.isoformat(),
        ends="" if its.until is None else its.until.isoformat(),
        asked=asked,
        basis=basis,
        notes=tuple(notes),
        **account,  # type: ignore[arg-type]
    )


def _purchases(
    session: Session, its: Obligation, promised: PurchaseObligation
) -> tuple[str, dict[str, float | bool | None], list[str]]:
    """The statistics of the amount, the account of the buyer's subsidy, and notes."""
    ask = _commitment(session, its, promised)
    terms = purchase_terms(session.world, its.id, its.by, ask)
    ((_, asked, goal),) = terms.goals
    start = session.standoff.shock()
    target = reach(session.economy, goal, by="purchases", start=start, horizon=session.horizon)
    found = account_of(target, sum(asked.values()), asker=its.partner, giver=its.by)
    account = {name: None if isinstance(value, float) and np.isnan(value) else value for name, value in found.items()}
    notes = list(terms.notes)
    if promised.over is not None:
        first, last = promised.over
        total = format_money(promised.value)
        notes.append(f"{its.id}: {total} over {first} to {last} counts in equal parts, a year at a time")
    if promised.base not in (None, session.world.year):
        year = f"that of {session.world.name}, {session.world.year}"
        notes.append(f"{its.id} counts over the year {promised.base}; the model counts over {year}")
    if not target.met:
        notes.append(f"{its.id} is out of reach by purchases; the nearest is taken ({target.note or 'at its bound'})")
    return terms.basis, account, notes


def _commitment(session: Session, its: Obligation, promised: PurchaseObligation) -> PurchaseCommitment:
    """The obligation as a demand for purchases asks it: of sectors, or of the part of each that a list of codes is."""
    world, goods = session.world, promised.goods
    steps = [{"by": its.until or session.known.as_of, "extra": format_money(round(promised.yearly, 6))}]
    asked: dict[str, Any] = {"schedule": steps, "sectors": goods.sectors or ()}
    if goods.codes is not None:
        laid = Measure(id=its.id, by=its.by, on=(its.partner,), status="proposed", goods=goods, add=1.0)
        sector, share, _ = session.schedules.book([laid]).added(its.partner)
        parts = np.bincount(sector, weights=share, minlength=len(world.sectors))
        shares = {world.sectors[j]: stated(min(float(parts[j]), 1.0)) for j in np.flatnonzero(parts)}
        asked = {"categories": [{"name": _LISTED, "sectors": shares, "schedule": steps}]}
    return PurchaseCommitment.model_validate({"seller": its.partner, **asked})

"""Obligations of deals as results hold them: their dates and amounts, and of purchases what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class PricedObligation:
    """One obligation as results hold it. Money is USD million a year, rates are fractions; None: it has no price.

    in_force: whether it binds on the day of the dispute. asked: the amount in the file's figures (`basis`); ratio of
    the world's to these, asked_here, reached, met, rate of the buyer's subsidy; giver, asker, third, world: changes of
    real income of who is bound, of the partner, of third countries and of everybody; treasury: the subsidy paid.
    """

    obligation: str
    deal: str
    by: str
    partner: str
    kind: str
    what: str
    status: str
    in_force: bool
    begins: str
    ends: str
    asked: float | None
    basis: str
    ratio: float | None
    asked_here: float | None
    reached: float | None
    met: bool | None
    rate: float | None
    giver: float | None
    asker: float | None
    third: float | None
    world: float | None
    treasury: float | None
    notes: tuple[str, ...]


def obligations_of(plain: Mapping[str, Any]) -> tuple[PricedObligation, ...] | None:
    """The obligations in the plain values of a result; None where it has none."""
    given = plain.get("obligations")
    return (
        None if given is None else tuple(PricedObligation(**{**each, "notes": tuple(each["notes"])}) for each in given)
    )


def obligations_frame(priced: Sequence[PricedObligation]) -> pd.DataFrame:
    """One row an obligation, with the fields of `PricedObligation` as columns; its notes as one text."""
    return pd.DataFrame([{**vars(its), "notes": "; ".join(its.notes)} for its in priced])

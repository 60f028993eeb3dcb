"""What governments want, as a person writes it: `real income`, `real income + 0.5 revenue - 0.1 balance`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from detente.errors import BadInput
from detente.war.objectives import Objective

_TERM: Final = re.compile(r"\s*([+-])\s*(?:([0-9]*\.?[0-9]+)\s*(?:\*\s*)?)?(revenue|balance)\b")
_INCOME: Final = re.compile(r"\s*real[ -]income\b")


def wanted(text: str, players: Sequence[str]) -> Objective:
    """The objective that every player has: real income, plus weights on tariff revenue and on the trade balance.

    Weights are on R'/I and on (exports − imports)/I; one that is not written is 1. Raises BadInput for other words.
    """
    start = _INCOME.match(text)
    weights = {"revenue": 0.0, "balance": 0.0}
    at = start.end() if start else 0
    while start and (term := _TERM.match(text, at)):
        sign, number, what = term.groups()
        weights[what] += (-1.0 if sign == "-" else 1.0) * float(number or 1)
        at = term.end()
    if start is None or text[at:].strip():
        raise BadInput(
            f"objective {text!r} is not understood at {text[at:].strip()[:20]!r}: write 'real income', or with "
            "weights, such as 'real income + 0.5 revenue' or 'real income + 0.1 balance'"
        )
    revenue, balance = weights["revenue"], weights["balance"]
    return Objective(
        revenue=dict.fromkeys(players, revenue) if revenue else {},
        balance=dict.fromkeys(players, balance) if balance else {},
    )

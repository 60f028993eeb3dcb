"""How the toy question is answered."""

from __future__ import annotations

from typing import Any

from ensemble.toy_question.options import ToyOptions
from ensemble.toy_question.result import Toy


def compute(session: Any, options: ToyOptions, progress: Any = None) -> Toy:
    """The share of each party, by the economy of the session."""
    economy = session.economy
    places = {code: economy.index(code) for code in session.dispute.parties}
    shares = {code: options.times * float(economy.pi[n, n].mean()) for code, n in places.items()}
    return Toy(shares, float(economy.theta[0]))

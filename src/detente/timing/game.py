"""The inputs of a clock: what each stage of an escalation costs, whose threats open when, and the prior."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from detente.errors import BadInput
from detente.timing.offers import Pair
from detente.timing.prior import Prior

YEAR: Final = 365.25
"""Days of a year."""


@dataclass(frozen=True)
class ClockGame:
    """The inputs of a clock.

    `losses[k]` is what both sides lose a year once k threats are in force with their answers, against none of them: USD
    million a year, negative for a gain; `losses[0]` is (0, 0). `threatener[k]` is the side (0 or 1) whose threat k is,
    and `opens[k]` the first day, from the start, on which it can be carried out. `days` is how far the clock runs.

    Raises BadInput where they do not fit each other.
    """

    losses: tuple[Pair, ...]
    threatener: tuple[int, ...]
    opens: tuple[int, ...]
    prior: Prior
    days: int

    def __post_init__(self) -> None:
        count = len(self.threatener)
        if count < 1 or len(self.opens) != count or len(self.losses) != count + 1:
            raise BadInput(
                f"{count} threats need as many days and one more pair of losses; found {len(self.opens)} days and "
                f"{len(self.losses)} pairs"
            )
        if not all(math.isfinite(value) for pair in self.losses for value in pair) or self.losses[0] != (0.0, 0.0):
            raise BadInput(f"losses {self.losses} must be finite, and (0, 0) while no threat is in force")
        if not set(self.threatener) <= {0, 1}:
            raise BadInput(f"threats are of side 0 or 1, not {self.threatener}")
        if self.days < 1 or min(self.opens) < 1 or list(self.opens) != sorted(self.opens):
            raise BadInput(
                f"threats that open on days {self.opens} of {self.days}: give rising days from 1, and a horizon"
            )

    def reviews(self, k: int, start: int) -> Iterator[int]:
        """The days on which threat k is decided on, in a spell that starts on a day."""
        day = self.opens[k] if self.opens[k] > start else start + self.prior.review_days
        while day <= self.days:
            yield day
            day += self.prior.review_days

"""What a brief says, before it is a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detente.report.blocks import Figure, Table


@dataclass(frozen=True)
class BriefContent:
    """The content of a brief.

    Attributes
    ----------
    title, about
        The dispute, and its day.
    message
        The finding in one sentence.
    assumed, missing, turns
        What it assumes, what it leaves out, and what would change it, each in a sentence or two.
    figure
        The one chart.
    costs
        A table of what it costs a person and a household, or none where nobody counted them, and what it says in words.
    others, ranges
        Who else gains and loses, and the range over assumptions: a sentence, and a table or none.
    caveats
        Three, at most.
    method, stamp, again
        How it was made, in a few sentences; the origin of the numbers on one line; the command that makes it again.
    """

    title: str
    about: str
    message: str
    assumed: str
    missing: str
    turns: str
    figure: Figure
    costs: tuple[str, Table | None]
    others: tuple[str, Table | None]
    ranges: tuple[str, Table | None]
    caveats: tuple[str, ...]
    method: str
    stamp: str
    again: str
    version: str

    @property
    def lead(self) -> tuple[tuple[str, str], ...]:
        """What stands under the message, each with its label."""
        every = (("Assumed", self.assumed), ("Missing", self.missing), ("What would change it", self.turns))
        return tuple((label, text) for label, text in every if text)

    @property
    def parts(self) -> tuple[tuple[str, str, Table | None], ...]:
        """What follows the chart: heading, sentence, table."""
        every = (
            ("What it costs a person or a household", *self.costs),
            ("Who else gains and loses", *self.others),
            ("How wide the range is", *self.ranges),
        )
        return tuple(part for part in every if part[1] or part[2] is not None)

    @property
    def text(self) -> str:
        """Its words in the order in which they are read, a line a paragraph, without chart and tables."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.title
        yield self.about
        yield self.message
        yield from (f"{label}: {text}" for label, text in self.lead)
        yield from (f"{heading}: {text}" for heading, text, _ in self.parts if text)
        yield from (f"Caveat: {text}" for text in self.caveats)
        yield self.method
        yield self.stamp

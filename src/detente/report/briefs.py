"""A brief: two printed pages on one finding, as one HTML page that works offline.

Its first lines say who loses, how much, what is assumed, what is missing and what would change it; beside them stands
one chart. `docs/howto/brief.md` says how to print it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detente.errors import CannotWrite
from detente.report.blocks import Figure, Table
from detente.report.render import html_template, svg


@dataclass(frozen=True)
class PolicyBrief:
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
    def html(self) -> str:
        """One HTML page: two pages of A4 or letter when it is printed."""
        return html_template("brief.html.j2", "brief.css").render(brief=self, picture=svg(self.figure.chart))

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

    def _repr_html_(self) -> str:
        return self.html

    def write(self, file: str | Path, *, force: bool = False) -> Path:
        """Write the HTML page; returns the path. Raises CannotWrite where the file exists, unless `force`."""
        path = Path(file)
        try:
            with path.open("w" if force else "x", encoding="utf-8") as out:
                out.write(self.html)
        except FileExistsError as problem:
            raise CannotWrite(f"{path} exists already: name another file, or replace it with force") from problem
        except OSError as problem:
            raise CannotWrite(f"{path} cannot be written: {problem.strerror}; name another file") from problem
        return path

"""A brief: two printed pages on one finding, as one HTML page that works offline.

Its first lines say who loses, how much, what is assumed, what is missing and what would change it; beside them stands
one chart. `docs/howto/results.md` says how to print it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from detente.errors import CannotWrite
from detente.report.brief_content import BriefContent
from detente.report.render import html_template, svg


class PolicyBrief(BriefContent):
    """A brief as a page; its content is described with `BriefContent`."""

    @classmethod
    def of(cls, content: BriefContent) -> Self:
        """The page with this content."""
        return cls(**vars(content))

    @property
    def html(self) -> str:
        """One HTML page: two pages of A4 or letter when it is printed."""
        return html_template("brief.html.j2", "brief.css").render(brief=self, picture=svg(self.figure.chart))

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

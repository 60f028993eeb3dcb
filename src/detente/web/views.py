"""A result in parts. A run has parts of its own in the report layer; of any other kind its report is the one part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from detente.errors import BadInput

if TYPE_CHECKING:
    from detente.report.blocks import Section
    from detente.web.kinds import Kind


class Views(Protocol):
    """Parts of a result: their titles, what is known before anything is drawn, and the sections of one."""

    @property
    def TABS(self) -> Mapping[str, Any]:
        """Id → title, with whatever else."""

    def first(self, result: Any) -> dict[str, Any]:
        """Plain values: headline, caveats, about, title, states, tabs, figures, tables."""

    def tab(self, result: Any, id: str, state: str | None = None) -> tuple[Section, ...]:
        """The sections of a part."""


@dataclass(frozen=True)
class Reported:
    """The report of a result as its one part, called as its kind."""

    kind: Kind

    @property
    def TABS(self) -> dict[str, str]:
        """Id → title."""
        return {self.kind.name: self.kind.tab}

    def first(self, result: Any) -> dict[str, Any]:
        """What is known before anything is drawn, as plain values."""
        report = self.kind.function("document")(result)
        return {
            "id": report.id,
            "title": report.title,
            "headline": report.headline,
            "caveats": list(report.caveats),
            "about": report.about,
            "table": None,
            "states": [],
            "state": None,
            "tabs": [{"id": id, "title": title} for id, title in self.TABS.items()],
            "figures": [],
            "tables": list(result.tables()),
        }

    def tab(self, result: Any, id: str, state: str | None = None) -> tuple[Section, ...]:
        """The sections of the report. Raises BadInput for a part or a state that is not there."""
        if id not in self.TABS or state is not None:
            raise BadInput(f"there is the part {', '.join(self.TABS)} alone, and no other state")
        sections: tuple[Section, ...] = self.kind.function("document")(result).sections
        return sections

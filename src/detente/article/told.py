"""Who talks, the days to come, what is agreed and what was said, as blocks of the dispute file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.article.items import (
    LEFT_OUT,
    Found,
    FoundAgreement,
    FoundDate,
    FoundDelegate,
    FoundForecast,
    FoundStatement,
)
from detente.article.questions import Questions
from detente.article.scene import NONE
from detente.article.sides import EU, EU_MEMBERS


@dataclass
class ReportedBlocks:
    """The blocks of a draft that tell and do not charge or ask; `day` is the article's, `sides` are the parties."""

    day: str
    sides: Sequence[str]
    questions: Questions
    delegations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    dates: list[dict[str, Any]] = field(default_factory=list)
    agreements: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    forecasts: list[dict[str, Any]] = field(default_factory=list)

    def add(self, item: Found, source: dict[str, Any]) -> None:
        """Put an item into its block; a party, measure or demand is in none of these."""
        match item:
            case FoundDelegate():
                self._delegate(item, source)
            case FoundDate():
                day = item.date.isoformat()
                self.dates.append({"id": f"on-{day}", "date": day, "what": plain(item.what), "source": source})
            case FoundAgreement():
                said = {"reported_by": item.reported_by, "topic": plain(item.topic), "agreed": item.agreed}
                self.agreements.append({**said, "date": self.day, "source": source})
            case FoundStatement():
                self._statement(item, source)
            case FoundForecast():
                said = {"who": item.who, "date": self.day, "outcome": item.outcome, "quote": source["quote"]}
                odds = {} if item.probability is None else {"probability": item.probability}
                self.forecasts.append({**said, **odds, "source": source})

    def blocks(self) -> dict[str, Any]:
        """The blocks by name."""
        names = ("delegations", "dates", "agreements", "statements", "forecasts")
        return {name: getattr(self, name) for name in names}

    def _delegate(self, item: FoundDelegate, source: dict[str, Any]) -> None:
        side = self._party(item.side)
        if side is None:
            note = f"{LEFT_OUT}{item.name}, {item.role}, for whom the text names no side of the dispute."
            self.questions.notes.append(note)
            return
        self.delegations.setdefault(side, []).append({"name": item.name, "role": item.role, "source": source})

    def _statement(self, item: FoundStatement, source: dict[str, Any]) -> None:
        if item.side is None:
            self.questions.ask(
                f"statements[{len(self.statements)}].side",
                f"For which side does {item.who} speak? The text does not say.",
                NONE,
                [*self.sides, NONE],
                source,
            )
        said = {"who": item.who, "side": self._party(item.side) or NONE, "date": self.day, "quote": source["quote"]}
        self.statements.append({**said, "stance": item.stance, "source": source})

    def _party(self, side: str | None) -> str | None:
        """The party for which somebody speaks: for a member of a bloc that is one, the bloc."""
        if side in self.sides:
            return side
        return EU if side in EU_MEMBERS and EU in self.sides else None


def plain(text: str) -> str:
    """The text with every run of blanks as one."""
    return re.sub(r"\s+", " ", text).strip()

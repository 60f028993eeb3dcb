"""What the reader could not settle, as open questions of the draft: the field, the choices, the default and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Questions:
    """The open questions of a draft, in the order in which they came up, and notes on what was settled."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    """Entries of the block `questions`."""
    notes: list[str] = field(default_factory=list)
    """What was left out, or settled by a table of the reader's own: to be looked at."""

    def ask(
        self, path: str, ask: str, default: str | None, choices: Sequence[str | None], source: dict[str, Any]
    ) -> None:
        """Add a question. The draft holds its default already, so that it can be checked before it is answered."""
        entry: dict[str, Any] = {"id": f"q{len(self.asked) + 1}", "path": path, "ask": ask}
        given = {"choices": list(choices)} if choices else {}
        self.asked.append({**entry, **given, "default": default, "source": source})

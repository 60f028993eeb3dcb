"""A war in parts, as `detente.report.tabs` has findings."""

from __future__ import annotations

from typing import Any, Final

from detente.dispute import War
from detente.errors import BadInput
from detente.report import war as told
from detente.report.blocks import Section, plain

TABS: Final = {"war": "War"}
"""Id → title."""


def first(war: War) -> dict[str, Any]:
    """What is known before anything is drawn, as plain values."""
    s = war.settings
    about = f"World {s.world}. Governments want {war.objective}. detente {s.version}, war {war.id[:12]}."
    return {
        "id": war.id,
        "title": f"{war.title}: the war",
        "headline": told.headline(war),
        "caveats": [],
        "about": about,
        "table": plain(told.payoff_table(war)),
        "states": [],
        "state": None,
        "tabs": [{"id": id, "title": title} for id, title in TABS.items()],
    }


def tab(war: War, id: str, state: str | None = None) -> tuple[Section, ...]:
    """The sections of one part. Raises BadInput for a part that is not there; a war has no states."""
    if id not in TABS or state is not None:
        raise BadInput(f"a war has the part {', '.join(TABS)} alone")
    return told.sections(war)

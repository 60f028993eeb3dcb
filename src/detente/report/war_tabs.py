"""A war in parts, as `detente.report.tabs` has findings."""

from __future__ import annotations

from typing import Any, Final

from detente.dispute import War
from detente.dispute.war import TABLES
from detente.errors import BadInput
from detente.report import war as told
from detente.report.blocks import Section, plain
from detente.report.cells import rows_of
from detente.report.numbers import direction, signed_percent, signed_usd

TABS: Final = {"war": "War"}
"""Id → title."""
_PYTHON: Final = """import detente as dt

dispute = dt.Dispute.read("dispute.yaml")
war = dt.run_war(dispute)"""


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
        "figures": _figures(war),
        "tables": list(TABLES),
        "command": "detente war dispute.yaml",
        "python": _PYTHON,
    }


def _figures(war: War) -> list[dict[str, str]]:
    """What each player's real income does where both charge their Nash tariffs."""
    names, found = told.names_of(war), []
    at_nash = war.payoffs[(war.payoffs["first_move"] == "Nash") & (war.payoffs["second_move"] == "Nash")]
    rows = {row["economy"]: row for row in rows_of(at_nash)}
    for code in war.players:
        income, usd = rows[code]["real_income"], rows[code]["real_income_usd"]
        found.append(
            {"name": names.economy(code), "change": signed_percent(income), "usd": f"{signed_usd(usd)} a year",
             "tone": direction(income)}
        )  # fmt: skip
    return found


def tab(war: War, id: str, state: str | None = None) -> tuple[Section, ...]:
    """The sections of one part. Raises BadInput for a part that is not there; a war has no states."""
    if id not in TABS or state is not None:
        raise BadInput(f"a war has the part {', '.join(TABS)} alone")
    return told.sections(war)

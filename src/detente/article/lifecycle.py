"""The life of a duty: asserted, denied, conditional, ended and so on, by the rules of `lifecycle.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from detente.article.clauses import is_condition, words_about
from detente.article.duties import Duty
from detente.article.items import Status
from detente.article.language import expression, load_rules

NO_MEASURE: Final = frozenset({"denied", "hypothetical", "mentioned"})
"""Lives of duties that nobody charges or will charge, and of those that are only mentioned."""
OPEN: Final = "open"
"""The life of a duty whose words leave it open: history that may be over."""
STATUS_OF: Final[dict[str, Status]] = {
    "in-force": "in-force", "threatened": "threatened", "conditional": "threatened", "agreed": "threatened",
    "proposed": "proposed", "asked-for": "proposed", "suspended": "withdrawn", "struck-down": "withdrawn",
    "ended": "withdrawn", "averted": "withdrawn",
}  # fmt: skip
"""Life → status in the words of the dispute file."""


def _fits(rule: Mapping[str, str], about: str) -> bool:
    refused = "not" in rule and expression(rule["not"]).search(about) is not None
    return not refused and expression(rule["words"]).search(about) is not None


def life_of(duty: Duty) -> str | None:
    """The life of a duty by its clause; None where no words tell it."""
    if is_condition(duty.clause):
        return "hypothetical"
    about = words_about(duty.clause, duty.token)
    life = next((rule["life"] for rule in load_rules("lifecycle") if _fits(rule, about)), OPEN)
    return None if life == OPEN else life


def on_the_day(life: str | None, first: date | None, base: date) -> str | None:
    """The life on the day of the text of a duty whose first day is told: what begins later is no law yet."""
    if first is None:
        return life
    if life == "in-force" and first > base:
        return "threatened"
    return "in-force" if life == "threatened" and first <= base else life

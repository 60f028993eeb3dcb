"""A draft that the checks of the dispute file accept: what they refuse is left out, and said."""

from __future__ import annotations

import re
from typing import Any, Final

from detente.article.items import LEFT_OUT
from detente.dispute.schema import Dispute
from detente.errors import BadDispute, Fault

_PLACE: Final = re.compile(r"(?P<block>demands|measures)\.(?P<id>[^.\[]+)(?:\.(?P<field>\w+))?")
_BARE: Final = frozenset({"deadline", "earliest"})
"""Fields without which an entry still says something."""


def settled(values: dict[str, Any], document: str) -> Dispute:
    """The dispute in the values, without the demands and measures that contradict others or cannot hold.

    A text may say the same twice, or name a deadline that has passed. Each thing left out is a note of the dispute.
    Raises BadDispute for faults that no entry can be left out for.
    """
    left = {key: value for key, value in values.items() if value}
    while True:
        try:
            return Dispute.from_values(left, document=document)
        except BadDispute as problem:
            fault = next((fault for fault in problem.faults if _leave_out(left, fault)), None)
            if fault is None:
                raise
            left["notes"] = [*left.get("notes", []), f"{LEFT_OUT}{fault}"]


def _leave_out(values: dict[str, Any], fault: Fault) -> bool:
    """Take the faulty field or entry out, with the questions about it; False where the fault is of neither."""
    place = _PLACE.match(fault.path)
    entries = values.get(place["block"], []) if place else []
    entry = next((entry for entry in entries if place and entry["id"] == place["id"]), None)
    if place is None or entry is None:
        return False
    if place["field"] in _BARE and place["field"] in entry:
        del entry[place["field"]]
        return True
    values[place["block"]] = [other for other in entries if other is not entry]
    about = f"{place['block']}.{place['id']}."
    values["questions"] = [
        question for question in values.get("questions", []) if not question["path"].startswith(about)
    ]
    return True

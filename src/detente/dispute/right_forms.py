"""The right form of what is often written otherwise: keys of another name or place than those of the dispute file.

A wrong key that is spelled like a right one is found by its spelling; here are those that are not.
"""

from __future__ import annotations

from typing import Final

_ALL_BUT: Final = "write on: {all_but: [CAN, MEX]}"
_EXEMPT: Final = "write exempt: {economies: [CAN, MEX]}, or sectors, or codes"
_DATED: Final = "write exempt: {economies: [CAN], from: 2025-03-07, until: 2025-04-01}; several blocks are a list"
_SUSPENDED: Final = "write suspended: [{from: 2025-04-10, until: 2025-11-10}], both days included"
_OBLIGATION: Final = "write obligations: [{id: purchases, by: JPN, partner: USA, purchases: {value: 8bn}, ...}]"
_STACKING: Final = (
    "the file has rules for authorities, in a block of its own, "
    "stacking: [{authority: section-232, displaces: [ieepa-reciprocal]}]"
)
_SPANS: Final = {"to": "write until: the last day", "end": "write until: the last day", "since": "write from"}

FORMS: Final[dict[str, dict[str, str]]] = {
    "Measure": {
        **dict.fromkeys(("all_but", "all_except", "but", "on_all_but"), _ALL_BUT),
        **dict.fromkeys(("except", "exception", "exceptions", "exclude", "excluding", "excludes", "without"), _EXEMPT),
        **dict.fromkeys(("exempt_until", "exempt_from", "exempted_until"), _DATED),
        **dict.fromkeys(("purchases", "investment"), f"it is no duty: {_OBLIGATION}"),
        **dict.fromkeys(
            ("suspend", "suspension", "suspensions", "suspended_from", "suspended_until", "pause", "paused"), _SUSPENDED
        ),
        "share": "trade outside a measure is written claims: {preference: USMCA, share: 38%}, a share of value of: 40%",
        "preference": "write claims: {preference: USMCA, share: 38%}",
        "floor": "a floor for ordinary duty and measure together is written total: 15%",
        "content": "a duty on a share of value is written add: 25% and of: metal-content, or of: 40%",
        "displaces": _STACKING,
        "displace": _STACKING,
        "stacks_with": _STACKING,
        "authorities": "a measure has one authority, such as authority: section-232",
    },
    "Dispute": dict.fromkeys(("deals", "deal", "commitments", "pledges", "obligation"), _OBLIGATION),
    "Obligation": {
        **_SPANS,
        **dict.fromkeys(("to", "of", "with", "on"), "write partner: the economy to which it is bound"),
        "measure": "write measures: [ID, ...]",
        "value": "write it within purchases or investment: {value: 32bn}",
        "over": "write it within purchases or investment: {value: 600bn, over: 2026..2028}",
    },
    "Exempt": _SPANS,
    "Suspension": _SPANS,
}
"""Name of the model that reads a block → key that it does not have → what to write instead."""


def right_form(model: str, key: str) -> str | None:
    """What to write instead of a key that a block does not have; None where no other form of it is known."""
    return FORMS.get(model, {}).get(key)

"""What the reader finds, in the words of the keys."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from article.keys import Item
from detente.article.items import Found, FoundDemand, FoundMeasure
from detente.article.reading import Reading, read_items


def found_in(text: str, day: str) -> list[Item]:
    """The items that the reader finds in a text of a day."""
    reading = read(text, day)
    return [Item(item.kind, _fields(item), reading.quote(item)) for item in reading.items if item.kind != "left-out"]


@cache
def read(text: str, day: str) -> Reading:
    """The reading itself, made once: every test of a text is about the same one."""
    return read_items(text, date.fromisoformat(day))


def _fields(item: Found) -> dict[str, Any]:
    match item:
        case FoundMeasure():
            day = None if item.first_day is None else item.first_day.isoformat()
            told = {"by": item.by, "on": list(item.on), "status": item.status, "first_day": day}
            return {**told, "rate": item.rate, "value": _value(item)}
        case FoundDemand():
            deadline = item.deadline if isinstance(item.deadline, str | None) else item.deadline.isoformat()
            value = f"-{item.value.money}" if item.value and item.ask == "bilateral_balance" else _value(item)
            return {"by": item.by, "of": item.of, "ask": item.ask, "value": value, "deadline": deadline}
    names = {"party": ("code",), "date": ("date",), "delegate": ("name", "side", "role"),
             "statement": ("who", "side", "stance"), "forecast": ("who", "outcome"),
             "agreement": ("reported_by", "agreed")}[item.kind]  # fmt: skip
    plain = {name: getattr(item, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}


def _value(item: FoundMeasure | FoundDemand) -> str | None:
    if item.value is None:
        return None
    return item.value.money if item.value.currency == "USD" else f"{item.value.money} {item.value.currency}"

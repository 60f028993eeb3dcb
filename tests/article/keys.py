"""Reading the keys: what a person found in each text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TEXTS = Path(__file__).parent / "texts"
KEYS = sorted(path.stem for path in TEXTS.glob("*.yaml"))
ARTICLE = "article-2018-05-04"

#: Kind → the fields that an item of it may have.
FIELDS = {
    "party": {"code"},
    "measure": {"by", "on", "status", "value", "rate", "first_day"},
    "demand": {"by", "of", "ask", "value", "deadline"},
    "date": {"date"},
    "delegate": {"name", "side", "role"},
    "statement": {"who", "side", "stance"},
    "forecast": {"who", "outcome"},
    "agreement": {"reported_by", "agreed"},
}


@dataclass(frozen=True)
class Item:
    """One thing that a text says: its kind, what it says, and the words."""

    kind: str
    fields: dict[str, Any]
    quote: str | None = None
    optional: bool = False


@dataclass(frozen=True)
class LeftOut:
    """A measure that is no tariff, so that the draft leaves it out and says so: what it is, and the words.

    Whose it is stands in the key too; the reader does not say that.
    """

    what: str
    quote: str
    optional: bool = False


@dataclass(frozen=True)
class Key:
    """Everything that a person found in a text."""

    text: str
    date: str
    split: str
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    """Measures that are no tariff; only the keys of `unseen` have them."""


def read_key(name: str) -> Key:
    """The key of a text; every scalar but true and false stays text."""
    given = yaml.load((TEXTS / f"{name}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    items = tuple(_item(entry) for entry in given["items"])
    left = tuple(
        LeftOut(entry["what"], entry["quote"], entry.get("optional") == "true") for entry in given.get("left_out", [])
    )
    return Key(given["text"], given["date"], given["split"], items, left)


def _item(entry: dict[str, Any]) -> Item:
    kept = dict(entry)
    kind, quote = kept.pop("kind"), kept.pop("quote", None)
    optional = kept.pop("optional", "false") == "true"
    if "agreed" in kept:
        kept["agreed"] = kept["agreed"] == "true"
    return Item(kind, kept, quote, optional)


def text_of(name: str, shared: Path) -> str:
    """The text itself; the report of May 2018 is reference data and lies outside the repository."""
    folder = shared if name == ARTICLE else TEXTS
    return (folder / f"{name}.txt").read_text("utf-8")

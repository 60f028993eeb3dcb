"""One short example of every key of a dispute file, taken from the files of docs/examples/keys, which all run.

An example is what a file says: the schema tells which block a part of the file is, and the first part that has a key is
its example. Nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.dispute.json_schemas import dispute_schema
from detente.dispute.loader import load_text

KEYS = Path(__file__).resolve().parents[1] / "docs/examples/keys"
TOP = "Dispute"
_EDITIONS = ("2012", "2017", "2022")
"""Values of `hs` that are no product code; a code is quoted so that it stays text."""


def files() -> list[Path]:
    """The dispute files that examples are taken from."""
    return sorted(KEYS.glob("*.yaml"))


def blocks() -> dict[str, dict[str, Any]]:
    """Name → schema of every block of a dispute file that has keys, the file itself first."""
    schema = dispute_schema()
    return {TOP: schema} | {name: its for name, its in sorted(schema["$defs"].items()) if "properties" in its}


def examples() -> dict[tuple[str, str], str]:
    """(block, key) → the first value of it in the files, written in one line; see `without_example` for the rest."""
    known = blocks()
    found: dict[tuple[str, str], str] = {}
    for path in files():
        for block, key, value in _used(load_text(path.read_text("utf-8"), path.name).value, known[TOP], TOP, known):
            found.setdefault((block, key), f"{key}: {_line(_short(value), key)}")
    return found


def without_example() -> list[str]:
    """The keys that no file has, as block.key."""
    made = examples()
    return [
        f"{name}.{key}" for name, block in blocks().items() for key in block["properties"] if (name, key) not in made
    ]


def _used(value: Any, schema: dict[str, Any], block: str, known: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every (block, key, value) of a block and of what is inside it."""
    for key, inner in value.items():
        yield block, key, inner
        yield from _inside(inner, schema["properties"].get(key, {}), known)


def _inside(value: Any, field: dict[str, Any], known: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """What is used inside the value of a field, which may be a block, a list or a mapping of blocks, or neither."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        if isinstance(value, dict) and name in known:
            yield from _used(value, known[name], name, known)
        return
    for option in field.get("anyOf", field.get("oneOf", ())):
        yield from _inside(value, option, known)
    if isinstance(value, list | tuple) and "items" in field:
        for entry in value:
            yield from _inside(entry, field["items"], known)
    if isinstance(value, dict) and isinstance(field.get("additionalProperties"), dict):
        for entry in value.values():
            yield from _inside(entry, field["additionalProperties"], known)


def _short(value: Any) -> Any:
    """A value with the shortest entry alone of every list of blocks."""
    if isinstance(value, list | tuple):
        entries = [_short(entry) for entry in value]
        blocks_alone = bool(entries) and all(isinstance(entry, dict) for entry in entries)
        return [min(entries, key=lambda entry: len(_line(entry)))] if blocks_alone else entries
    if isinstance(value, dict):
        return {key: _short(entry) for key, entry in value.items()}
    return value


def _line(value: Any, key: str = "") -> str:
    """A value in YAML's flow form."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_line(entry, name)}" for name, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_line(entry, key) for entry in value) + "]"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    is_a_code = key in ("hs", "codes") and text.isdigit() and text not in _EDITIONS
    return f'"{text}"' if is_a_code or any(mark in text for mark in ":,[]{}#") else text

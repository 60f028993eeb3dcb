"""The plain values of a file as its checks read them, with the lists that its names come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from detente.dispute.faults import described
from detente.dispute.tree import Path_, Tree, place
from detente.errors import Fault, enumerate_names, nearest
from detente.usual_names import as_known, bloc_called, economy_called, hint


@dataclass(frozen=True)
class Facts:
    """A file's plain values and the lists its names come from; None where the world itself is not known."""

    tree: Tree
    world: str
    economies: Sequence[str] | None
    sectors: Sequence[str] | None

    def fault(self, path: Path_, message: str, found: object = None, known: Sequence[str] | None = None) -> Fault:
        """A fault at a path; `known` are the names allowed there."""
        text = described(found) if found is not None else None
        near, said = None, ""
        parties = list(self.keyed("parties"))
        if isinstance(found, str) and known and known is self.economies:
            near, said = hint(found, known)
            if near is None and economy_called(found) is None and bloc_called(found) is None:
                near = nearest(found, [code for code in parties if code in known])  # likelier than any other
        elif isinstance(found, str) and known and list(known) == parties:
            near, said = hint(found, known) if bloc_called(found) else (as_known(found, known), "")
            near = near if near in known else nearest(found, known) if not said else None
        elif known is not None and isinstance(found, str):
            near = nearest(found, known)
        if said and near is None:
            message, known = f"{message} ({said})", None
        allowed = enumerate_names(known, 20) if known and near is None else None
        return Fault(place(path, self.tree), message, self.tree.line(path), text, allowed, near)

    def entries(self, block: str) -> Iterator[tuple[Path_, dict[str, Any]]]:
        """Every entry of a block that is a list."""
        items = self.tree.value.get(block)
        for position, entry in enumerate(items if isinstance(items, list | tuple) else []):
            if isinstance(entry, dict):
                yield (block, position), entry

    def keyed(self, block: str) -> dict[str, Any]:
        """A block that is a set of keys."""
        found = self.tree.value.get(block)
        return found if isinstance(found, dict) else {}

    def ids(self, block: str) -> list[str]:
        """The ids of a block's entries."""
        return [entry["id"] for _, entry in self.entries(block) if isinstance(entry.get("id"), str)]


def texts(node: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    """The text at a path, or each text of the list there, with its path."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, list | tuple):
        for position, item in enumerate(node):
            if isinstance(item, str):
                yield (*path, position), item


def walk(node: Any, key: str, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value under `key`, at any depth, with its path."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list | tuple) else ()
    for step, inner in pairs:
        if step == key:
            yield (*path, step), inner
        yield from walk(inner, key, (*path, step))


def keys_of(node: Any) -> list[str]:
    """The keys of a set of keys, none for anything else."""
    return [str(key) for key in node] if isinstance(node, dict) else []


def is_iso(value: Any) -> bool:
    """Whether a value is written like a date; anything else is a fault that the schema reports."""
    return value is not None and len(str(value)) == 10 and str(value)[4:8:3] == "--"

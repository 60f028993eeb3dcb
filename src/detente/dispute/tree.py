"""The plain values of a dispute file with the lines and the names of their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.errors import Fault

Path_ = tuple[str | int, ...]
"""Where a node is: keys and positions from the top."""


@dataclass(frozen=True)
class Tree:
    """A parsed file: plain values, and where each of them stands.

    `value` holds dicts, lists, text and None only. `lines` has the line (from 1) of every node by its path. `faults`
    are those that the reading itself found and that did not stop it.
    """

    value: dict[str, Any]
    lines: Mapping[Path_, int]
    faults: tuple[Fault, ...] = ()
    _labels: dict[int, Counter[str]] = field(default_factory=dict, compare=False, repr=False)

    def label(self, items: Any, position: int) -> str | None:
        """The id of an entry of a list of the tree, if it has one that no other entry of the list has."""
        if not isinstance(items, list | tuple) or position >= len(items):
            return None
        if id(items) not in self._labels:
            ids = (item.get("id") for item in items if isinstance(item, dict))
            self._labels[id(items)] = Counter(own for own in ids if isinstance(own, str) and own)
        own = items[position].get("id") if isinstance(items[position], dict) else None
        return own if isinstance(own, str) and self._labels[id(items)][own] == 1 else None

    def line(self, path: Path_) -> int | None:
        """The line of the node at `path`, or of the nearest node above it; None for a tree that has no lines."""
        while path not in self.lines:
            if not path:
                return None
            path = path[:-1]
        return self.lines[path]


@dataclass(frozen=True)
class Written:
    """The lines of a dispute in its file; disputes with equal content are equal whatever their lines."""

    lines: Mapping[Path_, int] = field(default_factory=dict, compare=False)
    entries: tuple[str, ...] = field(default=(), compare=False)


def dotted(path: Path_) -> str:
    """The path as a person writes it: `measures[2].by`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def place(path: Path_, tree: Tree) -> str:
    """The path as a person says it: an entry of a list by its id where that is given once, else by its position."""
    text, node = "", tree.value
    for step in path:
        label = None
        if isinstance(step, int):
            label = tree.label(node, step)
            text += f".{label}" if label else f"[{step}]"
        else:
            text += f".{step}" if text else step
        node = child_of(node, step)
    return text


def child_of(node: Any, step: str | int) -> Any:
    """The value under a key or at a position of a node; None where there is none."""
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list | tuple) and isinstance(step, int) and step < len(node) else None

"""Text of a dispute that a terminal, a page or a printer would obey and not show is refused, wherever it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from detente.dispute.tree import Path_, Tree, place
from detente.errors import Fault

_OBEYED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tabs and ends of lines, and those that turn the direction of what follows."""


def unprintable_faults(tree: Tree) -> list[Fault]:
    """A fault for every text, key or value, that holds a control character."""
    return [
        Fault(
            place(path, tree) if _OBEYED.search(str(path[-1])) is None else place(path[:-1], tree) or "file",
            f"holds the control character U+{ord(found[0]):04X}, which is obeyed and not shown: remove it",
            tree.line(path),
        )
        for path, text in _texts(tree.value, ())
        if (found := _OBEYED.search(text)) is not None
    ]


def _texts(node: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield (*path, key), str(key)
            yield from _texts(value, (*path, key))
    elif isinstance(node, list | tuple):
        for position, value in enumerate(node):
            yield from _texts(value, (*path, position))

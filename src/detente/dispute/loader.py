"""From the text of a dispute file to plain values with their lines.

YAML on its own turns `010121` into a number, `no` into false and `1:30` into 90. Here a scalar stays text: what it
means is the schema's business. Only a plain `null`, `~` or nothing at all is None. What a dispute file has no use for
is refused: anchors and aliases (with which a short file unfolds into a huge one), tags, keys given twice, a second
document, nesting deeper than `MOST_DEPTH`. Each node keeps its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from detente.dispute.tree import Path_, Tree, dotted
from detente.errors import BadDispute, Fault, short

MOST_BYTES: Final = 5_000_000
"""Bytes: a dispute with its lists of goods stays far under it, and parsing stays a matter of seconds."""
MOST_DEPTH: Final = 30
"""Levels: the schema needs ten; recursion stays far from Python's own limit."""
# libyaml reads ten times faster where it is built in; events and lines are the same.
_READER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_bytes(path: Path) -> bytes:
    """The bytes of a dispute file; raises BadDispute where it is too long, is no file, is not there or may not be
    read."""
    name = short(path.name)
    try:
        if not path.exists():
            remedy = "name one that is there, or write one with `detente new`"
            raise BadDispute(name, [Fault("file", f"there is no such file as {path}: {remedy}")])
        if not path.is_file():
            raise BadDispute(name, [Fault("file", "is not a file", allowed="a dispute file such as my-dispute.yaml")])
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BadDispute(name, [_too_long(size)])
        return path.read_bytes()
    except OSError as problem:  # a name that no file can have, a circle of links, a file that may not be read
        remedy = "check its name and its permissions"
        raise BadDispute(name, [Fault("file", f"cannot be read: {problem.strerror}: {remedy}")]) from problem


def load_text(text: str | bytes, document: str) -> Tree:
    """The tree of a dispute file. `document` names it in messages.

    Raises BadDispute where the text cannot be read to its end: empty, over 5 MB, not UTF-8, not YAML.
    """
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise BadDispute(document, [_too_long(size)])
    plain = _decoded(text, document) if isinstance(text, bytes) else text
    builder = _Builder()
    try:
        builder.read(yaml.parse(plain, Loader=_READER))
    except yaml.YAMLError as problem:
        raise BadDispute(document, [*builder.faults, _syntax(problem, plain)]) from problem
    except _Stop as stop:
        raise BadDispute(document, [*builder.faults, stop.fault]) from stop
    if builder.value is None:
        raise BadDispute(document, [Fault("file", "is empty: start from the template of `detente new`", line=1)])
    if not isinstance(builder.value, dict):
        found = "a list" if isinstance(builder.value, list) else repr(str(builder.value)[:60])
        raise BadDispute(
            document,
            [
                Fault(
                    "file", "is not a list of keys with values", line=1, found=found, allowed="dispute: NAME, and so on"
                )
            ],
        )
    return Tree(builder.value, builder.lines, tuple(builder.faults))


def _too_long(size: int) -> Fault:
    remedy = "give long lists of goods as `list: file.csv` beside the dispute file"
    return Fault("file", f"is {size / 1e6:.1f} MB long, over the {MOST_BYTES / 1e6:.0f} MB that are read: {remedy}")


def _decoded(data: bytes, document: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        found = f"byte 0x{data[problem.start]:02x} at position {problem.start}"
        raise BadDispute(
            document, [Fault("file", "is not UTF-8 text: save it as UTF-8", line=line, found=found)]
        ) from problem


def _syntax(problem: yaml.YAMLError, text: str) -> Fault:
    mark = getattr(problem, "problem_mark", None)
    what = str(getattr(problem, "problem", None) or getattr(problem, "reason", None) or problem)
    if mark is None:
        position = getattr(problem, "position", 0)
        return Fault("file", f"cannot be read: {what}", line=text.count("\n", 0, position) + 1)
    line = mark.line + 1
    content = text.splitlines()[mark.line] if mark.line < len(text.splitlines()) else ""
    if "\t" in content[: len(content) - len(content.lstrip())]:
        return Fault("file", "has a tab where a line is indented: use spaces", line=line)
    remedy = _IN_BRACES if "{" in content or "[" in content or ": " in content.partition(": ")[2] else ""
    found = repr(content.strip()[:80]) if content else None
    return Fault("file", f"is not valid YAML: {what}{remedy}", line=line, found=found)


_IN_BRACES: Final = '; a value with a colon, a comma or a bracket is put in quotes, as title: "Order (1), part 2"'


class _Stop(Exception):
    """Ends the reading; caught where it began."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass
class _Builder:
    """Builds values from parser events, so that nothing is unfolded and no implicit type is ever asked for."""

    value: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self, events: Iterator[Any]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "has a second document: a file holds one dispute, so remove the line `---`"
                    raise _Stop(Fault("file", message, line=_line(event)))
            elif isinstance(event, yaml.NodeEvent):
                self.value = self._node(event, events, ())

    def _node(self, event: Any, events: Iterator[Any], path: Path_) -> Any:
        line = _line(event)
        self.lines.setdefault(path, line)
        self._refuse_extras(event, path, line)
        if len(path) > MOST_DEPTH:
            raise _Stop(Fault(dotted(path[:3]), f"nests deeper than {MOST_DEPTH} levels", line=line))
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "")
            return None if plain and event.value in ("", "~", "null") else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, path)
        return self._mapping(events, path)

    def _refuse_extras(self, event: Any, path: Path_, line: int) -> None:
        where = dotted(path) or "file"
        if isinstance(event, yaml.AliasEvent):
            message = "repeats another part by an alias: write it out"
            raise _Stop(Fault(where, message, line=line, found=f"*{event.anchor}"))
        if event.anchor is not None:
            self.faults.append(Fault(where, "has an anchor: remove it", line=line, found=f"&{event.anchor}"))
        if getattr(event, "tag", None) is not None:
            remedy = "has a tag: remove it, a value is read as the text it is"
            self.faults.append(Fault(where, remedy, line=line, found=str(event.tag)))

    def _list(self, events: Iterator[Any], path: Path_) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Any], path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Stop(Fault(dotted(path) or "file", "has a key that is not text", line=line))
            self._refuse_extras(event, path, line)
            key = str(event.value)
            spot = (*path, key)
            if key in result:
                message = f"is given twice, first on line {self.lines[spot]}: keep one"
                self.faults.append(Fault(dotted(spot), message, line=line))
                self._node(next(events), events, (*path, f"{key} (again)"))
                continue
            self.lines[spot] = line
            result[key] = self._node(next(events), events, spot)
        return result


def _line(event: Any) -> int:
    """The line on which a parser event begins, from 1."""
    return int(event.start_mark.line) + 1

"""From the text of a dispute file to plain values with their lines, and from errors to faults a person can act on.

YAML on its own turns `010121` into a number, `no` into false and `1:30` into 90. Here a scalar stays text: what it
means is the schema's business. Only a plain `null`, `~` or nothing at all is None. What a dispute file has no use for
is refused: anchors and aliases (with which a short file unfolds into a huge one), tags, keys given twice, a second
document, nesting deeper than `MOST_DEPTH`. Each node keeps its line.

A fault says the line, what was found, what is allowed, and the nearest name; `faults_of` makes faults of pydantic's
errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from detente.dispute.right_forms import right_form
from detente.errors import BadDispute, Fault, enumerate_names, nearest, short
from detente.policy.instruments import RIGHT_FORMS
from detente.policy.measure import Measure
from detente.usual_names import as_known, bloc_called, economy_called, hint

MOST_BYTES: Final = 5_000_000
"""Bytes: a dispute with its lists of goods stays far under it, and parsing stays a matter of seconds."""
MOST_DEPTH: Final = 30
"""Levels: the schema needs ten; recursion stays far from Python's own limit."""

Path_ = tuple[str | int, ...]
"""Where a node is: keys and positions from the top."""

# libyaml reads ten times faster where it is built in; events and lines are the same.
_READER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN: Final = {
    "missing": "is required",
    "extra_forbidden": "is not a known key",
    "model_type": "is not a set of keys with values",
    "model_attributes_type": "is not a set of keys with values",
    "dict_type": "is not a set of keys with values",
    "tuple_type": "is not a list",
    "list_type": "is not a list",
    "string_type": "is not text",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "finite_number": "is not a finite number",
    "string_too_short": "is empty",
    "too_short": "is empty",
}
"""What pydantic's types of error are called here; other types keep their message."""
_RULES: Final = (
    "the file has rules for authorities, in a block of its own, "
    "stacking: [{authority: section-232, displaces: [ieepa-reciprocal]}]"
)
_MEANT: Final = {
    "share": "trade outside a measure is written claims: {preference: USMCA, share: 38%}, a share of value of: 40%",
    "preference": "write claims: {preference: USMCA, share: 38%}",
    "floor": "a floor for ordinary duty and measure together is written total: 15%",
    "content": "a duty on a share of value is written add: 25% and of: metal-content, or of: 40%",
    "displaces": _RULES,
    "displace": _RULES,
    "stacks_with": _RULES,
    "authorities": "a measure has one authority, such as authority: section-232",
}
"""A key that a measure does not have → what is written for what it is likely to mean."""
_ALLOWED: Final = {"bool_parsing": "true, false", "bool_type": "true, false"}
_SAYS_WHAT_IT_FOUND: Final = {"value_error", "assertion_error", "missing", "string_too_short", "too_short"}
_QUOTED: Final = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class Tree:
    """A parsed file: plain values, and where each of them stands.

    `value` holds dicts, lists, text and None only. `lines` has the line (from 1) of every node by its path. `faults`
    are those that the reading itself found and that did not stop it.
    """

    value: dict[str, Any]
    lines: Mapping[Path_, int]
    faults: tuple[Fault, ...] = ()

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
    return Fault("file", f"is not valid YAML: {what}", line=line, found=repr(content.strip()[:80]) if content else None)


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


def dotted(path: Path_) -> str:
    """The path as a person writes it: `measures[2].by`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def faults_of(problem: ValidationError, model: type[BaseModel], tree: Tree) -> list[Fault]:
    """Every error of a validation as a fault, in the order of the file; branches of one union make one fault."""
    errors = problem.errors(include_url=False)
    within = {tuple(error["loc"][:depth]) for error in errors for depth in range(len(error["loc"]))}
    # pydantic calls a list too short whose only entries are faulty: the entries say it already
    shown = [error for error in errors if error["type"] != "too_short" or tuple(error["loc"]) not in within]
    faults: dict[str, Fault] = {}
    for error in shown:
        fault = _fault(error, model, tree)
        known = faults.get(fault.path)
        faults[fault.path] = fault if known is None else _either(known, fault)
    return sorted(faults.values(), key=lambda fault: fault.line or 0)


def _either(first: Fault, second: Fault) -> Fault:
    """One fault of two branches of a union: the message of one, the names that the other allows beside it."""
    if second.allowed is None or first.allowed is not None:
        return first
    return replace(first, allowed=f"also {second.allowed}")


def place(path: Path_, tree: Tree) -> str:
    """The path as a person says it: an entry of a list by its id where that is given once, else by its position."""
    text, node = "", tree.value
    for step in path:
        label = None
        if isinstance(step, int):
            label = _label(node, step)
            text += f".{label}" if label else f"[{step}]"
        else:
            text += f".{step}" if text else step
        node = _child(node, step)
    return text


def _label(items: Any, position: int) -> str | None:
    """The id of an entry, if it has one that no other entry of the list has."""
    ids = (
        [item.get("id") if isinstance(item, dict) else None for item in items]
        if isinstance(items, list | tuple)
        else []
    )
    own = ids[position] if position < len(ids) else None
    return own if isinstance(own, str) and own and ids.count(own) == 1 else None


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list | tuple) and isinstance(step, int) and step < len(node) else None


def _fault(error: Any, model: type[BaseModel], tree: Tree) -> Fault:
    kind = str(error["type"])
    path = _in_file(tuple(error["loc"]), tree)
    where, line = place(path, tree) or "file", tree.line(path)
    if kind == "extra_forbidden":
        owners = _models_at(model, path[:-1])
        keys = sorted({its.alias or name for owner in owners for name, its in owner.model_fields.items()})
        meant = _MEANT.get(str(path[-1])) if path[0] == "measures" and len(path) == 3 else None
        if meant is not None:
            return Fault(where, f"{_PLAIN[kind]}: {meant}", line)
        if Measure in _models_at(model, path[:-1]) and path[-1] in RIGHT_FORMS:
            return Fault(where, f"{_PLAIN[kind]} of a measure: write {RIGHT_FORMS[str(path[-1])]}", line)
        near = nearest(str(path[-1]), keys)
        form = next((form for its in owners if (form := right_form(its.__name__, str(path[-1]))) is not None), None)
        if form is not None:
            return Fault(where, f"{_PLAIN[kind]}: {form}", line)
        return Fault(where, _PLAIN[kind], line, allowed=None if near else enumerate_names(keys, 40), near=near)
    message = _PLAIN.get(kind) or str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    found = None if kind in _SAYS_WHAT_IT_FOUND else described(error["input"])
    allowed, near = _ALLOWED.get(kind), None
    if kind in ("literal_error", "enum"):
        names = _QUOTED.findall(str(error["ctx"]["expected"]))
        message, allowed, near = (
            "is not one of the names allowed",
            enumerate_names(names, 40),
            nearest_text(error, names),
        )
    return Fault(where, message, line, found, allowed, near)


def nearest_text(error: Any, names: Sequence[str]) -> str | None:
    """The nearest allowed name where text was found."""
    return nearest(error["input"], names) if isinstance(error["input"], str) else None


def described(value: object) -> str:
    """A value as it is shown in a message: short, and with its kind where it is no text."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys " + enumerate_names([str(key) for key in value], 6) if value else "no keys"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return repr(short(value)) if isinstance(value, str) else short(f"{value!r} ({type(value).__name__})")


def _in_file(location: Sequence[str | int], tree: Tree) -> Path_:
    """pydantic's location without the steps that name branches of unions and validators and are not in the file."""
    node: Any = tree.value
    path: list[str | int] = []
    for position, step in enumerate(location):
        last = position == len(location) - 1
        known = (isinstance(node, dict) and step in node) or (isinstance(node, list | tuple) and isinstance(step, int))
        if known:
            node = _child(node, step)
            path.append(step)
        elif last and isinstance(node, dict) and _is_a_key(step):
            path.append(step)
    return tuple(path)


def _is_a_key(step: str | int) -> bool:
    return isinstance(step, str) and re.fullmatch(r"[a-z][a-z0-9_]*", step) is not None


def _models_at(model: type[BaseModel], path: Path_) -> list[type[BaseModel]]:
    """The models that may stand at a path of the file."""
    kinds: list[Any] = [model]
    for step in path:
        kinds = [inner for kind in kinds for inner in _inner(kind, step)]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _inner(kind: Any, step: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if (field.alias or name) == step:
                yield from _plain_kinds(field.annotation)
    elif get_origin(kind) is dict and isinstance(step, str):
        yield from _plain_kinds(get_args(kind)[1])
    elif get_origin(kind) in (tuple, list) and isinstance(step, int):
        yield from _plain_kinds(get_args(kind)[0])


def _plain_kinds(kind: Any) -> Iterator[Any]:
    """The types inside unions and annotations."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _plain_kinds(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for inner in get_args(kind):
            yield from _plain_kinds(inner)
    elif origin is not Literal and kind is not type(None):
        yield kind


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

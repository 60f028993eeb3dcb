"""From errors of validation to faults a person can act on.

A fault says the line, what was found, what is allowed, and the nearest name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from detente.dispute.right_forms import right_form
from detente.dispute.tree import Path_, Tree, child_of, place
from detente.errors import Fault, enumerate_names, nearest, short
from detente.policy.instruments import RIGHT_FORMS
from detente.policy.measure import Measure

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
_ALLOWED: Final = {"bool_parsing": "true, false", "bool_type": "true, false"}
_SAYS_WHAT_IT_FOUND: Final = {"value_error", "assertion_error", "missing", "string_too_short", "too_short"}
_QUOTED: Final = re.compile(r"'([^']*)'")


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


def _fault(error: Any, model: type[BaseModel], tree: Tree) -> Fault:
    kind = str(error["type"])
    path = _in_file(tuple(error["loc"]), tree)
    where, line = place(path, tree) or "file", tree.line(path)
    if kind == "extra_forbidden":
        owners = _models_at(model, path[:-1])
        keys = sorted({its.alias or name for owner in owners for name, its in owner.model_fields.items()})
        if (rest := _rest_of_a_value(tree, path)) is not None:
            return Fault(where, f"{_PLAIN[kind]}: {rest}", line)
        form = next((form for its in owners if (form := right_form(its.__name__, str(path[-1]))) is not None), None)
        if form is not None:
            return Fault(where, f"{_PLAIN[kind]}: {form}", line)
        if Measure in owners and path[-1] in RIGHT_FORMS:
            return Fault(where, f"{_PLAIN[kind]} of a measure: write {RIGHT_FORMS[str(path[-1])]}", line)
        near = nearest(str(path[-1]), keys)
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
            node = child_of(node, step)
            path.append(step)
        elif last and isinstance(node, dict) and _is_a_key(step):
            path.append(step)
    return tuple(path)


def _rest_of_a_value(tree: Tree, path: Path_) -> str | None:
    """What to write where a key is the rest of a value that a comma cut in two, as within braces; None for others."""
    node: Any = tree.value
    for step in path[:-1]:
        node = child_of(node, step)
    key = path[-1]
    if not isinstance(node, dict) or node.get(str(key), "") is not None or _is_a_key(key):
        return None
    before = list(node)[: list(node).index(str(key))]
    if not before or not isinstance(node[before[-1]], str):
        return None
    return (
        "it looks like the rest of a value with a comma: within braces put the value in quotes, "
        f'{before[-1]}: "{node[before[-1]]}, {key}"'
    )


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

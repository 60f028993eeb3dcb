"""JSON Schemas of what detente reads and writes: the dispute file, and the JSON of results.

A schema describes values as JSON and YAML 1.2 have them: `25%`, `150bn` and dates are text. It says which keys and
kinds of value there are. What holds between them, such as a response to a measure that is not in the file, is checked
when the file is read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, get_args, get_origin, get_type_hints

import pandas as pd
from pydantic import TypeAdapter

from detente.dispute.list_files import WHOLE
from detente.dispute.results import Result, TableResult
from detente.dispute.schema import SCHEMA, Dispute

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final = {"type": "string"}
_PLAIN: Final = {"type": ["string", "number", "boolean"]}
LIST: Final[dict[str, Any]] = {
    "list": {
        "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}, {"type": "null"}],
        "default": None,
        "description": "name of a file of codes beside the dispute file, such as goods.csv, or of bundled lists",
    },
    "where": {
        "type": "object",
        "additionalProperties": {"anyOf": [_PLAIN, {"type": "array", "items": _PLAIN}]},
        "description": "the rows of the list that are meant: column and value, or values, such as {list: 4A}",
    },
    "ex": {"enum": [WHOLE], "description": "a part of a code of the list (ex 8542.31) stands for all of it"},
}
"""The keys of a list of goods or exemptions, which is read from its file, as `codes`, before the model sees it."""


def _column(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"kind": {"const": kind}, "values": {"type": "array", "items": values}},
        "required": ["kind", "values"],
        "additionalProperties": False,
    }


TABLE: Final = {
    "type": "object",
    "description": "columns by name, in their order; all have as many values as the table has rows",
    "additionalProperties": {
        "oneOf": [
            _column("number", {"type": ["number", "null"]}),
            _column("count", {"type": "integer"}),
            _column("flag", {"type": "boolean"}),
            _column("text", {"type": ["string", "null"]}),
        ]
    },
}
"""A table as `frame_to_json` writes it."""
_TABLE: Final = {"$ref": "#/$defs/Table"}


def dispute_schema() -> dict[str, Any]:
    """The JSON Schema of the dispute file."""
    made = Dispute.model_json_schema(by_alias=True)
    for name in ("Goods", "Exempt"):
        made["$defs"][name]["properties"] |= LIST
    about = {"$schema": DIALECT, "$id": f"urn:detente:dispute:{SCHEMA}"}
    return about | made | {"title": f"detente dispute {SCHEMA}"}


def result_schema(kind: type[Result]) -> dict[str, Any]:
    """The JSON Schema of a kind of result."""
    definitions: dict[str, Any] = {"Table": TABLE}
    properties = {"schema": {"const": kind.schema()}, **_fields(kind, definitions)}
    added = _added(kind)
    if issubclass(kind, TableResult):
        properties["tables"] = _object(dict.fromkeys(kind.TABLES, _TABLE))
    about = {"$schema": DIALECT, "$id": f"urn:detente:{kind.KIND}:{kind.SCHEMA}", "title": kind.schema()}
    return {**about, **_object(properties, added), "additionalProperties": False, "$defs": definitions}


def _object(properties: Mapping[str, Any], optional: Collection[str] = ()) -> dict[str, Any]:
    """An object that has all of these keys, apart from optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def _added(kind: type[Any]) -> list[str]:
    """The fields of a record that results of older versions do not have: those that are None by default."""
    return [each.name for each in fields(kind) if each.default is None]


def _fields(kind: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record that are in its JSON by themselves, each with its schema."""
    hints, apart = get_type_hints(kind), (*getattr(kind, "TABLES", ()), *getattr(kind, "APART", ()))
    return {each.name: _of(hints[each.name], definitions) for each in fields(kind) if each.name not in apart}


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of values of a type. Records and blocks are added to `definitions` and named by reference."""
    parts = get_args(hint)
    if hint is pd.DataFrame or set(parts) == {pd.DataFrame, type(None)}:  # an optional table is there or left out
        return _TABLE
    if is_dataclass(hint) and isinstance(hint, type):
        definitions.setdefault(hint.__name__, _object(_fields(hint, definitions), _added(hint)))
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if get_origin(hint) is Mapping:
        return {"type": "object", "additionalProperties": _of(parts[1], definitions)}
    if get_origin(hint) is tuple and parts[-1] is Ellipsis:
        return {"type": "array", "items": _of(parts[0], definitions)}
    made = TypeAdapter(hint).json_schema(by_alias=True)
    definitions |= made.pop("$defs", {})
    return made

"""Bundled lists of products, which a measure names instead of its codes: `goods: {list: us-2025/steel}`.

One file holds the lists of a case (`policy/CASE-lists.parquet`: list, code), each under a name of its own. A measure
keeps the name, so that a file stays short however many codes an act has; the codes are there for whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, Self

import pandas as pd
from pydantic import BaseModel, BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from detente.data.codes import HERE
from detente.errors import BadInput, UnknownName

CASES: Final = ("us-2025",)
"""The cases that have lists."""
_BETWEEN: Final = "/"


@cache
def bundled_lists() -> dict[str, tuple[str, ...]]:
    """Name (`us-2025/steel`) → the codes of the list, as its act writes them."""
    found: dict[str, tuple[str, ...]] = {}
    for case in CASES:
        table = pd.read_parquet(HERE / f"policy/{case}-lists.parquet")
        grouped = table.groupby("list", observed=True, sort=False)["code"]
        found.update({f"{case}{_BETWEEN}{name}": tuple(codes) for name, codes in grouped})
    return found


def bundled_list(name: str) -> tuple[str, ...]:
    """The codes of a bundled list; raises UnknownName."""
    lists = bundled_lists()
    if name not in lists:
        raise UnknownName(name, tuple(lists), where="list")
    return lists[name]


def is_bundled(given: object) -> bool:
    """Whether a name, or each of several, is of the form of a bundled list, `CASE/LIST`, and not of a file."""
    if isinstance(given, list | tuple):
        return bool(given) and all(map(is_bundled, given))
    return isinstance(given, str) and given.partition(_BETWEEN)[0] in CASES and "." not in given


def _as_tuple(given: object) -> object:
    return (given,) if isinstance(given, str) else given


ListNames = Annotated[
    tuple[str, ...], BeforeValidator(_as_tuple, json_schema_input_type=str | tuple[str, ...]), Field(min_length=1)
]


class OfLists(BaseModel):
    """Goods or exemptions that may name bundled lists; their codes are then in `codes`, each once, and not written."""

    bundled: ListNames | None = Field(
        default=None, alias="list", description="bundled lists of products, such as us-2025/steel"
    )

    @classmethod
    def _entries(cls, names: tuple[str, ...]) -> tuple[Any, ...]:
        """What `codes` holds for the lists of these names."""
        return tuple(dict.fromkeys(code for name in names for code in bundled_list(name)))

    @model_validator(mode="before")
    @classmethod
    def _with_codes(cls, given: Any) -> Any:
        names = given.get("list", given.get("bundled")) if isinstance(given, Mapping) else None
        if names is None:
            return given
        if given.get("codes") is not None:
            raise ValueError("list stands beside codes: give one of them")
        if not is_bundled(names):
            return given
        try:
            return {**given, "codes": cls._entries((names,) if isinstance(names, str) else tuple(names))}
        except BadInput as problem:
            raise ValueError(str(problem)) from problem

    @model_validator(mode="after")
    def _is_of_bundled_lists(self) -> Self:
        if self.bundled is not None and not is_bundled(self.bundled):
            raise ValueError(f"list {self.bundled[0]!r} is no bundled list; a list of your own is read beside its file")
        return self

    @model_serializer(mode="wrap")
    def _by_name(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = write(self)
        if self.bundled is not None:
            values.pop("codes", None)
        return values

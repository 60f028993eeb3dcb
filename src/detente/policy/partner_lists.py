"""The partners of a measure as a file names them: an economy, a list, `all`, or everybody but some.

`on: {all_but: [CAN, MEX]}` says the same as `on: all` with the two exempt. It is read as that, so that one rule spares
partners, and a file that is written has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from detente.errors import enumerate_names
from detente.policy.periods import Names, OneOrMore, as_names

EVERYONE: Final = "all"
ALL_BUT: Final = "all_but"


class AllBut(BaseModel):
    """Everybody but some."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all_but: OneOrMore = Field(description="the economies that the measure is not on, or blocs")


Partners = Annotated[Names, BeforeValidator(as_names, json_schema_input_type=str | Names | AllBut)]
"""A pydantic field: partners by name, or `all`."""


def without_all_but(given: object) -> object:
    """The values of a measure, with `on: {all_but: [...]}` as `on: all` and an exemption.

    Raises ValueError where `on` has other keys or names nobody.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("on"), Mapping):
        return given
    on, exempt = given["on"], given.get("exempt")
    names = on.get(ALL_BUT)
    names = [names] if isinstance(names, str) else names
    if set(on) != {ALL_BUT} or not isinstance(names, list | tuple) or not names:
        found = enumerate_names([str(key) for key in on]) or "nothing"
        raise ValueError(f"on has {found}: write all, a list of economies, or {{all_but: [CAN, MEX]}}")
    others = list(exempt) if isinstance(exempt, list | tuple) else [] if exempt is None else [exempt]
    blocks = [*others, {"economies": names}]
    return {**given, "on": EVERYONE, "exempt": blocks if others else blocks[0]}

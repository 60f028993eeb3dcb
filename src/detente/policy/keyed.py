"""What instruments of a dispute file have in common: they are sets of keys, and another value is shown the form."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, model_validator

from detente.inputs import shown


class Keyed(BaseModel):
    """A part of a measure that is written as a set of keys."""

    WHAT: ClassVar[str]
    """What it is, in words."""
    FORM: ClassVar[str]
    """The right form, as an example."""

    @classmethod
    def form_of(cls, given: object) -> str:
        """The nearest right form of what was given."""
        return cls.FORM

    @model_validator(mode="before")
    @classmethod
    def _is_a_set_of_keys(cls, given: Any) -> Any:
        if isinstance(given, dict | Keyed):
            return given
        raise ValueError(f"{shown(given)} is not {cls.WHAT}: write {cls.form_of(given)}")

"""Every public object shows itself in a notebook, and every result has its tables in the formats of other programs."""

from __future__ import annotations

import enum
import inspect
from typing import Any

import pytest

import detente as dt
from detente.data.exported import Exported, Shown

CLASSES = {
    name: found
    for name in dt.__all__
    if inspect.isclass(found := getattr(dt, name)) and not issubclass(found, BaseException | enum.Enum)
}
INPUTS = {
    "Balance", "Demand", "Dispute", "Measure", "Objective", "Over", "Packages", "Parts", "Purchases", "Quota",
    "Elastic", "HouseholdGroups", "RedLines", "Shock", "StackingRule", "Standoff", "Sticky",
}  # fmt: skip
"""What a user gives, or what is only a step on the way: shown by its fields."""
PAGES = {"PolicyBrief"}
"""What is a page of words itself."""


def test_the_list_has_what_it_should() -> None:
    assert {"World", "Economy", "Solution", "Findings", "Bands", "Measure"} <= set(CLASSES) >= INPUTS
    assert len(CLASSES) > 25


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_public_object_has_a_display_of_its_kind(name: str) -> None:
    found: Any = CLASSES[name]
    assert callable(getattr(found, "_repr_html_", None)), f"{name} shows nothing in a notebook"
    if name in PAGES:
        return
    if name in INPUTS:
        assert issubclass(found, Shown), name
        return
    assert issubclass(found, Exported), f"{name} has no to_excel: make it Exported, or list it among the inputs"
    assert found.tables is not Exported.tables, f"{name} does not say what its tables are"

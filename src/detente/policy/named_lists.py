"""The lists of codes that measures name: their own, those of their exemptions, and those of bundled tables of lists."""

from __future__ import annotations

from collections.abc import Sequence

from detente.policy.listed_tables import rated_lists
from detente.policy.measure import Measure, by_text
from detente.policy.reach import find_table
from detente.policy.units import List


def by_table(measures: Sequence[Measure]) -> bool:
    """Whether a measure takes the rates of a table by product code."""
    tables = (measure.goods.table for measure in measures)
    return any(name is not None and find_table(name).kind == "codes" for name in tables)


def tables_of_lists(measures: Sequence[Measure]) -> tuple[str, ...]:
    """The bundled tables of lists that measures name, each once."""
    named = (measure.goods.table for measure in measures)
    return tuple(dict.fromkeys(name for name in named if name is not None and find_table(name).kind == "lists"))


@by_text
def lists_of(measure: Measure) -> tuple[tuple[tuple[str, str], List], ...]:
    """The lists of a measure, each by (measure, part)."""
    found: list[tuple[tuple[str, str], List]] = []
    if measure.goods.codes is not None:
        found.append(((measure.id, "goods"), (tuple(line.hs for line in measure.goods.codes), measure.goods.hs)))
    for name in tables_of_lists([measure]):
        found.append(((measure.id, "goods"), (rated_lists(name).codes, None)))
    spared = measure.exempted
    if spared is not None and spared.codes is not None:
        found.append(((measure.id, "exempt"), (spared.codes, spared.hs)))
    return tuple(found)

"""The numbers of what else a dispute has than a run: its war, its talks, whether deals hold, its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.analyses import clock, hold, talks, war
from detente.dispute.results import Record
from detente.dispute.schema import Dispute
from detente.dispute.session import set_up
from detente.ensemble.numbers import KEYS
from detente.errors import BadInput, enumerate_names, nearest
from detente.inputs import FloatArray, require

RUN: Final = "run"
"""The result whose draws are solved in batch."""


@dataclass(frozen=True)
class Cells:
    """Numbers of one table: the columns that hold them, and those that say of what they are.

    The words of the columns in `scenario` are joined by a slash, spaces in them by a hyphen, so that a statement can
    name them.
    """

    table: str
    quantities: tuple[str, ...]
    scenario: tuple[str, ...] = ()
    economy: str = ""
    partner: str = ""


NUMBERS: Final[dict[str, tuple[Cells, ...]]] = {
    "war": (
        Cells("payoffs", ("real_income", "real_income_usd"), ("first_move", "second_move"), "economy"),
        Cells("crossing", ("rate",), (), "player"),
        Cells("sectors", ("best", "nash"), ("sector",), "player", "partner"),
    ),
    "talks": (
        Cells("no_deals", ("first", "second", "third", "world"), ("no_deal",)),
        Cells("prices", ("alone", "last", "shapley", "at_threat", "at_answered"), ("demand",), "who"),
        Cells("zones", ("packages", "apart", "short_of_payments"), ("no_deal", "among")),
    ),
    "hold": (
        Cells("deals", ("real_income",), ("deal",), "economy"),
        Cells("enforcement", ("temptation_usd", "loss_usd", "patience", "holds"), ("deal", "punishment"), "side"),
        Cells("ballots", ("ratified", "payment_usd"), ("deal",), "side"),
    ),
    "clock": (Cells("outlook", ("deal", "truce", "partial_tariffs", "war"), ("day",)),),
}
"""Result → the numbers of it that are banded."""


def checked(result: str) -> str:
    """The name of a result. Raises BadInput where it is none."""
    known = (RUN, *NUMBERS)
    require(str, result, "result", f"give the name of one: {', '.join(known)}")
    if result not in known:
        near = nearest(result, known)
        hint = f"did you mean {near!r}?" if near else f"there are {enumerate_names(list(known))}"
        raise BadInput(f"a dispute has no result {result!r} to band; {hint}")
    return result


def door(result: str) -> Callable[..., Record]:
    """The function that computes a result."""
    entry = {each.name: each for each in (war.ANALYSIS, talks.ANALYSIS, hold.ANALYSIS, clock.ANALYSIS)}[result]

    def answer(dispute: Dispute, *, accept_defaults: bool, **given: Any) -> Record:
        setup = set_up(dispute, given["world"], given["elasticities"], given["deficits"], "long", accept_defaults)
        found: Record = entry.compute(setup, entry.options())
        return found

    return answer


def numbers_in(result: str, found: Record) -> tuple[pd.DataFrame, FloatArray]:
    """The numbers of a result, in a fixed order: scenario, quantity, economy, partner; and the values, some missing.

    Of rows that say the same of which they are, the first counts.
    """
    rows = {key: value for cells in NUMBERS[result] for key, value in _cells(cells, found.table(cells.table))}
    return pd.DataFrame(list(rows), columns=list(KEYS)), np.array(list(rows.values()), dtype=np.float64)


def _cells(cells: Cells, table: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str, str], float]]:
    for row in table.to_dict("records"):
        scenario = "/".join(_word(row[column]) for column in cells.scenario) or cells.table
        economy, partner = (_word(row[column]) if column else "" for column in (cells.economy, cells.partner))
        for quantity in cells.quantities:
            yield (scenario, quantity, economy, partner), float(row[quantity])


def _word(cell: Any) -> str:
    return str(cell).replace(" ", "-")

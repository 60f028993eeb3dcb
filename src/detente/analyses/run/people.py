"""Who is counted in a run: persons, households, groups of households, and heads in work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd

from detente.data.employment import Employment
from detente.data.household_groups import HouseholdGroups, us_deciles
from detente.data.persons import known_households
from detente.data.sheets import open_table
from detente.dispute.session import Session
from detente.errors import BadTable, UnknownEconomy
from detente.inputs import FloatArray


@dataclass(frozen=True, eq=False)
class People:
    """Persons (n,), NaN where nobody counted them; households by economy; groups of households; heads in work.

    `content` is what of it was given beside the dispute, for the id of the findings, and `notes` say so; both are empty
    where nothing was.
    """

    persons: FloatArray
    households: Mapping[str, float]
    groups: Mapping[str, HouseholdGroups]
    employment: Employment | None
    content: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, session: Session, households: Any = None, employment: Any = None) -> People:
        """Those of a dispute, with tables of groups of households and of employment where they are given.

        Raises BadTable, UnknownEconomy, UnknownSector.
        """
        world, economies = session.world, session.economy.economies
        counts = {code: its.households for code, its in known_households().items() if code in economies}
        groups = {}
        if "USA" in economies and (deciles := us_deciles(tuple(world.sectors))) is not None:
            groups["USA"] = deciles
        content, notes = {}, []
        if households is not None:
            frame, source = _frame(households, ("sector", "group", "share"))
            notes.append(f"groups of households are those of {source}")
            content["households"] = _digest(frame)
            groups |= _groups(frame, session)
        heads = None
        if employment is not None:
            frame, source = _frame(employment, ("economy", "heads"))
            notes.append(f"heads in work are those of {source}")
            content["employment"] = _digest(frame)
            heads = Employment.read(frame, economies, world.sectors)
        counted = counts | session.dispute.settings.households
        return cls(np.asarray(world.persons), counted, groups, heads, content, tuple(notes))


def _frame(given: Any, needs: tuple[str, ...]) -> tuple[pd.DataFrame, str]:
    """The table that is given, as a file or a frame, its cells as text, and what it is called."""
    if isinstance(given, pd.DataFrame):
        return given, "a table that was given"
    table = open_table(given, needs=needs)
    table.warn_unread(("economy", "sector", "group", "share", "heads"))
    return table.text(), table.name


def _digest(frame: pd.DataFrame) -> str:
    return sha256(frame.to_csv(index=False).encode()).hexdigest()


def _groups(frame: pd.DataFrame, session: Session) -> dict[str, HouseholdGroups]:
    """Groups of households by economy: of the first party, unless a column `economy` names others."""
    sectors = session.world.sectors
    if "economy" not in frame.columns:
        first = session.parties[0]
        return {first: HouseholdGroups.read(frame, first, sectors)}
    found = {}
    for code, rows in frame.groupby(frame["economy"].astype(str), sort=False):
        if code not in session.economy.economies:
            raise UnknownEconomy(str(code), session.economy.economies, where="the table of household groups")
        found[str(code)] = HouseholdGroups.read(rows, str(code), sectors)
    if not found:
        raise BadTable("the table of household groups has no row: give one for every sector and group")
    return found

"""What an ensemble varies: plain data, known by a hash, from which every draw follows by its number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from detente.data import list_elasticities
from detente.data.exported import Shown
from detente.errors import BadInput, UnknownElasticities
from detente.inputs import names, number, shown, two
from detente.model.closures import CLOSURES, Deficits
from detente.solve.joint import HORIZONS, Horizon

SETS: Final = ("BSY", "CP", "FGO", "GYY", "IS", "LL", "Shap", "U4")
"""The bundled sets of elasticities, all of which an ensemble takes unless told otherwise."""

STATED: Final = 0.25
"""Standard deviation of ln theta where no standard error is known: assumed, and printed as such."""


@dataclass(frozen=True)
class Over(Shown):
    """What an ensemble varies. Every combination is drawn as often as any other.

    Parameters
    ----------
    elasticities
        Names of bundled sets. Within a set, sectors to which it gives the same number move together: it is one number.
    deficits
        Closures.
    worlds
        Names of bundled worlds; empty for the one the result is of.
    horizons
        ``long``, ``short``; empty for the one the result is of.
    spread
        Standard deviation of ln theta where the set's standard errors are not known; 0 holds every theta at its set's
        number, published standard errors too.
    values
        Ranges of other numbers by name, `{"farm purchases": (5e3, 60e3)}`, even between the ends; a function that is
        banded is given them.

    Raises
    ------
    BadInput, UnknownElasticities
        Where a name is not known, named twice or missing, or a number is none.
    """

    elasticities: tuple[str, ...] = SETS
    deficits: tuple[Deficits, ...] = CLOSURES
    worlds: tuple[str, ...] = ()
    horizons: tuple[Horizon, ...] = ()
    spread: float = STATED
    values: Mapping[str, tuple[float, float]] | tuple[tuple[str, float, float], ...] = ()

    def __post_init__(self) -> None:
        for name in ("elasticities", "deficits", "worlds", "horizons"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        given = self.values if isinstance(self.values, Mapping) else _by_name(self.values)
        ranges = tuple((str(key), *two(pair, f"the range of {key!r}", "(5e3, 60e3)")) for key, pair in given.items())
        object.__setattr__(self, "values", ranges)
        known = list(list_elasticities()["name"])
        for name in self.elasticities:
            if name not in known:
                raise UnknownElasticities(name, known)
        for axis, allowed in (("deficits", CLOSURES), ("horizons", HORIZONS)):
            for name in getattr(self, axis):
                if name not in allowed:
                    raise BadInput(f"{axis} names {name!r}: choose among {', '.join(allowed)}")
        if not self.elasticities or not self.deficits:
            raise BadInput("an ensemble needs at least one set of elasticities and one closure")
        if not 0 <= number(self.spread, "spread") < 2:
            raise BadInput(f"spread is {self.spread}: give a standard deviation of ln theta, such as {STATED}")
        for name, low, high in self.ranges:
            if not low <= high:
                raise BadInput(f"the range of {name!r} runs from {low} to {high}: give the lower end first")

    @property
    def ranges(self) -> tuple[tuple[str, float, float], ...]:
        """name, low, high of every value."""
        return tuple(self.values)  # type: ignore[arg-type]

    def plain(self) -> dict[str, Any]:
        """As values of JSON."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    @classmethod
    def from_plain(cls, given: Mapping[str, Any]) -> Over:
        """The one that `plain` wrote."""
        values = tuple((name, low, high) for name, low, high in given["values"])
        return cls(**{**given, "values": values})


def _by_name(rows: Any) -> dict[str, Any]:
    """Ranges written as rows, name, low and high, as a mapping. Raises BadInput."""
    if not isinstance(rows, list | tuple) or not all(isinstance(row, list | tuple) and len(row) == 3 for row in rows):
        raise BadInput(f"values is {shown(rows)}: give a mapping, {{name: (low, high)}}")
    named = names([name for name, _, _ in rows], "values")
    if len(set(named)) < len(named):
        raise BadInput(f"values names {next(n for n in named if named.count(n) > 1)!r} twice")
    return {name: (low, high) for name, low, high in rows}


def _names(axis: str, given: Iterable[str] | str) -> tuple[str, ...]:
    listed = names(given, axis)
    if len(set(listed)) < len(listed):
        raise BadInput(f"{axis} names {next(n for n in listed if listed.count(n) > 1)!r} twice")
    return listed


def key_of(plain: Mapping[str, Any]) -> str:
    """SHA-256 of plain values."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

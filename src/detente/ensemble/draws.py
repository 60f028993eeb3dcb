"""The varied assumptions of an ensemble, and its draws.

What is varied is plain data, known by a hash. Each draw follows from it, the seed and the number of the draw, and from
nothing else: the first 100 of 1,000 draws are the 100 of 100, in whichever process they are made. Scrambled Sobol
points (I. M. Sobol 1967; A. B. Owen 1998) fill the space of assumptions more evenly than random ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from detente.data.bundled import elasticities, list_elasticities, standard_errors
from detente.data.exported import Shown
from detente.errors import BadInput, UnknownElasticities
from detente.inputs import FloatArray, names, number, shown, two
from detente.model.benchmark import CLOSURES, Deficits
from detente.solver.fixed_point import HORIZONS, Horizon

SETS: Final = ("BSY", "CP", "FGO", "GYY", "IS", "LL", "Shap", "U4")
"""The bundled sets of elasticities, all of which an ensemble takes unless told otherwise."""

STATED: Final = 0.25
"""Standard deviation of ln theta where no standard error is known: assumed, and printed as such."""
_BITS: Final = 30
"""Digits of a Sobol point; half of the last one is added, so that no coordinate is 0."""
_CHOICES: Final = 4
"""The coordinates that choose world, set, closure and horizon; then those of values, then one a sector."""

T = TypeVar("T")


@dataclass(frozen=True)
class Over(Shown):
    """The varied assumptions of an ensemble. Every combination is drawn as often as any other.

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
    base_tariffs
        Rules of the base tariffs that every world has; None for the one the result is of.
    level
        The ends between which one factor on every theta is drawn, evenly: 0.38 in the first year after a tariff, 1 in
        the long run (Boehm, Levchenko & Pandalai-Nayar 2023); None for 1.

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
    base_tariffs: tuple[str, ...] | None = None
    level: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("elasticities", "deficits", "worlds", "horizons"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        if self.base_tariffs is not None:
            object.__setattr__(self, "base_tariffs", _names("base_tariffs", self.base_tariffs))
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
        if not self.elasticities or not self.deficits or self.base_tariffs == ():
            raise BadInput(
                "an ensemble needs at least one set of elasticities, one closure and one rule of base tariffs"
            )
        if not 0 <= number(self.spread, "spread") < 2:
            raise BadInput(f"spread is {self.spread}: give a standard deviation of ln theta, such as {STATED}")
        if self.level is not None:
            object.__setattr__(self, "level", _level(self.level))
        for name, low, high in self.ranges:
            if not low <= high:
                raise BadInput(f"the range of {name!r} runs from {low} to {high}: give the lower end first")

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of the base tariffs that are named."""
        return self.base_tariffs or ()

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


def _level(given: Any) -> tuple[float, float]:
    """Two levels of elasticities. Raises BadInput."""
    low, high = two(given, "level", "(0.38, 1)")
    if not 0 < low <= high:
        raise BadInput(
            f"level runs from {low} to {high}: give two numbers over 0, the lower one first, as in (0.38, 1)"
        )
    return low, high


def _by_name(rows: Any) -> dict[str, Any]:
    """Ranges written as rows, name, low and high, as a mapping. Raises BadInput."""
    if not isinstance(rows, list | tuple) or not all(isinstance(row, list | tuple) and len(row) == 3 for row in rows):
        raise BadInput(f"values is {shown(rows)}: give a mapping, {{name: (low, high)}}")
    _names("values", [name for name, _, _ in rows])
    return {name: (low, high) for name, low, high in rows}


def _names(axis: str, given: Iterable[str] | str) -> tuple[str, ...]:
    listed = names(given, axis)
    if len(set(listed)) < len(listed):
        raise BadInput(f"{axis} names {next(n for n in listed if listed.count(n) > 1)!r} twice")
    return listed


def key_of(plain: Mapping[str, Any]) -> str:
    """SHA-256 of plain values."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw. `theta` (j,); `z` (j,): how many standard deviations ln theta is from its set's number.

    `base_tariffs` is a rule; empty where none is named. `level` is the factor on every theta, which `theta` contains.
    """

    number: int
    world: str
    elasticities: str
    deficits: Deficits
    horizon: Horizon
    theta: FloatArray
    z: FloatArray
    values: Mapping[str, float]
    base_tariffs: str = ""
    level: float = 1.0


def draws(over: Over, sectors: Mapping[str, Sequence[str]], seed: int, start: int, stop: int) -> tuple[Draw, ...]:
    """Draws `start` to `stop` − 1. `over` names worlds, horizons and rules; `sectors` are those of each world."""
    width = _CHOICES + len(over.ranges) + max(len(its) for its in sectors.values())
    width += (len(over.rules) > 1) + (over.level is not None)  # these come last: what is not varied moves no draw
    points = _points(width, seed, stop)[start:]
    return tuple(_draw(over, sectors, number, u) for number, u in enumerate(points, start))


def deviations(name: str, sectors: Sequence[str], spread: float) -> FloatArray:
    """Standard deviation of ln theta (j,): √ln(1 + (s.e./theta)²) where a standard error is known, else `spread`."""
    if spread == 0:
        return np.zeros(len(sectors))
    theta, error = elasticities(name, sectors), standard_errors(name, sectors)
    return np.where(np.isnan(error), spread, np.sqrt(np.log1p((error / theta) ** 2)))


def _draw(over: Over, sectors: Mapping[str, Sequence[str]], number: int, u: FloatArray) -> Draw:
    world, name = _of(over.worlds, u[0]), _of(over.elasticities, u[1])
    deficits, horizon = _of(over.deficits, u[2]), _of(over.horizons, u[3])
    its = sectors[world]
    values = {
        key: low + (high - low) * float(v) for (key, low, high), v in zip(over.ranges, u[_CHOICES:], strict=False)
    }
    theta = elasticities(name, its)
    first = np.unique(theta, return_index=True, return_inverse=True)
    alike = first[1][first[2]]  # sectors of one number take the coordinate of the first of them
    z = ndtri(u[_CHOICES + len(over.ranges) :])[alike]
    level = 1.0
    if over.level is not None:
        low, high = over.level
        level = low + (high - low) * float(u[-1 - (len(over.rules) > 1)])
    drawn = level * theta * np.exp(deviations(name, its, over.spread) * z)
    rule = _of(over.rules, u[-1]) if over.rules else ""
    return Draw(number, world, name, deficits, horizon, drawn, z, values, rule, level)


def _of(axis: tuple[T, ...], u: float) -> T:
    """The entry that a coordinate chooses."""
    return axis[int(u * len(axis))]


@lru_cache(maxsize=4)
def _points(width: int, seed: int, count: int) -> FloatArray:
    """The first points of the sequence; more of them begin with the same ones."""
    power = max(4, int(np.ceil(np.log2(max(count, 1)))))
    engine = qmc.Sobol(width, scramble=True, bits=_BITS, rng=np.random.default_rng(seed))
    points = engine.random_base2(power)[:count] + 0.5 ** (_BITS + 1)
    points.setflags(write=False)
    return points

"""The checks of argument types in public functions, with messages that explain the error.

Python holds no caller to a signature, and what is of the wrong kind else fails deep inside, in words of numpy or JAX.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput, UnknownEconomy, UnknownName, short
from detente.usual_names import as_known

#: The arrays that cross a border between modules, and those they are indexed and masked with.
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def require(kind: type | tuple[type, ...], given: object, what: str, remedy: str) -> None:
    """Raise BadInput where an argument is no object of the kind asked for."""
    if not isinstance(given, kind):
        raise BadInput(f"{what} is {shown(given)}: {remedy}")


def one_of(given: object, what: str, known: Sequence[str]) -> None:
    """Raise BadInput where a word is none of those that are known."""
    if given not in known:
        raise BadInput(f"{what}={given!r} is not known: choose one of {', '.join(known)}")


def floats(given: Any, what: str, error: type[BadInput] = BadInput) -> FloatArray:
    """A fresh array of float64 that cannot be written into.

    Raises the error where it holds no real numbers, or rows of unequal length. NaN and infinity are the caller's to
    refuse, who can say where they are.
    """
    try:
        raw = np.asarray(given)
        # text that reads as a number is text, a complex number is none, and numpy takes None for NaN
        if raw.dtype.kind not in "biufO" or (raw.dtype.kind == "O" and any(entry is None for entry in raw.flat)):
            raise TypeError(f"found {shown(given)}")
        array = np.array(raw, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise error(f"{what} holds no numbers ({problem}): give an array of numbers") from problem
    array.setflags(write=False)
    return array


def number(given: Any, what: str) -> float:
    """A finite real number. Raises BadInput; true and false are none."""
    kinds = (int, float, np.integer, np.floating)
    if isinstance(given, bool) or not isinstance(given, kinds) or not np.isfinite(given):
        raise BadInput(f"{what} is {shown(given)}: give a finite number")
    return float(given)


def two(given: Any, what: str, like: str) -> tuple[float, float]:
    """Two finite numbers. Raises BadInput, with an example of what is meant."""
    pair = floats(given, what)
    if pair.shape != (2,) or not np.isfinite(pair).all():
        raise BadInput(f"{what} is {pair.tolist()}: give two finite numbers, such as {like}")
    return float(pair[0]), float(pair[1])


def whole(given: Any, what: str, least: int) -> int:
    """A whole number, the least or more. Raises BadInput."""
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < least:
        raise BadInput(f"{what} is {shown(given)}: give a whole number, {least} or more")
    return int(given)


def names(given: Any, what: str, error: type[BadInput] = BadInput) -> tuple[str, ...]:
    """A list of texts. Raises the error for a single text, for other types, and for other entries."""
    if isinstance(given, str):
        raise error(f"{what} is the text {given!r}: give a list, [{given!r}]")
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise error(f"{what} is {shown(given)}: give a list of names")
    listed = tuple(given)
    for name in listed:
        if not isinstance(name, str) or not name.strip():
            raise error(f"{what} holds {shown(name)}: names are text, such as 'USA'")
    return tuple(str(name) for name in listed)


def position(name: str, known: Sequence[str], error: type[UnknownName]) -> int:
    """Where a name is in a list, economies by their usual names too. Raises the error, which names the nearest."""
    if name not in known and isinstance(name, str) and issubclass(error, UnknownEconomy):
        name = as_known(name, known)
    if name not in known:
        raise error(name, known)
    return known.index(name)


def mapping(given: Any, what: str) -> Mapping[Any, Any]:
    """Names with what belongs to each. Raises BadInput."""
    if not isinstance(given, Mapping):
        raise BadInput(f"{what} is {shown(given)}: give a mapping, {{name: value}}")
    return given


def day_of(given: date | str) -> date:
    """A day, or one written in ISO. Raises BadInput."""
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise BadInput(f"{shown(given)} is not a day: give a date, or write it as 2018-03-22") from None


def listener(given: Any, what: str = "progress") -> None:
    """Raise BadInput where what shall be told of progress cannot be called."""
    if given is not None and not callable(given):
        raise BadInput(f"{what} is {shown(given)}: give a function of the parts done, the parts in all and a title")


def shown(given: object) -> str:
    """A value as a message shows it: short, or its type where it is no plain value."""
    if isinstance(given, str):
        return repr(short(given, 60))
    if given is None or isinstance(given, bool | float | np.number):
        return repr(given.item() if isinstance(given, np.number) else given)
    if isinstance(given, int):
        return repr(given) if abs(given) < 10**40 else f"a whole number of {given.bit_length():,} bits"
    return f"of type {type(given).__name__}"

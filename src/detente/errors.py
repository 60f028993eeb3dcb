"""The one exception tree.

```
DetenteError
├── BadInput (ValueError)          what was given cannot be used
│   ├── UnknownName                a name that is not in the list it must come from
│   │   ├── UnknownEconomy
│   │   ├── UnknownSector
│   │   ├── UnknownWorld
│   │   ├── UnknownElasticities
│   │   ├── UnknownTariffs
│   │   └── UnknownCase
│   ├── BadTable                   a file or table whose layout or values cannot be read
│   ├── BadWorld                   accounts that do not close
│   ├── BadEconomy                 shares that do not sum, or an account left open
│   ├── BadShock                   a change that does not fit its economy
│   ├── BadMeasure                 a tariff measure that cannot be applied
│   ├── BadDispute                 a dispute file with faults; carries every one of them
│   └── CannotWrite                a file or folder that cannot be written, or must not be
└── NotSolved (RuntimeError)       the audit of an equilibrium failed
```

`DetenteWarning (UserWarning)` tells of what was read with something left out or unlikely.

Every message says what, where, by how much, and what to try.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Final

from detente import usual_names

LONGEST_LINE: Final = 2000
"""Characters of a line of a message; parts quote inputs by `short`, and this holds whatever they forgot."""


class DetenteError(Exception):
    """The root of every error that detente raises on purpose."""

    def __init__(self, *given: object) -> None:
        super().__init__(*(_cut(each) if isinstance(each, str) else each for each in given))


class BadInput(DetenteError, ValueError):
    """An input that cannot be used. The message states the fault, its place, its size and a remedy."""


class UnknownName(BadInput):
    """A name that is not in the list it must come from. Usual cause: a typo; the nearest valid name is given."""

    kind = "name"

    def __init__(self, name: object, known: Iterable[str], where: str = "") -> None:
        known = [str(k) for k in known]
        self.name = name
        self.near, said = self._nearest(name, known) if isinstance(name, str) else (None, "")
        hint = said or (f"did you mean {self.near!r}?" if self.near else f"there are: {enumerate_names(known)}")
        said = repr(short(name)) if isinstance(name, str) else short(repr(name))
        found = f"{where} names {said}, not" if where else f"{said} is not"
        super().__init__(f"{found} a known {self.kind}; {hint}")

    def _nearest(self, name: str, known: Sequence[str]) -> tuple[str | None, str]:
        """The known name that may be meant, and a sentence instead of it; either may be missing."""
        return nearest(name, known), ""


class UnknownEconomy(UnknownName):
    """An economy that the world does not have. Economies are ISO 3166 alpha-3 codes, and ROW."""

    kind = "economy"

    def _nearest(self, name: str, known: Sequence[str]) -> tuple[str | None, str]:
        return usual_names.hint(name, known)


class UnknownSector(UnknownName):
    """A sector that the world does not have. Sectors are OECD ICIO codes."""

    kind = "sector"


class UnknownWorld(UnknownName):
    """A world that is not bundled. `detente worlds` lists them."""

    kind = "world"


class UnknownElasticities(UnknownName):
    """A set of trade elasticities that is not bundled. Give a set's name, or theta as an array."""

    kind = "set of elasticities"


class UnknownTariffs(UnknownName):
    """A rule of base tariffs that the world does not have. `world.tariff_sources` lists those it has."""

    kind = "rule of base tariffs"


class UnknownCase(UnknownName):
    """A case that is neither bundled nor a file. `detente cases` lists the bundled ones."""

    kind = "case, and there is no such file"


class BadTable(BadInput):
    """A file or table whose layout or values cannot be read: wrong columns, a code turned into a number, NaN."""


class BadWorld(BadInput):
    """Accounts that do not close. The message names the cell and the gap; `balance()` closes them when told to."""


class BadEconomy(BadInput):
    """Shares that do not sum, or an account left open. `economy.closed()` solves for a benchmark that closes."""


class BadShock(BadInput):
    """A change that does not fit its economy: wrong axes, a rate under −100 %, deficits that do not sum to zero."""


class BadMeasure(BadInput):
    """A tariff measure that cannot be applied: goods that match nothing, a value over what is traded."""


@dataclass(frozen=True)
class Fault:
    """One fault of a file: where it is, what was found, what is allowed, and the nearest valid name."""

    path: str
    message: str
    line: int | None = None
    found: str | None = None
    allowed: str | None = None
    near: str | None = None

    def __post_init__(self) -> None:
        for name in ("path", "message", "found", "allowed"):
            text = getattr(self, name)
            if text is not None and len(text) > LONGEST_LINE:
                object.__setattr__(self, name, short(text, LONGEST_LINE))

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line is not None else ""
        found = f"; found {self.found}" if self.found is not None else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed is not None else ""
        near = f"; did you mean {self.near!r}?" if self.near is not None else ""
        return f"{where}{self.path}: {self.message}{found}{allowed}{near}"


class BadDispute(BadInput):
    """A dispute file with faults, each with its line and a remedy: `faults` has every one, the message the first 50."""

    MOST: ClassVar[int] = 50

    def __init__(self, document: str, faults: Sequence[Fault]) -> None:
        self.document = document
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = [f"{document}: {count}", *(f"  {fault}" for fault in faults[: self.MOST])]
        left = len(faults) - self.MOST
        super().__init__("\n".join([*lines, *([f"  and {left:,} more"] if left > 0 else [])]))


class CannotWrite(BadInput):
    """A file or folder that cannot be written, or must not be. The message says which, why, and what to try."""


class NotSolved(DetenteError, RuntimeError):
    """The audit of an equilibrium failed. The message is the outcome's remedy; no number is returned."""


class DetenteWarning(UserWarning):
    """What was left out, or looks unlikely, where an input was read all the same: unread columns, figures out of range.

    Python prints it once for each place; the command line prints it as a note on standard error.
    """


_OURS = (__name__.partition(".")[0], "contextlib")


def warn(message: str) -> None:
    """Warn the user, at the line of theirs that called detente."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, DetenteWarning, stacklevel=level)


def _cut(message: str) -> str:
    """A message whose lines are not over `LONGEST_LINE`."""
    if len(message) <= LONGEST_LINE:
        return message
    lines = message.split("\n")
    return "\n".join(line if len(line) <= LONGEST_LINE else short(line, LONGEST_LINE) for line in lines)


def short(text: str, most: int = 80) -> str:
    """Text as a message quotes it: one line of about `most` characters, the cut counted. Every message uses it."""
    line = " ".join(text[: 4 * most].split())
    if len(text) <= 4 * most and len(line) <= most:
        return line
    return f"{line[: most - 20]}... ({len(text):,} characters)"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `name`, ignoring case, or None where none is near."""
    by_fold = {k.casefold(): k for k in known}
    match = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[match[0]] if match else None


def enumerate_names(names: Sequence[str], most: int = 12) -> str:
    """The names as a person lists them, cut after `most` with the number left out."""
    shown = ", ".join(short(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

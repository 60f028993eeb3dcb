"""How an answer is found again: the command to type beside the dispute's file, and the lines of Python.

Both are made from the options of the question, which every door reads alike, so that they give the same numbers.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from detente.analyses.analysis import Analysis
from detente.analyses.options import Option

FILE: Final = "dispute.yaml"
"""What the file of the dispute is called."""


def command_of(entry: Analysis, given: Mapping[str, Any]) -> str:
    """The line to type at a terminal, for options as plain values."""
    words = [word for each in entry.options.every() if each.name in given for word in _flags(each, given[each.name])]
    return shlex.join(["detente", entry.name, FILE, *words])


def _flags(asked: Option, value: Any) -> Iterator[str]:
    flag, text = asked.flags[0], asked.written(value)
    if asked.kind == "flag":
        yield flag
    elif asked.kind in ("statements", "packages"):
        yield from (word for line in text.splitlines() for word in (flag, line))
    else:
        yield from (flag, text.replace(" ", "-") if asked.kind == "choice" else text)


def python_of(entry: Analysis, given: Mapping[str, Any]) -> str:
    """The lines of Python, for options as plain values; a file of prices is read from where it lies."""
    options = [(each, given[each.name]) for each in entry.options.every() if each.name in given]
    words = "".join(f", {each.name}={_as_python(each, value)!r}" for each, value in options)
    read = f'dispute = dt.Dispute.read("{FILE}")'
    return "\n".join(("import detente as dt", "", read, f"found = dt.{entry.door}(dispute{words})"))


def _as_python(asked: Option, value: Any) -> Any:
    """A plain value as the function takes it: a file by its name, a package by the ids of its demands."""
    if asked.kind in ("prices", "packages"):
        text = asked.written(value)
        return text if asked.kind == "prices" else text.splitlines()
    return value

"""The reproduction of a result: the command to type beside the dispute's file, and the lines of Python.

Both are made from the options of the question, which every door reads alike, so that they give the same numbers.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any, Final

from detente.analyses.analysis import Analysis
from detente.analyses.options import Option, Options

FILE: Final = "dispute.yaml"
"""The dispute file that stands beside what is reproduced."""


def command_of(entry: Analysis, given: Mapping[str, Any]) -> str:
    """The line to type at a terminal, for options as text or plain values."""
    return command_line(entry.name, entry.options.read(given))


def python_of(entry: Analysis, given: Mapping[str, Any]) -> str:
    """The lines of Python, for options as text or plain values; a file of prices is read from where it lies."""
    call = python_call(entry.door, entry.options.read(given))
    return "\n".join(("import detente as dt", "", f'dispute = dt.Dispute.read("{FILE}")', f"found = {call}"))


def command_line(name: str, options: Options, more: Sequence[str] = ()) -> str:
    """The line to type at a terminal for a question; `more` are words that follow, such as `--out report`.

    Objects of Python, such as a world of one's own, cannot be typed: theirs stands as `...`.
    """
    return shlex.join(["detente", name, FILE, *_words(options), *more])


def python_call(door: str, options: Options) -> str:
    """The call of a function of `detente` on `dispute`; an object of one's own stands as its option's name."""
    given = "".join(f", {name}={_literal(name, value)}" for name, value in options.given().items())
    return f"dt.{door}(dispute{given})"


def _words(options: Options) -> Iterator[str]:
    given = options.given()
    for asked in options.every():
        if asked.name in given and asked.kind != "object":
            yield from _flag(asked, given[asked.name])


def _flag(asked: Option, value: Any) -> Iterator[str]:
    """The words of one option."""
    flag = asked.flags[0]
    if asked.kind == "flag":
        yield flag
    elif asked.repeated:
        for entry in value:
            yield from (flag, asked.written((entry,)))
    elif asked.kind == "choice":
        yield from (flag, str(value).replace(" ", "-"))
    else:
        text = asked.written(value)
        yield from (flag, text if _is_plain(value) or asked.kind == "prices" else "...")


def _literal(name: str, value: Any) -> str:
    """A value as Python writes it, or the name of the option where it is an object of one's own."""
    if name == "prices" and isinstance(value, dict):
        return repr(value["name"])
    if name == "packages":
        return repr({key: list(ids) for key, ids in value})
    if isinstance(value, tuple):
        return repr([each if isinstance(each, int | float) else str(each) for each in value])
    if isinstance(value, date):
        return repr(str(value))
    return repr(value) if _is_plain(value) else name


def _is_plain(value: Any) -> bool:
    """Whether text can stand for the value: an object of one's own is more than its text."""
    return isinstance(value, str | int | float | date | tuple | PurePath)

"""The command and the Python that give the numbers of a part again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from detente.analyses.analysis import Analysis

_ALIKE: Final = frozenset(
    {"world", "elasticities", "deficits", "horizon", "accept_defaults", "draws", "seed", "holds", "multiplier",
     "probability", "economy", "period", "annual_rate", "lag", "lasting", "quota"}
)  # fmt: skip
"""Options that the function in Python takes as they are; for others the command alone is shown."""


def command(entry: Analysis, options: Mapping[str, Any]) -> str:
    """The line to type at a terminal, beside the downloaded dispute."""
    return shlex.join(["detente", entry.name, "dispute.yaml", *_words(options)])


def _words(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            yield flag
        elif name == "prices":
            yield from (flag, value["name"])
        elif name == "tariffs":
            yield from (flag, *(("--met", ",".join(value)) if value else ()))
        elif name in ("holds", "event"):
            yield from (word for each in value for word in (flag, each))
        elif name == "no_deal":
            yield from (flag, value.replace(" ", "-"))
        else:
            yield from (flag, ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def python(entry: Analysis, options: Mapping[str, Any]) -> str | None:
    """The lines of Python, where the function takes the options as they are."""
    if not set(options) <= _ALIKE:
        return None
    door = entry.door
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    read = 'dispute = dt.Dispute.read("dispute.yaml")'
    return "\n".join(("import detente as dt", "", read, f"found = dt.{door}(dispute{given})"))


def lines(entry: Analysis, options: Mapping[str, Any], first: Mapping[str, Any]) -> dict[str, str | None]:
    """`command` and `python` of a question; a run knows its own."""
    if entry.name == "run":
        return {"command": first["command"], "python": first["python"]}
    return {"command": command(entry, options), "python": python(entry, options)}

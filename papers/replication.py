"""The page of a replication: its tables as a run made them, and the numbers that the documentation sums up.

A README holds what people wrote and, between `<!-- made: NAME -->` and `<!-- end -->`, what a run made. `publish` puts
fresh tables there, writes every published number beside the computed one to `results.csv`, and prints the page.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

COLUMNS = ("table", "what", "unit", "published", "digits", "computed")
"""Of results.csv: `digits` is how many decimals are published, so that half a unit of the last is rounding."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; the first column is text, the others numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def mended(page: str, made: Mapping[str, str]) -> str:
    """A page with its made parts in place. Raises ValueError where a part has no place, or a place no part."""
    places = re.findall(r"^<!-- made: (.+) -->$", page, re.M)
    if sorted(places) != sorted(made):
        raise ValueError(f"the page has places for {sorted(places)}, the run made {sorted(made)}")
    for name, text in made.items():
        place = rf"(<!-- made: {re.escape(name)} -->\n).*?(\n<!-- end -->)"
        page = re.sub(place, lambda found, text=text: found[1] + text + found[2], page, flags=re.S)  # type: ignore[misc]
    return page


def plain(page: str) -> str:
    """A page without the marks of its made parts."""
    return re.sub(r"^<!-- (?:made: .+|end) -->\n", "", page, flags=re.M)


def publish(folder: Path, made: Mapping[str, str], results: pd.DataFrame) -> None:
    """Write README.md and results.csv of a replication, and print the page."""
    readme = folder / "README.md"
    page = mended(readme.read_text("utf-8"), made)
    readme.write_text(page, "utf-8")
    results[list(COLUMNS)].round({"computed": 6}).to_csv(folder / "results.csv", index=False, lineterminator="\n")
    print(plain(page))


def shared() -> Path:
    """The folder of reference inputs: DETENTE_SHARED, by default `../shared` beside the repository."""
    return Path(os.environ.get("DETENTE_SHARED") or Path(__file__).resolve().parents[2] / "shared").resolve()


def published_from_reference(
    folder: Path, made: Callable[[], Mapping[str, str]], results: Callable[[], pd.DataFrame]
) -> int:
    """`publish` what these give, and the exit code: 1, with the reason, where the reference folder is absent."""
    if not shared().is_dir():
        print(f"{shared()} is absent: set DETENTE_SHARED to the reference folder", file=sys.stderr)
        return 1
    publish(folder, made(), results())
    return 0


def digits(printed: float) -> int:
    """Decimals of a number as it was published: 2 of 1.31."""
    return len(f"{printed:g}".partition(".")[2])

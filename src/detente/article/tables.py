"""Reading the tables of names that come with the rules; every cell is text."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

RULES: Final = Path(__file__).parent / "rules"
"""The folder of rule files and tables."""


def load_table(name: str) -> list[dict[str, str]]:
    """The rows of a table of names."""
    with (RULES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

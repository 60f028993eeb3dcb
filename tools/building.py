"""What the tools that derive shipped tables share: their command line, and how they write a table."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src" / "detente" / "data"


def from_command_line(said: str | None, out: Path, build: Callable[[Path, Path], None]) -> None:
    """Call `build` with the shared folder and the folder to write to, as the command line says.

    `said` is the docstring of the tool, whose first line is its help; `out` is where it writes unless told otherwise.
    """
    parser = argparse.ArgumentParser(description=(said or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("DETENTE_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--out", type=Path, default=out)
    given = parser.parse_args()
    build(given.shared, given.out)


def write_all(tables: Mapping[str, pd.DataFrame], out: Path) -> None:
    """Each table under its name in a folder."""
    for name, frame in tables.items():
        write(frame, out / name)


def write(frame: pd.DataFrame, path: Path) -> None:
    """The frame as its name says, without an index; text stays text.

    In CSV a row ends with one newline, and floats are the shortest text that reads back.
    """
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False, compression="zstd", compression_level=19)
    else:
        frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")

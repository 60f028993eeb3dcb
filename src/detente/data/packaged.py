"""Reading the tables that come with the package. A code is text from first to last; a number is a float."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

HERE: Final = Path(__file__).parent


def read_packaged(name: str, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    """The table `name` of this package (a path from `data/`), text except for the columns named in `numbers`."""
    frame = pd.read_csv(HERE / name, dtype=str, keep_default_na=False, encoding="utf-8")
    return frame.astype(dict.fromkeys(numbers, "float64"))

"""What a replication keeps is what a run of it finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from replication import COLUMNS


@pytest.fixture
def same_as_kept(root: Path) -> Callable[[str, pd.DataFrame, float], None]:
    """Hold fresh results, of all or of some tables of a paper, against those that `make papers` wrote."""

    def compare(folder: str, fresh: pd.DataFrame, atol: float) -> None:
        kept = pd.read_csv(root / folder / "results.csv")
        kept = kept[kept["table"].isin(set(fresh["table"]))].reset_index(drop=True)
        found = fresh[list(COLUMNS)].reset_index(drop=True)
        assert len(kept)
        pd.testing.assert_frame_equal(kept, found, check_dtype=False, rtol=0, atol=atol)

    return compare

"""Chunks on disk: whole or not there, read instead of computed, and refused where they are something else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from detente import bands
from detente.analyses.bands.result import Bands
from detente.data.world import World
from detente.ensemble.draws import Over
from detente.ensemble.job import CHUNK, evaluator_of
from detente.errors import BadInput, BadTable

CALLS: list[float] = []
OVER = Over(elasticities=("CP", "U4"), deficits=("fixed",))


def steepness(economy) -> dict[str, float]:
    CALLS.append(float(economy.theta[0]))
    return {"theta": float(economy.theta[0]), "share": float(economy.pi[0, 0, 0])}


def banded(world: World, folder: Path | None, draws: int = 3 * CHUNK, **more: object) -> Bands:
    CALLS.clear()
    evaluator_of.cache_clear()  # as in a new process
    return bands(steepness, over=OVER, draws=draws, world=world, folder=folder, **more)  # type: ignore[arg-type]


def chunks(folder: Path) -> list[Path]:
    return sorted((folder / "chunks").iterdir())


def test_a_second_run_computes_nothing_and_a_longer_one_what_is_new(world: World, tmp_path: Path) -> None:
    first = banded(world, tmp_path)
    assert len(chunks(tmp_path)) == 3
    again = banded(world, tmp_path)
    assert len(CALLS) == 1  # the run itself
    pd.testing.assert_frame_equal(again.draws, first.draws)
    longer = banded(world, tmp_path, 4 * CHUNK)
    assert len(CALLS) == 1 + CHUNK
    pd.testing.assert_frame_equal(longer.draws.iloc[: 3 * CHUNK], first.draws)
    pd.testing.assert_frame_equal(longer.draws, banded(world, None, 4 * CHUNK).draws)


def test_a_run_that_was_stopped_goes_on_without_loss_or_double_count(world: World, tmp_path: Path) -> None:
    def stop(done: int, total: int, what: str) -> None:
        if done >= CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        banded(world, tmp_path, progress=stop)
    kept = chunks(tmp_path)
    assert len(kept) == 1
    (tmp_path / "chunks" / ".chunk-left-over.part").write_bytes(b"half")
    went_on = banded(world, tmp_path)
    assert len(CALLS) == 1 + 2 * CHUNK
    assert list(went_on.draws["draw"]) == list(range(3 * CHUNK))
    pd.testing.assert_frame_equal(went_on.draws, banded(world, None).draws)


def test_a_folder_of_something_else_is_refused(world: World, tmp_path: Path) -> None:
    """Chunks of two ensembles in one folder would be a dataset in which every draw stands twice."""
    banded(world, tmp_path, seed=1)
    with pytest.raises(BadInput, match=r"another ensemble \(seed is 1 there, 2 here\): name another folder"):
        banded(world, tmp_path, seed=2)
    assert len(chunks(tmp_path)) == 3
    (tmp_path / "job.json").unlink()
    with pytest.raises(BadInput, match="another ensemble"):
        banded(world, tmp_path, seed=2)
    banded(world, tmp_path, seed=1)
    assert len(CALLS) == 1
    (tmp_path / "job.json").write_text("{", "utf-8")
    with pytest.raises(BadInput, match="does not say what is kept"):
        banded(world, tmp_path, seed=1)


def test_the_folder_is_a_dataset(world: World, tmp_path: Path) -> None:
    found = banded(world, tmp_path)
    together = pd.read_parquet(tmp_path / "chunks").sort_values("draw", ignore_index=True)
    pd.testing.assert_frame_equal(together, found.draws)


def test_a_file_that_is_no_chunk_is_refused(world: World, tmp_path: Path) -> None:
    banded(world, tmp_path)
    first, second, _ = chunks(tmp_path)
    kept = first.read_bytes()
    first.write_bytes(kept[:100])
    with pytest.raises(BadTable, match="delete it"):
        banded(world, tmp_path)
    first.write_bytes(second.read_bytes())
    with pytest.raises(BadTable, match="does not hold draws 0 to 15"):
        banded(world, tmp_path)
    with pytest.raises(BadInput, match="cannot be made"):
        banded(world, first)


def test_numbers_that_were_changed_are_refused(world: World, tmp_path: Path) -> None:
    banded(world, tmp_path)
    first, *_ = chunks(tmp_path)
    kept, table = first.read_bytes(), parquet.read_table(first)
    rows = table.to_pandas()
    name = next(str(each) for each in rows.columns if rows[each].dtype == float)
    scaled, swapped = rows.assign(**{name: rows[name] * 100}), rows.copy()
    swapped.iloc[[0, 1], 1:] = rows.iloc[[1, 0], 1:].to_numpy()
    for altered, metadata in ((scaled, True), (swapped, True), (rows, False)):
        changed = pa.Table.from_pandas(altered, preserve_index=False)
        parquet.write_table(changed.replace_schema_metadata(table.schema.metadata if metadata else None), first)
        with pytest.raises(BadTable, match=r"has no digest|does not hold the numbers that were written") as told:
            banded(world, tmp_path)
        assert "delete it to compute it again" in str(told.value)
    first.write_bytes(kept)
    banded(world, tmp_path)
    assert len(CALLS) == 1


def test_without_a_folder_only_the_draws_asked_for_are_computed(world: World, tmp_path: Path) -> None:
    few = banded(world, None, CHUNK + 3)
    assert len(CALLS) == 1 + CHUNK + 3
    kept = banded(world, tmp_path, CHUNK + 3)
    assert len(CALLS) == 1 + 2 * CHUNK  # chunks that are kept are whole, so that a longer run can go on
    pd.testing.assert_frame_equal(few.draws, kept.draws)

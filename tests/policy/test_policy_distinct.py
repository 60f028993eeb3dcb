"""Distinct rows, against numpy's own sort of whole rows."""

from __future__ import annotations

import numpy as np
import pytest

from detente.policy.distinct import distinct_rows


@pytest.mark.parametrize("rows", [1, 7, 400])
@pytest.mark.parametrize("kind", [np.int64, np.float64, np.int8])
@pytest.mark.parametrize("high", [2, 100])
def test_rows_are_those_of_numpy_in_the_same_order(rows: int, kind: type, high: int) -> None:
    rng = np.random.default_rng(rows)
    table: np.ndarray = rng.integers(-high, high, size=(rows, 30)).astype(kind)
    table[:, 3:20:2] = 5  # columns that do not move
    table = np.concatenate([table, table[: rows // 2]])
    _, first, row = np.unique(table, axis=0, return_index=True, return_inverse=True)
    found, place = distinct_rows(table)
    assert np.array_equal(found, first)
    assert np.array_equal(place, row.ravel())


def test_columns_of_many_values_are_numbered_anew_before_their_key_overflows() -> None:
    rng = np.random.default_rng(0)
    table = rng.integers(0, 2**40, size=(50, 6))
    table = np.concatenate([table, table[::-1]])
    assert distinct_rows(table)[0].tolist() == np.unique(table, axis=0, return_index=True)[1].tolist()


def test_negative_zero_is_zero() -> None:
    assert distinct_rows(np.array([[0.0, 1.0], [-0.0, 1.0]]))[1].tolist() == [0, 0]


@pytest.mark.parametrize("table", [np.zeros((0, 3)), np.zeros((4, 0))])
def test_tables_without_rows_or_columns(table: np.ndarray) -> None:
    first, row = distinct_rows(table)
    assert len(row) == len(table)
    assert first.tolist() == [0][: len(table)]

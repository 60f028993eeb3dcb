"""What governments want, in words."""

from __future__ import annotations

import pytest

from detente.errors import BadInput
from detente.optimal_tariffs.governments import wanted


@pytest.mark.parametrize(
    ("text", "revenue", "balance"),
    [
        ("real income", {}, {}),
        ("real-income", {}, {}),
        ("real income + revenue", {"USA": 1.0, "CHN": 1.0}, {}),
        ("real income + 0.5 revenue - 0.1 balance", {"USA": 0.5, "CHN": 0.5}, {"USA": -0.1, "CHN": -0.1}),
        ("real income+.5*balance", {}, {"USA": 0.5, "CHN": 0.5}),
    ],
)
def test_words_become_weights(text: str, revenue: dict[str, float], balance: dict[str, float]) -> None:
    found = wanted(text, ["USA", "CHN"])
    assert (dict(found.revenue), dict(found.balance)) == (revenue, balance)


@pytest.mark.parametrize(
    "text", ["", "revenue", "real income + glory", "real income 0.5 revenue", "real income + 1e3x"]
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not understood"):
        wanted(text, ["USA"])

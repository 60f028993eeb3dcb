"""The smallest war whose sides differ, searched once."""

from __future__ import annotations

import pytest
from war_lab import one_sector

import detente as dt


@pytest.fixture(scope="session")
def economy() -> dt.Economy:
    """The second economy is twice the first and buys 80 % at home."""
    return one_sector((1.0, 2.0), 3.0)


@pytest.fixture(scope="session")
def war(economy: dt.Economy) -> dt.Equilibrium:
    return dt.nash(economy, certify=False)

"""The limits hold on detente as it is; `accounts/test_accounts_mutants.py` breaks an equation for each."""

from __future__ import annotations

import pytest

from limits.closed_forms import LIMITS


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.__name__)
def test_it_holds(limit):
    limit()

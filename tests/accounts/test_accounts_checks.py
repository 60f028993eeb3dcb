"""Every property of `checks.py` and `limits/closed_forms.py` holds on detente as it is."""

from __future__ import annotations

import pytest

from accounts.checks import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_holds(check):
    check()

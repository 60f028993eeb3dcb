"""What a user finds in `detente.report`."""

from __future__ import annotations

import subprocess
import sys

import pytest

import detente.report


def test_every_name_loads() -> None:
    assert all(callable(getattr(detente.report, name)) for name in detente.report.__all__)
    assert set(detente.report.__all__) <= set(dir(detente.report))


def test_a_name_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        detente.report.no_such_name  # noqa: B018


def test_altair_waits_for_the_first_chart() -> None:
    code = (
        "import sys, detente.report as r; assert 'altair' not in sys.modules; r.chart; assert 'altair' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

"""Names that load when they are first used."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from detente.lazy import lazily


def test_a_listed_name_is_loaded_once_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("a_package")
    monkeypatch.setitem(sys.modules, "a_package", package)
    homes = {"sqrt": "math"}
    load = lazily("a_package", homes)
    assert load("sqrt")(9.0) == 3.0
    assert vars(package)["sqrt"] is load("sqrt")
    with pytest.raises(AttributeError, match="module 'a_package' has no attribute 'cbrt'"):
        load("cbrt")

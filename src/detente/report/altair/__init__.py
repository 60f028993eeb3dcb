"""altair, loaded when a chart is drawn (PEP 562): that takes longer than all words of a report."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    return getattr(import_module("altair"), name)
